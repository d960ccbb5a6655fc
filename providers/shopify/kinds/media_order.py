"""In which order a product's gallery shows its pictures, and which is first. The key is the handle.

Only the pictures that git states are put in order among themselves; others stay where they stand,
but for the first place, which git may give away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Annotated, Any, Final

from providers.kit.graphql import Mutation
from providers.shopify.client import ShopifyReader, ShopifyWriter, told
from providers.shopify.galleries import Gallery, galleries, reading
from providers.shopify.operations import JOB_ASKED, until_done
from providers.shopify.parts import one_by_one
from reconciler.model.address import Address, Remote
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome, done, failed
from reconciler.model.product import About
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, spec
from reconciler.provider import ALL, Batch, Echo, OnDrop, Precondition, Wanted

_REORDER: Final = Mutation(
    """mutation ReorderMedia($id: ID!, $moves: [MoveInput!]!) {
      productReorderMedia(id: $id, moves: $moves) {
        job { id done }
        mediaUserErrors { field message code }
      }
    }"""
)


@spec
class MediaOrder:
    """files: the names of the pictures that git states, in order. first: the one that stands before
    all others."""

    files: Owned[Annotated[tuple[str, ...], Merge.SEQUENCE]] = UNSTATED
    first: Owned[str] = UNSTATED


class MediaOrderKind:
    name = "media_order"
    spec = MediaOrder
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[MediaOrder]]:
        """There is none where a product shows no picture."""
        async for gallery in galleries(session, ALL if wanted is ALL else dict(wanted)):
            if gallery.order:
                yield Resource(
                    Address(target, self.name, gallery.handle),
                    MediaOrder(files=gallery.names, first=gallery.first or ""),
                    remote=gallery.product,
                )

    def lasts(self, _: MediaOrder) -> str | None:
        """How a hand had put them before is not known."""
        return "the pictures stay in the order in which they stand; drag them in the admin"

    def comes_of(self, found: Resource[MediaOrder]) -> Address:
        """A gallery has an order by having a picture."""
        name = str(found.spec.first)
        return found.address._replace(kind="product_media", key=f"{found.address.key}/{name}")

    def about(self, resource: Resource[Any]) -> About:
        """Arranging adds no media."""
        return About("media_order", products=(resource.address.key,))

    def batches(self, changes: Sequence[Change[MediaOrder]]) -> Iterable[Batch[MediaOrder]]:
        """It looks at the gallery once more, and at its job until that is done."""
        for change in changes:
            besides = reading(1) + JOB_ASKED
            yield Batch((change,), points=10, reading=reading(1), besides=besides)

    async def write(
        self, session: ShopifyWriter, batch: Batch[MediaOrder]
    ) -> Sequence[Outcome[MediaOrder]]:
        return await one_by_one(batch.changes, lambda change: _put_in_order(session, change))


async def _put_in_order(session: ShopifyWriter, change: Change[MediaOrder]) -> Outcome[MediaOrder]:
    assert change.after is not None
    async for gallery in galleries(session, [change.address.key]):
        moves = list(_moves(gallery.order, _wanted(gallery, change.after.spec)))
        if moves:
            data = await session.writer.mutate(_REORDER, id=gallery.product, moves=moves)
            payload = data["productReorderMedia"]
            if payload["mediaUserErrors"]:
                why = "; ".join(told(error) for error in payload["mediaUserErrors"])
                return failed(change.address, why, change.remote)
            await until_done(session, payload["job"])
        return done(change.address, gallery.product)
    return failed(change.address, f"there is no product {change.address.key} any more · plan again")


def _wanted(gallery: Gallery, spec: MediaOrder) -> list[Remote]:
    """The ids as they shall stand: ours in our order in the places that ours have now, and the
    first before all."""
    stated = spec.files if isinstance(spec.files, tuple) else ()
    ours = [gallery.pictures[name]["id"] for name in stated if name in gallery.pictures]
    places = iter(ours)
    order = [next(places) if id_ in ours else id_ for id_ in gallery.order]
    first = gallery.pictures.get(spec.first) if isinstance(spec.first, str) else None
    if first is None:
        return order
    return [first["id"], *(id_ for id_ in order if id_ != first["id"])]


def _moves(now: Sequence[Remote], wanted: Sequence[Remote]) -> Iterator[dict[str, Any]]:
    """The moves, one after another, that make one order of the other."""
    order = list(now)
    for place, id_ in enumerate(wanted):
        if order[place] != id_:
            order.remove(id_)
            order.insert(place, id_)
            yield {"id": id_, "newPosition": str(place)}
