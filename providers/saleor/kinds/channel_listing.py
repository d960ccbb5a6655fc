"""How products and collections stand in a channel. The key is `product/<slug>/<channel>` or
`collection/<slug>/<channel>`.

A listing that git states no more stays as it is: taken off, a product would lose its variants'
prices in that channel. To hide something, state `published: false`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from providers.kit.graphql import Query
from providers.saleor.aliased import Part
from providers.saleor.asking import filtered
from providers.saleor.changing import batches_of, carried
from providers.saleor.client import SaleorReader, SaleorWriter
from providers.saleor.kinds.product import products
from providers.saleor.listing import PAGE, PAGE_INFO, in_hundreds
from providers.saleor.shelf import Node
from reconciler.model.address import Address, Key
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, spec
from reconciler.provider import All, Batch, Echo, OnDrop, PlatformError, Precondition, Wanted

_LISTED_COLLECTIONS: Final = Query(f"""query Listed(
  $filter: CollectionFilterInput, $after: String
) {{
  collections(filter: $filter, first: {PAGE}, after: $after) {{
    edges {{ node {{ id slug channelListings {{ channel {{ slug }} isPublished publishedAt }} }} }}
    {PAGE_INFO}
  }}
}}""")


@spec
class ChannelListing:
    """Moments are told to the second, in UTC: `2026-12-01T00:00:00Z`. A collection has the first
    two fields only.

    purchasable: whether there is a moment from which it can be bought, past or to come; what
    the platform calls available for purchase is false until that moment.
    """

    published: Owned[bool] = UNSTATED
    published_at: Owned[str | None] = UNSTATED
    visible: Owned[bool] = UNSTATED
    purchasable: Owned[bool] = UNSTATED
    purchasable_at: Owned[str | None] = UNSTATED


class Stand(NamedTuple):
    """What a key says: `product` or `collection`, its slug, and the channel's."""

    sort: str
    slug: Key
    channel: Key

    @property
    def key(self) -> Key:
        return "/".join(self)

    @classmethod
    def of(cls, key: Key) -> Stand:
        sort, slug, channel = key.split("/", 2)
        return cls(sort, slug, channel)


class ChannelListingKind:
    name = "channel_listing"
    spec = ChannelListing
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[ChannelListing]]:
        for sort, node in await _owners(session, wanted):
            for listing in node["channelListings"] or ():
                stand = Stand(sort, node["slug"], listing["channel"]["slug"])
                if isinstance(wanted, All) or stand.key in wanted:
                    yield Resource(
                        Address(target, self.name, stand.key),
                        _live(listing),
                        remote=f"{node['id']} {stand.channel}",
                        needs=needs_of(target, stand),
                    )

    def stands_on(self, key: Key) -> tuple[str, Key]:
        stand = Stand.of(key)
        return stand.sort, stand.slug

    def lasts(self, _: ChannelListing) -> str | None:
        """Taken off, a product would lose its variants' prices in the channel."""
        return "the listing stays in its channel; state published: false to hide it"

    def batches(self, changes: Sequence[Change[ChannelListing]]) -> Iterable[Batch[ChannelListing]]:
        """Products and collections are read by a request each."""
        return batches_of(changes, pages=1)

    async def write(
        self, session: SaleorWriter, batch: Batch[ChannelListing]
    ) -> Sequence[Outcome[ChannelListing]]:
        return await carried(session, batch.changes, lambda change: [_part(session, change)])


def needs_of(target: str, stand: Stand) -> tuple[Address, ...]:
    owner = Address(target, stand.sort, stand.slug)
    return (owner, Address(target, "channel", stand.channel))


def moment(text: str | None) -> str | None:
    """In UTC, to the second; of a day, its first moment."""
    if text is None:
        return None
    read = datetime.fromisoformat(text)
    at = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


async def _owners(session: SaleorReader, wanted: Wanted) -> list[tuple[str, Node]]:
    if isinstance(wanted, All):
        every = await filtered(session, _LISTED_COLLECTIONS, "collections", [{}])
        found = [("product", node) for _, node in await products(session, wanted)]
        return found + [("collection", node) for node in every]
    stands = [Stand.of(key) for key in wanted]
    slugs = {stand.slug: None for stand in stands if stand.sort == "product"}
    handles = sorted({stand.slug for stand in stands if stand.sort == "collection"})
    conditions = [{"slugs": list(part)} for part in in_hundreds(handles)]
    collections = await filtered(session, _LISTED_COLLECTIONS, "collections", conditions)
    found = [("product", node) for _, node in await products(session, slugs)]
    return found + [("collection", node) for node in collections]


def _live(listing: Mapping[str, Any]) -> ChannelListing:
    shown = {
        "published": listing["isPublished"],
        "published_at": moment(listing["publishedAt"]),
    }
    if "visibleInListings" in listing:
        since = moment(listing["availableForPurchaseAt"])
        shown["visible"] = listing["visibleInListings"]
        shown |= {"purchasable": since is not None, "purchasable_at": since}
    return ChannelListing(**shown)


def _part(session: SaleorWriter, change: Change[ChannelListing]) -> Part:
    if change.after is None:
        raise PlatformError("a listing is not taken off · state published: false to hide it")
    stand = Stand.of(change.address.key)
    channel = {"channelId": session.remotes("channel", stand.channel)}
    owner = {"id": ("ID!", session.remotes(stand.sort, stand.slug))}
    if stand.sort == "product":
        given = {"updateChannels": [channel | dict(_of_product(change))]}
        input_ = ("ProductChannelListingUpdateInput!", given)
        return Part("productChannelListingUpdate", {**owner, "input": input_})
    given = {"addChannels": [channel | _publication(change)]}
    input_ = ("CollectionChannelListingUpdateInput!", given)
    return Part("collectionChannelListingUpdate", {**owner, "input": input_})


def _of_product(change: Change[ChannelListing]) -> Iterator[tuple[str, Any]]:
    """What differs. A flag is said with its moment beside it: alone, it would move the moment."""
    assert change.after is not None
    wished = change.after.spec
    if change.differs_in("published") or change.differs_in("published_at"):
        yield from _publication(change).items()
    if change.differs_in("visible"):
        yield "visibleInListings", wished.visible
    if change.differs_in("purchasable") or change.differs_in("purchasable_at"):
        yield "isAvailableForPurchase", wished.purchasable
        if wished.purchasable and isinstance(wished.purchasable_at, str):
            yield "availableForPurchaseAt", wished.purchasable_at


def _publication(change: Change[ChannelListing]) -> dict[str, Any]:
    """Flag and moment, as they shall be or else as they are: a flag alone sets the moment to
    now, and what a collection's listing is not told might be emptied."""
    before = change.before.spec if change.before else ChannelListing()
    assert change.after is not None
    wished = change.after.spec
    published = before.published if wished.published is UNSTATED else wished.published
    since = before.published_at if wished.published_at is UNSTATED else wished.published_at
    given = {"isPublished": published, "publishedAt": since}
    return {name: value for name, value in given.items() if value is not UNSTATED}
