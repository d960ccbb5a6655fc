"""Products, their images, collections and listings can be edited past the API."""

from __future__ import annotations

from typing import Any

import pytest

from providers.kit.sandbox import UnknownThing
from tests.saleor.counter import LITTLE, Counter

PRODUCT = """{ product(slug: "desk-lamp") {
  name metadata { key value } media { id alt metadata { key value } } } }"""
COLLECTION = """query($s: String) { collection(slug: $s) {
  name slug description metadata { key value } products(first: 9) { edges { node { slug } } } } }"""
LISTINGS = """{
  product(slug: "desk-lamp") { channelListings { channel { slug } isPublished publishedAt
    visibleInListings isAvailableForPurchase availableForPurchaseAt } }
  collection(slug: "bright") { channelListings { channel { slug } isPublished publishedAt } } }"""
LATER = "2030-01-01T00:00:00+00:00"


def stocked() -> Counter:
    """A lamp with two images and a collection, both in the first channel."""
    lamp, draft = LITTLE["products"]
    media = [
        {"mediaUrl": "http://images.example/a.png", "alt": "a", "metadata": {"source": "a"}},
        {"mediaUrl": "http://images.example/b.png", "alt": "b"},
    ]
    bright = {
        "name": "Bright",
        "slug": "bright",
        "products": ["desk-lamp"],
        "metadata": {"owner": "git"},
        "channels": [{"channel": "one"}],
    }
    lamp |= {"media": media, "metadata": {"owner": "git"}}
    return Counter({**LITTLE, "products": [lamp, draft], "collections": [bright]})


def product(counter: Counter) -> Any:
    return counter.data(PRODUCT)["product"]


def listings(counter: Counter, owner: str) -> dict[str, Any]:
    found = counter.data(LISTINGS)[owner]["channelListings"]
    return {listing.pop("channel")["slug"]: listing for listing in found}


def pairs(**texts: str) -> list[dict[str, str]]:
    return [{"key": key, "value": text} for key, text in sorted(texts.items())]


@pytest.mark.parametrize(("thing", "key"), [("product", "desk-lamp"), ("collection", "bright")])
def test_metadata_is_edited_key_by_key(thing: str, key: str) -> None:
    """Null takes one away; others stay."""
    counter = stocked()
    query = f'{{ {thing}(slug: "{key}") {{ metadata {{ key value }} }} }}'
    counter.sandbox.admin_edit(thing, key, {"metadata": {"a": "1"}})
    more = counter.data(query)[thing]["metadata"]
    counter.sandbox.admin_edit(thing, key, {"metadata": {"owner": None}})

    assert more == pairs(a="1", owner="git")
    assert counter.data(query)[thing]["metadata"] == pairs(a="1")


def test_images_are_edited_as_a_whole_list() -> None:
    """One that stays keeps its id; what is not named goes."""
    counter = stocked()
    first, second = product(counter)["media"]
    new = {"mediaUrl": "http://images.example/c.png", "metadata": {"source": "c"}}
    edited = [{"at": 1}, new, {"at": 0, "alt": "A", "metadata": {"source": None}}]
    counter.sandbox.admin_edit("product", "desk-lamp", {"media": edited})
    after = product(counter)["media"]
    counter.sandbox.admin_edit("product", "desk-lamp", {"media": [{"at": 2}]})
    left = product(counter)["media"]
    counter.sandbox.admin_edit("product", "desk-lamp", {"media": []})

    assert after[0] == second
    assert (after[1]["alt"], after[1]["metadata"]) == ("", pairs(source="c"))
    assert after[2] == {"id": first["id"], "alt": "A", "metadata": []}
    assert left == [after[2]]
    assert product(counter)["media"] == []


def test_every_field_of_a_collection_can_be_edited() -> None:
    """And only those that are named move."""
    counter = stocked()
    described = {"blocks": [{"type": "paragraph", "data": {"text": "x"}}], "time": 1}
    before = counter.data(COLLECTION, s="bright")["collection"]
    fields = {"name": "Light", "slug": "light", "description": described, "products": ["draft"]}
    counter.sandbox.admin_edit("collection", "bright", fields)
    after = counter.data(COLLECTION, s="light")["collection"]

    assert after == before | {
        "name": "Light",
        "slug": "light",
        "description": '{"time": 1, "blocks": [{"data": {"text": "x"}, "type": "paragraph"}]}',
        "products": {"edges": [{"node": {"slug": "draft"}}]},
    }


def test_a_collection_can_be_deleted() -> None:
    """It is found no more."""
    counter = stocked()
    counter.sandbox.admin_edit("collection", "bright", {"deleted": True})

    assert counter.data(COLLECTION, s="bright")["collection"] is None


@pytest.mark.parametrize(
    ("fields", "moved"),
    [
        ({"isPublished": False}, {"isPublished": False}),
        ({"publishedAt": LATER}, {"publishedAt": LATER}),
        ({"visibleInListings": False}, {"visibleInListings": False}),
        ({"isAvailableForPurchase": False},
         {"isAvailableForPurchase": False, "availableForPurchaseAt": None}),
        ({"availableForPurchaseAt": LATER},
         {"isAvailableForPurchase": False, "availableForPurchaseAt": LATER}),
    ],
)  # fmt: skip
def test_every_field_of_a_listing_can_be_edited(
    fields: dict[str, Any], moved: dict[str, Any]
) -> None:
    """And only that moves."""
    counter = stocked()
    before = listings(counter, "product")["one"]
    counter.sandbox.admin_edit("channelListing", "product/desk-lamp/one", fields)

    assert listings(counter, "product") == {"one": before | moved}


@pytest.mark.parametrize(
    ("owner", "key"), [("product", "product/desk-lamp"), ("collection", "collection/bright")]
)
def test_what_is_in_no_channel_can_be_put_there_and_taken_off(owner: str, key: str) -> None:
    """A listing is made by an edit of it, and deleted by one."""
    counter = stocked()
    counter.sandbox.admin_edit("channelListing", f"{key}/two", {"isPublished": True})
    both = listings(counter, owner)
    counter.sandbox.admin_edit("channelListing", f"{key}/one", {"deleted": True})

    assert list(both) == ["one", "two"]
    assert both["two"]["isPublished"] is True
    assert list(listings(counter, owner)) == ["two"]


def test_a_collection_is_not_for_sale() -> None:
    """Its listings have no fields of a purchase."""
    with pytest.raises(UnknownThing, match="isPublished, publishedAt, deleted"):
        stocked().sandbox.admin_edit(
            "channelListing", "collection/bright/one", {"isAvailableForPurchase": True}
        )
