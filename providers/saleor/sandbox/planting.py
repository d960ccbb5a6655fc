"""A world from a document: the example's `seed.json`, or one that a test infers from recordings.

shop, apps, channels, attributes (each with its values), productTypes, categories, products,
collections. Things refer to one another by slug. `pk` may be given; else they are numbered as they
come. `sequences` says which numbers were given out last, by type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox import (
    attributes,
    catalog,
    collections,
    listings,
    media,
    products,
    references,
    values,
)
from providers.saleor.sandbox.references import REFERENCES, SORTS
from providers.saleor.sandbox.slugs import slugify, unique_slug
from providers.saleor.sandbox.world import World

Given = Mapping[str, Any]


def plant(world: World, seed: Given) -> None:
    """Add what the document says to a world."""
    if "shop" in seed:
        versions = {"version": "3.23.28", "schemaVersion": "3.23"}
        _planted(world, "Shop", {"host": "localhost:8000", **versions, **seed["shop"]})
    for app in seed.get("apps", ()):
        _planted(world, "App", {"isActive": True, "metadata": {}, "privateMetadata": {}} | app)
    for channel in seed.get("channels", ()):
        _planted(world, "Channel", {"isActive": True} | channel)
    for attribute in seed.get("attributes", ()):
        _plant_attribute(world, attribute)
    for category in seed.get("categories", ()):
        _planted(world, "Category", {"metadata": {}, "privateMetadata": {}} | category)
    for type_ in seed.get("productTypes", ()):
        own = [_by_slug(world, "Attribute", slug) for slug in type_.get("productAttributes", ())]
        _planted(world, "ProductType", {**catalog.BLANK_TYPE, **type_, "productAttributes": own})
    planted = [_plant_product(world, product) for product in seed.get("products", ())]
    for product, given in zip(planted, seed.get("products", ()), strict=True):
        _carry(world, product, given.get("attributes") or {})
        for image in given.get("media", ()):
            add_media(world, product, image)
    for collection in seed.get("collections", ()):
        _plant_collection(world, collection)
    for sort, last in seed.get("sequences", {}).items():
        world.store.put("sequence", sort, {"last": last})


def _planted(world: World, sort: str, given: Given) -> Document:
    document = {name: value for name, value in given.items() if name != "pk"}
    return (
        world.plant(sort, given["pk"], document)
        if given.get("pk")
        else (world.create(sort, document))
    )


def _plant_attribute(world: World, given: Given) -> None:
    own = {name: value for name, value in given.items() if name != "values"}
    attribute = _planted(world, "Attribute", {"type": "PRODUCT_TYPE", **attributes.BLANK, **own})
    for place, value in enumerate(given.get("values", ())):
        _plant_value(world, attribute, value, place)


def _plant_value(world: World, attribute: Document, given: Given, place: int) -> Document:
    taken = [value["slug"] for value in values.of(world, attribute)]
    blank = {
        "attribute": attribute["pk"],
        "slug": unique_slug(slugify(given["name"]) or "-", taken),
        "value": "",
        "externalReference": None,
        "boolean": None,
        "plainText": None,
        "reference": None,
        "translations": {},
        "sortOrder": place,
    }
    return _planted(world, "AttributeValue", {**blank, **given})


def _plant_product(world: World, given: Given) -> Document:
    category = given.get("category")
    wanted = _listings(world, given.get("channels", ()))
    product = {
        **products.BLANK,
        "created": world.now(),
        "updatedAt": world.now(),
        **given,
        "productType": _by_slug(world, "ProductType", given["productType"]),
        "category": _by_slug(world, "Category", category) if category else None,
        "channelListings": listings.of_product(world, [], wanted),
        "attributes": {},
    }
    own = {n: v for n, v in product.items() if n not in ("channels", "media")}
    return _planted(world, "Product", own)


def add_media(world: World, product: Document, given: Given) -> Document:
    """An image as a seed tells of it: mediaUrl, alt, metadata."""
    name, alt = media.name_in(given["mediaUrl"]), given.get("alt", "")
    more = {"metadata": dict(given.get("metadata", {})), "pending": given.get("pending", False)}
    return media.add(world, product, name, alt, **more)


def _carry(world: World, product: Document, given: Given) -> None:
    """Done when all products are there, since they may point at one another."""
    carried = dict(_carried(world, product, slug, content) for slug, content in given.items())
    world.change("Product", product, attributes=carried)


def _plant_collection(world: World, given: Given) -> None:
    own = {name: value for name, value in given.items() if name != "channels"}
    members = [_by_slug(world, "Product", slug) for slug in given.get("products", ())]
    wanted = _listings(world, given.get("channels", ()))
    listed = collections.listed(world, [], wanted)
    more = {"products": members, "channelListings": listed}
    _planted(world, "Collection", {**collections.BLANK, **own, **more})


def _listings(world: World, given: Sequence[Given]) -> listings.Asked:
    """A listing that says no more is published, visible and purchasable from the start."""
    entries = []
    for listing in given:
        shown = dict.fromkeys(("isPublished", "visibleInListings", "isAvailableForPurchase"), True)
        said = {name: value for name, value in listing.items() if name != "channel"}
        entries.append((_by_slug(world, "Channel", listing["channel"]), {**shown, **said}))
    return listings.Asked(entries, frozenset())


def _carried(world: World, product: Document, slug: str, content: Any) -> tuple[str, list[int]]:
    """Value slugs, a flag for a boolean attribute, or slugs of what a reference points at; values
    of the latter two are made where they are missing."""
    pk = _by_slug(world, "Attribute", slug)
    attribute = world.one("Attribute", pk)
    if not isinstance(content, bool):
        return str(pk), [_value(world, product, attribute, value) for value in content]
    flag = f"{pk}_{str(content).lower()}"
    found = world.first("AttributeValue", attribute=pk, slug=flag)
    name = f"{attribute['name']}: {'Yes' if content else 'No'}"
    made = found or _plant_value(
        world, attribute, {"name": name, "slug": flag, "boolean": content}, 0
    )
    return str(pk), [made["pk"]]


def _value(world: World, product: Document, attribute: Document, slug: str) -> int:
    found = world.first("AttributeValue", attribute=attribute["pk"], slug=slug)
    if found is None and attribute["inputType"] in REFERENCES:
        found = _pointing(world, product, attribute, slug)
    assert found is not None, f"the seed names the value {slug}, which it does not hold"
    return int(found["pk"])


def _pointing(world: World, product: Document, attribute: Document, slug: str) -> Document:
    sort = SORTS[attribute["entityType"]]
    thing = world.one(sort, _by_slug(world, sort, slug))
    value = references.value_for(world, product, attribute, sort, thing)
    return _plant_value(world, attribute, value, 0)


def _by_slug(world: World, sort: str, slug: str) -> int:
    found = world.first(sort, slug=slug)
    assert found is not None, f"the seed names the {sort} {slug}, which it does not hold"
    return int(found["pk"])
