"""Links into Plytix, where the target says how its pages are addressed: Plytix does not."""

from __future__ import annotations

from urllib.parse import quote

from reconciler.model.address import Address
from reconciler.provider import Lookup, Target


def admin(target: Target, address: Address, at: Lookup) -> str | None:
    """An asset's page, and of a gallery its product's."""
    if address.kind == "asset":
        page, found = target.settings.asset_page, at("asset", address.key)
    else:
        sku = address.key.rpartition("/")[0] if address.kind == "gallery" else address.key
        page, found = target.settings.product_page, at("product", sku)
    if not page or found is None or found.remote is None:
        return None
    return str(page).replace("{id}", quote(found.remote, safe=""))
