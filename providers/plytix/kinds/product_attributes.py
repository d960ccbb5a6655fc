"""What products say: the values of a product's attributes. The key is the SKU.

Values have the types of their attributes: texts, whole and decimal numbers, flags, days, one
option, or a set of them. Null, or no option, is managed and empty.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final

from providers.plytix.catalog import all_products, parts_of, product_by_id, products
from providers.plytix.client import PlytixReader, PlytixWriter, Row
from providers.plytix.definitions import COMPUTED, MEDIA, canonical, types
from providers.plytix.keys import parts
from providers.plytix.versions import PRODUCTS
from providers.plytix.writing import each
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome, done
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, Ref, spec
from reconciler.provider import (
    ALL,
    Batch,
    Echo,
    OnDrop,
    PlatformError,
    Precondition,
    Wanted,
)

READ_TOGETHER: Final = 20

Value = str | int | float | bool | None | tuple[str, ...]


@spec
class ProductAttributes:
    """By the attributes' labels."""

    values: Owned[Annotated[Mapping[Annotated[str, Ref("attribute")], Value], Merge.SET]] = UNSTATED


class ProductAttributesKind:
    name = "product_attributes"
    spec = ProductAttributes
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: PlytixReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[ProductAttributes]]:
        """A product that says nothing is there too, its entries being empty."""
        known = await types(session)
        own = {n: t for n, t in known.items() if t not in MEDIA and t not in COMPUTED}
        skus = ALL if wanted is ALL else {self.sku(key): r for key, r in wanted.items()}
        keys = {} if wanted is ALL else {key: self.sku(key) for key in wanted}
        found = dict(await _rows(session, skus, sorted(own)))
        for key, sku in (keys or {sku: sku for sku in found}).items():
            if row := found.get(sku):
                yield Resource(
                    Address(target, self.name, key),
                    ProductAttributes(values=_values(row, own)),
                    remote=row["id"],
                    live_key=row["sku"] + key[len(sku) :] if row["sku"] != sku else None,
                )

    def sku(self, key: Key) -> Key:
        """The product that a key is about."""
        return key

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "product", self.sku(key)

    def batches(
        self, changes: Sequence[Change[ProductAttributes]]
    ) -> Iterable[Batch[ProductAttributes]]:
        """A request a product: there is no bulk write."""
        for part in parts_of(changes, READ_TOGETHER):
            reading = Range(Cost(1), Cost(3))
            yield Batch(tuple(part), requests=len(part), reading=reading)

    async def write(
        self, session: PlytixWriter, batch: Batch[ProductAttributes]
    ) -> Sequence[Outcome[ProductAttributes]]:
        return await each(session, batch.changes, self._written)

    async def _written(
        self, session: PlytixWriter, change: Change[ProductAttributes]
    ) -> Outcome[ProductAttributes]:
        product = change.remote or session.remotes("product", self.sku(change.address.key))
        return await _patched(session, product, change)


class ProductValuesKind(ProductAttributesKind):
    """What several documents say of one product, each in a namespace of its own: the key is
    `<sku>/<namespace>`."""

    name = "product_values"

    def sku(self, key: Key) -> Key:
        return parts(key)[0]


async def _patched(
    session: PlytixWriter, product: Remote, change: Change[ProductAttributes]
) -> Outcome[ProductAttributes]:
    if change.renamed_from:
        raise PlatformError(f"the product stands under {change.renamed_from} now · correct the SKU")
    labels = {path.removeprefix("values."): value for path, value in change.after_values.items()}
    values = {label: _sent(value) for label, value in labels.items()}
    await session.write("PATCH", f"{PRODUCTS}/{product}", {"attributes": values})
    return done(change.address, product)


def _sent(value: Any) -> Any:
    """Null clears, a set of options too."""
    return None if value in ((), []) else value


def _values(row: Row, own: Mapping[Key, str]) -> dict[Key, Any]:
    held = row.get("attributes") or {}
    return {label: canonical(held.get(label), type_) for label, type_ in own.items()}


async def _rows(
    session: PlytixReader, wanted: Wanted, labels: Sequence[Key]
) -> list[tuple[Key, Row]]:
    """Products by the keys they were wanted by, with all their values."""
    columns = [f"attributes.{label}" for label in labels]
    if wanted is ALL:
        return [(row["sku"], row) async for row in all_products(session, columns)]
    by_sku = {row["sku"]: row async for row in products(session, wanted, columns)}
    rows: list[tuple[Key, Row]] = []
    for key, remote in wanted.items():
        row = by_sku.get(key) or (await product_by_id(session, remote) if remote else None)
        if row:
            rows.append((key, row))
    return rows
