"""Products are put into channels and taken out of them as recorded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.saleor.counter import LITTLE, Counter

UPDATE = """mutation($id: ID!, $i: ProductChannelListingUpdateInput!) {
  productChannelListingUpdate(id: $id, input: $i) {
    product { slug } errors { field message code channels }
  }
}"""
READ = """query($s: String) { product(slug: $s) { id channelListings {
  id channel { id slug } isPublished publishedAt visibleInListings
  isAvailableForPurchase availableForPurchaseAt } } }"""
OPENING = "2026-01-01T00:00:00+00:00"
LATER = "2030-01-01T00:00:00+00:00"


def sellable() -> Counter:
    """A lamp with a category, listed in one of two channels; a draft without either."""
    lamp, draft = LITTLE["products"]
    world = {**LITTLE, "categories": [{"name": "Light", "slug": "light"}]}
    return Counter({**world, "products": [lamp | {"category": "light"}, draft]})


def product_id(counter: Counter, slug: str = "desk-lamp") -> str:
    return str(counter.data(READ, s=slug)["product"]["id"])


def listings(counter: Counter, slug: str = "desk-lamp") -> dict[str, Any]:
    """By channel, without ids."""
    found = counter.data(READ, s=slug)["product"]["channelListings"]
    return {
        listing["channel"]["slug"]: {n: v for n, v in listing.items() if n not in ("id", "channel")}
        for listing in found
    }


def channels(counter: Counter) -> dict[str, str]:
    found = counter.data("{ channels { id slug } }")["channels"]
    return {channel["slug"]: channel["id"] for channel in found}


def update(counter: Counter, slug: str = "desk-lamp", **given: Any) -> Any:
    payload = counter.data(UPDATE, id=product_id(counter, slug), i=given)
    return payload["productChannelListingUpdate"]["errors"]


def test_a_listing_is_made_by_its_first_mention() -> None:
    """To publish without a moment is to publish now; what is not said is off."""
    counter = sellable()
    two = channels(counter)["two"]

    errors = update(counter, updateChannels=[{"channelId": two, "isPublished": True}])
    listing = listings(counter)["two"]

    assert errors == []
    assert listing.pop("publishedAt") > OPENING
    assert listing == {
        "isPublished": True,
        "visibleInListings": False,
        "isAvailableForPurchase": False,
        "availableForPurchaseAt": None,
    }
    assert list(listings(counter)) == ["one", "two"]


def test_only_what_is_said_changes() -> None:
    """Moments are kept in UTC; a purchase that has not begun is none yet."""
    counter = sellable()
    one = channels(counter)["one"]
    before = listings(counter)["one"]
    moments = {"publishedAt": "2029-01-01T02:00:00+02:00", "availableForPurchaseAt": LATER}
    update(counter, updateChannels=[{"channelId": one, "visibleInListings": False}])
    hidden = listings(counter)["one"]
    entry = {"channelId": one, "isPublished": True, "isAvailableForPurchase": True, **moments}
    update(counter, updateChannels=[entry])

    assert hidden == before | {"visibleInListings": False}
    assert listings(counter)["one"] == {
        "isPublished": True,
        "publishedAt": "2029-01-01T00:00:00+00:00",
        "visibleInListings": False,
        "isAvailableForPurchase": False,
        "availableForPurchaseAt": LATER,
    }


def test_to_take_off_what_is_not_listed_is_fine() -> None:
    """And what is listed is gone."""
    counter = sellable()
    one, two = channels(counter)["one"], channels(counter)["two"]

    assert update(counter, removeChannels=[one, two]) == []
    assert listings(counter) == {}


@pytest.mark.parametrize(
    ("field", "code", "product", "given"),
    [
        ("channelId", "GRAPHQL_ERROR", "desk-lamp", {"updateChannels": [{"channelId": "UNKNOWN"}]}),
        ("removeChannels", "GRAPHQL_ERROR", "desk-lamp", {"removeChannels": ["abc"]}),
        ("input", "DUPLICATED_INPUT_ITEM", "desk-lamp",
         {"updateChannels": [{"channelId": "TWO"}], "removeChannels": ["TWO"]}),
        ("updateChannels", "DUPLICATED_INPUT_ITEM", "desk-lamp",
         {"updateChannels": [{"channelId": "TWO"}, {"channelId": "TWO"}]}),
        ("availableForPurchaseDate", "INVALID", "desk-lamp",
         {"updateChannels": [{"channelId": "TWO", "availableForPurchaseAt": LATER}]}),
        ("isPublished", "PRODUCT_WITHOUT_CATEGORY", "draft",
         {"updateChannels": [{"channelId": "TWO", "isPublished": True}]}),
        ("id", "GRAPHQL_ERROR", "desk-lamp",
         {"updateChannels": [{"channelId": "TWO", "addVariants": ["UHJvZHVjdFZhcmlhbnQ6MQ=="]}]}),
    ],
)  # fmt: skip
def test_what_can_not_be_listed_is_refused(
    field: str, code: str, product: str, given: dict[str, Any]
) -> None:
    """With the field and code of the platform, and nothing changes."""
    counter = sellable()
    before = listings(counter, product)
    ids = {"TWO": channels(counter)["two"], "UNKNOWN": "Q2hhbm5lbDo5OTk5"}
    (error,) = update(counter, product, **_with(ids, given))

    assert (error["field"], error["code"]) == (field, code)
    assert listings(counter, product) == before


def _with(ids: dict[str, str], given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _with(ids, value) for name, value in given.items()}
    if isinstance(given, list):
        return [_with(ids, value) for value in given]
    return ids.get(given, given)


def test_a_moment_that_is_none_is_not_carried_out() -> None:
    """HTTP 400, as every variable that does not fit."""
    counter = sellable()
    entry = {"channelId": channels(counter)["two"], "publishedAt": "tomorrow"}
    variables = {"id": product_id(counter), "i": {"updateChannels": [entry]}}

    assert counter.send({"query": UPDATE, "variables": variables}).status_code == 400


def test_listings_need_the_permission_of_products() -> None:
    """To write them, and to read them."""
    counter = sellable()
    variables = {"id": product_id(counter), "i": {}}
    written = counter.ask(UPDATE, "poor", **variables)
    read = counter.ask(READ, "poor", s="desk-lamp")

    assert written["data"] == {"productChannelListingUpdate": None}
    assert written["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert read["data"]["product"]["channelListings"] is None
    assert read["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"


def test_visitors_see_what_is_published_by_now() -> None:
    """An app sees what is listed at all."""
    counter = sellable()
    query = '{ product(slug: "desk-lamp", channel: "one") { slug } }'
    now = counter.ask(query, None)["data"]["product"]
    entry = {"channelId": channels(counter)["one"], "isPublished": True, "publishedAt": LATER}
    update(counter, updateChannels=[entry])

    assert now == {"slug": "desk-lamp"}
    assert counter.ask(query, None)["data"]["product"] is None
    assert counter.data(query)["product"] == {"slug": "desk-lamp"}
