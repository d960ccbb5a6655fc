"""Links between products and assets: a gallery appends, a thumbnail and a single medium replace.

Unlinking knows no attribute: it takes the asset off the product wherever it stands.
"""

from __future__ import annotations

from typing import Any, Final

from providers.kit.store import Document, Store
from providers.plytix.sandbox.assets import expanded, without_asset
from providers.plytix.sandbox.attributes import GALLERY, MEDIA, attribute_of
from providers.plytix.sandbox.products import existing, linked
from providers.plytix.sandbox.refusal import Refusal, invalid

MAX_ASSETS: Final = 300


def listed(store: Store, product_id: str) -> dict[str, Any]:
    product = existing(store, product_id)
    return {"data": [expanded(store, id_) for id_ in linked(product)]}


def shown(store: Store, product_id: str, asset_id: str) -> dict[str, Any]:
    _related(existing(store, product_id), asset_id)
    return {"data": [expanded(store, asset_id)]}


def made(store: Store, product_id: str, body: Any, now: str) -> dict[str, Any]:
    """Link an asset that exists to an attribute that exists."""
    product = existing(store, product_id)
    if not isinstance(body, dict):
        raise invalid(("_schema", "Invalid input type."))
    missing = [name for name in ("id", "attribute_label") if not body.get(name)]
    if missing:
        raise invalid(*((name, "Missing data for required field.") for name in missing))
    asset, label = body["id"], body["attribute_label"]
    if store.get("asset", asset) is None:
        raise Refusal(404, f"Asset id {asset} does not exist", ("asset.id", "asset does not exist"))
    changed = _linked(store, product, asset, label)
    store.put("product", product_id, changed | {"modified": now})
    return {"data": [{"id": asset}]}


def removed(store: Store, product_id: str, asset_id: str, now: str) -> None:
    product = existing(store, product_id)
    _related(product, asset_id)
    store.put("product", product_id, without_asset(product, asset_id) | {"modified": now})


def _linked(store: Store, product: Document, asset: str, label: str) -> Document:
    attribute = attribute_of(store, label)
    if label != "thumbnail" and (
        attribute is None or attribute["type_class"] not in (MEDIA, GALLERY)
    ):
        # Assumed words; the rule is the vendor's: the attribute must already exist.
        raise invalid(("attribute_label", "attribute does not exist"))
    held = [product["thumbnail"]] if label == "thumbnail" else product["media"].get(label, [])
    if asset in held:
        words = f"Asset id {asset} is already linked to product attribute"
        raise Refusal(409, words, ("asset.id", "already linked"))
    if asset not in linked(product) and len(linked(product)) >= MAX_ASSETS:
        # Assumed words; the limit is the vendor's.
        raise invalid(("id", f"limit of {MAX_ASSETS} assets per product exceeded"))
    if label == "thumbnail":
        return product | {"thumbnail": asset}
    appended = [*held, asset] if attribute and attribute["type_class"] == GALLERY else [asset]
    return product | {"media": product["media"] | {label: appended}}


def _related(product: Document, asset: str) -> None:
    if asset not in linked(product):
        words = f"asset id {asset} is not related to product id {product['id']}"
        raise Refusal(404, words, ("asset_id", words))
