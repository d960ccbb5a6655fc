"""Links into Plytix, where the target says how its pages are addressed: Plytix does not."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from providers.plytix.keys import parts
from reconciler.model.address import Address, Key
from reconciler.provider import Lookup, Target

OF_A_PRODUCT: Final = ("product", "product_attributes")
WITHIN_A_PRODUCT: Final = ("gallery", "product_values", "bundle")


def admin(target: Target, address: Address, at: Lookup) -> str | None:
    """An asset's page, and of all that belongs to a product the product's."""
    if address.kind == "asset":
        page, found = target.settings.asset_page, at("asset", address.key)
    else:
        sku = _sku(address)
        page, found = target.settings.product_page, at("product", sku) if sku else None
    if not page or found is None or found.remote is None:
        return None
    return str(page).replace("{id}", quote(found.remote, safe=""))


def _sku(address: Address) -> Key | None:
    if address.kind in OF_A_PRODUCT:
        return address.key
    return parts(address.key)[0] if address.kind in WITHIN_A_PRODUCT else None
