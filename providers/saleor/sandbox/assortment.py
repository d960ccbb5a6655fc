"""What somebody changes in the admin of products, their media, collections and listings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.kit.sandbox import UnknownThing
from providers.kit.store import Document
from providers.saleor.sandbox import assignments, collections, editorjs, listings, media, planting
from providers.saleor.sandbox.naming import mapping_in, must_be_known, named, value_named
from providers.saleor.sandbox.references import REFERENCES, SORTS
from providers.saleor.sandbox.world import World, gid

Fields = Mapping[str, Any]

PRODUCT_FIELDS = ("name", "slug", "externalReference", "attributes", "metadata", "media")
COLLECTION_FIELDS = ("name", "slug", "description", "products", "metadata", "deleted")
PUBLISHING = ("isPublished", "publishedAt", "deleted")
LISTING_FIELDS = {
    "Product": (
        *PUBLISHING, "visibleInListings", "isAvailableForPurchase", "availableForPurchaseAt",
    ),
    "Collection": PUBLISHING,
}  # fmt: skip


def edit_product(world: World, key: str, fields: Fields) -> None:
    """By slug. `attributes` is attribute slug → list of value slugs (or what their references end
    in), slugs of what it points at, a flag, or null; `metadata` is key → text, or null for one
    that goes. `media` is the whole list: `mediaUrl` is a new image, `at` the one that stands at
    that place now, each with what is said of its `alt` and `metadata`; `pending` is
    true for one whose file the server has not fetched yet."""
    must_be_known(fields, PRODUCT_FIELDS)
    product = named(world, "Product", key)
    if "media" in fields:
        _replace_media(world, product, fields["media"] or ())
    own = {name: value for name, value in fields.items() if name != "media"}
    type_ = world.one("ProductType", product["productType"])
    given = [_input(world, slug, c) for slug, c in mapping_in(fields, "attributes").items()]
    assigned = assignments.resolved(world, type_, given, new=False)
    own["attributes"] = assignments.assign(world, product, assigned)
    own["metadata"] = _metadata(product, fields)
    world.change("Product", product, **own)


def edit_collection(world: World, key: str, fields: Fields) -> None:
    """By slug. `products` is the slugs of all its members, `description` an EditorJS document,
    `metadata` as for products; `deleted` is true for one that goes."""
    must_be_known(fields, COLLECTION_FIELDS)
    collection = named(world, "Collection", key)
    if fields.get("deleted"):
        collections.remove(world, collection)
        return
    own = {name: value for name, value in fields.items() if name != "deleted"}
    own["metadata"] = _metadata(collection, fields)
    if "products" in fields:
        own["products"] = [named(world, "Product", slug)["pk"] for slug in fields["products"]]
    if "description" in fields:
        own["description"] = editorjs.stored(fields["description"])
    world.change("Collection", collection, **own)


def edit_listing(world: World, key: str, fields: Fields) -> None:
    """By `product/<slug>/<channel>` or `collection/<slug>/<channel>`; one that is not there is
    made. `deleted` is true for one that goes."""
    owner_sort, owner, channel = _listing_of(world, key)
    must_be_known(fields, LISTING_FIELDS[owner_sort])
    if fields.get("deleted"):
        wanted = listings.Asked((), frozenset({channel}))
    else:
        wanted = listings.Asked([(channel, _entry(fields))], frozenset())
    change = collections.listed if owner_sort == "Collection" else listings.of_product
    kept = change(world, owner["channelListings"], wanted)
    world.change(owner_sort, owner, channelListings=kept)


def _listing_of(world: World, key: str) -> tuple[str, Document, int]:
    parts = key.split("/")
    sort = {"product": "Product", "collection": "Collection"}.get(parts[0])
    if sort is None or len(parts) != 3:
        forms = "product/<slug>/<channel>, collection/<slug>/<channel>"
        raise UnknownThing(f"there is no channelListing {key} here · {forms}")
    return sort, named(world, sort, parts[1]), named(world, "Channel", parts[2])["pk"]


def _entry(fields: Fields) -> dict[str, Any]:
    """As the API takes it, which wants the flag beside the moment of a purchase."""
    entry = dict(fields)
    if "availableForPurchaseAt" in fields:
        entry.setdefault("isAvailableForPurchase", fields["availableForPurchaseAt"] is not None)
    return entry


def _metadata(owner: Document, fields: Fields) -> dict[str, str]:
    both = {**owner["metadata"], **mapping_in(fields, "metadata")}
    return {key: text for key, text in both.items() if text is not None}


def _replace_media(world: World, product: Document, given: Sequence[Fields]) -> None:
    before = media.of(world, product)
    after = [_image(world, product, before, entry) for entry in given]
    for image in before:
        if image["pk"] not in {kept["pk"] for kept in after}:
            media.remove(world, image)
    media.put_in_order(world, after)


def _image(world: World, product: Document, before: Sequence[Document], entry: Fields) -> Document:
    must_be_known(entry, ("mediaUrl", "at", "alt", "metadata", "pending"))
    if "mediaUrl" in entry:
        return planting.add_media(world, product, entry)
    if entry.get("at") not in range(len(before)):
        places = ", ".join(str(place) for place in range(len(before))) or "none"
        raise UnknownThing(f"there is no image at {entry.get('at')} here · {places}")
    image = before[entry["at"]]
    said = {name: entry[name] for name in ("alt", "pending") if name in entry}
    return world.change("ProductMedia", image, **said, metadata=_metadata(image, entry))


def _input(world: World, slug: str, content: Any) -> dict[str, Any]:
    """The API's input for what is said shortly here."""
    attribute = named(world, "Attribute", slug)
    given: dict[str, Any] = {"id": gid("Attribute", attribute["pk"])}
    if attribute["inputType"] == "BOOLEAN":
        return given | {"boolean": content}
    if attribute["inputType"] in REFERENCES:
        return given | _pointing(world, attribute, content or ())
    chosen = [
        {"id": gid("AttributeValue", value_named(world, slug, s)["pk"])} for s in content or ()
    ]
    if attribute["inputType"] == "DROPDOWN":
        return given | {"dropdown": chosen[0] if chosen else None}
    return given | {"multiselect": chosen}


def _pointing(world: World, attribute: Document, slugs: Sequence[str]) -> dict[str, Any]:
    sort = SORTS[attribute["entityType"]]
    ids = [gid(sort, named(world, sort, slug)["pk"]) for slug in slugs]
    return {"references": ids, "reference": ids[0] if ids else None}
