"""Publications in the sandbox: what is to be seen where, and from when."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shopify.emulated import Emulated

CREATE = """mutation($c: CollectionCreateInput!) {collectionCreate(collection: $c)
    {collection {id resourcePublicationsCount {count}}}}"""
CHANNELS = "{publications(first: 5) {nodes {id name supportsFuturePublishing catalog {title}}}}"
LISTED = """isPublished publishDate publication {name}"""
READ = f"""query($id: ID!, $all: Boolean) {{node(id: $id) {{... on Publishable {{
    resourcePublicationsV2(first: 5, onlyPublished: $all) {{nodes {{{LISTED}}}}}}}}}}}"""
PUBLISH = """mutation($id: ID!, $to: [PublicationInput!]!) {publishablePublish(id: $id, input: $to)
    {publishable {resourcePublicationsCount {count}} userErrors {field message}}}"""
UNPUBLISH = PUBLISH.replace("publishablePublish", "publishableUnpublish")
PRODUCT = "query($h: String!) {productByIdentifier(identifier: {handle: $h}) {id}}"


@pytest.fixture
def shop() -> Emulated:
    return Emulated()


def channels(shop: Emulated) -> dict[str, str]:
    nodes = shop.data(CHANNELS)["publications"]["nodes"]
    return {node["name"]: node["id"] for node in nodes}


def product(shop: Emulated, handle: str = "arp-dress-black") -> str:
    found: str = shop.data(PRODUCT, h=handle)["productByIdentifier"]["id"]
    return found


def listed(shop: Emulated, id_: str) -> dict[str, bool]:
    nodes = shop.data(READ, id=id_, all=False)["node"]["resourcePublicationsV2"]["nodes"]
    return {node["publication"]["name"]: node["isPublished"] for node in nodes}


def asked(shop: Emulated, text: str, id_: str, *to: dict[str, Any]) -> Any:
    (answer,) = shop.data(text, id=id_, to=list(to)).values()
    return answer


def test_a_new_collection_is_nowhere_until_it_is_published(shop: Emulated) -> None:
    """Made unpublished, as Shopify makes them; then published to the channels that are named."""
    made = shop.data(CREATE, c={"title": "New"})["collectionCreate"]["collection"]
    to = [{"publicationId": id_} for id_ in channels(shop).values()]

    assert made["resourcePublicationsCount"] == {"count": 0}
    assert asked(shop, PUBLISH, made["id"], *to)["userErrors"] == []
    assert listed(shop, made["id"]) == {"Online Store": True, "Point of Sale": True}


def test_a_channels_name_stands_in_its_catalog_too(shop: Emulated) -> None:
    nodes = shop.data(CHANNELS)["publications"]["nodes"]

    assert [node["catalog"]["title"] for node in nodes] == [node["name"] for node in nodes]


def test_what_is_taken_down_is_listed_no_more(shop: Emulated) -> None:
    """Only where it was asked for; taking it down again is no error."""
    id_ = product(shop)
    gone = {"publicationId": channels(shop)["Point of Sale"]}

    for _ in range(2):
        assert asked(shop, UNPUBLISH, id_, gone)["userErrors"] == []
    assert listed(shop, id_) == {"Online Store": True}


def test_a_moment_to_come_lists_and_does_not_publish(shop: Emulated) -> None:
    """Only in channels that support it."""
    id_, to = product(shop), channels(shop)
    later = "2099-01-01T00:00:00Z"

    asked(shop, PUBLISH, id_, {"publicationId": to["Online Store"], "publishDate": later})
    refused = asked(
        shop, PUBLISH, id_, {"publicationId": to["Point of Sale"], "publishDate": later}
    )

    assert listed(shop, id_) == {"Online Store": False, "Point of Sale": True}
    assert [error["field"] for error in refused["userErrors"]] == [["input", "0", "publishDate"]]


def test_a_draft_is_listed_and_not_to_be_seen(shop: Emulated) -> None:
    shop.edit("product", "arp-dress-black", status="DRAFT")

    assert set(listed(shop, product(shop)).values()) == {False}


@pytest.mark.parametrize(
    ("id_", "channel", "place"),
    [
        ("gid://shopify/Product/1", None, ["id"]),
        (None, "gid://shopify/Publication/1", ["input", "0", "publicationId"]),
        (None, "gid://shopify/Page/1", ["input", "0", "publicationId"]),
    ],
)
def test_what_is_not_there_is_refused(
    shop: Emulated, id_: str | None, channel: str | None, place: list[str]
) -> None:
    to = {"publicationId": channel or channels(shop)["Online Store"]}

    for text in (PUBLISH, UNPUBLISH):
        answer = asked(shop, text, id_ or product(shop), to)
        assert [error["field"] for error in answer["userErrors"]] == [place]


def test_an_admin_publishes_and_takes_down(shop: Emulated) -> None:
    shop.edit("publication", "product/arp-dress-black/Point of Sale", deleted=True)
    later = "2099-01-01T00:00:00Z"
    shop.edit("publication", "collection/style-arp-dress/Online Store", publishDate=later)

    assert listed(shop, product(shop)) == {"Online Store": True}
