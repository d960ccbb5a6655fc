"""What a metafield may hold, and in which form Shopify stores it.

Recorded: the list of types, blank values, booleans, whole numbers, decimals, dates with time,
measures, ratings, money, links, lists, and the refusals of whole numbers, addresses, moments and
money. The words of the other refusals were not recorded. Types that are not named here are stored
as they are sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from providers.shopify.sandbox.ids import parts
from providers.shopify.sandbox.shop import Shop
from providers.shopify.sandbox.validating import Unfit, check, check_count

_MEASURED: Final = """
    antenna_gain area battery_charge_capacity battery_energy_capacity capacitance concentration
    data_storage_capacity data_transfer_rate dimension display_density distance duration
    electric_current electrical_resistance energy frequency illuminance inductance luminous_flux
    mass_flow_rate power pressure resolution rotational_speed sound_level speed temperature
    thermal_power voltage volume volumetric_flow_rate weight
"""
_LISTED: Final = """
    color date date_time jurisdiction link number_decimal number_integer rating
    single_line_text_field url
"""
_NEVER_LISTED: Final = """
    boolean id json language money multi_line_text_field rich_text_field
"""
_REFERRED: Final = """
    company customer product collection variant file product_taxonomy_value
    product_taxonomy_disclosure metaobject mixed disclosure page article order
"""


def _valid_types() -> list[str]:
    """All types, in the order in which Shopify lists them: `date_time` before `date`."""
    listed = f"{_MEASURED} {_LISTED}".split()
    single = [*listed, *_NEVER_LISTED.split()]
    lists = [f"list.{name}" for name in listed]
    references = [
        f"{form}{name}_reference"
        for name in _REFERRED.split()
        for form in ("", "list.")
        if not (form and name == "product_taxonomy_disclosure")
    ]
    return sorted([*single, *lists], key=_alphabetical) + references


def _alphabetical(name: str) -> str:
    return f"{name}~" if name.endswith("date") else name


TYPES: Final = tuple(_valid_types())

JSON_TYPES: Final = frozenset(
    ("number_integer", "rating", "link", "money", "json", "rich_text_field", *_MEASURED.split())
)
"""What stands without quotes in a list, and is told as JSON by `jsonValue`; decimals are texts."""

_REFERENCE_SORTS: Final[Mapping[str, Sequence[str]]] = {
    "product_reference": ("Product",),
    "variant_reference": ("ProductVariant",),
    "collection_reference": ("Collection",),
    "page_reference": ("Page",),
    "file_reference": ("MediaImage", "GenericFile"),
    "metaobject_reference": ("Metaobject",),
    "mixed_reference": ("Metaobject",),
}


def category(type_: str) -> str:
    """The category that a definition's type is shown under."""
    base = type_.removeprefix("list.")
    if base.endswith("_reference"):
        return "REFERENCE"
    for name, members in _CATEGORIES.items():
        if base in members:
            return name
    return "MEASUREMENT"


_CATEGORIES: Final = {
    "TEXT": ("single_line_text_field", "multi_line_text_field", "rich_text_field"),
    "NUMBER": ("number_integer", "number_decimal"),
    "DATE_TIME": ("date", "date_time"),
    "TRUE_FALSE": ("boolean",),
    "URL": ("url", "link"),
    "COLOR": ("color",),
    "JSON": ("json",),
    "RATING": ("rating",),
    "MONEY": ("money",),
    "ID": ("id",),
}


def stored(shop: Shop, type_: str, value: str, validations: Sequence[Mapping[str, Any]]) -> str:
    """The value as it is kept. Raises `Unfit`."""
    if not value.strip():
        raise Unfit("Value can't be blank.")
    if not type_.startswith("list."):
        kept = _stored_one(shop, type_, value)
        check(type_, kept, validations)
        return kept
    items = _items(value)
    base = type_.removeprefix("list.")
    kept_items = [_stored_one(shop, base, item) for item in items]
    for item in kept_items:
        check(base, item, validations)
    check_count(len(items), validations)
    return _compact([json.loads(i) if base in JSON_TYPES else i for i in kept_items])


def _compact(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _items(value: str) -> list[str]:
    try:
        items = json.loads(value)
    except ValueError as error:
        raise Unfit("Value is invalid JSON.") from error
    if not isinstance(items, list):
        raise Unfit("Value must be an array.")
    if len(items) > 128:
        raise Unfit("Value must have at most 128 elements.")
    return [item if isinstance(item, str) else json.dumps(item) for item in items]


def _stored_one(shop: Shop, type_: str, value: str) -> str:
    if type_ in _REFERENCE_SORTS:
        return _reference(shop, type_, value)
    if type_ in _MEASURED.split():
        return _measure(value)
    match type_:
        case "single_line_text_field" if "\n" in value or "\r" in value:
            raise Unfit("Value must be a single line text string.")
        case "number_integer":
            return _integer(value)
        case "number_decimal":
            return _decimal(value)
        case "boolean":
            return _boolean(value)
        case "date":
            return _date(value)
        case "date_time":
            return _moment(value)
        case "url":
            return _url(value)
        case "color" if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise Unfit("Value must be a hex color code.")
        case "rating":
            return _rating(value)
        case "money":
            return _money(value)
        case "link":
            return _compact(_object(value, ("text", "url")))
        case "json" | "rich_text_field":
            _json(value)
    return value


def _measure(value: str) -> str:
    """A decimal number, and the unit in capitals."""
    found = _object(value, ("value", "unit"))
    if isinstance(found["value"], bool) or not isinstance(found["value"], int | float):
        raise Unfit("Value must be a number.")
    unit = str(found["unit"]).upper()
    return _compact({"value": float(found["value"]), "unit": _LONG.get(unit, unit)})


_LONG: Final = {"KG": "KILOGRAMS", "G": "GRAMS", "ML": "MILLILITERS", "L": "LITERS",
                "CM": "CENTIMETERS", "MM": "MILLIMETERS", "M": "METERS"}  # fmt: skip


def _rating(value: str) -> str:
    names = ("scale_min", "scale_max", "value")
    found = _object(value, names)
    low, high, number = (float(found[name]) for name in names)
    if not low <= number <= high:
        raise Unfit(f"Value must be between {low} and {high}.")
    return _compact({name: str(found[name]) for name in names})


def _money(value: str) -> str:
    shape = (
        "Value must be a stringified JSON object with amount (numeric) and currency_code (string"
        " matching the shop's currency) fields."
    )
    try:
        found = json.loads(value)
        amount, code = str(found["amount"]), str(found["currency_code"])
    except (ValueError, TypeError, KeyError) as error:
        raise Unfit(shape) from error
    if not code:
        raise Unfit("Value must have a currency code.")
    if not re.fullmatch(r"-?\d+(\.\d+)?", amount):
        raise Unfit("Value must have a numeric amount.")
    if abs(float(amount)) > 10**18:
        raise Unfit("Value must be within +/-1000000000000000000.")
    return _compact({"amount": amount, "currency_code": code})


def _url(value: str) -> str:
    scheme, colon, _ = value.partition(":")
    if not colon or not scheme.isalpha():
        raise Unfit(
            "Value cannot have an empty scheme (protocol), must include one of the following URL"
            ' schemes: ["http", "https", "mailto", "sms", "tel"].\''
        )
    if not re.match(r"(https?|mailto|sms|tel):\S+$", value):
        raise Unfit(
            "Value must be one of the following URL schemes: http, https, mailto, sms, tel."
        )
    return value


def _object(value: str, names: tuple[str, ...]) -> dict[str, Any]:
    """The entries in this order."""
    try:
        found = json.loads(value)
        return {name: found[name] for name in names}
    except (ValueError, TypeError, KeyError) as error:
        raise Unfit(f"Value must be a JSON object with {' and '.join(names)}.") from error


def _reference(shop: Shop, type_: str, value: str) -> str:
    found = parts(value)
    if found is None or found[0] not in _REFERENCE_SORTS[type_]:
        raise Unfit(f"Value must be a valid {type_.removesuffix('_reference')} reference.")
    if shop.get(value) is None:
        raise Unfit(f"Value references non-existent resource {value}.")
    return value


def _integer(value: str) -> str:
    match = re.fullmatch(r"(-?\d+)(\.0*)?", value)
    if match is None:
        raise Unfit("Value must be an integer.")
    if abs(int(match[1])) > 9_007_199_254_740_991:
        raise Unfit("Value must be within +/-9,007,199,254,740,991.")
    return match[1]


def _decimal(value: str) -> str:
    """Truncated to nine places."""
    match = re.fullmatch(r"(-?\d+)(?:\.(\d+))?", value)
    if match is None:
        raise Unfit("Value must be a decimal.")
    if len(match[1].lstrip("-")) > 13:
        raise Unfit("Value must be within +/-9999999999999.999999999.")
    return f"{match[1]}.{(match[2] or '0')[:9]}"


def _boolean(value: str) -> str:
    forms = {"true": "true", "t": "true", "1": "true", "false": "false", "f": "false", "0": "false"}
    said = value.strip().lower()
    if said not in forms:
        raise Unfit("Value must be true or false.")
    return forms[said]


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise Unfit('Value must be in "YYYY-MM-DD" format.') from error


def _moment(value: str) -> str:
    """Without fractions of a second, with its offset written out."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise Unfit(
            "Value must be in “YYYY-MM-DDTHH:MM:SS” format. For example: 2022-06-01T15:30:00"
        ) from error
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.replace(microsecond=0).isoformat()


def _json(value: str) -> None:
    try:
        json.loads(value)
    except ValueError as error:
        raise Unfit("Value is invalid JSON.") from error
