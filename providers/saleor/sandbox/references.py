"""Attributes that point at things: a value of one product for each thing that it points at.

Its slug is made of the two primary keys (`152_4`), its name is the thing's name when it was first
pointed at (Saleor: `ReferenceAttributeHandler`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from providers.kit.store import Document
from providers.saleor.sandbox.refusal import Refusal, nodes
from providers.saleor.sandbox.world import World, gid

Args = Mapping[str, Any]

REFERENCES: Final = frozenset({"REFERENCE", "SINGLE_REFERENCE"})

SORTS: Final[Mapping[str, str]] = {
    "PAGE": "Page",
    "PRODUCT": "Product",
    "PRODUCT_VARIANT": "ProductVariant",
    "CATEGORY": "Category",
    "COLLECTION": "Collection",
}
"""The type of what an entity type's attributes point at."""

REQUIRED: Final = ("A reference is required for this attribute.", "REQUIRED")
UNTYPED: Final = ("Invalid value provided for attribute.", "INVALID")
INVALID: Final = ("Invalid reference type.", "INVALID")


UNNAMED: Final = "Entity type is required when REFERENCE input type is used."


def wrong_with(world: World, attribute: Document, given: Args) -> Sequence[tuple[str, str]]:
    """What is wrong with the references of an input; ids that name nothing are."""
    ids = _ids(attribute, given)
    if not ids:
        return [REQUIRED] if attribute["valueRequired"] else []
    if not attribute["entityType"]:
        return [UNTYPED]
    try:
        nodes(world, ids, SORTS[attribute["entityType"]], "references")
    except Refusal:
        return [INVALID]
    return []


def chosen(world: World, product: Document, attribute: Document, given: Args) -> list[Document]:
    """The values that a product gets: kept ones (with `pk`), and ones that are to be made."""
    ids = _ids(attribute, given)
    if not ids:
        return []
    sort = SORTS[attribute["entityType"]]
    things = nodes(world, ids, sort, "references")
    return [value_for(world, product, attribute, sort, thing) for thing in things]


def value_for(
    world: World, product: Document, attribute: Document, sort: str, thing: Document
) -> Document:
    slug = f"{product['pk']}_{thing['pk']}"
    found = world.first("AttributeValue", attribute=attribute["pk"], slug=slug)
    return found or {"name": thing["name"], "slug": slug, "reference": gid(sort, thing["pk"])}


def _ids(attribute: Document, given: Args) -> Sequence[str]:
    """Each of the two input types looks at its own key only."""
    if attribute["inputType"] == "SINGLE_REFERENCE":
        return [given["reference"]] if given.get("reference") else []
    return given.get("references") or []
