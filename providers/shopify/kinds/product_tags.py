"""Tags of a product, of which only those count that git states or stated. The key is the handle.

They are added and taken off one by one (`tagsAdd`, `tagsRemove`), so that everybody else's stay.
Shopify does not tell cases apart and keeps the case that it has had first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final

from providers.kit.graphql import Query
from providers.shopify.aliased import POINTS, Part, carried
from providers.shopify.client import PAGE, ShopifyReader, ShopifyWriter
from providers.shopify.identified import Field, by_handle
from providers.shopify.kinds.bundle import product_remote
from providers.shopify.parts import parts_of
from reconciler.model.address import Address, Key
from reconciler.model.change import Change
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome
from reconciler.model.product import About
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, spec
from reconciler.provider import ALL, Batch, Echo, OnDrop, PlatformError, Precondition, Wanted

_TOGETHER: Final = 100
_WRITTEN_TOGETHER: Final = 25
"""Products of a batch: at most twice as many mutations in its one request."""

_BY_HANDLE: Final = Field("productByIdentifier", "ProductIdentifierInput", "id tags", cost=1)

_EVERY: Final = Query(
    f"""query EveryTag($after: String) {{
      products(first: {PAGE}, after: $after, sortKey: ID) {{
        nodes {{ id handle tags }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=20,
)


@spec
class ProductTags:
    tags: Owned[Annotated[tuple[str, ...], Merge.CASELESS]] = UNSTATED


class ProductTagsKind:
    name = "product_tags"
    spec = ProductTags
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[ProductTags]]:
        """Every product has tags, if only none."""
        if wanted is ALL:
            async for row in session.pages(_EVERY, "products"):
                yield _resource(target, row["handle"], row)
            return
        async for handle, product in by_handle(session, _BY_HANDLE, wanted, _TOGETHER):
            yield _resource(target, handle, product)

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "product", key

    def about(self, resource: Resource[Any]) -> About:
        return About("tags", products=(resource.address.key,))

    def batches(self, changes: Sequence[Change[ProductTags]]) -> Iterable[Batch[ProductTags]]:
        for part in parts_of(changes, _WRITTEN_TOGETHER):
            mutations = sum(bool(added(change)) + bool(taken_off(change)) for change in part)
            reading = Cost(1, len(part))
            yield Batch(part, points=POINTS * mutations, reading=Range(reading, reading))

    async def write(
        self, session: ShopifyWriter, batch: Batch[ProductTags]
    ) -> Sequence[Outcome[ProductTags]]:
        return await carried(session, batch.changes, partial(_parts, session))


def added(change: Change[ProductTags]) -> list[str]:
    """What git states and the product lacks, as git writes it."""
    before, after = _ours(change)
    return [tag for tag in after if tag not in before]


def taken_off(change: Change[ProductTags]) -> list[str]:
    """What git stated once, and states no more."""
    before, after = _ours(change)
    return [tag for tag in before if tag not in after]


def _ours(change: Change[ProductTags]) -> tuple[list[str], list[str]]:
    return (
        list(change.before_values.get("tags") or ()),
        list(change.after_values.get("tags") or ()),
    )


def _parts(session: ShopifyWriter, change: Change[ProductTags]) -> list[Part]:
    """What goes makes room for what comes: a product has no more than 250."""
    if change.after is None:
        raise PlatformError("tags are not taken off · state an empty list")
    id_ = ("ID!", product_remote(session, change.address.key))
    tags = {"tagsRemove": taken_off(change), "tagsAdd": added(change)}
    return [
        Part(field, {"id": id_, "tags": ("[String!]!", some)})
        for field, some in tags.items()
        if some
    ]


def _resource(target: str, handle: Key, row: Mapping[str, Any]) -> Resource[ProductTags]:
    return Resource(
        Address(target, "product_tags", handle),
        ProductTags(tags=tuple(row["tags"])),
        remote=row["id"],
        needs=(Address(target, "product", handle),),
    )
