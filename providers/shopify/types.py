"""The metafield types that Planogram writes, and how a value of `desired/` is said in them.

A type is a sort of content (`content.py`), a reference, or a `list.` of one of these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from providers.shopify.content import SORTS, Misfit, Rules, part, shown
from providers.shopify.measures import UNITS
from reconciler.intent.metafields import Content
from reconciler.model.spec import Value, plain

MOST_LISTED: Final = 128

REFERENCES: Final[Mapping[str, tuple[str, str]]] = {
    "page_reference": ("page", "a page's handle"),
    "file_reference": ("file", "the name of a file"),
    "product_reference": ("product", "a product's handle"),
    "variant_reference": ("variant", "a product's handle and a variant's title: gown/Small"),
    "collection_reference": ("collection", "a collection's handle"),
    "metaobject_reference": ("metaobject", "a metaobject's type and handle: designer/vera"),
    "mixed_reference": ("metaobject", "a metaobject's type and handle: designer/vera"),
}
"""Type → the kind that it refers to, and what its value is."""

GLOBAL_IDS: Final[Mapping[str, str]] = {
    "article_reference": "Article",
    "company_reference": "Company",
    "customer_reference": "Customer",
    "order_reference": "Order",
    "product_taxonomy_value_reference": "TaxonomyValue",
}
"""References to what has no name of its own here: said by Shopify's id."""

_NEVER_LISTED: Final = frozenset(
    {"boolean", "id", "json", "language", "money", "multi_line_text_field", "rich_text_field"}
)

SUPPORTED: Final = (
    *SORTS,
    *REFERENCES,
    *GLOBAL_IDS,
    *(f"list.{name}" for name in SORTS if name not in _NEVER_LISTED),
    *(f"list.{name}" for name in (*REFERENCES, *GLOBAL_IDS)),
)

_BROUGHT_INTO_FORM: Final = frozenset(SUPPORTED) - {
    *(
        "single_line_text_field",
        "multi_line_text_field",
        "id",
        "url",
        "language",
        "boolean",
        "date",
    ),
    *(type_ for type_ in SUPPORTED if type_.endswith("_reference")),
}
"""Types of which two texts may mean the same."""

SUPPORTED_SHORTLY: Final = ", ".join(
    (*(n for n in SORTS if n not in UNITS), *REFERENCES, *GLOBAL_IDS, "weight", "volume",
     "dimension and the other measures", "and list. of most")
)  # fmt: skip


def base_of(type_: str) -> str:
    return type_.removeprefix("list.")


def is_list(type_: str) -> bool:
    return type_.startswith("list.")


def fields(type_: str, value: Content, rules: Rules | None = None) -> dict[str, Value]:
    """The fields of a metafield that has this value. Raises `Misfit`."""
    if value is None:
        return {"value": None}
    base = base_of(type_)
    item = partial(_key, type_) if base in REFERENCES else partial(_item, base, rules=rules or {})
    items = _items(value, item) if is_list(type_) else [item(value)]
    if base in REFERENCES:
        return {"type": type_, field_of(type_): tuple(items) if is_list(type_) else items[0]}
    return {"type": type_, "value": _text(type_, items)}


def _items(value: Content, item: Callable[[Content], Value]) -> list[Value]:
    items = []
    for index, one in enumerate(_each(value)):
        with part(index):
            items.append(item(one))
    return items


def field_of(type_: str) -> str:
    """The field of a metafield that holds what is said of this type."""
    base = base_of(type_)
    return REFERENCES[base][0] if base in REFERENCES else "value"


def canonical(type_: str, stored: str) -> str:
    """A live value in the one form in which values are compared; one that does not fit its own
    type stays as it is."""
    if type_ not in _BROUGHT_INTO_FORM:
        return stored
    try:
        said = content(type_, stored)
        return str(fields(type_, said)["value"])
    except (Misfit, *_UNREADABLE):
        return stored


def content(type_: str, live: Value) -> Content:
    """The way back: how a live value of this type is said. Raises `Misfit`."""
    base = base_of(type_)
    if base in REFERENCES:
        return _named(type_, live)
    if live is None:
        return None
    try:
        items = json.loads(live) if is_list(type_) else [_read(base, live)]
        said = tuple(_said(base, item) for item in items)
    except _UNREADABLE as error:
        raise Misfit(f"the live value is no {type_}: {live}", "correct it in the admin") from error
    return said if is_list(type_) else said[0]


_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError)


def _each(value: Content) -> Iterable[Content]:
    if not isinstance(value, list | tuple):
        raise Misfit(f"{shown(value)} is no list", "write one, in brackets")
    if not value:
        raise Misfit("Shopify keeps no empty list", "write null for none")
    if len(value) > MOST_LISTED:
        raise Misfit(
            f"{len(value)} entries are more than the {MOST_LISTED} that Shopify takes",
            "take some out",
        )
    if None in value:
        raise Misfit("an entry of the list is null", "take it out", value.index(None))
    return value


def _key(type_: str, value: Content) -> str:
    _, meaning = REFERENCES[base_of(type_)]
    if not isinstance(value, str) or not value.strip():
        raise Misfit(f"{shown(value)} is no {base_of(type_)}", f"write {meaning}")
    if base_of(type_) in _IN_TWO_PARTS and not all(map(str.strip, _halves(value))):
        raise Misfit(f"{value} is no {base_of(type_)}", f"write {meaning}")
    return value


_IN_TWO_PARTS: Final = ("variant_reference", "metaobject_reference", "mixed_reference")


def _halves(key: str) -> tuple[str, str]:
    first, _, second = key.partition("/")
    return first, second


def _item(base: str, value: Content, rules: Rules) -> Value:
    if base not in GLOBAL_IDS:
        return SORTS[base].item(value, rules)
    sort = GLOBAL_IDS[base]
    if not isinstance(value, str) or not re.fullmatch(rf"gid://shopify/{sort}/\S+", value):
        raise Misfit(f"{shown(value)} is no {base}", f"write its id: gid://shopify/{sort}/…")
    return value


def _text(type_: str, items: list[Value]) -> str:
    """What a metafield's `value` is: always a text."""
    if is_list(type_):
        return _compact(type_, items)
    (item,) = items
    return item if _stands_bare(type_) else _compact(type_, item)


def _stands_bare(base: str) -> bool:
    return base in GLOBAL_IDS or SORTS[base].is_text


def _compact(type_: str, item: Value) -> str:
    """In the order in which Shopify keeps an object's keys; of what is free in form, sorted."""
    is_free = base_of(type_) in ("json", "rich_text_field")
    try:
        return json.dumps(
            plain(item),
            sort_keys=is_free,
            separators=(",", ":"),
            ensure_ascii=False,
            allow_nan=False,
        )
    except ValueError:
        raise Misfit("JSON has no number without end", "write null, or a text") from None


def _read(base: str, live: str) -> Any:
    return live if _stands_bare(base) else json.loads(live)


def _said(base: str, item: Any) -> Content:
    return str(item) if base in GLOBAL_IDS else SORTS[base].content(item)


def _named(type_: str, live: Value) -> Content:
    names = live if isinstance(live, list | tuple) else (live,)
    if not all(isinstance(name, str) and not name.startswith("gid://") for name in names):
        raise Misfit(
            f"the live value is no {field_of(type_)} that has a name",
            "choose another one in the admin, or apply to put back git's",
        )
    return tuple(names) if is_list(type_) else names[0]
