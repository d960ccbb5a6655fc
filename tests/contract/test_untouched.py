"""What git does not state is as before: of all that a platform holds, nothing else moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.contract.case import Case
from tests.contract.life import every_kind, overruled, steps, workshop
from tests.contract.test_faults import PASSING
from tests.workshop import Workshop, problems_of

GALLERY: Final = {"Product.media": 1}
TOUCHED: Final[Mapping[str, Mapping[str, int]]] = {
    "shopify-file-local": GALLERY,
    "shopify-file-web": GALLERY,
    "shopify-product_media": GALLERY,
    "shopify-media_order": GALLERY,
    "shopify-product_tags": {"Product.tags": 1},
    "shopify-publication_listing": {"Product.published": 1},
    "saleor-product_attributes": {"Attribute.name": 1, "Product.attributes": 1},
    "saleor-value_order": {"AttributeValue.sortOrder": 3, "AttributeValue.translations": 1},
    "saleor-attribute_assignment": {"ProductType.productAttributes": 2},
    "saleor-product_metadata": {"Product.metadata": 1},
    "saleor-product_metadata-metafields": {"Product.metadata": 1},
    "saleor-bundle": {"ProductType.productAttributes": 1, "Product.attributes": 1},
    "saleor-thumbnail": {"ProductMedia.sortOrder": 2},
    "saleor-channel_listing-product": {"Product.channelListings": 1},
    "saleor-channel_listing-purchase": {"Product.channelListings": 1},
    "plytix-asset": {"product.media": 1, "product.thumbnail": 1},
    "plytix-gallery": {"product.media": 2, "product.thumbnail": 2},
    "plytix-product_attributes": {"product.attributes": 1},
    "plytix-product_values": {"product.attributes": 1},
    "plytix-category": {"product.categories": 3},
    "plytix-relationship": {"product.relationships": 1},
    "plytix-bundle": {"product.relationships": 1},
}
"""Of what was there before, the fields that a case's states are about, and of how many things.
Other cases make what they write."""

BESIDE: Final = {"updatedAt", "modified", "changed_at", "was", "media_moves"}
"""What a platform notes of every change."""


def everything(shop: Workshop) -> dict[tuple[str, str], Mapping[str, Any]]:
    with shop.sandbox().store.transaction() as store:
        sorts = store.sizes().keys() - PASSING
        return {(sort, id_): body for sort in sorts for id_, body in store.all(sort).items()}


@every_kind
def test_nothing_else_moves(case: Case, tmp_path: Path) -> None:
    """Neither other things nor other fields, through all states and when it is dropped."""
    shop = workshop(case, tmp_path)
    before, moved = everything(shop), set[tuple[str, str, str]]()
    for step in steps(case):
        shop.write(step)
        applied = shop.apply(overruled(case))
        assert not problems_of(applied), problems_of(applied)
        after = everything(shop)
        assert before.keys() <= after.keys()
        moved |= {
            (*thing, name)
            for thing, fields in before.items()
            for name in (fields.keys() | after[thing].keys()) - BESIDE
            if fields.get(name) != after[thing].get(name)
        }
    touched = Counter(f"{sort}.{name}" for sort, _, name in moved)

    assert touched == Counter(TOUCHED.get(str(case), {}))
