"""Which of a product's pictures comes first: it is the one that lists show. The key is the slug.

The others stay in the order in which they stand.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from typing import Final

from providers.saleor.aliased import Part
from providers.saleor.changing import batches_of, carried
from providers.saleor.client import SaleorReader, SaleorWriter
from providers.saleor.kinds.product import products
from providers.saleor.kinds.product_media import VARIANT, marked, media_key, reordering, said
from providers.saleor.shelf import Node
from reconciler.model.address import Address, Key
from reconciler.model.change import Change
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, spec
from reconciler.provider import Ambiguous, Batch, Echo, OnDrop, PlatformError, Precondition, Wanted

_MOVED: Final = "Incorrect number of media IDs"
"""Told where the list of pictures is not the one that was read."""


@spec
class Thumbnail:
    """variant: what the first picture of all stands for."""

    variant: Owned[str] = UNSTATED


class ThumbnailKind:
    name = "thumbnail"
    spec = Thumbnail
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Thumbnail]]:
        """There is none where the first picture is a hand's."""
        for slug, node in await products(session, wanted):
            first = next(iter(node["media"]), None)
            variant = said(first, VARIANT) if first else None
            if first and variant:
                yield Resource(
                    Address(target, self.name, slug), Thumbnail(variant=variant), remote=first["id"]
                )

    def comes_of(self, found: Resource[Thumbnail]) -> Address:
        """A product's first picture is first by being made."""
        key = media_key(found.address.key, str(found.spec.variant))
        return found.address._replace(kind="product_media", key=key)

    def lasts(self, _: Thumbnail) -> str | None:
        """Which picture a hand had put first is not known."""
        return "the picture stays where it stands; put another one before it in the dashboard"

    def batches(self, changes: Sequence[Change[Thumbnail]]) -> Iterable[Batch[Thumbnail]]:
        """It looks at what stands there once more."""
        for batch in batches_of(changes):
            again = Range(Cost(1), Cost(1))
            yield Batch(batch.changes, batch.requests, reading=batch.reading, besides=again)

    async def write(
        self, session: SaleorWriter, batch: Batch[Thumbnail]
    ) -> Sequence[Outcome[Thumbnail]]:
        found = await products(session, {change.address.key: None for change in batch.changes})
        by_slug = dict(found)
        outcomes: list[Outcome[Thumbnail]] = await carried(
            session,
            batch.changes,
            partial(_parts, by_slug),
            lambda change, _told: marked(by_slug[change.address.key])[_variant(change)]["id"],
        )
        for outcome in outcomes:
            if _MOVED in (outcome.message or ""):
                raise Ambiguous(f"{outcome.address}: pictures came or went meanwhile")
        return outcomes


def _parts(found: dict[Key, Node], change: Change[Thumbnail]) -> list[Part]:
    node = found.get(change.address.key)
    if node is None or change.after is None:
        raise PlatformError(f"there is no product {change.address.key}")
    first = marked(node).get(_variant(change))
    if first is None:
        raise PlatformError(f"the product has no picture {_variant(change)}")
    ids = [media["id"] for media in node["media"]]
    return [reordering(node["id"], [first["id"], *(i for i in ids if i != first["id"])])]


def _variant(change: Change[Thumbnail]) -> str:
    assert change.after is not None
    return str(change.after.spec.variant)
