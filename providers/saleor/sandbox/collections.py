"""Collections: lists of products by hand, with listings of their own in channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox import callers, editorjs, filters, listings, products, values
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.fields import must_be_clean
from providers.saleor.sandbox.listings import channel_for, is_visible
from providers.saleor.sandbox.metadata import merged
from providers.saleor.sandbox.paging import connection
from providers.saleor.sandbox.refusal import node, nodes, one_named, refuse
from providers.saleor.sandbox.slugs import slugify, unique_slug
from providers.saleor.sandbox.world import World, gid

Args = Mapping[str, Any]

BLANK: Mapping[str, Any] = {
    "name": "",
    "slug": "",
    "description": None,
    "metadata": {},
    "privateMetadata": {},
    "products": [],
    "channelListings": [],
}

_WHERE = {"ids": filters.ids("Collection"), "metadata": filters.metadata}
_FILTERS = _WHERE | {"slugs": filters.among("slug"), "search": filters.search("name", "slug")}


def _one(call: Call, _root: Any, args: Args) -> Document | None:
    channel = channel_for(call, args)
    found = one_named(call.world, "Collection", args, "id", "slug")
    is_shown = found is not None and is_visible(call, found, channel)
    return {**found, "channel": channel} if found and is_shown else None


def _listing(call: Call, _root: Any, args: Args) -> Document:
    channel = channel_for(call, args)
    found = [
        {**collection, "channel": channel}
        for collection in call.world.all("Collection")
        if is_visible(call, collection, channel)
        and filters.passes(collection, args.get("where"), _WHERE)
        and filters.passes(collection, args.get("filter"), _FILTERS)
    ]
    found.sort(key=lambda collection: str(collection["slug"]))
    return connection("collections", found, args, lambda collection: [collection["slug"]])


def _members(call: Call, collection: Document, args: Args) -> Document:
    members = [call.world.one("Product", pk) for pk in collection["products"]]
    return products.page(call, members, args, collection.get("channel"))


def _of_product(call: Call, product: Document, _args: Args) -> list[Document]:
    """A visitor is shown those that are open in some channel."""
    return [
        collection
        for collection in call.world.all("Collection")
        if product["pk"] in collection["products"]
        and (
            call.caller.app
            or any(listings.is_open(call.world, at) for at in collection["channelListings"])
        )
    ]


def _create(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    world, given = call.world, args["input"]
    ids = given.get("products") or []
    members = nodes(world, ids, "Product", "products") if ids else []
    collection = _written(BLANK, given)
    collection["products"] = [member["pk"] for member in members]
    if not collection["slug"] and collection["name"]:
        taken = {other["slug"] for other in world.all("Collection")}
        collection["slug"] = unique_slug(slugify(collection["name"]) or "-", taken)
    must_be_clean(world, "Collection", collection)
    echoed, kept = editorjs.described(collection, given)
    return {"collection": {**world.create("Collection", kept), "description": echoed}}


def _update(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    world, given = call.world, args["input"]
    collection = node(world, args["id"], "Collection")
    if "slug" in given and not given["slug"]:
        raise refuse("slug", "Slug value cannot be blank.", "REQUIRED")
    changed = _written(collection, given)
    must_be_clean(world, "Collection", changed)
    echoed, kept = editorjs.described(changed, given)
    return {"collection": {**world.change("Collection", kept), "description": echoed}}


def _written(collection: Args, given: Args) -> dict[str, Any]:
    """A collection with an input's texts and metadata; metadata is merged."""
    texts = {n: given[n] for n in ("name", "slug") if given.get(n) is not None}
    meta = {n: merged(collection[n], given.get(n) or []) for n in ("metadata", "privateMetadata")}
    return {**collection, **texts, **meta}


def remove(world: World, collection: Document) -> None:
    """Values that point at it go with it."""
    pointing = world.where("AttributeValue", reference=gid("Collection", collection["pk"]))
    for value in list(pointing):
        values.delete(world, value)
    world.delete("Collection", collection["pk"])


def _delete(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    collection = node(call.world, args["id"], "Collection")
    remove(call.world, collection)
    return {"collection": collection}


def _add(call: Call, _root: Any, args: Args) -> Document:
    """A member already is fine. What has no variants is refused; the sandbox keeps none, so that is
    what a seed says to be `withoutVariants`."""
    collection, given = _both(call, args)
    bare = [gid("Product", product["pk"]) for product in given if product.get("withoutVariants")]
    if bare:
        words = "Cannot manage products without variants."
        code = "CANNOT_MANAGE_PRODUCT_WITHOUT_VARIANT"
        raise refuse("products", words, code, products=bare)
    pks = list(dict.fromkeys([*collection["products"], *(product["pk"] for product in given)]))
    return {"collection": call.world.change("Collection", collection, products=pks)}


def _remove(call: Call, _root: Any, args: Args) -> Document:
    """No member is fine too."""
    collection, given = _both(call, args)
    doomed = {product["pk"] for product in given}
    left = [pk for pk in collection["products"] if pk not in doomed]
    return {"collection": call.world.change("Collection", collection, products=left)}


def _both(call: Call, args: Args) -> tuple[Document, Sequence[Document]]:
    call.caller.must_have(callers.PRODUCTS)
    collection = node(call.world, args["collectionId"], "Collection", "collectionId")
    return collection, nodes(call.world, args["products"], "Product", "products")


def _list(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    world = call.world
    collection = node(world, args["id"], "Collection")
    wanted = listings.asked(world, args["input"], "addChannels")
    kept = listed(world, collection["channelListings"], wanted)
    return {"collection": world.change("Collection", collection, channelListings=kept)}


def listed(world: World, before: Sequence[Document], wanted: listings.Asked) -> list[Document]:
    """A collection's listings as they become."""
    return listings.after(world, "CollectionChannelListing", before, wanted, listings.BLANK)


RESOLVERS = {
    ("Query", "collection"): _one,
    ("Query", "collections"): _listing,
    ("Collection", "description"): editorjs.shown,
    ("Collection", "products"): _members,
    ("Collection", "channelListings"): listings.listed,
    ("CollectionChannelListing", "id"): listings.id_of("CollectionChannelListing"),
    ("CollectionChannelListing", "channel"): listings.channel_of,
    ("Product", "collections"): _of_product,
}
MUTATIONS = {
    "collectionCreate": _create,
    "collectionUpdate": _update,
    "collectionDelete": _delete,
    "collectionAddProducts": _add,
    "collectionRemoveProducts": _remove,
    "collectionChannelListingUpdate": _list,
}
