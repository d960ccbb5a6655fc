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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final

from providers.shopify import richtext
from providers.shopify.measures import UNITS, shortest, unit_of
from reconciler.intent.base import Place
from reconciler.intent.metafields import Content
from reconciler.model.spec import Value, plain
from reconciler.model.wording import close

LARGEST_INTEGER: Final = 9_007_199_254_740_991
LARGEST_DECIMAL: Final = Decimal("9999999999999.999999999")
PLACES: Final = 9
_DIGITS: Final = 300
"""More than any number has that somebody measures or pays, and fewer than a float holds."""

Rules = Mapping[str, Content]
"""The validations that a definition states, by name."""


class Misfit(Exception):
    """A value that does not fit its type; carries cause and remedy, and the way to the part of the
    value that it is about."""

    def __init__(self, cause: str, remedy: str, *way: str | int) -> None:
        self.cause, self.remedy = cause, remedy
        self.way: Place = way
        super().__init__(f"{cause} · {remedy}")


@contextmanager
def part(step: str | int) -> Iterator[None]:
    """What does not fit in here is told of this part of the value."""
    try:
        yield
    except Misfit as misfit:
        misfit.way = (step, *misfit.way)
        raise


@dataclass(frozen=True, slots=True)
class Sort:
    """One type's two directions. is_text: outside of a list its item stands without quotes."""

    item: Callable[[Content, Rules], Value]
    content: Callable[[Any], Content]
    is_text: bool = True


def as_text(value: Content, _: Rules) -> str:
    if isinstance(value, bool | int | float):
        raise Misfit(f"{shown(value)} is not text", f'quote it: "{shown(value)}"')
    if not isinstance(value, str):
        raise _of_wrong_shape(value, "text", "write one text")
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


def _of_wrong_shape(value: Content, wanted: str, remedy: str) -> Misfit:
    if isinstance(value, Mapping):
        return Misfit(f"{shown(value)} is a mapping, not {wanted}", remedy)
    return Misfit(
        f"{shown(value)} is a list, not {wanted}",
        f"{remedy}; a list is for types that begin with list.",
    )


def _integer(value: Content, _: Rules) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _no_whole_number(value)
    if abs(value) > LARGEST_INTEGER:
        raise Misfit(
            f"{value} is beyond what Shopify takes for a whole number",
            f"stay within ±{LARGEST_INTEGER:,}, or use a text",
        )
    return value


def _no_whole_number(value: Content) -> Misfit:
    if isinstance(value, Mapping | tuple | list):
        return _of_wrong_shape(value, "a whole number", "write one in digits, like 3")
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return Misfit(
            f"{value!r} is text, not a whole number", f"write {int(value)}, without quotes"
        )
    if isinstance(value, float):
        remedy = "round it, or give the definition the type number_decimal"
        return Misfit(
            f"{value} is no whole number", f"write {value:.0f}" if value.is_integer() else remedy
        )
    return Misfit(f"{shown(value)} is no whole number", "write it in digits, like 3")


def _flag(value: Content, _: Rules) -> str:
    if isinstance(value, Mapping | tuple | list):
        raise _of_wrong_shape(value, "a flag", "write true or false")
    if value in ("true", "false"):
        raise Misfit(f"{value!r} is text, not a flag", f"take the quotes off: {value}")
    if not isinstance(value, bool):
        raise Misfit(f"{shown(value)} is no flag", "write true or false, without quotes")
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
    if isinstance(value, Mapping | tuple | list):
        raise _of_wrong_shape(value, "a number", "write one, like 12.5")
    if isinstance(value, str) and re.fullmatch(r"-?\d+,\d\d?", value):
        raise Misfit(f"{value} is no number", f"write a point: {value.replace(',', '.')}")
    raise Misfit(f"{shown(value)} is no number", "write it in digits, like 12.5")


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
    raise Misfit(*why_no_date(text))


_BY_YEAR: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)")
_BY_DAY: Final = re.compile(r"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{4})")


def why_no_date(text: str) -> tuple[str, str]:
    """Cause and remedy. A day that is written in another way is told in ours."""
    found = _BY_YEAR.fullmatch(text) or _BY_DAY.fullmatch(text)
    if found is None:
        return f"{text} is no date", "write year, month and day, like 2026-09-01"
    try:
        day = date(*(int(found[name]) for name in ("year", "month", "day")))
    except ValueError:
        return f"there is no such day as {text}", "write one of the calendar, like 2026-09-01"
    return f"{text} is no date as it stands", f"write it like this: {day}"


_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d(:?\d\d)?)?", re.IGNORECASE
)


def _moment(value: Content, rules: Rules) -> str:
    """In UTC, without fractions of a second; a moment without an offset is one of UTC."""
    text = as_text(value, rules).strip()
    form = "write it like 2026-09-01T10:00:00+02:00"
    if not _MOMENT.fullmatch(text):
        raise Misfit(f"{text} is no date with time", form)
    try:
        moment = datetime.fromisoformat(text.upper().replace(" ", "T", 1).replace(" ", ""))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(microsecond=0).isoformat()
    except (ValueError, OverflowError):
        raise Misfit(f"there is no such moment as {text}", form) from None


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
    parts = _parts(
        value, ("text", "url"), 'a link is {text: Learn more, url: "https://example.com"}'
    )
    with part("text"):
        text = as_line(parts["text"], rules)
    with part("url"):
        return {"text": text, "url": _address(parts["url"], rules)}


def _measure(type_: str, value: Content, rules: Rules) -> Value:
    short = shortest(UNITS[type_][0])
    parts = _parts(value, ("unit", "value"), f"a {type_} is {{value: 1.5, unit: {short}}}")
    with part("unit"):
        unit = unit_of(type_, as_text(parts["unit"], rules))
        if unit is None:
            known = ", ".join(UNITS[type_])
            raise Misfit(f"{parts['unit']} is no unit of a {type_}", f"write one of {known}")
    with part("value"):
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
    if not isinstance(value, Mapping):
        raise Misfit(f"{shown(value)} is not of that form", form)
    for name in value:
        if name not in names:
            near = close(str(name), names)
            raise Misfit(f"there is no {name} in it", near or form, name)
    if len(value) < len(names):
        missing = next(name for name in names if name not in value)
        raise Misfit(f"{shown(value)} has no {missing}", form)
    return value


def shown(value: Content) -> str:
    """A value as YAML would have it, on one line."""
    is_plain = isinstance(value, str) and value.strip()
    return str(value) if is_plain else json.dumps(plain(value), ensure_ascii=False)


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
