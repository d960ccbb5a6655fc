"""Operations that go on after the answer: what is awaited, and how long that is worth it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import anyio

from providers.kit.graphql import Query
from providers.shopify.client import ShopifyWriter, UserErrors
from reconciler.model.cost import Cost, Range
from reconciler.provider import Ambiguous

SECONDS: Final = 120.0

_OPERATION: Final = Query(
    """query Operation($id: ID!) {
      productOperation(id: $id) {
        status
        product { id handle }
        ... on ProductBundleOperation { userErrors { field message code } }
      }
    }""",
    cost=3,
)

AWAITED: Final = Range(Cost(1, 1), Cost(4, 16, 2.5))
"""How often an operation is asked whether it is done, in most cases; and how long that takes."""


async def product_of(session: ShopifyWriter, operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The product that an operation made or changed, once it is done. Raises `UserErrors` where it
    failed, and `Ambiguous` where it does not end."""
    pause = 0.5
    with anyio.move_on_after(SECONDS):
        while True:
            await anyio.sleep(pause)
            found = (await session.query(_OPERATION, id=operation["id"]))["productOperation"]
            if found["status"] == "COMPLETE":
                if found["userErrors"]:
                    raise UserErrors(found["userErrors"])
                product: Mapping[str, Any] = found["product"]
                return product
            pause = min(2 * pause, 4.0)
    raise Ambiguous(f"Shopify is still at work on it after {SECONDS:.0f} seconds")
