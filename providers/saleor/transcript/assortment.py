"""Collections, listings and references as their intents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from providers.saleor.adoption.channels import as_written
from providers.saleor.kinds.bundle import Bundle
from providers.saleor.kinds.channel_listing import ChannelListing, Stand
from providers.saleor.kinds.collection import Collection
from providers.saleor.prose import canonical
from providers.saleor.transcript.shop import Shop, Told
from reconciler.model.address import Key
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED
from reconciler.provider import LeftOut


def collections(target: str, found: Sequence[Resource[Collection]]) -> Iterator[Told]:
    """All in one document. A description that git can not say stays as it is."""
    entries: dict[Key, dict[str, Any]] = {}
    path = f"collections/{target}.yaml"
    for resource in found:
        handle, live = resource.address.key, resource.spec
        entries[handle] = {"title": live.name}
        if isinstance(live.description, str):
            if canonical(live.description) == live.description:
                entries[handle]["description"] = live.description
            else:
                cause = "its description is more than paragraphs, headings and lists"
                text = f"collection {handle}: {cause} · write one to manage it"
                yield LeftOut(text, ((path, ("collections", handle)),))
        entries[handle]["products"] = list(live.products) if live.products is not UNSTATED else []
    if entries:
        yield path, {"targets": [target], "collections": entries}


def channels(target: str, found: Sequence[Resource[ChannelListing]]) -> Iterator[Told]:
    """A document a channel."""
    stands: dict[Key, dict[str, dict[Key, Any]]] = {}
    for resource in found:
        stand = Stand.of(resource.address.key)
        part = stands.setdefault(stand.channel, {}).setdefault(f"{stand.sort}s", {})
        part[stand.slug] = _listing(resource.spec)
    for channel, content in stands.items():
        document = {"targets": [target], "channels": {channel: content}}
        yield f"channels/{channel}.yaml", document


def _listing(live: ChannelListing) -> dict[str, Any]:
    """A moment is told where it can be: those of the platform are to the second."""
    told = {
        "published": live.published,
        "since": _moment(live.published_at),
        "visible": live.visible,
        "purchasable": live.purchasable,
        "purchasable_since": _moment(live.purchasable_at),
    }
    return {name: value for name, value in told.items() if value not in (None, UNSTATED)}


def _moment(live: object) -> Any:
    return as_written(live) if isinstance(live, str) and live.endswith(":00Z") else None


def bundles(shop: Shop, found: Sequence[Resource[Bundle]]) -> Iterator[Told]:
    """A document an attribute; the attribute itself is not managed."""
    known = {product["slug"] for product in shop.products}
    to_products = {a["slug"] for a in shop.attributes if a["entityType"] == "PRODUCT"}
    entries: dict[Key, dict[Key, Any]] = {}
    for resource in found:
        product, _, attribute = resource.address.key.partition("/")
        components = resource.spec.components
        if attribute not in to_products or not isinstance(components, tuple):
            continue
        if not known.issuperset(components):
            cause = f"product {product}, attribute {attribute}: it refers to what is no product"
            part = (f"bundles/{attribute}.yaml", ("bundles", product))
            yield LeftOut(f"{cause} · take that out in the dashboard", (part,))
            continue
        entries.setdefault(attribute, {})[product] = {"components": list(components)}
    for attribute, content in entries.items():
        document = {"targets": shop.targets, "into": {"attribute": attribute}, "bundles": content}
        yield f"bundles/{attribute}.yaml", document
