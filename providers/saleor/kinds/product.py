"""Products, looked up by slug because attributes are written on them. They are never made."""

from __future__ import annotations

from collections.abc import AsyncIterator

from providers.kit.graphql import Query
from providers.kit.lookup import Existing, Lookup
from providers.saleor.client import SaleorReader
from providers.saleor.listing import PRODUCT_IDS, Node, by_id, by_slug, listed
from reconciler.model.address import Address, Key
from reconciler.model.resource import Resource
from reconciler.provider import All, Wanted


class ProductKind(Lookup):
    name = "product"

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        for key, node in await products(session, PRODUCT_IDS, wanted):
            yield Resource(
                Address(target, self.name, key),
                Existing(),
                remote=node["id"],
                live_key=node["slug"] if node["slug"] != key else None,
            )


async def products(session: SaleorReader, query: Query, wanted: Wanted) -> list[tuple[Key, Node]]:
    """The wanted products under the slugs that they were wanted by: found by slug, else by id."""
    if isinstance(wanted, All):
        return [(node["slug"], node) for node in await listed(session, query, "products", [{}])]
    found = await listed(session, query, "products", by_slug(wanted))
    by_key = {node["slug"]: node for node in found}
    moved = {wanted[key]: key for key in wanted if key not in by_key and wanted[key]}
    again = await listed(session, query, "products", by_id(filter(None, moved)))
    return [(key, by_key[key]) for key in wanted if key in by_key] + [
        (moved[node["id"]], node) for node in again
    ]
