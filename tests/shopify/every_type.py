"""Two contents of every type that Planogram writes: as people write them in YAML, and as a live
Shopify was recorded to store them, or would by the recorded rules."""

from __future__ import annotations

from typing import Any, Final

from providers.shopify.measures import UNITS
from providers.shopify.types import GLOBAL_IDS, SUPPORTED

Row = tuple[Any, str, Any, str]
"""first content, as stored, second content, as stored"""

_PARAGRAPH = '{"children":[{"type":"text","value":"%s"}],"type":"paragraph"}'


def _tree(*texts: str) -> str:
    children = ",".join(_PARAGRAPH % text for text in texts)
    return f'{{"children":[{children}],"type":"root"}}'


FLAT: Final[dict[str, Row]] = {
    "single_line_text_field": ("VIP", "VIP", "Some", "Some"),
    "multi_line_text_field": ("a\nb", "a\nb", "c\nd", "c\nd"),
    "rich_text_field": (
        "Washed by hand.\n\nDried flat.", _tree("Washed by hand.", "Dried flat."),
        {"type": "root", "children": [
            {"type": "heading", "level": 2, "children": [{"type": "text", "value": "Care"}]}]},
        '{"children":[{"children":[{"type":"text","value":"Care"}],"level":2,"type":"heading"}],'
        '"type":"root"}',
    ),
    "number_integer": (10, "10", -9007199254740991, "-9007199254740991"),
    "number_decimal": (10.4, "10.4", 7, "7.0"),
    "boolean": (True, "true", False, "false"),
    "date": ("2022-02-02", "2022-02-02", "2026-09-01", "2026-09-01"),
    "date_time": (
        "2024-01-01T12:30:00", "2024-01-01T12:30:00+00:00",
        "2026-06-25T10:11:12.123+05:30", "2026-06-25T04:41:12+00:00",
    ),
    "color": ("#fff123", "#fff123", "#ABCDEF", "#abcdef"),
    "url": ("https://a.test/b", "https://a.test/b", "mailto:a@b.test", "mailto:a@b.test"),
    "link": (
        {"text": "Learn more", "url": "https://a.test"},
        '{"text":"Learn more","url":"https://a.test"}',
        {"url": "tel:1", "text": "Call"}, '{"text":"Call","url":"tel:1"}',
    ),
    "json": (
        {"ingredient": "flour", "amount": 0.3}, '{"amount":0.3,"ingredient":"flour"}',
        ["a", 1, {"b": None}], '["a",1,{"b":null}]',
    ),
    "money": (
        {"amount": 5.99, "currency_code": "CAD"}, '{"amount":"5.99","currency_code":"CAD"}',
        {"amount": 6, "currency_code": "CAD"}, '{"amount":"6.00","currency_code":"CAD"}',
    ),
    "rating": (
        {"value": 3.5, "scale_min": 1, "scale_max": 5},
        '{"scale_min":"1.0","scale_max":"5.0","value":"3.5"}',
        {"value": 4, "scale_min": 1, "scale_max": 5},
        '{"scale_min":"1.0","scale_max":"5.0","value":"4.0"}',
    ),
    "language": ("en", "en", "pt-BR", "pt-BR"),
    "id": ("SKU-1", "SKU-1", "SKU-2", "SKU-2"),
}  # fmt: skip

MEASURED: Final[dict[str, Row]] = {
    name: (
        {"value": 2.5, "unit": units[0]}, f'{{"value":2.5,"unit":"{units[0].upper()}"}}',
        {"value": 100, "unit": units[-1]}, f'{{"value":100.0,"unit":"{units[-1].upper()}"}}',
    )
    for name, units in UNITS.items()
}  # fmt: skip

_ONE, _TWO = "gid://shopify/%s/1", "gid://shopify/%s/2"

BY_ID: Final[dict[str, Row]] = {
    name: (_ONE % sort, _ONE % sort, _TWO % sort, _TWO % sort) for name, sort in GLOBAL_IDS.items()
}
"""References to what is named by its id alone."""

_BARE = ("number_integer", "link", "rating", *UNITS)


def _listed(stored: str, base: str) -> str:
    return stored if base in _BARE else f'"{stored}"'


LISTED: Final[dict[str, Row]] = {
    f"list.{base}": (
        [first, second], f"[{_listed(one, base)},{_listed(two, base)}]",
        [second], f"[{_listed(two, base)}]",
    )
    for base, (first, one, second, two) in {**FLAT, **MEASURED, **BY_ID}.items()
    if f"list.{base}" in SUPPORTED
}  # fmt: skip

EVERY: Final = {**FLAT, **MEASURED, **BY_ID, **LISTED}
"""Every type whose value is its own. References to what has a name are in the contract."""

_ALIKE = set(UNITS) - {"weight", "dimension"}

LIVE: Final = {t: row for t, row in EVERY.items() if t.removeprefix("list.") not in _ALIKE}
"""All but measures that differ in their units alone: what a shop is filled with in one test."""


def key_of(type_: str) -> str:
    """The key of the metafield that holds it: a dot parts a namespace from a key."""
    return type_.replace(".", "_")


def document(state: int | None) -> dict[str, Any]:
    """The definitions, and one product's values in their first (0) or second (2) state."""
    definitions = {key_of(t): {"type": t, "name": t} for t in LIVE}
    values = {key_of(t): None if state is None else row[state] for t, row in LIVE.items()}
    return {"definitions": definitions, "values": {"arp-dress-black": values}}


def stored(state: int) -> dict[str, str]:
    """What Shopify then holds, by key."""
    return {key_of(type_): row[state + 1] for type_, row in LIVE.items()}
