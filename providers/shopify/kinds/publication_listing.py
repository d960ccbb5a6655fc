"""Whether a product or a collection is published to a publication, and from when. The key is
`product/<handle>/<publication>` or `collection/<handle>/<publication>`.

What is not published has no listing: `published: false` is emptiness, and null in the spec. A
draft that is published is seen by nobody; that is the product's status, which is not looked at
here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, NamedTuple

from providers.kit.graphql import Query
from providers.shopify.aliased import POINTS, Part, carried
from providers.shopify.client import ShopifyReader, ShopifyWriter
from providers.shopify.identified import Field, by_handle
from providers.shopify.kinds.bundle import product_remote
from providers.shopify.kinds.publication import NAMED, name_of
from providers.shopify.parts import parts_of
from reconciler.model.address import Address, Key
from reconciler.model.change import Change
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome
from reconciler.model.product import About
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, spec
from reconciler.provider import ALL, Batch, Echo, OnDrop, PlatformError, Precondition, Wanted

SORTS: Final = ("product", "collection")

_TOGETHER: Final = 25
"""Changes of a batch: as many mutations in one request, and as many things read in one."""

_MOST: Final = 50
"""Publications that are read with the thing itself; more are paged for."""

_ROWS: Final = (
    f"nodes {{ publishDate publication {{ {NAMED} supportsFuturePublishing }} }}"
    " pageInfo { hasNextPage endCursor }"
)
_LISTED: Final = f"id handle resourcePublicationsV2(first: {_MOST}, onlyPublished: false)"
_SELECTION: Final = f"{_LISTED} {{ {_ROWS} }}"
_POINTS: Final = 21
"""What one thing may cost with its publications, at most."""

_BY_HANDLE: Final = {
    sort: Field(
        f"{sort}ByIdentifier", f"{sort.capitalize()}IdentifierInput", _SELECTION, cost=_POINTS
    )
    for sort in SORTS
}

_EVERY: Final = {
    sort: Query(
        f"""query Every($after: String) {{
          {sort}s(first: {_TOGETHER}, after: $after, sortKey: ID) {{
            nodes {{ {_SELECTION} }}
            pageInfo {{ hasNextPage endCursor }}
          }}
        }}""",
        cost=110,
    )
    for sort in SORTS
}

_MORE: Final = Query(
    f"""query MorePublications($id: ID!, $after: String) {{
      node(id: $id) {{ ... on Publishable {{
        resourcePublicationsV2(first: {_MOST}, onlyPublished: false, after: $after) {{ {_ROWS} }}
      }} }}
    }}""",
    cost=_POINTS,
)


@spec
class PublicationListing:
    """published: true, or null where it is not. published_at: told to the second, in UTC:
    `2026-12-01T00:00:00Z`. One that is still to come schedules. Null where it is not published,
    and in publications that take no moment."""

    published: Owned[bool | None] = UNSTATED
    published_at: Owned[str | None] = UNSTATED


class Stand(NamedTuple):
    """What a key says: `product` or `collection`, its handle, and the publication's name."""

    sort: str
    handle: Key
    publication: Key

    @property
    def key(self) -> Key:
        return "/".join(self)

    @classmethod
    def of(cls, key: Key) -> Stand:
        sort, handle, publication = key.split("/", 2)
        return cls(sort, handle, publication)


class PublicationListingKind:
    name = "publication_listing"
    spec = PublicationListing
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[PublicationListing]]:
        """Of everything, only where it is published; of what is asked for, also that it is not
        published though it is there."""
        if wanted is ALL:
            for sort in SORTS:
                async for node in session.pages(_EVERY[sort], f"{sort}s"):
                    for name, listed in (await _rows(session, node)).items():
                        stand = Stand(sort, node["handle"], name)
                        yield _resource(target, stand, node["id"], listed)
            return
        async for stand, id_, row in _asked(session, [Stand.of(key) for key in wanted]):
            yield _resource(target, stand, id_, row)

    def stands_on(self, key: Key) -> tuple[str, Key]:
        stand = Stand.of(key)
        return stand.sort, stand.handle

    def about(self, resource: Resource[Any]) -> About | None:
        """Where a product is listed; a collection's listing is about none."""
        stand = Stand.of(resource.address.key)
        return About("channel", products=(stand.handle,)) if stand.sort == "product" else None

    def nothing(self) -> PublicationListing:
        return PublicationListing(published=None)

    def batches(
        self, changes: Sequence[Change[PublicationListing]]
    ) -> Iterable[Batch[PublicationListing]]:
        for part in parts_of(changes, _TOGETHER):
            stands = {self.stands_on(change.address.key) for change in part}
            yield Batch(
                part,
                points=POINTS * len(part),
                reading=_reading([sort for sort, _ in stands]),
            )

    async def write(
        self, session: ShopifyWriter, batch: Batch[PublicationListing]
    ) -> Sequence[Outcome[PublicationListing]]:
        return await carried(
            session, batch.changes, lambda c: [_part(session, c)], partial(_remote, session)
        )


def needs_of(target: str, stand: Stand, owner: str = "") -> tuple[Address, ...]:
    """owner: the kind that makes it, where that is not its sort: a bundle makes its product."""
    there = Address(target, owner or stand.sort, stand.handle)
    return (there, Address(target, "publication", stand.publication))


def moment(text: str | None) -> str | None:
    """In UTC, to the second; of a day, its first moment."""
    if text is None:
        return None
    read = datetime.fromisoformat(text)
    at = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _reading(sorts: Sequence[str]) -> Range:
    """A request for products and one for collections; a thing costs 3 with no publications."""
    requests = len(set(sorts))
    return Range(Cost(requests, len(sorts)), Cost(requests, _POINTS * len(sorts)))


Row = Mapping[str, Any]


async def _asked(
    session: ShopifyReader, stands: Sequence[Stand]
) -> AsyncIterator[tuple[Stand, str, Row | None]]:
    for sort in SORTS:
        asked: dict[Key, list[Stand]] = {}
        for stand in stands:
            if stand.sort == sort:
                asked.setdefault(stand.handle, []).append(stand)
        async for handle, node in by_handle(session, _BY_HANDLE[sort], asked, _TOGETHER):
            rows = await _rows(session, node)
            for stand in asked[handle]:
                yield stand, node["id"], rows.get(stand.publication)


async def _rows(session: ShopifyReader, node: Row) -> dict[Key, Row]:
    """By the publication's name."""
    page = node["resourcePublicationsV2"]
    rest = session.rest(page, _MORE, "node", "resourcePublicationsV2", id=node["id"])
    rows = [*page["nodes"], *[row async for row in rest]]
    return {name_of(row["publication"]): row for row in rows}


def _resource(target: str, stand: Stand, id_: str, row: Row | None) -> Resource[PublicationListing]:
    return Resource(
        Address(target, "publication_listing", stand.key),
        PublicationListing(
            published=True if row else None,
            published_at=_moment(row) if row else None,
        ),
        remote=f"{id_} {stand.publication}" if row else None,
        needs=needs_of(target, stand),
    )


def _moment(row: Row) -> str | None:
    """Only the online store's can be set, so only that one is told."""
    can_be_set = row["publication"]["supportsFuturePublishing"]
    return moment(row["publishDate"]) if can_be_set else None


def _remote(session: ShopifyWriter, change: Change[PublicationListing]) -> str | None:
    if _is_to_go(change):
        return None
    stand = Stand.of(change.address.key)
    return f"{_owner(session, stand)} {stand.publication}"


def _part(session: ShopifyWriter, change: Change[PublicationListing]) -> Part:
    if change.after is None:
        raise PlatformError("a listing is not taken off · state published: false")
    stand = Stand.of(change.address.key)
    entry = {"publicationId": session.remotes("publication", stand.publication)}
    if not _is_to_go(change):
        entry |= dict(_date(change))
    field = "publishableUnpublish" if _is_to_go(change) else "publishablePublish"
    return Part(
        field,
        {
            "id": ("ID!", _owner(session, stand)),
            "input": ("[PublicationInput!]!", [entry]),
        },
    )


def _owner(session: ShopifyWriter, stand: Stand) -> str:
    if stand.sort == "product":
        return product_remote(session, stand.handle)
    return session.remotes(stand.sort, stand.handle)


def _is_to_go(change: Change[PublicationListing]) -> bool:
    return change.after is not None and change.after.spec.published is None


def _date(change: Change[PublicationListing]) -> Iterator[tuple[str, str]]:
    """As it shall be or else as it is: published anew without a date, it would get another."""
    assert change.after is not None
    before = change.before.spec if change.before else PublicationListing()
    wished = change.after.spec.published_at
    date = before.published_at if wished is UNSTATED else wished
    if isinstance(date, str):
        yield "publishDate", date
