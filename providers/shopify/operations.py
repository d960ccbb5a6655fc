"""Operations that go on after the answer: what is awaited, and how long that is worth it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import anyio

from providers.kit.graphql import Query
from providers.shopify.client import ShopifyReader, ShopifyWriter, UserErrors
from reconciler.model.cost import Cost, Range
from reconciler.provider import Ambiguous, PlatformError

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

_JOB: Final = Query("query Job($id: ID!) { job(id: $id) { id done } }", cost=1)

JOB_ASKED: Final = Range(Cost(), Cost(3, 3, 1.75))
"""How often a job is asked whether it is done, in most cases; and how long that takes."""

AWAITED: Final = Range(Cost(1, 1), Cost(4, 16, 2.5))
"""How often an operation is asked whether it is done, in most cases; and how long that takes."""


async def product_of(session: ShopifyWriter, operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The product that an operation made or changed, once it is done. Raises `UserErrors` where it
    failed, and `Ambiguous` where it does not end."""
    pause = 0.5
    with anyio.move_on_after(SECONDS):
        while True:
            await anyio.sleep(pause)
            found = await _looked_at(session, operation["id"])
            if found["status"] == "COMPLETE":
                if found["userErrors"]:
                    raise UserErrors(found["userErrors"])
                product: Mapping[str, Any] = found["product"]
                return product
            pause = min(2 * pause, 4.0)
    raise Ambiguous(f"Shopify is still at work on it after {SECONDS:.0f} seconds")


async def _looked_at(session: ShopifyWriter, id_: str) -> Mapping[str, Any]:
    """What was accepted goes on, whether or not it can be looked at."""
    try:
        found: Mapping[str, Any] | None
        found = (await session.query(_OPERATION, id=id_))["productOperation"]
    except PlatformError as error:
        raise Ambiguous(f"it was begun, and could not be looked at: {error}") from error
    if found is None:
        raise Ambiguous("it was begun, and is not known any more")
    return found


async def until_done(
    session: ShopifyReader, job: Mapping[str, Any] | None, seconds: float = 60.0
) -> None:
    """Wait for a job that an accepted mutation left, as long as that is worth it. The mutation is
    done, and how its job fares can not make that undone: where it does not end, or can not be
    looked at, the reading that follows tells."""
    pause = 0.25
    with anyio.move_on_after(seconds):
        try:
            while job and not job["done"]:
                await anyio.sleep(pause)
                pause = min(2 * pause, 4.0)
                job = (await session.query(_JOB, id=job["id"]))["job"]
        except PlatformError:
            return
