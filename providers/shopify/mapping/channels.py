"""Channels: to which publications products and collections are published, and from when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from providers.shopify.kinds.publication_listing import (
    PublicationListing,
    Stand,
    moment,
    needs_of,
)
from providers.shopify.mapping.bundles import maker_of
from providers.shopify.mapping.moves import formerly
from reconciler.intent.channels import Channels, Listing
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import UNSTATED, digest, stated
from reconciler.provider import Compilation, Mapped

_NO_HOME: Final = ("visible", "purchasable", "purchasable_since")


def channels(intent: Channels, compilation: Compilation) -> Mapped:
    """A channel is a publication, by its name."""
    target = compilation.target.name
    for stand, listing, place in _listings(intent):
        problem = _objection(listing, place)
        if problem is not None:
            yield problem
        elif listing.published is not None:
            spec = _spec(listing)
            yield Resource(
                Address(target, "publication_listing", stand.key),
                spec,
                source=place,
                intent=digest([stand.key, stated(spec)]),
                needs=needs_of(target, stand, _owner(stand, compilation)),
                formerly=formerly(stand, compilation.intents),
            )


def _owner(stand: Stand, compilation: Compilation) -> str:
    is_product = stand.sort == "product"
    return maker_of(compilation, stand.handle) if is_product else stand.sort


def _spec(listing: Listing) -> PublicationListing:
    """What is not to be published has no moment either, so that a rollback gives that back too."""
    if not listing.published:
        return PublicationListing(published=None, published_at=None)
    since = moment(listing.since)
    return PublicationListing(published=True, published_at=UNSTATED if since is None else since)


def _listings(intent: Channels) -> Iterator[tuple[Stand, Listing, Source]]:
    for channel, content in intent.channels.items():
        for handle, product in content.products.items():
            place = intent.at("channels", channel, "products", handle)
            yield Stand("product", handle, channel), product, place
        for handle, collection in content.collections.items():
            place = intent.at("channels", channel, "collections", handle)
            yield Stand("collection", handle, channel), collection, place


def _objection(listing: Listing, place: Source) -> Problem | None:
    said = listing.model_fields_set
    homeless = [name for name in _NO_HOME if name in said]
    if homeless:
        cause = f"a product of Shopify has no {homeless[0]} by channel"
        return Problem(place, cause, f"take {homeless[0]} out, or the Shopify target of targets")
    empty = sorted(name for name in said if getattr(listing, name) is None)
    if empty:
        cause = f"{empty[0]} is null, and nothing of a listing can be empty"
        return Problem(place, cause, "take it out: what is not stated is not managed")
    if listing.since is not None and listing.published is not True:
        cause = "it says from when it is published, and not that it is"
        return Problem(place, cause, "write published: true beside since, or take since out")
    return None
