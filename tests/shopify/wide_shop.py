"""A shop of 300 products that differ in all that rules can ask for."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any, Final

from providers.shopify.sandbox import membership
from providers.shopify.sandbox.planting import metafield, plant
from providers.shopify.sandbox.shop import LONG_AGO, Shop
from tests.shopify.documents import collections
from tests.workshop import Workshop

PRODUCTS: Final = 300
TAGS: Final = ("S226", "S225", "sale", "sample", "style_Arp_Dress", "Style_Harold_Sweater")
TYPES: Final = ("Dresses", "Evening Dresses", "Skirts", "Bags", "")
VENDORS: Final = ("Altuzarra", "Second Hand", "Atelier")
WORDS: Final = ("Arp", "Harold", "Black", "Sample", "Long")
CATEGORIES: Final = (None, "aa-1", "aa-1-4", "aa-1-4-2", "aa-10", "aa-2")
PRICES: Final = ("100.00", "250.00", "999.99")
FITS: Final = (None, "Slim", "Wide", "slim")

DEFINITIONS: Final = (
    ("fit", "single_line_text_field"),
    ("pieces", "number_integer"),
    ("lined", "boolean"),
    ("rating", "number_decimal"),
    ("colours", "list.single_line_text_field"),
)


def fill(workshop: Workshop, count: int = PRODUCTS) -> None:
    """So many products beside the example's."""
    sandbox = workshop.sandbox()
    chance = random.Random(226)
    with sandbox.store.transaction():
        shop = Shop(sandbox.store)
        for key, type_ in DEFINITIONS:
            definition = {"ownerType": "PRODUCT", "namespace": "wide", "key": key, "type": type_}
            plant(shop, "MetafieldDefinition", {"name": key, **definition})
        for number in range(count):
            _product(shop, number, chance)


def settle(workshop: Workshop) -> None:
    """Long after: every collection has gathered its products. (Each run's clock begins anew.)"""
    sandbox = workshop.sandbox()
    with sandbox.store.transaction():
        shop = Shop(sandbox.store)
        for collection in shop.all("Collection"):
            shop.change(collection, settling_since=LONG_AGO)


def _product(shop: Shop, number: int, chance: random.Random) -> None:
    product = plant(
        shop,
        "Product",
        {
            "handle": f"p-{number:03}",
            "title": " ".join(chance.sample(WORDS, 2)),
            "productType": chance.choice(TYPES),
            "vendor": chance.choice(VENDORS),
            "tags": chance.sample(TAGS, chance.randint(0, 3)),
            "status": chance.choice(("ACTIVE", "ACTIVE", "DRAFT", "ARCHIVED")),
            "category": chance.choice(CATEGORIES),
            "variants": [_variant(chance) for _ in range(chance.choice((1, 1, 2, 3)))],
        },
    )
    values = {
        "fit": chance.choice(FITS),
        "pieces": chance.choice((None, "1", "2", "3")),
        "lined": chance.choice((None, "true", "false")),
        "rating": chance.choice((None, "1.5", "4.0")),
        "colours": chance.choice((None, '["Red","Blue"]', '["Blue"]')),
    }
    for key, type_ in DEFINITIONS:
        if values[key] is not None:
            held = {"namespace": "wide", "key": key, "type": type_, "value": values[key]}
            metafield(shop, product, held)


def _variant(chance: random.Random) -> dict[str, Any]:
    return {
        "title": chance.choice(("Black / S", "Black / M", "Ivory / S")),
        "price": chance.choice(PRICES),
        "compareAtPrice": chance.choice((None, None, *PRICES)),
        "inventoryQuantity": chance.choice((-1, 0, 3, 10)),
        "weight": chance.choice(
            (None, {"unit": "GRAMS", "value": 1500.0}, {"unit": "KILOGRAMS", "value": 2.0})
        ),
    }


def document(rules: dict[str, Any]) -> dict[str, str]:
    """A collection for each of the rules, by its handle."""
    made = {handle: {"title": handle, **parts} for handle, parts in rules.items()}
    return collections(collections=made)


def members(workshop: Workshop, handles: Iterable[str]) -> dict[str, set[str]]:
    """What the shop itself holds of the products of collections."""
    sandbox = workshop.sandbox()
    with sandbox.store.transaction():
        shop = Shop(sandbox.store)
        return {handle: set(_members(shop, handle)) for handle in handles}


def _members(shop: Shop, handle: str) -> Iterator[str]:
    collection = shop.find("Collection", handle=handle)
    for id_ in membership.members(shop, collection) if collection else ():
        product = shop.get(id_)
        assert product is not None
        yield product["handle"]
