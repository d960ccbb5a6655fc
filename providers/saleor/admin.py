"""Links into Saleor's dashboard. Values are shown on the page of their attribute."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlsplit

from providers.saleor.terms import attribute_in
from reconciler.model.address import Address, Key
from reconciler.provider import Lookup, Target

_PATHS: Final = {"attribute": "attributes", "product": "products"}


def admin(target: Target, address: Address, at: Lookup) -> str | None:
    """Of a resource that is live."""
    kind, key = _shown_as(address)
    found = at(address.kind, address.key) if kind == "product" else at(kind, key)
    if found is None or found.remote is None:
        return None
    return f"{_dashboard(target)}/{_PATHS[kind]}/{quote(found.remote, safe='')}"


def _shown_as(address: Address) -> tuple[str, Key]:
    if address.kind == "attribute_value":
        return "attribute", attribute_in(address.key)
    return ("product" if address.kind == "product_attributes" else address.kind), address.key


def _dashboard(target: Target) -> str:
    if target.settings.dashboard:
        return str(target.settings.dashboard).rstrip("/")
    endpoint = urlsplit(target.endpoint)
    return f"{endpoint.scheme}://{endpoint.netloc}/dashboard"
