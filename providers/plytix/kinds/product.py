"""Products, looked up by SKU because galleries belong to them. They are never written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from providers.plytix.catalog import all_products, product_by_id, products
from providers.plytix.client import PlytixReader, PlytixWriter
from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome
from reconciler.model.resource import Resource
from reconciler.model.spec import spec
from reconciler.provider import ALL, Batch, Echo, OnDrop, Precondition, Wanted


@spec
class Product:
    """Nothing of a product is owned; it is there, or it is not."""


class ProductKind:
    name = "product"
    spec = Product
    managed = False
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: PlytixReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Product]]:
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

    def batches(
        self,
        changes: Sequence[Change[Product]],  # noqa: ARG002 - there is nothing to write
    ) -> Iterable[Batch[Product]]:
        return ()

    async def write(
        self,
        session: PlytixWriter,  # noqa: ARG002 - there is nothing to write
        batch: Batch[Product],
    ) -> Sequence[Outcome[Product]]:
        raise TypeError(f"{batch.changes[0].address} is looked up, never written")


def _resource(target: str, sku: str, id_: str, live_key: str | None = None) -> Resource[Product]:
    return Resource(Address(target, "product", sku), Product(), remote=id_, live_key=live_key)
