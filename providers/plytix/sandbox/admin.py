"""What somebody does in Plytix's own screens: edits that no API client asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from providers.kit.sandbox import UnknownThing
from providers.kit.store import Document, Store
from providers.plytix.sandbox import attributes, categories, relationships
from providers.plytix.sandbox.assets import deleted
from providers.plytix.sandbox.attributes import attribute_of, media_labels

ASSET_FIELDS: Final = ("filename",)
PRODUCT_FIELDS: Final = ("sku", "label", "gtin", "status")
ATTRIBUTE_FIELDS: Final = ("name", "description", "options", "type_class")
ACCOUNT_FIELDS: Final = ("api_password", "gone", "rate_limit", "retry_after", "token_seconds")
"""`gone`: addresses from which nothing can be fetched any more."""


def edit(store: Store, thing: str, key: str, fields: Mapping[str, Any]) -> None:
    """Change fields of an asset (by file name or id), a product (by SKU) or the account.

    A product's `thumbnail` is an asset or null, `attributes.<label>` of a media attribute a
    list of assets. `mark_as_deleted: true` deletes. Raises `UnknownThing`.
    """
    editors: dict[str, Callable[[Store, str, Mapping[str, Any]], None]] = {
        "asset": _edit_asset,
        "product": _edit_product,
        "attribute": _edit_attribute,
        "category": _edit_category,
        "relationship": _edit_relationship,
        "account": _edit_account,
    }
    if thing not in editors:
        raise UnknownThing(f"no {thing} here · there are {', '.join(editors)}")
    editors[thing](store, key, fields)


def _edit_asset(store: Store, key: str, fields: Mapping[str, Any]) -> None:
    asset = _asset(store, key)
    if fields.get("mark_as_deleted"):
        deleted(store, asset["id"])
        return
    _check(fields, ASSET_FIELDS)
    store.put("asset", asset["id"], {**asset, **fields})


def _edit_product(store: Store, key: str, fields: Mapping[str, Any]) -> None:
    product = _product(store, key)
    if fields.get("mark_as_deleted"):
        store.delete("product", product["id"])
        return
    own = tuple(f"attributes.{a['label']}" for a in store.all("attribute").values())
    _check(fields, (*PRODUCT_FIELDS, "thumbnail", *own))
    for name, value in fields.items():
        product = product | _edited(store, product, name, value)
    store.put("product", product["id"], product)


def _edited(store: Store, product: Document, name: str, value: Any) -> Document:
    label = name.removeprefix("attributes.")
    if name == "thumbnail":
        return {name: None if value is None else _asset(store, value)["id"]}
    if label == name:
        return {name: value}
    if label not in media_labels(store):
        others = {name: held for name, held in product["attributes"].items() if name != label}
        return {"attributes": others if value in (None, []) else others | {label: value}}
    ids = [_asset(store, one)["id"] for one in value]
    return {"media": product["media"] | {label: ids}}


def _edit_attribute(store: Store, key: str, fields: Mapping[str, Any]) -> None:
    """By its label. `type_class` is no field of the app's, and stands for an attribute that was
    made anew with another type."""
    attribute = attribute_of(store, key)
    if attribute is None:
        raise UnknownThing(f"no attribute {key} · name one by its label")
    if fields.get("mark_as_deleted"):
        attributes.deleted(store, attribute["id"])
        return
    _check(fields, ATTRIBUTE_FIELDS)
    patch = {name: value for name, value in fields.items() if name != "type_class"}
    attributes.patched(store, attribute["id"], patch)
    if "type_class" in fields:
        changed = {**attributes.existing(store, attribute["id"]), **fields}
        store.put("attribute", attribute["id"], changed)


def _edit_category(store: Store, key: str, fields: Mapping[str, Any]) -> None:
    """By its name. `products` are the SKUs of all that stand in it."""
    found = [c for c in store.all("category").values() if c["name"] == key]
    if not found:
        raise UnknownThing(f"no category {key} · name one by its name")
    if fields.get("mark_as_deleted"):
        categories.deleted(store, found[0]["id"])
        return
    _check(fields, ("name", "products"))
    if "name" in fields:
        categories.patched(store, found[0]["id"], {"name": fields["name"]})
    if "products" in fields:
        _fill_category(store, found[0]["id"], fields["products"])


def _fill_category(store: Store, id_: str, skus: list[str]) -> None:
    for product in list(store.all("product").values()):
        others = [one for one in product["categories"] if one != id_]
        now = [*others, id_] if product["sku"] in skus else others
        store.put("product", product["id"], product | {"categories": now})


def _edit_relationship(store: Store, key: str, fields: Mapping[str, Any]) -> None:
    """By its label; `<sku>/<label>` is what one product is related to by it: `products`, or
    `quantities` of them."""
    sku, _, label = key.rpartition("/")
    found = [r for r in store.all("relationship").values() if r["label"] == label]
    if not found:
        raise UnknownThing(f"no relationship {label} · name one by its label")
    if not sku:
        _check(fields, ("name",))
        relationships.patched(store, found[0]["id"], dict(fields))
        return
    _check(fields, ("products", "quantities"))
    product = _product(store, sku)
    counts = fields.get("quantities") or dict.fromkeys(fields.get("products", ()), 1)
    rows = [
        {"product_id": _product(store, other)["id"], "quantity": count}
        for other, count in counts.items()
    ]
    own = product.get("relationships", {}) | {found[0]["id"]: rows}
    store.put("product", product["id"], product | {"relationships": own})


def _edit_account(store: Store, _key: str, fields: Mapping[str, Any]) -> None:
    _check(fields, ACCOUNT_FIELDS)
    store.put("account", "account", {**store.all("account")["account"], **fields})


def _asset(store: Store, key: Any) -> Document:
    for asset in store.all("asset").values():
        if key in (asset["id"], asset["filename"]):
            return asset
    raise UnknownThing(f"no asset {key} · name one by its file name or id")


def _product(store: Store, key: str) -> Document:
    for product in store.all("product").values():
        if product["sku"] == key:
            return product
    raise UnknownThing(f"no product {key} · name one by its SKU")


def _check(fields: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = [name for name in fields if name not in known]
    if unknown:
        raise UnknownThing(f"no field {unknown[0]} · there are {', '.join(known)}")
