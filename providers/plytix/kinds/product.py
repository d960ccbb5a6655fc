"""Products, looked up by SKU because galleries belong to them. They are never written."""

from __future__ import annotations

from collections.abc import AsyncIterator

from providers.kit.lookup import Existing, Lookup
from providers.plytix.catalog import all_products, product_by_id, products
from providers.plytix.client import PlytixReader
from reconciler.model.address import Address
from reconciler.model.resource import Resource
from reconciler.provider import ALL, Wanted


class ProductKind(Lookup):
    name = "product"

    async def read(
        self, session: PlytixReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        """Keys are SKUs, in the case that the platform has them in."""
        if wanted is ALL:
            async for row in all_products(session):
                yield _resource(target, row["sku"], row["id"])
            return
        missing = dict(wanted)
        async for row in products(session, wanted):
            del missing[row["sku"]]
            yield _resource(target, row["sku"], row["id"])
        for sku, remote in missing.items():
            renamed = await product_by_id(session, remote) if remote else None
            if renamed:
                yield _resource(target, sku, renamed["id"], renamed["sku"])


def _resource(target: str, sku: str, id_: str, live_key: str | None = None) -> Resource[Existing]:
    return Resource(Address(target, "product", sku), Existing(), remote=id_, live_key=live_key)
