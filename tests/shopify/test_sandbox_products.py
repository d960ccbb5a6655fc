"""Products of the emulated shop: changed, tagged, split into variants. Recorded behaviour that
`test_recordings` replays is not asked for again here."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shopify.emulated import Emulated

UPDATE = """mutation ($product: ProductUpdateInput!) {
  productUpdate(product: $product) {
    product {
      title templateSuffix seo { title description } collections(first: 5) { nodes { handle } }
    }
    userErrors { field message }
  }
}"""
PRODUCT = """query ($handle: String!) {
  productByHandle(handle: $handle) {
    id
    description
    hasOnlyDefaultVariant
    options { name position values optionValues { name hasVariants } }
    variants(first: 9) { nodes { id title price compareAtPrice sku position displayName } }
  }
}"""
BULK_CREATE = """mutation ($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkCreate(productId: $id, variants: $variants) {
    productVariants { id title price selectedOptions { name value } }
    userErrors { field message code }
  }
}"""
BULK_DELETE = """mutation ($id: ID!, $variants: [ID!]!) {
  productVariantsBulkDelete(productId: $id, variantsIds: $variants) {
    product { variantsCount { count } }
    userErrors { field message code }
  }
}"""
BULK_UPDATE = """mutation ($id: ID!, $variants: [ProductVariantsBulkInput!]!, $some: Boolean) {
  productVariantsBulkUpdate(productId: $id, variants: $variants, allowPartialUpdates: $some) {
    productVariants { price compareAtPrice sku }
    userErrors { field message code }
  }
}"""


def product(shop: Emulated, handle: str = "arp-dress-black") -> Any:
    return shop.data(PRODUCT, handle=handle)["productByHandle"]


def test_only_what_is_stated_changes() -> None:
    """A part of the SEO leaves the other part; a suffix is cleared by null."""
    shop = Emulated()
    id_ = product(shop)["id"]
    first = {"seo": {"title": "Arp", "description": "A dress"}, "templateSuffix": "sale"}
    shop.data(UPDATE, product={"id": id_, **first})
    second = {"id": id_, "seo": {"title": "Arp dress"}, "templateSuffix": None}
    told = shop.data(UPDATE, product=second)["productUpdate"]["product"]

    assert told["seo"] == {"title": "Arp dress", "description": "A dress"}
    assert (told["templateSuffix"], told["title"]) == (None, "Arp Dress, Black")


def test_a_product_joins_and_leaves_collections() -> None:
    """Those that are filled by hand."""
    shop = Emulated()
    id_ = product(shop)["id"]
    frontpage = shop.data('{ collectionByHandle(handle: "frontpage") { id } }')
    collection = frontpage["collectionByHandle"]["id"]
    left = shop.data(UPDATE, product={"id": id_, "collectionsToLeave": [collection]})
    joined = shop.data(UPDATE, product={"id": id_, "collectionsToJoin": [collection]})

    assert not any(c["handle"] == "frontpage" for c in _collections(left))
    assert any(c["handle"] == "frontpage" for c in _collections(joined))


def _collections(answer: Any) -> Any:
    return answer["productUpdate"]["product"]["collections"]["nodes"]


def test_variants_take_the_place_of_the_default_one() -> None:
    """Each value is added to its option; a title is made of the values."""
    shop = Emulated()
    id_ = product(shop)["id"]
    rows = [
        {"optionValues": [{"optionName": "Title", "name": name}], "price": 9.5}
        for name in ("Small", "Large")
    ]
    made = shop.data(BULK_CREATE, id=id_, variants=rows)["productVariantsBulkCreate"]
    told = product(shop)

    assert made["userErrors"] == []
    assert [(v["title"], v["price"]) for v in told["variants"]["nodes"]] == [
        ("Small", "9.50"),
        ("Large", "9.50"),
    ]
    assert told["options"][0]["values"] == ["Small", "Large"]
    assert told["options"][0]["optionValues"][0] == {"name": "Default Title", "hasVariants": False}
    assert told["variants"]["nodes"][1]["displayName"] == "Arp Dress, Black - Large"


def test_a_variant_that_is_there_is_not_made_again() -> None:
    """By its values, which are told."""
    shop = Emulated()
    row = {"optionValues": [{"optionName": "Title", "name": "Default Title"}]}
    told = shop.data(BULK_CREATE, id=product(shop)["id"], variants=[row])
    (error,) = told["productVariantsBulkCreate"]["userErrors"]

    assert error["code"] == "VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE"
    assert error["field"] == ["variants", "0"]


@pytest.mark.parametrize(
    ("some", "prices"),
    [(False, None), (True, [{"price": "12.00", "compareAtPrice": "20.00", "sku": "A1"}])],
)
def test_a_bad_row_stops_all_unless_some_are_allowed(some: bool, prices: Any) -> None:
    """The words for a variant of another product are told at its row."""
    shop = Emulated()
    own, foreign = product(shop), product(shop, "play-bag-tan")
    rows = [
        {
            "id": own["variants"]["nodes"][0]["id"],
            "price": "12",
            "compareAtPrice": 20,
            "inventoryItem": {"sku": "A1"},
        },
        {"id": foreign["variants"]["nodes"][0]["id"], "price": "13"},
    ]
    told = shop.data(BULK_UPDATE, id=own["id"], variants=rows, some=some)
    payload = told["productVariantsBulkUpdate"]

    assert payload["productVariants"] == prices
    assert [(e["field"], e["code"]) for e in payload["userErrors"]] == [
        (["variants", "1", "id"], "PRODUCT_VARIANT_DOES_NOT_EXIST")
    ]


def test_only_own_variants_are_deleted() -> None:
    """Else nothing is."""
    shop = Emulated()
    own, foreign = product(shop), product(shop, "play-bag-tan")
    strange = foreign["variants"]["nodes"][0]["id"]
    told = shop.data(BULK_DELETE, id=own["id"], variants=[strange])["productVariantsBulkDelete"]

    assert told["product"] is None
    assert told["userErrors"][0]["code"] == "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT"
    assert product(shop, "play-bag-tan")["variants"]["nodes"] == foreign["variants"]["nodes"]


def test_the_whole_catalog_is_asked() -> None:
    """For its variants, and for the words that its products use."""
    shop = Emulated()
    own = product(shop)
    row = {"id": own["variants"]["nodes"][0]["id"], "inventoryItem": {"sku": "A1"}}
    shop.data(BULK_UPDATE, id=own["id"], variants=[row], some=False)
    told = shop.data(
        """{
          productVariants(first: 9, query: "sku:a1") { nodes { sku product { handle } } }
          productVariantsCount(query: "product_type:bags") { count }
          productTypes(first: 3) { nodes edges { node } pageInfo { hasNextPage } }
        }"""
    )

    assert told["productVariants"]["nodes"] == [
        {"sku": "A1", "product": {"handle": "arp-dress-black"}}
    ]
    assert told["productVariantsCount"] == {"count": 2}
    assert told["productTypes"]["nodes"] == ["Bags", "Belts", "Dresses"]
    assert told["productTypes"]["edges"][0] == {"node": "Bags"}
    assert told["productTypes"]["pageInfo"] == {"hasNextPage": True}


@pytest.mark.parametrize("words", ["productTags", "productTypes", "productVendors"])
def test_words_are_told_page_by_page(words: str) -> None:
    """Each once, in both directions, and onwards from a word that is no longer used."""
    shop = Emulated()
    shop.edit("product", "gift-card", tags=["Zebra", "linen"], productType="aaa", vendor="aaa")
    shop.edit("product", "play-bag-tan", tags=["zebra"])
    page = f"""query ($after: String) {{ {words}(first: 2, after: $after) {{
      nodes edges {{ cursor node }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"""
    whole = shop.data(f"{{ {words}(first: 250) {{ nodes }} }}")[words]["nodes"]
    last = shop.data(f"{{ {words}(last: 1) {{ nodes }} }}")[words]["nodes"]
    first = shop.data(page)[words]
    shop.edit("product", "gift-card", tags=[], productType="Bags", vendor="Altuzarra")
    rest = shop.data(page, after=first["edges"][0]["cursor"])[words]

    assert whole == sorted(whole, key=str.casefold)
    assert len({word.casefold() for word in whole}) == len(whole) > 1
    assert last == whole[-1:]
    assert first["nodes"] == [edge["node"] for edge in first["edges"]] == whole[:2]
    assert first["pageInfo"]["hasPreviousPage"] is False
    assert first["nodes"][0] not in rest["nodes"]
    assert rest["nodes"][0] == first["nodes"][1]
