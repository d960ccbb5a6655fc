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
