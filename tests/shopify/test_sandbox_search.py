"""The search: its grammar, its words, its delay, and its failing open."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from tests.shopify.emulated import Door, Emulated

PRODUCTS = "query($q: String) {products(first: 250, query: $q) {nodes {handle}}}"


@pytest.fixture
def shop() -> Emulated:
    return Emulated()


def found(shop: Emulated, query: str) -> list[str]:
    nodes = shop.data(PRODUCTS, q=query)["products"]["nodes"]
    return [node["handle"] for node in nodes]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ('product_type:"Dresses"', 5),
        ("product_type:dresses", 5),
        ('product_type:"Evening Dresses"', 1),
        ("product_type:'Gift Cards' OR product_type:Belts", 2),
        ('tag:"style_Arp_Dress"', 3),
        ("tag:style_*", 14),
        ("tag:S226 -tag:accessory", 14),
        ("tag:S226 NOT (product_type:Dresses OR product_type:Skirts)", 7),
        ("tag_not:S226", 4),
        ("vendor:Altuzarra AND status:draft", 1),
        ("handle:gift-card,watermill-belt,nobody", 2),
        ('"Arp Dress" black', 1),
        ("dress", 5),
        ("", 20),
        ('tag:"a \\"quoted\\" tag"', 0),
    ],
)
def test_terms_are_understood(shop: Emulated, query: str, count: int) -> None:
    """Fields, phrases, wildcards, and, or, not, groups."""
    assert len(found(shop, query)) == count


def test_an_unknown_field_finds_everything(shop: Emulated) -> None:
    """The only sign is a warning in the extensions."""
    body = shop.ask(PRODUCTS, q="colour:red tag:S226")
    told = body["extensions"]["search"]

    assert len(body["data"]["products"]["nodes"]) == 16
    assert told[0]["path"] == ["products"]
    assert told[0]["warnings"] == [
        {
            "field": "colour",
            "message": "Invalid search field for this query.",
            "code": "invalid_field",
        }
    ]


def test_a_sound_query_warns_of_nothing(shop: Emulated) -> None:
    """Then the extension is not there at all."""
    assert "search" not in shop.ask(PRODUCTS, q="tag:S226")["extensions"]


def test_the_search_learns_late(shop: Emulated) -> None:
    """A product is there at once, and found a little later."""
    create = """mutation($p: ProductCreateInput!) {productCreate(product: $p)
        {product {handle} userErrors {message}}}"""

    async def made(door: Door) -> list[Any]:
        await door.ask(create, p={"title": "New Coat", "tags": ["new"]})
        counts = [await _count(door, "tag:new"), await _count(door, None)]
        await anyio.sleep(2)
        return [*counts, await _count(door, "tag:new")]

    assert shop.run(made) == [0, 21, 1]


async def _count(door: Door, query: str | None) -> int:
    return len((await door.ask(PRODUCTS, q=query))["data"]["products"]["nodes"])


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ('{pages(first: 9, query: "handle:about") {nodes {handle}}}', ["about"]),
        (
            '{files(first: 9, query: "filename:home_banner.jpg OR filename:lookbook_S226.pdf")'
            " {nodes {__typename}}}",
            ["MediaImage", "GenericFile"],
        ),
        (
            '{collections(first: 9, query: "collection_type:custom") {nodes {handle}}}',
            ["frontpage"],
        ),
    ],
)
def test_other_things_are_found_too(shop: Emulated, document: str, names: list[str]) -> None:
    """Pages by handle, files by name, collections by kind."""
    ((_, page),) = shop.data(document).items()

    assert [name for node in page["nodes"] for name in node.values()] == names


WALK = """query (
  $first: Int, $last: Int, $after: String, $before: String, $reverse: Boolean, $q: String
) {
  products(
    first: $first, last: $last, after: $after, before: $before, reverse: $reverse, query: $q
  ) {
    nodes { handle }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("query", [None, "status:active"])
def test_pages_are_walked_both_ways(shop: Emulated, reverse: bool, query: str | None) -> None:
    """Forwards from the first, backwards from the last: everything once, in one order."""
    whole = shop.data(WALK, first=250, reverse=reverse, q=query)["products"]["nodes"]
    forwards, backwards = [], []
    page: Any = {"pageInfo": {"endCursor": None, "hasNextPage": True}}
    while page["pageInfo"]["hasNextPage"]:
        after = page["pageInfo"]["endCursor"]
        page = shop.data(WALK, first=7, after=after, reverse=reverse, q=query)["products"]
        forwards += page["nodes"]
    page = {"pageInfo": {"startCursor": None, "hasPreviousPage": True}}
    while page["pageInfo"]["hasPreviousPage"]:
        before = page["pageInfo"]["startCursor"]
        page = shop.data(WALK, last=7, before=before, reverse=reverse, q=query)["products"]
        backwards = [*page["nodes"], *backwards]

    assert len(whole) > 14
    assert forwards == whole
    assert backwards == whole


@pytest.mark.parametrize(
    ("query", "handles"),
    [
        ("handle:arp-dress-black,play-bag-tan", ["arp-dress-black", "play-bag-tan"]),
        ("handle:arp-dress-black status:draft", []),
        ("handle:arp-dress-black OR status:draft", ["arp-dress-black", "opera-gown-sample"]),
        ("-handle:arp-dress-black status:draft", ["opera-gown-sample"]),
    ],
)
def test_what_is_looked_up_is_what_is_found(shop: Emulated, query: str, handles: list[str]) -> None:
    """A query that can only find a few is not answered otherwise than by looking at all."""
    nodes = shop.data(WALK, first=9, q=query)["products"]["nodes"]

    assert [node["handle"] for node in nodes] == handles


def test_a_cursor_of_another_list_is_refused(shop: Emulated) -> None:
    """One that was sorted otherwise, as one that is none."""
    by_title = "{ products(first: 1, sortKey: TITLE) { pageInfo { endCursor } } }"
    cursor = shop.data(by_title)["products"]["pageInfo"]["endCursor"]
    told = [shop.ask(WALK, first=1, after=after) for after in (cursor, "nowhere")]

    assert [body["errors"][0]["extensions"]["code"] for body in told] == ["BAD_REQUEST"] * 2
