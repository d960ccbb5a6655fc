"""Links into Shopify's admin.

Pages are never written, and changes of files lead nowhere. A metafield is shown on its
product's page, a listing on that of what is listed; what stands under no product yet leads nowhere.
"""

from __future__ import annotations

import re
from typing import Final

from providers.shopify.kinds.publication_listing import Stand
from providers.shopify.metafields import Name
from reconciler.model.address import Address, Key, Remote
from reconciler.provider import Lookup, Target

_ENDPOINT: Final = re.compile(r"https://([a-z0-9][a-z0-9-]*)\.myshopify\.com/?")
_ID: Final = re.compile(r"gid://shopify/\w+/(\d+)")

_PATHS: Final = {
    "product": "products",
    "collection": "collections",
    "metafield_definition": "settings/custom_data/product/metafields",
}


def admin(target: Target, address: Address, at: Lookup) -> str | None:
    """Of a resource that is live; None for a shop whose endpoint is not under myshopify.com."""
    kind, key = _shown_as(address)
    store = _ENDPOINT.fullmatch(target.endpoint)
    found = at(kind, key)
    id_ = _number(found.remote if found else None)
    if store is None or id_ is None or kind not in _PATHS:
        return None
    return f"https://admin.shopify.com/store/{store[1]}/{_PATHS[kind]}/{id_}"


def _shown_as(address: Address) -> tuple[str, Key]:
    if address.kind == "metafield":
        return "product", Name.of(address.key).handle
    if address.kind in ("product_tags", "bundle"):
        return "product", address.key
    if address.kind in ("product_media", "media_order"):
        return "product", address.key.partition("/")[0]
    if address.kind == "publication_listing":
        stand = Stand.of(address.key)
        return stand.sort, stand.handle
    return address.kind, address.key


def _number(remote: Remote | None) -> str | None:
    found = _ID.fullmatch(remote or "")
    return found[1] if found else None
