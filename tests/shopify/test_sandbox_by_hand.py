"""Products of the emulated shop's collections, moved by hand."""

from __future__ import annotations

from typing import Any

from tests.shopify.emulated import Emulated

IDS = """query ($handles: String!) {
  products(first: 9, query: $handles) { nodes { id } }
  frontpage: collectionByHandle(handle: "frontpage") { id }
}"""
ORDER = """{ collectionByHandle(handle: "frontpage") {
  products(first: 9, sortKey: MANUAL) { nodes { handle } }
} }"""
ADD = """mutation ($id: ID!, $products: [ID!]!) {
  collectionAddProductsV2(id: $id, productIds: $products) { job { id } userErrors { code } }
}"""
REMOVE = """mutation ($id: ID!, $products: [ID!]!) {
  collectionRemoveProducts(id: $id, productIds: $products) { job { id } userErrors { message } }
}"""
REORDER = """mutation ($id: ID!, $moves: [MoveInput!]!) {
  collectionReorderProducts(id: $id, moves: $moves) { job { id } userErrors { code } }
}"""


def ids(shop: Emulated, *handles: str) -> tuple[str, list[str]]:
    """The front page's id, and those of some products."""
    found = shop.data(IDS, handles=f"handle:{','.join(handles)}")
    return found["frontpage"]["id"], [product["id"] for product in found["products"]["nodes"]]


def order(shop: Emulated) -> list[str]:
    nodes = shop.data(ORDER)["collectionByHandle"]["products"]["nodes"]
    return [product["handle"] for product in nodes]


def test_products_come_and_go() -> None:
    """Those that are there already stay where they are."""
    shop = Emulated()
    page, products = ids(shop, "arp-dress-black", "watermill-belt")
    shop.data(ADD, id=page, products=products)
    added = order(shop)
    shop.data(REMOVE, id=page, products=products)

    assert added == ["arp-dress-black", "play-bag-tan", "watermill-belt"]
    assert order(shop) == ["play-bag-tan"]


def test_moves_are_made_one_after_another() -> None:
    """Each finds the order that the one before left."""
    shop = Emulated()
    page, (belt, bag) = ids(shop, "play-bag-tan", "watermill-belt")
    belt, bag = sorted((belt, bag), reverse=True)
    shop.data(ADD, id=page, products=[belt])
    shop.edit("collection", "frontpage", sortOrder="MANUAL")
    moves = [{"id": belt, "newPosition": "0"}, {"id": bag, "newPosition": "0"}]
    shop.data(REORDER, id=page, moves=moves)

    assert order(shop) == ["play-bag-tan", "watermill-belt", "arp-dress-black"]


def test_only_what_is_sorted_by_hand_is_put_in_order() -> None:
    """Another is refused with a code, as is what is no collection."""
    shop = Emulated()
    page, (bag,) = ids(shop, "play-bag-tan")
    moves = [{"id": bag, "newPosition": "0"}]
    nowhere = "gid://shopify/Collection/1"

    assert _code(shop.data(REORDER, id=page, moves=moves)) == "MANUALLY_SORTED_COLLECTION"
    assert _code(shop.data(REORDER, id=nowhere, moves=moves)) == "COLLECTION_NOT_FOUND"
    assert _code(shop.data(ADD, id=nowhere, products=[bag])) == "COLLECTION_DOES_NOT_EXIST"


def _code(answer: Any) -> str:
    ((error,),) = (payload["userErrors"] for payload in answer.values())
    return str(error["code"])
