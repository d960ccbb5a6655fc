"""Channels: how products and collections stand in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from providers.saleor.kinds.channel_listing import ChannelListing, Stand, moment, needs_of
from reconciler.intent.channels import Channels, Listing, ProductListing
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import UNSTATED, digest, stated
from reconciler.provider import Compilation, Mapped


def channels(intent: Channels, compilation: Compilation) -> Mapped:
    target = compilation.target.name
    for stand, listing, place in _listings(intent):
        if getattr(listing, "purchasable", None) is False and listing.purchasable_since:
            cause = "it is not purchasable, and a moment is said from which it is"
            yield Problem(place, cause, "take purchasable_since out, or write purchasable: true")
            continue
        empty = sorted(n for n in listing.model_fields_set if getattr(listing, n) is None)
        if empty:
            cause = f"{empty[0]} is null, and nothing of a listing can be empty"
            yield Problem(place, cause, "take it out: what is not stated is not managed")
            continue
        spec = _spec(listing)
        if stated(spec):
            yield Resource(
                Address(target, "channel_listing", stand.key),
                spec,
                source=place,
                intent=digest([stand.key, stated(spec)]),
                needs=needs_of(target, stand),
            )


def _listings(intent: Channels) -> Iterator[tuple[Stand, Any, Source]]:
    for channel, content in intent.channels.items():
        for slug, product in content.products.items():
            place = intent.at("channels", channel, "products", slug)
            yield Stand("product", slug, channel), product, place
        for handle, collection in content.collections.items():
            place = intent.at("channels", channel, "collections", handle)
            yield Stand("collection", handle, channel), collection, place


def _spec(listing: Listing) -> ChannelListing:
    """A moment from which a product can be bought says that it can."""
    given: dict[str, Any] = {"published": listing.published, "published_at": moment(listing.since)}
    if isinstance(listing, ProductListing):
        since = moment(listing.purchasable_since)
        purchasable = True if since else listing.purchasable
        given |= {"visible": listing.visible, "purchasable": purchasable, "purchasable_at": since}
    return ChannelListing(**{n: UNSTATED if v is None else v for n, v in given.items()})
