"""Media of the emulated shop's products: added, described, taken away, given to variants."""

from __future__ import annotations

from typing import Any

from tests.shopify.emulated import Emulated

PRODUCT = """query ($handle: String!) { productByHandle(handle: $handle) {
  id
  mediaCount { count }
  featuredMedia { id alt }
  media(first: 9) { nodes { id alt } }
  variants(first: 1) { nodes { id media(first: 5) { nodes { id } } } }
} }"""
UPDATE = """mutation ($product: ProductUpdateInput!, $media: [CreateMediaInput!]) {
  productUpdate(product: $product, media: $media) {
    product { title } userErrors { field message }
  }
}"""
DESCRIBE = """mutation ($id: ID!, $media: [UpdateMediaInput!]!) {
  productUpdateMedia(productId: $id, media: $media) { media { alt } mediaUserErrors { code } }
}"""
DELETE = """mutation ($id: ID!, $media: [ID!]!) {
  productDeleteMedia(productId: $id, mediaIds: $media) {
    deletedMediaIds mediaUserErrors { code }
  }
}"""
APPEND = """mutation ($id: ID!, $rows: [ProductVariantAppendMediaInput!]!) {
  productVariantAppendMedia(productId: $id, variantMedia: $rows) { userErrors { field code } }
}"""
PICTURE = {"mediaContentType": "IMAGE", "originalSource": "https://a.example/front.png"}


def product(shop: Emulated, handle: str = "arp-dress-black") -> Any:
    return shop.data(PRODUCT, handle=handle)["productByHandle"]


def pictured(shop: Emulated) -> Any:
    """The product with two pictures more than before."""
    media = [{**PICTURE, "alt": "Front"}, {**PICTURE, "alt": "Back"}]
    shop.data(UPDATE, product={"id": product(shop)["id"]}, media=media)
    return product(shop)


def test_an_update_adds_media_and_takes_none_away() -> None:
    """At the end of the gallery."""
    shop = Emulated()
    before = product(shop)["media"]["nodes"]
    after = pictured(shop)

    assert after["media"]["nodes"][: len(before)] == before
    assert [m["alt"] for m in after["media"]["nodes"][len(before) :]] == ["Front", "Back"]
    assert after["mediaCount"] == {"count": len(before) + 2}
    assert after["featuredMedia"] == after["media"]["nodes"][0]


def test_an_address_that_is_none_stops_the_whole_update() -> None:
    """Nothing else of it is done either."""
    shop = Emulated()
    id_ = product(shop)["id"]
    media = [PICTURE, {**PICTURE, "originalSource": "front.png"}]
    told = shop.data(UPDATE, product={"id": id_, "title": "New"}, media=media)["productUpdate"]

    assert told["userErrors"][0]["field"] == ["media", "1", "originalSource"]
    assert told["product"] == {"title": "Arp Dress, Black"}


def test_media_are_described_and_taken_away() -> None:
    """What is none of the product's is refused."""
    shop = Emulated()
    there = pictured(shop)
    last = there["media"]["nodes"][-1]["id"]
    told = shop.data(DESCRIBE, id=there["id"], media=[{"id": last, "alt": "Behind"}])
    gone = shop.data(DELETE, id=there["id"], media=[last])["productDeleteMedia"]
    again = shop.data(DELETE, id=there["id"], media=[last])["productDeleteMedia"]

    assert told["productUpdateMedia"]["media"] == [{"alt": "Behind"}]
    assert gone["deletedMediaIds"] == [last]
    assert again["mediaUserErrors"] == [{"code": "MEDIA_DOES_NOT_EXIST"}]


def test_a_variant_has_media_of_its_product_only() -> None:
    """And loses what the product loses."""
    shop = Emulated()
    there = pictured(shop)
    variant, last = there["variants"]["nodes"][0]["id"], there["media"]["nodes"][-1]["id"]
    foreign = product(shop, "play-bag-tan")["variants"]["nodes"][0]["id"]
    wrong = [{"variantId": foreign, "mediaIds": [last]}]
    (error,) = shop.data(APPEND, id=there["id"], rows=wrong)["productVariantAppendMedia"][
        "userErrors"
    ]
    rows = [{"variantId": variant, "mediaIds": [last]}]
    shop.data(APPEND, id=there["id"], rows=rows)
    had = product(shop)["variants"]["nodes"][0]["media"]["nodes"]
    shop.data(DELETE, id=there["id"], media=[last])

    assert error["code"] == "PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT"
    assert had == [{"id": last}]
    assert product(shop)["variants"]["nodes"][0]["media"]["nodes"] == []
