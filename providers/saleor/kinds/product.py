"""Products, looked up by slug because things are written on them. They are never made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from providers.kit.lookup import Existing, Lookup
from providers.saleor.client import SaleorReader
from providers.saleor.listing import PRODUCTS, condition_on, listed, looked_up
from providers.saleor.shelf import By, Node
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change
from reconciler.model.resource import Resource
from reconciler.provider import All, PlatformError, Wanted


class ProductKind(Lookup):
    name = "product"

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        for key, node in await products(session, wanted):
            yield Resource(
                Address(target, self.name, key),
                Existing(),
                remote=node["id"],
                live_key=node["slug"] if node["slug"] != key else None,
            )


async def products(session: SaleorReader, wanted: Wanted) -> list[tuple[Key, Node]]:
    """The wanted products under the slugs that they were wanted by: found by slug, else by id."""

    async def read(by: By, names: list[str]) -> list[Node]:
        return await listed(session, PRODUCTS, "products", condition_on(by, names))

    if isinstance(wanted, All):
        return [(node["slug"], node) for node in await listed(session, PRODUCTS, "products", [{}])]
    return await looked_up(session.products, read, wanted)


def product_of(change: Change[Any], slug: Key) -> Remote:
    """The id of the product that is written on. Raises `PlatformError` where there is none under
    this slug any more: a product is neither made nor renamed back."""
    if change.remote is None:
        raise PlatformError(f"there is no product {slug} · make it in the dashboard")
    if change.renamed_from:
        now = change.renamed_from.partition("/")[0]
        raise PlatformError(f"the product's slug is {now} now · correct what names {slug}")
    return change.remote
