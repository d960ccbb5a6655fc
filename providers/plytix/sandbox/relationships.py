"""Relationships between products: their definitions, and what each product is related to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.kit.store import Document, Store
from providers.plytix.sandbox.attributes import label_of
from providers.plytix.sandbox.refusal import Refusal, invalid
from providers.plytix.sandbox.search import Column, search

COLUMNS: Final[Mapping[str, Column]] = {
    column.key: column
    for column in (
        Column("id", "TextAttribute", lambda row: row["id"], ("eq", "!eq", "in", "!in")),
        Column("label", "TextAttribute", lambda row: row["label"]),
        Column("name", "TextAttribute", lambda row: row["name"]),
    )
}


def searched(store: Store, body: Any) -> dict[str, Any]:
    found = search(body, store.all("relationship").values(), COLUMNS, ("id",))
    shown = [{"id": row["id"], **{name: row[name] for name in found.columns}} for row in found.rows]
    return {"data": shown, "pagination": found.pagination}


def existing(store: Store, id_: str) -> Document:
    relationship = store.get("relationship", id_)
    if relationship is None:
        raise Refusal(404, f" No results found for {id_}", ("id", "relationship does not exist"))
    return relationship


def created(store: Store, body: Any) -> Document:
    name = body.get("name") if isinstance(body, dict) else None
    if not isinstance(name, str) or not name:
        raise invalid(("name", "Missing data for required field."))
    _must_be_new(store, name)
    id_ = f"69e0{store.next_number('relationship'):020x}"
    relationship = {"id": id_, "name": name, "label": label_of(name)}
    store.put("relationship", id_, relationship)
    return relationship


def patched(store: Store, id_: str, body: Any) -> Document:
    relationship = existing(store, id_)
    if not isinstance(body, dict) or not isinstance(body.get("name"), str):
        raise invalid(("name", "Missing data for required field."))
    if body["name"] != relationship["name"]:
        _must_be_new(store, body["name"], id_)
    changed = relationship | {"name": body["name"]}
    store.put("relationship", id_, changed)
    return changed


def deleted(store: Store, id_: str) -> None:
    existing(store, id_)
    for product in list(store.all("product").values()):
        if id_ in product.get("relationships", {}):
            left = {n: v for n, v in product["relationships"].items() if n != id_}
            store.put("product", product["id"], product | {"relationships": left})
    store.delete("relationship", id_)


def related(store: Store, product: Document, id_: str, body: Any, now: str) -> dict[str, Any]:
    """Relate a product to others, or say in what quantity; those that are there stay."""
    existing(store, id_)
    rows = body.get("product_relationships") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise invalid(("product_relationships", "Missing data for required field."))
    unknown = [row for row in rows if store.get("product", str(row.get("product_id"))) is None]
    if unknown:
        raise invalid(("product_id", "product does not exist"))
    held = {row["product_id"]: row["quantity"] for row in of(product, id_)}
    held |= {row["product_id"]: row.get("quantity", 1) for row in rows}
    changed = _put(store, product, id_, held, now)
    return {"data": [row for row in told(store, changed) if row["relationship_id"] == id_]}


def counted(store: Store, product: Document, id_: str, other: str, body: Any, now: str) -> Any:
    """v1: how often one related product is in it."""
    existing(store, id_)
    held = {row["product_id"]: row["quantity"] for row in of(product, id_)}
    if other not in held:
        words = f"product id {other} is not related to product id {product['id']}"
        raise Refusal(404, words, ("product_id", words))
    quantity = body.get("quantity") if isinstance(body, dict) else None
    if not isinstance(quantity, int):
        raise invalid(("quantity", "Not a valid integer."))
    changed = _put(store, product, id_, held | {other: quantity}, now)
    return {"data": [row for row in told(store, changed) if row["relationship_id"] == id_]}


def unrelated(store: Store, product: Document, id_: str, body: Any, now: str) -> None:
    """The body is a list of ids; ids that are not related are passed over."""
    existing(store, id_)
    if not isinstance(body, list):
        raise invalid(("_schema", "Invalid input type."))
    held = {r["product_id"]: r["quantity"] for r in of(product, id_) if r["product_id"] not in body}
    _put(store, product, id_, held, now)


def of(product: Document, id_: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = product.get("relationships", {}).get(id_, [])
    return rows


def told(store: Store, product: Document) -> list[dict[str, Any]]:
    """As v2 shows them on products."""
    return [
        {
            "relationship_id": id_,
            "relationship_label": existing(store, id_)["label"],
            "related_products": rows,
        }
        for id_, rows in product.get("relationships", {}).items()
        if rows
    ]


def _put(store: Store, product: Document, id_: str, held: Mapping[str, int], now: str) -> Document:
    rows = [{"product_id": other, "quantity": quantity} for other, quantity in held.items()]
    own = product.get("relationships", {}) | {id_: rows}
    changed = product | {"relationships": own, "modified": now}
    store.put("product", product["id"], changed)
    return changed


def _must_be_new(store: Store, name: str, own: str | None = None) -> None:
    others = [other for other in store.all("relationship").values() if other["id"] != own]
    if any(name == other["name"] for other in others) or (
        own is None and any(label_of(name) == other["label"] for other in others)
    ):
        raise invalid(("name", "a relationship with same name already exists"))
