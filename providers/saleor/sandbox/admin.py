"""What somebody changes in the admin, past the API: any field of any thing that is managed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from providers.kit.sandbox import UnknownThing
from providers.kit.store import Document
from providers.saleor.sandbox import assortment, reordering, values
from providers.saleor.sandbox.naming import must_be_known, named, value_named
from providers.saleor.sandbox.slugs import slugify, unique_slug
from providers.saleor.sandbox.world import World

Fields = Mapping[str, Any]

ATTRIBUTE_FIELDS = (
    "name", "slug", "externalReference", "inputType", "valueRequired", "type", "order",
)  # fmt: skip
VALUE_FIELDS = ("name", "externalReference", "translations")
TYPE_FIELDS = ("name", "slug", "attributes", "variantAttributes")


def edit(world: World, thing: str, key: str, fields: Fields) -> None:
    """attribute: by slug; `order` is value slugs, those that are not named staying behind them.
    attributeValue: by `<attribute slug>/<value slug>`, or its reference; `translations` is
    language → label. productType: by slug; `attributes` is the slugs of all that are assigned,
    `variantAttributes` of those that are its variants' instead.
    product, collection, channelListing: see `assortment`. Raises `UnknownThing`."""
    if thing not in _EDITS:
        raise UnknownThing(f"there is no {thing} here · {', '.join(_EDITS)}")
    _EDITS[thing](world, key, fields)


def _attribute(world: World, key: str, fields: Fields) -> None:
    must_be_known(fields, ATTRIBUTE_FIELDS)
    attribute = named(world, "Attribute", key)
    if "order" in fields:
        _put_in_order(world, attribute, fields["order"])
    own = {name: value for name, value in fields.items() if name != "order"}
    world.change("Attribute", attribute, **own)


def _put_in_order(world: World, attribute: Document, slugs: Sequence[str]) -> None:
    first = [int(value_named(world, attribute["slug"], slug)["pk"]) for slug in slugs]
    others = [value["pk"] for value in values.of(world, attribute) if value["pk"] not in first]
    reordering.place(world, first + others)


def _value(world: World, key: str, fields: Fields) -> None:
    """A new name brings a new slug, in the admin too."""
    must_be_known(fields, VALUE_FIELDS)
    attribute, _, slug = key.partition("/")
    value = value_named(world, attribute, slug)
    changed = {**value, **fields}
    changed["translations"] = {
        language: label
        for language, label in {**value["translations"], **fields.get("translations", {})}.items()
        if label is not None
    }
    if "name" in fields:
        others = values.of(world, world.one("Attribute", value["attribute"]))
        taken = {other["slug"] for other in others if other["pk"] != value["pk"]}
        changed["slug"] = unique_slug(slugify(fields["name"]) or "-", taken)
    world.change("AttributeValue", changed)


def _product_type(world: World, key: str, fields: Fields) -> None:
    must_be_known(fields, TYPE_FIELDS)
    type_ = named(world, "ProductType", key)
    own = {name: value for name, value in fields.items() if not name.endswith("ttributes")}
    if "attributes" in fields:
        assigned = [named(world, "Attribute", slug)["pk"] for slug in fields["attributes"]]
        own["productAttributes"] = assigned
    if "variantAttributes" in fields:
        moved = [named(world, "Attribute", slug)["pk"] for slug in fields["variantAttributes"]]
        left = [pk for pk in type_["productAttributes"] if pk not in moved]
        own = {"productAttributes": left, **own, "variantAttributes": moved}
    world.change("ProductType", type_, **own)


_EDITS: Mapping[str, Callable[[World, str, Fields], None]] = {
    "attribute": _attribute,
    "attributeValue": _value,
    "productType": _product_type,
    "product": assortment.edit_product,
    "collection": assortment.edit_collection,
    "channelListing": assortment.edit_listing,
}
