"""Product attributes: their definitions, and which of them hold assets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.kit.store import Document, Store
from providers.plytix.sandbox.search import Column, search

MEDIA: Final = "MediaAttribute"
GALLERY: Final = "MediaGalleryAttribute"

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
