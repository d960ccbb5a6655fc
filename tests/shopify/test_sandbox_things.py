"""Things of the emulated shop by their ids: what goes along with one, and ids of other types."""

from __future__ import annotations

import pytest

from tests.shopify.emulated import Door, Emulated

THERE = """{
  product: productByHandle(handle: "arp-dress-black") { id variants(first: 1) { nodes { id } } }
  collection: collectionByHandle(handle: "frontpage") { id }
  pages(first: 1) { nodes { id handle } }
}"""
SET = """mutation ($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) { metafields { id } userErrors { message } }
}"""
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
BLOG = 'mutation { blogCreate(blog: {title: "News"}) { blog { id } } }'
ARTICLE = """mutation ($article: ArticleCreateInput!) {
  articleCreate(article: $article) { article { id } userErrors { message } }
}"""


def there(shop: Emulated) -> dict[str, str]:
    """One owner of metafields of each sort, by its id."""
    found = shop.data(THERE)
    blog = shop.data(BLOG)["blogCreate"]["blog"]["id"]
    said = {"blogId": blog, "title": "Said", "body": "So", "author": {"name": "Me"}}
    made = shop.data(ARTICLE, article=said)["articleCreate"]
    assert made["userErrors"] == []
    return {
        "product": found["product"]["id"],
        "variant": found["product"]["variants"]["nodes"][0]["id"],
        "collection": found["collection"]["id"],
        "page": found["pages"]["nodes"][0]["id"],
        "blog": blog,
        "article": made["article"]["id"],
    }


def described(shop: Emulated, owners: dict[str, str]) -> dict[str, str]:
    """A metafield of each, by its id."""
    said = {"namespace": "house", "key": "note", "type": "single_line_text_field", "value": "A"}
    rows = [{"ownerId": id_, **said} for id_ in owners.values()]
    made = shop.data(SET, metafields=rows)["metafieldsSet"]
    assert made["userErrors"] == []
    return dict(zip(owners, (metafield["id"] for metafield in made["metafields"]), strict=True))


@pytest.mark.parametrize(
    ("mutation", "named", "gone"),
    [
        ("productDelete(input: {id: $id}) { userErrors { message } }", "product", "variant"),
        ("collectionDelete(input: {id: $id}) { userErrors { message } }", "collection", None),
        ("pageDelete(id: $id) { userErrors { message } }", "page", None),
        ("blogDelete(id: $id) { userErrors { message } }", "blog", "article"),
        ("articleDelete(id: $id) { userErrors { message } }", "article", None),
    ],
)
def test_metafields_go_with_their_owner(mutation: str, named: str, gone: str | None) -> None:
    """And with what went along with it; those of other things stay."""
    shop = Emulated()
    owners = there(shop)
    metafields = described(shop, owners)
    (told,) = shop.data(f"mutation ($id: ID!) {{ {mutation} }}", id=owners[named]).values()
    left = shop.data(NODES, ids=list(metafields.values()))["nodes"]

    assert told["userErrors"] == []
    assert {name for name, node in zip(owners, left, strict=True) if node is None} == (
        {named, gone} - {None}
    )


@pytest.mark.parametrize(
    ("thing", "key", "gone"),
    [
        ("product", "arp-dress-black", {"product", "variant"}),
        ("variant", "arp-dress-black/Default Title", {"variant"}),
        ("collection", "frontpage", {"collection"}),
        ("page", "*", {"page"}),
    ],
)
def test_metafields_go_with_what_an_admin_deletes(thing: str, key: str, gone: set[str]) -> None:
    """As with what the API deletes."""
    shop = Emulated()
    page = shop.data(THERE)["pages"]["nodes"][0]["handle"]
    owners = there(shop)
    metafields = described(shop, owners)
    shop.edit(thing, key.replace("*", page), deleted=True)
    left = shop.data(NODES, ids=list(metafields.values()))["nodes"]

    assert {name for name, node in zip(owners, left, strict=True) if node is None} == gone


def test_what_a_variant_of_many_said_goes_with_it() -> None:
    """Deleted by itself, or to make place for those that are stated."""
    shop = Emulated()
    owners = there(shop)
    metafields = described(shop, owners)
    create = """mutation ($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
      productVariantsBulkCreate(productId: $id, variants: $variants) {
        productVariants { id } userErrors { message } } }"""
    sizes = [{"optionValues": [{"optionName": "Title", "name": name}]} for name in ("S", "M")]
    made = shop.data(create, id=owners["product"], variants=sizes)["productVariantsBulkCreate"]
    small = {"small": made["productVariants"][0]["id"]}
    noted = described(shop, small)
    delete = """mutation ($id: ID!, $ids: [ID!]!) {
      productVariantsBulkDelete(productId: $id, variantsIds: $ids) { userErrors { message } } }"""
    shop.data(delete, id=owners["product"], ids=list(small.values()))
    ids = [metafields["product"], metafields["variant"], noted["small"]]

    assert shop.data(NODES, ids=ids)["nodes"] == [{"id": ids[0]}, None, None]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("{ job(id: $id) { done } }", "product"),
        ("{ productOperation(id: $id) { status } }", "product"),
        ("{ metafieldDefinition(id: $id) { name } }", "product"),
        ("{ urlRedirect(id: $id) { path } }", "product"),
    ],
)
def test_an_id_of_another_type_names_nothing(query: str, named: str) -> None:
    """It is no fault, and nothing else is told in its place."""
    shop = Emulated()
    (told,) = shop.data(f"query ($id: ID!) {query}", id=there(shop)[named]).values()

    assert told is None


@pytest.mark.parametrize(
    ("mutation", "named", "place"),
    [
        ("metafieldDefinitionDelete(id: $id) { %s }", "product", ["id"]),
        ("metafieldDefinitionPin(definitionId: $id) { %s }", "product", ["definitionId"]),
        ("productDelete(input: {id: $id}) { %s }", "collection", ["id"]),
        ("collectionDelete(input: {id: $id}) { %s }", "product", ["id"]),
        ("pageDelete(id: $id) { %s }", "article", ["id"]),
        ("commentDelete(id: $id) { %s }", "page", ["id"]),
        ("urlRedirectDelete(id: $id) { %s }", "page", ["id"]),
    ],
)
def test_nothing_is_deleted_by_an_id_of_another_type(
    mutation: str, named: str, place: list[str]
) -> None:
    """It is told as what is not there is."""
    shop = Emulated()
    id_ = there(shop)[named]
    asked = f"mutation ($id: ID!) {{ {mutation % 'userErrors { field }'} }}"
    (told,) = shop.data(asked, id=id_).values()

    assert told["userErrors"] == [{"field": place}]
    assert shop.data(NODES, ids=[id_])["nodes"] == [{"id": id_}]


MEMBERS = """query ($id: ID!) { collection(id: $id) {
  products(first: 9) { nodes { handle } } productsCount { count } } }"""
MOVE = """mutation ($product: ProductUpdateInput!) {
  productUpdate(product: $product) { userErrors { message } } }"""
ADD = """mutation ($id: ID!, $ids: [ID!]!) {
  collectionAddProductsV2(id: $id, productIds: $ids) { userErrors { message } } }"""
REMOVE = """mutation ($id: ID!, $ids: [ID!]!) {
  collectionRemoveProducts(id: $id, productIds: $ids) { userErrors { message } } }"""


def test_only_products_join_only_collections() -> None:
    """What is none is passed over, as recorded."""
    shop = Emulated()
    ids = there(shop)
    before = shop.data(MEMBERS, id=ids["collection"])
    shop.data(ADD, id=ids["collection"], ids=[ids["page"], ids["variant"], ids["collection"]])
    moved = {"collectionsToJoin": [ids["page"]], "collectionsToLeave": [ids["variant"]]}
    told = shop.data(MOVE, product={"id": ids["product"], **moved})["productUpdate"]

    assert told["userErrors"] == []
    assert shop.data(MEMBERS, id=ids["collection"]) == before


def test_a_count_follows_by_as_many_as_came_or_went() -> None:
    """While it is not settled yet: recorded, what a collection is made with is counted later."""
    create = """mutation ($input: CollectionInput!) {
      collectionCreate(input: $input) { collection { id } } }"""
    all_ = "{ products(first: 4) { nodes { id } } }"

    async def moved(door: Door) -> list[int]:
        first, second, third, fourth = (
            product["id"] for product in (await door.ask(all_))["data"]["products"]["nodes"]
        )
        made = await door.ask(create, input={"title": "Few", "products": [fourth]})
        id_ = made["data"]["collectionCreate"]["collection"]["id"]
        counts = []
        for ask in (
            door.ask(ADD, id=id_, ids=[first, second, second]),
            door.ask(MOVE, product={"id": third, "collectionsToJoin": [id_]}),
            door.ask(MOVE, product={"id": first, "collectionsToLeave": [id_]}),
            door.ask(MOVE, product={"id": first, "collectionsToLeave": [id_]}),
            door.ask(REMOVE, id=id_, ids=[first, second]),
        ):
            await ask
            told = (await door.ask(MEMBERS, id=id_))["data"]["collection"]
            counts.append(told["productsCount"]["count"])
        return counts

    assert Emulated().run(moved) == [2, 3, 2, 2, 1]


def test_a_component_that_is_gone_is_none_any_more() -> None:
    """The bundle goes on to be told, with those that are left."""
    shop = Emulated()
    shop.edit("bundle", "gift-card", components={"play-bag-tan": 1, "watermill-belt": 2})
    shop.edit("product", "play-bag-tan", deleted=True)
    told = shop.data(
        """{ productByHandle(handle: "gift-card") { bundleComponents(first: 9) {
          nodes { quantity componentProduct { handle } optionSelections { values { value } } }
        } } }"""
    )
    (left,) = told["productByHandle"]["bundleComponents"]["nodes"]

    assert (left["quantity"], left["componentProduct"]) == (2, {"handle": "watermill-belt"})
