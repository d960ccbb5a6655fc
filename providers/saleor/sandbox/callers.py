"""Who asks: an app with its permissions, or, with a wrong token as without one, a visitor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from providers.kit.store import Document
from providers.saleor.sandbox.refusal import PermissionDenied
from providers.saleor.sandbox.world import World

ATTRIBUTES = "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES"
PRODUCTS = "MANAGE_PRODUCTS"
PAGES = "MANAGE_PAGE_TYPES_AND_ATTRIBUTES"
SEEING = (ATTRIBUTES, PAGES)
"""With none of them hidden attributes are not listed (Saleor: `resolve_attributes`)."""
TRANSLATIONS = "MANAGE_TRANSLATIONS"
VALUES = (
    ATTRIBUTES,
    "MANAGE_PAGE_TYPES_AND_ATTRIBUTES",
    "MANAGE_CUSTOMER_TYPES_AND_ATTRIBUTES",
    PRODUCTS,
)
"""Any of these lets a caller at the values of attributes."""

TYPE_PERMISSIONS = {
    "PRODUCT_TYPE": ATTRIBUTES,
    "PAGE_TYPE": "MANAGE_PAGE_TYPES_AND_ATTRIBUTES",
    "CUSTOMER_TYPE": "MANAGE_CUSTOMER_TYPES_AND_ATTRIBUTES",
}


@dataclass(frozen=True, slots=True)
class Caller:
    app: Document | None = None

    def has(self, *permissions: str) -> bool:
        """Whether one of them is held."""
        return self.app is not None and any(p in self.app["permissions"] for p in permissions)

    def must_have(self, *permissions: str) -> None:
        if not self.has(*permissions):
            raise PermissionDenied.needing(*permissions)


@dataclass(frozen=True, slots=True)
class Call:
    """What resolvers are given beside their arguments."""

    world: World
    caller: Caller


def caller_of(world: World, headers: Mapping[str, str]) -> Caller:
    """`Authorization-Bearer: TOKEN` wins over `Authorization: Bearer TOKEN`."""
    token = headers.get("authorization-bearer") or _bearer(headers.get("authorization", ""))
    return Caller(world.first("App", token=token, isActive=True) if token else None)


def _bearer(header: str) -> str | None:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "jwt") else None
