"""Links into Saleor's dashboard. Values are shown on the page of their attribute."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlsplit

from providers.saleor.kinds.channel_listing import Stand
from reconciler.model.address import Address, Key
from reconciler.provider import Lookup, Target

_PATHS: Final = {
    "attribute": "attributes",
    "product": "products",
    "product_type": "product-types",
    "collection": "collections",
}

_SHOWN_ON: Final = {
    "attribute_value": "attribute",
    "value_order": "attribute",
    "attribute_assignment": "product_type",
    "product_attributes": "product",
    "product_metadata": "product",
    "product_media": "product",
    "thumbnail": "product",
    "bundle": "product",
}
"""Kinds that have no page of their own: the first part of their key names whose it is."""


_SAME_ID: Final = frozenset({"product_attributes", "product_metadata", "bundle"})
"""Kinds whose id is the product's: the product itself need not have been looked up."""


def admin(target: Target, address: Address, at: Lookup) -> str | None:
    """Of a resource that is live."""
    kind, key = _shown_as(address)
    own = kind == "product" and address.kind in _SAME_ID
    found = at(address.kind, address.key) if own else at(kind, key)
    if kind not in _PATHS or found is None or found.remote is None:
        return None
    return f"{_dashboard(target)}/{_PATHS[kind]}/{quote(found.remote, safe='')}"


def _shown_as(address: Address) -> tuple[str, Key]:
    if address.kind == "channel_listing":
        stand = Stand.of(address.key)
        return stand.sort, stand.slug
    if address.kind in _SHOWN_ON:
        return _SHOWN_ON[address.kind], address.key.partition("/")[0]
    return address.kind, address.key


def _dashboard(target: Target) -> str:
    if target.settings.dashboard:
        return str(target.settings.dashboard).rstrip("/")
    endpoint = urlsplit(target.endpoint)
    return f"{endpoint.scheme}://{endpoint.netloc}/dashboard"
