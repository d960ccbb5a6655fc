"""What a metafield of each type holds, as Shopify stores it, and as people write it in YAML.

An *item* is JSON as Shopify keeps it: a text, a whole number, an object. `items` of a type turns
content into one item; `contents` is the way back. What is live goes back and forth once
(`types.canonical`), so that both sides of a comparison have passed the same functions.

Recorded on a live shop: capitals of units and `.0` of measures, the key order of ratings, the
offset that moments get, nine decimal places, decimals as texts and whole numbers as numbers in
lists. Taken to be equal, whichever Shopify keeps: one moment in two offsets, hexadecimal digits
of both cases, trailing zeros, the order of an object's keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final

from providers.shopify import richtext
from providers.shopify.measures import UNITS, shortest, unit_of
from reconciler.intent.metafields import Content
from reconciler.model.spec import Value, plain

LARGEST_INTEGER: Final = 9_007_199_254_740_991
LARGEST_DECIMAL: Final = Decimal("9999999999999.999999999")
PLACES: Final = 9
_DIGITS: Final = 300
"""More than any number has that somebody measures or pays, and fewer than a float holds."""

Rules = Mapping[str, Content]
"""The validations that a definition states, by name."""


class Misfit(Exception):
    """A value that does not fit its type; carries cause and remedy."""

    def __init__(self, cause: str, remedy: str) -> None:
        self.cause, self.remedy = cause, remedy
        super().__init__(f"{cause} · {remedy}")


@dataclass(frozen=True, slots=True)
class Sort:
    """One type's two directions. is_text: outside of a list its item stands without quotes."""

    item: Callable[[Content, Rules], Value]
    content: Callable[[Any], Content]
    is_text: bool = True


def as_text(value: Content, _: Rules) -> str:
    if not isinstance(value, str):
        raise Misfit(f"{shown(value)} is not text", f'quote it: "{shown(value)}"')
    if not value.strip():
        raise Misfit("Shopify takes no blank value", "write null for none")
    return value


def as_line(value: Content, rules: Rules) -> str:
    text = as_text(value, rules)
    if "\n" in text or "\r" in text:
        raise Misfit(
            "a single line of text has a line break", "remove it, or use multi_line_text_field"
        )
    return text


def _integer(value: Content, _: Rules) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Misfit(f"{shown(value)!r} is no whole number", "write it without quotes")
    if abs(value) > LARGEST_INTEGER:
        raise Misfit(
            f"{value} is beyond what Shopify takes for a whole number",
            f"stay within ±{LARGEST_INTEGER:,}, or use a text",
        )
    return value


def _flag(value: Content, _: Rules) -> str:
    if not isinstance(value, bool):
        raise Misfit(f"{value!r} is no flag", "write true or false, without quotes")
    return shown(value)


def _decimal(value: Content, _: Rules) -> str:
    number = decimal(value)
    if abs(number) > LARGEST_DECIMAL:
        raise Misfit(
            f"{shown(value)} is beyond what Shopify takes for a decimal",
            f"stay within ±{LARGEST_DECIMAL}",
        )
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > PLACES:
        raise Misfit(
            f"{shown(value)} has more than {PLACES} decimal places, and Shopify cuts off the rest",
            "round it here",
        )
    return in_full(number)


def decimal(value: Content) -> Decimal:
    """A number; a text too, for more digits than a YAML number keeps."""
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite() and abs(number.adjusted()) < _DIGITS:
            return number
    raise Misfit(f"{shown(value)!r} is no number", "write it in digits, like 12.5")


def in_full(number: Decimal, places: int = 1) -> str:
    """Without an exponent, with as many decimal places as it has, and with so many at least."""
    text = f"{number.normalize() + 0:f}"
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(places, '0')}"


def number_of(text: str) -> Content:
    """A decimal as people write it: a number, or a text where that would lose digits."""
    exact, number = Decimal(text), float(text)
    if exact == exact.to_integral_value() and abs(exact) <= LARGEST_INTEGER:
        return int(exact)
    return number if Decimal(str(number)) == exact else text


def _date(value: Content, rules: Rules) -> str:
    text = as_text(value, rules)
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise Misfit(f"{text} is no date", "write it like 2026-09-01")


_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d(:?\d\d)?)?", re.IGNORECASE
)


def _moment(value: Content, rules: Rules) -> str:
    """In UTC, without fractions of a second; a moment without an offset is one of UTC."""
    text = as_text(value, rules).strip()
    try:
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text.upper().replace(" ", "T", 1).replace(" ", ""))
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return aware.astimezone(UTC).replace(microsecond=0).isoformat()
    except (ValueError, OverflowError):
        pass
    raise Misfit(f"{text} is no date with time", "write it like 2026-09-01T10:00:00+02:00")


def _color(value: Content, rules: Rules) -> str:
    text = as_text(value, rules)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise Misfit(f"{text} is no colour", 'write it like "#fff123", in quotes')
    return text.lower()


def _address(value: Content, rules: Rules) -> str:
    text = as_line(value, rules)
    if not re.fullmatch(r"(https?|mailto|sms|tel):\S+", text):
        raise Misfit(f"{text} is no address", "write one that begins with https://")
    return text


def _language(value: Content, rules: Rules) -> str:
    text = as_line(value, rules)
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise Misfit(f"{text} is no language", "write its code, like en or pt-BR")
    return text


def _link(value: Content, rules: Rules) -> Value:
    parts = _parts(value, ("text", "url"), "a link is {text: Learn more, url: https://…}")
    return {"text": as_line(parts["text"], rules), "url": _address(parts["url"], rules)}


def _measure(type_: str, value: Content, rules: Rules) -> Value:
    short = shortest(UNITS[type_][0])
    parts = _parts(value, ("unit", "value"), f"a {type_} is {{value: 1.5, unit: {short}}}")
    unit = unit_of(type_, as_text(parts["unit"], rules))
    if unit is None:
        raise Misfit(
            f"{parts['unit']} is no unit of a {type_}", f"write one of {', '.join(UNITS[type_])}"
        )
    return {"value": float(decimal(parts["value"])) + 0.0, "unit": unit}


def _measured(item: Mapping[str, Any]) -> Content:
    number = float(item["value"])
    return {
        "value": int(number) if number.is_integer() and abs(number) < LARGEST_INTEGER else number,
        "unit": shortest(item["unit"]),
    }


def _rating(value: Content, rules: Rules) -> Value:
    """The scale may be left to the definition, which Shopify demands one of."""
    scale = {name: rules[name] for name in ("scale_min", "scale_max") if name in rules}
    given = dict(value) if isinstance(value, Mapping) else {"value": value}
    if not isinstance(value, Mapping) and len(scale) < 2:
        raise Misfit(
            f"{shown(value)} has no scale, and its definition states none",
            "state scale_min and scale_max under validations, or write"
            " {value: 4.5, scale_min: 1, scale_max: 5}",
        )
    names = ("scale_max", "scale_min", "value")
    parts = _parts(scale | given, names, "a rating is {value: 4.5, scale_min: 1, scale_max: 5}")
    low, high, number = (decimal(parts[n]) for n in ("scale_min", "scale_max", "value"))
    if any(decimal(scale[name]) != decimal(parts[name]) for name in scale):
        raise Misfit("its scale is another one than the definition's", "write the number alone")
    if not low <= number <= high:
        raise Misfit(f"{number} is not between {low} and {high}", "write one of the scale")
    return {"scale_min": in_full(low), "scale_max": in_full(high), "value": in_full(number)}


def _rated(item: Mapping[str, Any]) -> Content:
    return {name: number_of(item[name]) for name in ("value", "scale_min", "scale_max")}


def _money(value: Content, rules: Rules) -> Value:
    names = ("amount", "currency_code")
    parts = _parts(value, names, "money is {amount: 5.99, currency_code: EUR}")
    code = as_text(parts["currency_code"], rules)
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise Misfit(f"{code} is no currency", "write its code, like EUR")
    return {"amount": in_full(decimal(parts["amount"]), 2), "currency_code": code}


def _paid(item: Mapping[str, Any]) -> Content:
    return {"amount": number_of(item["amount"]), "currency_code": item["currency_code"]}


def _json(value: Content, _: Rules) -> Value:
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        raise Misfit(
            "this is JSON in quotes, which would be kept as one text",
            "write it without the quotes: JSON is YAML",
        )
    return plain(value)


def _rich(value: Content, rules: Rules) -> Value:
    if richtext.is_tree(value):
        return plain(value)
    if isinstance(value, Mapping):
        raise Misfit(
            "a rich text's tree begins with {type: root, children: […]}",
            "write it so, or as a text with a blank line between paragraphs",
        )
    return richtext.from_text(as_text(value, rules))


def _told(tree: Mapping[str, Any]) -> Content:
    text = richtext.to_text(tree)
    return tree if text is None else text


def _parts(value: Content, names: tuple[str, ...], form: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise Misfit(f"{shown(value)} is not of that form", form)
    return value


def shown(value: Content) -> str:
    """A value as YAML would have it, on one line."""
    return value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)


def _same(item: Any) -> Content:
    content: Content = item
    return content


SORTS: Final[Mapping[str, Sort]] = {
    "single_line_text_field": Sort(as_line, _same),
    "multi_line_text_field": Sort(as_text, _same),
    "rich_text_field": Sort(_rich, _told, is_text=False),
    "number_integer": Sort(_integer, _same, is_text=False),
    "number_decimal": Sort(_decimal, number_of),
    "boolean": Sort(_flag, lambda item: item == "true"),
    "date": Sort(_date, _same),
    "date_time": Sort(_moment, _same),
    "color": Sort(_color, _same),
    "url": Sort(_address, _same),
    "link": Sort(_link, _same, is_text=False),
    "json": Sort(_json, _same, is_text=False),
    "money": Sort(_money, _paid, is_text=False),
    "rating": Sort(_rating, _rated, is_text=False),
    "language": Sort(_language, _same),
    "id": Sort(as_line, _same),
    **{name: Sort(partial(_measure, name), _measured, is_text=False) for name in UNITS},
}
"""By the types that hold a value of their own. A reference's value is another thing's key."""
