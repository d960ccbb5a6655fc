"""Categories of products: a tree of names, and which products stand where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from providers.kit.store import Document, Store
from providers.plytix.sandbox.refusal import Refusal, invalid
from providers.plytix.sandbox.search import Column, search

COLUMNS: Final[Mapping[str, Column]] = {
    column.key: column
    for column in (
        Column("id", "TextAttribute", lambda row: row["id"], ("eq", "!eq", "in", "!in")),
        Column("name", "TextAttribute", lambda row: row["name"]),
        Column("slug", "TextAttribute", lambda row: row["slug"]),
        Column("path", "MultiSelectAttribute", lambda row: row["path"]),
        Column("parents_ids", "MultiSelectAttribute", lambda row: row["parents_ids"]),
        Column("n_children", "DecimalAttribute", lambda row: row["n_children"]),
        Column("order", "DecimalAttribute", lambda row: row["order"]),
    )
}


def searched(store: Store, body: Any) -> dict[str, Any]:
    rows = [told(store, category) for category in store.all("category").values()]
    found = search(body, rows, COLUMNS, ("id",))
    shown = [{"id": row["id"], **{name: row[name] for name in found.columns}} for row in found.rows]
    return {"data": shown, "pagination": found.pagination}


def existing(store: Store, id_: str) -> Document:
    category = store.get("category", id_)
    if category is None:
        raise Refusal(404, f" No results found for {id_}", ("id", "category does not exist"))
    return category


def told(store: Store, category: Document) -> dict[str, Any]:
    """A node of the tree."""
    parents = _parents(store, category)
    return {
        "id": category["id"],
        "name": category["name"],
        "slug": re.sub(r"[^a-z0-9]+", "-", category["name"].lower()).strip("-"),
        "path": [*(parent["name"] for parent in parents), category["name"]],
        "parents_ids": [parent["id"] for parent in parents],
        "n_children": sum(
            other["parent_id"] == category["id"] for other in store.all("category").values()
        ),
        "order": category["order"],
    }


def created(store: Store, parent: str | None, body: Any) -> dict[str, Any]:
    if parent is not None:
        existing(store, parent)
    if not isinstance(body, dict) or not isinstance(body.get("name"), str) or not body["name"]:
        raise invalid(("name", "Missing data for required field."))
    _must_be_new(store, parent, body["name"])
    number = store.next_number("category")
    id_ = f"69d0{number:020x}"
    category = {"id": id_, "name": body["name"], "parent_id": parent, "order": number}
    store.put("category", id_, category)
    return told(store, category)


def patched(store: Store, id_: str, body: Any) -> dict[str, Any]:
    """Another name, or another parent ("" being the root)."""
    category = existing(store, id_)
    if not isinstance(body, dict) or not set(body) <= {"name", "parent_id"}:
        raise invalid(("_schema", "Invalid input type."))
    parent = (body["parent_id"] or None) if "parent_id" in body else category["parent_id"]
    name = str(body.get("name", category["name"]))
    if (name, parent) != (category["name"], category["parent_id"]):
        _must_be_new(store, parent, name)
    changed = category | {"name": name, "parent_id": parent}
    store.put("category", id_, changed)
    return told(store, changed)


def deleted(store: Store, id_: str) -> None:
    """With all below it; products leave it."""
    existing(store, id_)
    for other in list(store.all("category").values()):
        if other["parent_id"] == id_:
            deleted(store, other["id"])
    for product in list(store.all("product").values()):
        if id_ in product["categories"]:
            left = [one for one in product["categories"] if one != id_]
            store.put("product", product["id"], product | {"categories": left})
    store.delete("category", id_)


def linked(store: Store, product: Document, body: Any, now: str) -> dict[str, Any]:
    id_ = body.get("id") if isinstance(body, dict) else None
    if not id_:
        raise invalid(("id", "Missing data for required field."))
    if store.get("category", id_) is None:
        raise invalid(("category.id", "does not exist"))
    if id_ in product["categories"]:
        words = f"Category id {id_} is already linked to product"
        raise Refusal(409, words, ("category.id", "already linked"))
    changed = product | {"categories": [*product["categories"], id_], "modified": now}
    store.put("product", product["id"], changed)
    return {"data": [{"id": id_}]}


def unlinked(store: Store, product: Document, id_: str, now: str) -> None:
    if id_ not in product["categories"]:
        words = f"category id {id_} is not related to product id {product['id']}"
        raise Refusal(404, words, ("category_id", words))
    left = [one for one in product["categories"] if one != id_]
    store.put("product", product["id"], product | {"categories": left, "modified": now})


def expanded(store: Store, ids: list[str]) -> list[dict[str, Any]]:
    """As v1 shows them on products."""
    return [told(store, existing(store, id_)) for id_ in ids]


def _parents(store: Store, category: Document) -> list[Document]:
    """From the root down."""
    found: list[Document] = []
    while category["parent_id"] is not None:
        category = existing(store, category["parent_id"])
        found.insert(0, category)
    return found


def _must_be_new(store: Store, parent: str | None, name: str) -> None:
    for other in store.all("category").values():
        if (other["parent_id"], other["name"]) == (parent, name):
            raise invalid(("name", "already exists"))
