"""Product attributes: their definitions, and which of them hold assets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from providers.kit.store import Document, Store
from providers.plytix.sandbox.refusal import Refusal, invalid
from providers.plytix.sandbox.search import Column, search

MEDIA: Final = "MediaAttribute"
GALLERY: Final = "MediaGalleryAttribute"

CHOICES: Final = ("DropdownAttribute", "MultiSelectAttribute")
TYPES: Final = (
    "TextAttribute",
    "MultilineAttribute",
    "HtmlAttribute",
    "IntAttribute",
    "DecimalAttribute",
    *CHOICES,
    "DateAttribute",
    "UrlAttribute",
    "BooleanAttribute",
    MEDIA,
    GALLERY,
    "CompletenessAttribute",
)

FILTER_TYPES: Final[Mapping[str, str]] = {
    "MultilineAttribute": "TextAttribute",
    "HtmlAttribute": "TextAttribute",
    "UrlAttribute": "TextAttribute",
    "IntAttribute": "DecimalAttribute",
    GALLERY: MEDIA,
}
"""How a type of attribute is filtered, where that is not its own name."""

COLUMNS: Final[Mapping[str, Column]] = {
    column.key: column
    for column in (
        Column("id", "TextAttribute", lambda row: row["id"], ("eq", "!eq", "in", "!in")),
        Column("label", "TextAttribute", lambda row: row["label"]),
        Column("name", "TextAttribute", lambda row: row["name"]),
        Column("type_class", "DropdownAttribute", lambda row: row["type_class"]),
        Column("description", "TextAttribute", lambda row: row["description"]),
        Column("groups", "MultiSelectAttribute", lambda row: row["groups"]),
        Column("options", "MultiSelectAttribute", lambda row: row["options"]),
        Column("filter_type", "DropdownAttribute", lambda row: filter_type(row)),
    )
}


def filter_type(attribute: Document) -> str:
    return FILTER_TYPES.get(attribute["type_class"], attribute["type_class"])


def media_labels(store: Store) -> list[str]:
    """The labels of the attributes that hold assets, in the order of their creation."""
    return [
        attribute["label"]
        for attribute in store.all("attribute").values()
        if attribute["type_class"] in (MEDIA, GALLERY)
    ]


def attribute_of(store: Store, label: Any) -> Document | None:
    return next((a for a in store.all("attribute").values() if a["label"] == label), None)


def searched(store: Store, body: Any) -> dict[str, Any]:
    found = search(body, store.all("attribute").values(), COLUMNS, ("id",))
    rows = [
        {"id": row["id"], **{name: COLUMNS[name].value(row) for name in found.columns}}
        for row in found.rows
    ]
    return {"data": rows, "pagination": found.pagination}


def told(attribute: Document) -> dict[str, Any]:
    return {name: COLUMNS[name].value(attribute) for name in COLUMNS}


def existing(store: Store, id_: str) -> Document:
    attribute = store.get("attribute", id_)
    if attribute is None:
        words = f" No results found for {id_}"
        raise Refusal(404, words, ("id", "product attribute does not exist"))
    return attribute


def created(store: Store, body: Any) -> dict[str, Any]:
    """Make an attribute. Its label is derived from its name, and never changes."""
    known = ("name", "type_class", "description", "options", "manual_sorting", "sort_ascending")
    body = _checked(body, (*known, "product_families", "attributes"))
    missing = [name for name in ("name", "type_class") if not body.get(name)]
    if missing:
        raise invalid(*((name, "Missing data for required field.") for name in missing))
    if body["type_class"] not in TYPES:
        raise invalid(("type_class", "Not a valid choice."))
    _must_be_new(store, body["name"])
    id_ = f"69b0{store.next_number('attribute'):020x}"
    attribute = {
        "id": id_,
        "label": label_of(body["name"]),
        "name": body["name"],
        "type_class": body["type_class"],
        "description": body.get("description") or "",
        "groups": [],
        "options": _options(body["type_class"], body.get("options") or []),
    }
    store.put("attribute", id_, attribute)
    return told(attribute)


def patched(store: Store, id_: str, body: Any) -> dict[str, Any]:
    """Change name, description, or the whole set of options."""
    attribute = existing(store, id_)
    body = _checked(body, ("name", "description", "options", "manual_sorting", "sort_ascending"))
    if "name" in body and body["name"] != attribute["name"]:
        _must_be_new(store, body["name"], id_)
    if "options" in body:
        options = _options(attribute["type_class"], body["options"])
        _forget(store, attribute, [one for one in attribute["options"] if one not in options])
    kept = {name: body[name] for name in ("name", "description", "options") if name in body}
    changed = attribute | kept
    store.put("attribute", id_, changed)
    return told(changed)


def deleted(store: Store, id_: str) -> None:
    """Its values go with it."""
    label = existing(store, id_)["label"]
    for product in list(store.all("product").values()):
        own = {name: value for name, value in product["attributes"].items() if name != label}
        media = {name: value for name, value in product["media"].items() if name != label}
        store.put("product", product["id"], product | {"attributes": own, "media": media})
    store.delete("attribute", id_)


def label_of(name: str) -> str:
    """Assumed: how a label comes of a name; that it does is the vendor's."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _checked(body: Any, known: tuple[str, ...]) -> Document:
    if not isinstance(body, dict):
        raise invalid(("_schema", "Invalid input type."))
    unknown = [name for name in body if name not in known]
    if unknown:
        raise invalid(*((name, "unknown field") for name in unknown))
    return body


def _must_be_new(store: Store, name: str, own: str | None = None) -> None:
    taken = any(
        name == other["name"] or (own is None and label_of(name) == other["label"])
        for other in store.all("attribute").values()
        if other["id"] != own
    )
    if taken:
        words = "a product attribute with same name already exists"
        raise Refusal(422, "attribute data validation failed", ("name", words))


def _options(type_class: str, options: Any) -> list[str]:
    if not isinstance(options, list) or not all(isinstance(one, str) for one in options):
        raise invalid(("options", "Not a valid list."))
    if options and type_class not in CHOICES:
        raise invalid(("options", "only for dropdowns and multiselects"))
    return list(dict.fromkeys(options))


def _forget(store: Store, attribute: Document, gone: list[str]) -> None:
    """Assumed: products do not keep a value that is no option any more."""
    label = attribute["label"]
    for product in list(store.all("product").values()) if gone else ():
        held = product["attributes"].get(label)
        if isinstance(held, list) and any(one in gone for one in held):
            left: Any = [one for one in held if one not in gone]
        elif held in gone:
            left = None
        else:
            continue
        own = {n: v for n, v in product["attributes"].items() if n != label}
        own |= {label: left} if left else {}
        store.put("product", product["id"], product | {"attributes": own})
