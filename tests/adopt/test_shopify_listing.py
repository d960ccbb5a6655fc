"""Shopify: what was published, hidden and tagged by hand, back into its documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adopt.desk import adopt, refusals
from tests.adopt.test_shopify import adopted, shop_with

CHANNELS = """\
targets: [shop]
channels:
  Online Store:
    products:
      # the two of the campaign
      gift-card: {published: true, since: "2026-11-20"}
      arp-dress-black: {published: true}
"""
CARD, DRESS = "product/gift-card/Online Store", "product/arp-dress-black/Online Store"

MOVED: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        CARD,
        {"publishDate": "2026-12-01T08:00:00Z"},
        ['+      gift-card: {published: true, since: "2026-12-01T08:00Z"}'],
    ),
    (CARD, {"deleted": True}, ["+      gift-card: {published: false}"]),
    (DRESS, {"deleted": True}, ["+      arp-dress-black: {published: false}"]),
]


@pytest.mark.parametrize(("key", "edit", "lines"), MOVED)
def test_a_listing_goes_into_its_entry(
    tmp_path: Path, key: str, edit: dict[str, Any], lines: list[str]
) -> None:
    """Just the line that moved, the comment stays."""
    shop = shop_with(tmp_path, channels=CHANNELS)
    shop.edit("publication", key, **edit)

    found = adopted(shop, f"shop/publication_listing/{key}")
    assert [line for line in found if line.startswith("+ ")] == lines


def test_a_moment_within_a_minute_is_told(tmp_path: Path) -> None:
    """A document says minutes: written to one, it would be another moment."""
    shop = shop_with(tmp_path, channels=CHANNELS)
    shop.edit("publication", CARD, publishDate="2026-12-01T08:00:52Z")
    address = f"shop/publication_listing/{CARD}"
    found = adopt(shop.desired, address)

    assert "it is published from 2026-12-01T08:00:52Z" in refusals(found)[address]
    assert " · " in refusals(found)[address]


TAGS = """\
targets: [shop]
tags:
  gift-card:
    - gift  # for the till
    - sale
"""


def test_a_tag_that_went_leaves_its_list(tmp_path: Path) -> None:
    """What was added by hand is nobody's business."""
    shop = shop_with(tmp_path, tags=TAGS)
    shop.edit("product", "gift-card", tags=["sale", "by hand"])

    found = adopted(shop, "shop/product_tags/gift-card")
    assert "-    - gift  # for the till" in found
    assert "by hand" not in "".join(found)


BUNDLES = """\
targets: [shop]
bundles:
  summer-set:
    title: Summer set
    components: [gift-card, watermill-belt]  # as on the poster
    quantities: {gift-card: 2}
"""

PUT_TOGETHER: list[tuple[dict[str, int], list[str]]] = [
    ({"gift-card": 3, "watermill-belt": 1}, ["    quantities: {gift-card: 3}"]),
    ({"gift-card": 1, "watermill-belt": 4}, ["    quantities: {watermill-belt: 4}"]),
    (
        {"watermill-belt": 1, "play-bag-tan": 2},
        [
            "    components: [watermill-belt, play-bag-tan]  # as on the poster",
            "    quantities: {play-bag-tan: 2}",
        ],
    ),
]


@pytest.mark.parametrize(("parts", "lines"), PUT_TOGETHER)
def test_a_bundle_goes_into_its_entry(
    tmp_path: Path, parts: dict[str, int], lines: list[str]
) -> None:
    shop = shop_with(tmp_path, bundles=BUNDLES)
    shop.edit("bundle", "summer-set", components=parts)

    found = adopted(shop, "shop/bundle/summer-set")
    assert [line[1:] for line in found if line.startswith("+ ")] == lines


SHELF = """\
targets: [shop]
collections:
  shelf:
    title: Shelf
    rules: {conditions: [{tag: S226}]}
    channels: [Online Store, Point of Sale]  # everywhere
"""


def test_a_collection_that_was_hidden_is_told(tmp_path: Path) -> None:
    """Its document says where it is visible; that it is not is said elsewhere."""
    shop = shop_with(tmp_path, collections=SHELF)
    shop.edit("publication", "collection/shelf/Point of Sale", deleted=True)
    address = "shop/publication_listing/collection/shelf/Point of Sale"
    found = adopt(shop.desired, address)

    assert "write published: false in channels/" in refusals(found)[address]
