"""Metafields of products: a value under `product/<handle>/<namespace>.<key>`.

Shopify compares and sets, so that nobody's edit is ever overwritten: see
`providers.shopify.setting`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from providers.shopify.bulk import Busy
from providers.shopify.client import ShopifyReader, ShopifyWriter
from providers.shopify.exports import how_many_products, is_worth, metafields_in_bulk
from providers.shopify.kinds.file import shown
from providers.shopify.metafields import (
    FRAGMENT,
    POINTS_OF_EVERY,
    Name,
    Row,
    by_id,
    every,
    key_of,
    named,
    piece_points,
    pieces,
    points_of_all,
)
from providers.shopify.parts import parts_of
from providers.shopify.referred import resolved, told_fields, with_referred
from providers.shopify.setting import MOST_SET, emptied, set_in_bulk, set_together
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change, Pictures
from reconciler.model.cost import NOTHING, Cost, Range
from reconciler.model.outcome import Outcome
from reconciler.model.product import About
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, Ref, spec
from reconciler.provider import (
    ALL,
    Batch,
    Echo,
    Lookup,
    OnDrop,
    Precondition,
    Wanted,
)

TOGETHER_IN_BULK: Final = 50_000
"""Values in one bulk operation: what is killed with it is looked at again."""

_Page = Annotated[str, Ref("page")]
_File = Annotated[str, Ref("file")]
_Product = Annotated[str, Ref("product")]
_Variant = Annotated[str, Ref("variant")]
_Collection = Annotated[str, Ref("collection")]
_Metaobject = Annotated[str, Ref("metaobject")]


@spec
class Metafield:
    """`type` with one of the others; or `value` alone, and null: there is to be nothing.

    A live metafield tells `value` in the form in which values are compared, and beside it the keys
    of what it refers to: one, or those of a list in its order."""

    type: Owned[str] = UNSTATED
    value: Owned[str | None] = UNSTATED
    page: Owned[_Page | tuple[_Page, ...] | None] = UNSTATED
    file: Owned[_File | tuple[_File, ...] | None] = UNSTATED
    product: Owned[_Product | tuple[_Product, ...] | None] = UNSTATED
    variant: Owned[_Variant | tuple[_Variant, ...] | None] = UNSTATED
    collection: Owned[_Collection | tuple[_Collection, ...] | None] = UNSTATED
    metaobject: Owned[_Metaobject | tuple[_Metaobject, ...] | None] = UNSTATED


@dataclass(frozen=True)
class MetafieldKind:
    """bulk_write_from: so many values of one wave, or more, are written by bulk operations."""

    bulk_write_from: int | None = None

    name = "metafield"
    spec = Metafield
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.PLATFORM
    echo = Echo.ANSWER

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "product", Name.of(key).handle

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Metafield]]:
        """`token` is the digest to compare with. A metafield whose product has another handle
        now is found by its remote."""
        if wanted is ALL:
            async for handle, row in resolved(session, _all(session)):
                yield _resource(target, key_of(handle, row), row)
            return
        if is_worth(session, len(wanted), points_of_all(wanted)):
            try:
                async for resource in _exported(session, target, wanted):
                    yield resource
                return
            except Busy:
                pass
        missing = dict(wanted)
        for piece in pieces(wanted):
            found = await named(session, piece)
            rows = await with_referred(session, [row for _, row in found])
            for (key, _), row in zip(found, rows, strict=True):
                missing.pop(key, None)
                yield _resource(target, key, row)
        moved = {remote: key for key, remote in missing.items() if remote is not None}
        for ids in parts_of(moved, 50):
            rows = [row async for row in by_id(session, ids)]
            for row in await with_referred(session, rows):
                live = key_of(row["owner"]["handle"], row)
                if live not in wanted:
                    yield _resource(target, moved[row["id"]], row, live)

    def nothing(self) -> Metafield:
        """Its creation is taken back by emptying it: what is empty is not there."""
        return Metafield(value=None)

    def about(self, resource: Resource[Any]) -> About:
        """A value of one product, by its full name."""
        name = Name.of(resource.address.key)
        return About("metafield", products=(name.handle,), field=name.full)

    def batches(self, changes: Sequence[Change[Metafield]]) -> Iterable[Batch[Metafield]]:
        """Values in calls of 25, or very many in bulk; deletions apart, with a reading before each
        call."""
        stated = [change for change in changes if not _empties(change)]
        emptied = [change for change in changes if _empties(change)]
        least = self.bulk_write_from
        if least is not None and len(stated) >= max(least, MOST_SET + 1):
            for part in _even(stated, max(TOGETHER_IN_BULK, 2 * least)):
                yield Batch(part, requests=3, points=20, lane="bulk", besides=_bulk(len(part)))
            stated = []
        for part in parts_of(stated, MOST_SET):
            yield Batch(part, points=10, besides=_ANSWER)
        for part in parts_of(emptied, MOST_SET):
            yield Batch(part, points=10, besides=_found(part))

    async def write(
        self, session: ShopifyWriter, batch: Batch[Metafield]
    ) -> Sequence[Outcome[Metafield]]:
        if _empties(batch.changes[0]):
            return await emptied(session, batch.changes)
        if len(batch.changes) > MOST_SET:
            return await set_in_bulk(session, batch.changes)
        return await set_together(session, batch.changes)

    def pictures(self, change: Change[Metafield], at: Lookup) -> Pictures | None:
        """The images that a file reference leads to, unless the product is a draft."""
        product = at("product", Name.of(change.address.key).handle)
        if product is None or product.is_draft or not change.differs_in("file"):
            return None
        before, after = (_name(v.get("file")) for v in (change.before_values, change.after_values))
        file = at("file", after) if after else None
        return Pictures(
            _picture(change.before, before) if before else (),
            _picture(file, after) if after else (),
        )


async def _all(session: ShopifyReader) -> AsyncIterator[tuple[str, Row]]:
    """By a bulk operation, where there are many products and it can be had."""
    products = await how_many_products(session)
    if is_worth(session, products, products * POINTS_OF_EVERY):
        try:
            async for handle, row in metafields_in_bulk(session, FRAGMENT, None):
                yield handle, row
            return
        except Busy:
            pass
    async for handle, row in every(session):
        yield handle, row


async def _exported(
    session: ShopifyReader, target: str, wanted: Mapping[Key, Remote | None]
) -> AsyncIterator[Resource[Metafield]]:
    """What is wanted of all that there is. A metafield that is wanted under no key that it stands
    under is known by its remote."""
    missing = {key: key for key in wanted}
    by_remote = {remote: key for key, remote in wanted.items() if remote is not None}
    moved: list[tuple[str, Row]] = []
    names = {Name.of(key).full for key in wanted}
    told = metafields_in_bulk(session, FRAGMENT, names)
    async for handle, row in resolved(session, told):
        key = key_of(handle, row)
        if key in wanted:
            yield _resource(target, missing.pop(key, key), row)
        elif row["id"] in by_remote:
            moved.append((key, row))
    for live, row in moved:
        if by_remote[row["id"]] in missing:
            yield _resource(target, by_remote[row["id"]], row, live)


def _name(value: object) -> Key | None:
    return value if isinstance(value, str) else None


def _picture(resource: Resource[Any] | None, name: Key) -> tuple[str, ...]:
    url = resource.picture(name) if resource else None
    return (url,) if url else ()


_ANSWER: Final = Range(NOTHING, Cost(0, 10))
"""What the answer of a call may cost: its metafields with what they refer to and belong to."""


def _bulk(values: int) -> Range:
    """Looking for others of ours, looking at it, and its file; at worst every call again, and
    others' operations before it."""
    calls = -(-values // MOST_SET)
    return Range(Cost(2, 1, 1), Cost(150 + 2 * calls, 200 + 25 * calls, 600 + calls))


def _even(
    changes: Sequence[Change[Metafield]], most: int
) -> Iterable[tuple[Change[Metafield], ...]]:
    """The fewest parts, none much smaller than the others: a small rest would not go in bulk."""
    count = -(-len(changes) // most)
    return parts_of(changes, -(-len(changes) // count))


def _found(changes: Sequence[Change[Metafield]]) -> Range:
    """The reading before a deletion, and what the answer of that may cost."""
    asked = list(pieces({change.address.key: None for change in changes}))
    most = sum(piece_points(piece) for piece in asked)
    return Range(Cost(len(asked), len(asked)), Cost(len(asked), most + 10))


def _empties(change: Change[Metafield]) -> bool:
    return change.after is None or change.after.spec.value is None


def _resource(
    target: str, key: Key, row: Mapping[str, Any], live_key: Key | None = None
) -> Resource[Metafield]:
    return Resource(
        Address(target, "metafield", key),
        _spec(row),
        remote=row["id"],
        token=row["compareDigest"],
        live_key=live_key,
        shows=shown(row.get("reference") or {}),
    )


def _spec(row: Mapping[str, Any]) -> Metafield:
    return Metafield(**told_fields(row))
