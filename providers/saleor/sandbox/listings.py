"""Where things are to be seen: the listings of products and collections in channels.

A listing is made by its first mention. To publish it without saying when is to publish it now,
each time (Saleor: `BaseChannelListingMutation`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox import callers
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.refusal import (
    IntegrityError,
    Problem,
    Refusal,
    TopLevel,
    node,
    nodes,
    problem,
    refuse,
)
from providers.saleor.sandbox.world import World, gid, parts_of, pk_in

Args = Mapping[str, Any]

BLANK: Mapping[str, Any] = {"isPublished": False, "publishedAt": None}
PRODUCT_BLANK: Mapping[str, Any] = {
    **BLANK,
    "visibleInListings": False,
    "availableForPurchaseAt": None,
}

NEEDED = ("isPublished", "visibleInListings")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an input wants: what is said of which channel, and the channels to leave."""

    entries: Sequence[tuple[int, Args]]
    removed: frozenset[int]


def is_open(world: World, listing: Document) -> bool:
    """Whether a visitor sees what is listed so."""
    at = listing.get("publishedAt")
    return bool(listing["isPublished"]) and (at is None or world.has_come(at))


def in_channel(world: World, owner: Document, slug: str) -> Document | None:
    """The owner's listing in a channel, if it has one there."""
    channel = world.first("Channel", slug=slug)
    pk = channel["pk"] if channel else None
    return next((listed for listed in owner["channelListings"] if listed["channel"] == pk), None)


def channel_for(call: Call, args: Args) -> str | None:
    """The channel asked for; a visitor who names none gets the only one there is."""
    if args.get("channel") or call.caller.app:
        return args.get("channel")
    active = [channel["slug"] for channel in call.world.all("Channel") if channel["isActive"]]
    if len(active) != 1:
        raise TopLevel("More than one channel exists. Specify which channel to use.")
    return str(active[0])


def is_visible(call: Call, owner: Document, channel: str | None) -> bool:
    """Without a channel everything is; in one, an app sees what is listed, others what is open."""
    if channel is None:
        return True
    listing = in_channel(call.world, owner, channel)
    return listing is not None and (call.caller.app is not None or is_open(call.world, listing))


def asked(world: World, given: Args, source: str) -> Asked:
    """An input, checked. Raises `Refusal`."""
    entries, removed = given.get(source) or [], given.get("removeChannels") or []
    ids = [entry["channelId"] for entry in entries]
    problems = list(_repetitions(ids, removed, source))
    if problems:
        raise Refusal(problems)
    channels = nodes(world, ids, "Channel", "channelId") if ids else []
    for id_ in removed:
        _must_be_a_channel(id_)
    pks = frozenset(pk for id_ in removed if (pk := pk_in(id_, "Channel")) is not None)
    said = [(c["pk"], entry) for c, entry in zip(channels, entries, strict=True)]
    return Asked(said, pks)


def after(
    world: World, sort: str, listings: Sequence[Document], wanted: Asked, blank: Args
) -> list[Document]:
    """The listings as they become."""
    kept = {listing["channel"]: {**blank, **listing} for listing in listings}
    for channel, entry in wanted.entries:
        now = kept.get(channel) or new(world, sort, channel, blank)
        kept[channel] = {**now, **_said(world, entry)}
    return [listing for channel, listing in kept.items() if channel not in wanted.removed]


def new(world: World, sort: str, channel: int, blank: Args) -> Document:
    return {**blank, "channel": channel, "pk": world.store.next_number(sort)}


def _repetitions(ids: Sequence[str], removed: Sequence[str], source: str) -> Sequence[Problem]:
    both = sorted(set(ids) & set(removed))
    words = "The same object cannot be in both lists for adding and removing items."
    found = [_wrong("input", words, "DUPLICATED_INPUT_ITEM", both)] if both else []
    for field, given in ((source, ids), ("removeChannels", removed)):
        twice = [id_ for id_, times in Counter(given).items() if times > 1]
        if twice:
            found.append(_wrong(field, "Duplicated channel ID.", "DUPLICATED_INPUT_ITEM", twice))
    return found


def _must_be_a_channel(id_: str) -> None:
    parts = parts_of(id_)
    if parts is None or parts[0] != "Channel":
        received = f", received: {parts[0]}" if parts else ""
        words = f"Invalid ID: {id_}. Expected: Channel{received}."
        raise refuse("removeChannels", words, "GRAPHQL_ERROR")


def _said(world: World, entry: Args) -> dict[str, Any]:
    """What an input changes of a listing."""
    said = {name: entry[name] for name in NEEDED if name in entry}
    if None in said.values():
        raise IntegrityError
    if entry.get("isPublished") and not entry.get("publishedAt"):
        said["publishedAt"] = world.now()
    elif "publishedAt" in entry:
        said["publishedAt"] = moment(entry["publishedAt"])
    if entry.get("isAvailableForPurchase") is not None:
        at = moment(entry.get("availableForPurchaseAt")) or world.now()
        said["availableForPurchaseAt"] = at if entry["isAvailableForPurchase"] else None
    return said


def moment(text: str | None) -> str | None:
    """A moment as it is kept, in UTC; one without a zone is UTC."""
    if text is None:
        return None
    given = datetime.fromisoformat(text)
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _update(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    world = call.world
    product = node(world, args["id"], "Product")
    wanted = asked(world, args["input"], "updateChannels")
    problems = list(_unsellable(product, [entry for _, entry in wanted.entries]))
    if problems:
        raise Refusal(problems)
    for _, entry in wanted.entries:
        _must_know_variants(world, entry)
    kept = of_product(world, product["channelListings"], wanted)
    return {"product": world.change("Product", product, channelListings=kept)}


def of_product(world: World, before: Sequence[Document], wanted: Asked) -> list[Document]:
    """A product's listings as they become."""
    return after(world, "ProductChannelListing", before, wanted, PRODUCT_BLANK)


def _unsellable(product: Document, entries: Sequence[Args]) -> Sequence[Problem]:
    found = []
    early = [
        entry["channelId"]
        for entry in entries
        if entry.get("availableForPurchaseAt") and not entry.get("isAvailableForPurchase")
    ]
    if early:
        words = "Cannot set available for purchase date when isAvailableForPurchase is false."
        found.append(_wrong("availableForPurchaseDate", words, "INVALID", early))
    shown = [
        entry["channelId"]
        for entry in entries
        if entry.get("isPublished") or entry.get("isAvailableForPurchase")
    ]
    if shown and product["category"] is None:
        words = "You must select a category to be able to publish."
        found.append(_wrong("isPublished", words, "PRODUCT_WITHOUT_CATEGORY", shown))
    return found


def _must_know_variants(world: World, entry: Args) -> None:
    """The sandbox has no variants, so that every one that is named is unknown."""
    for field in ("addVariants", "removeVariants"):
        if entry.get(field):
            nodes(world, entry[field], "ProductVariant", "id")


def _wrong(field: str, message: str, code: str, channels: Sequence[str]) -> Problem:
    return problem(field, message, code, channels=list(channels))


def listed(call: Call, owner: Document, _args: Args) -> list[Document]:
    """The field `channelListings`, for those who manage products."""
    call.caller.must_have(callers.PRODUCTS)
    return list(owner["channelListings"])


def _is_purchasable(call: Call, listing: Document, _args: Args) -> bool:
    at = listing.get("availableForPurchaseAt")
    return at is not None and call.world.has_come(at)


def channel_of(call: Call, listing: Document, _args: Args) -> Document:
    return call.world.one("Channel", listing["channel"])


def id_of(sort: str) -> Callable[[Call, Document, Args], str]:
    return lambda _call, listing, _args: gid(sort, listing["pk"])


RESOLVERS = {
    ("Product", "channelListings"): listed,
    ("ProductChannelListing", "id"): id_of("ProductChannelListing"),
    ("ProductChannelListing", "channel"): channel_of,
    ("ProductChannelListing", "isAvailableForPurchase"): _is_purchasable,
}
MUTATIONS = {"productChannelListingUpdate": _update}
