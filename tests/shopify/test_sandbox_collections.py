"""Collections in the sandbox: sources changed by deltas, membership that settles, handles."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from providers.kit.sandbox import UnknownThing
from tests.shopify.emulated import Door, Emulated

CREATE = """mutation($c: CollectionCreateInput!) {collectionCreate(collection: $c)
    {collection {id handle productsCount {count}} userErrors {field message}}}"""
UPDATE = """mutation($c: CollectionUpdateInput!) {collectionUpdate(collection: $c)
    {collection {id handle} job {id done} userErrors {field message}}}"""
READ = """query($h: String!) {collectionByIdentifier(identifier: {handle: $h})
    {id title sortOrder productsCount {count} products(first: 50) {nodes {handle}}
    sources {__typename id title ... on CollectionConditionsSource {shareable
      inclusion {matchType conditions {__typename id
        ... on CollectionSourceInclusionConditionProductTag {tagged: relation values}
        ... on CollectionSourceInclusionConditionUnknown {relation raw: values}}
        selections(first: 5) {nodes {product {handle}}}}
      exclusion {conditions {__typename id}}}}}}"""


@pytest.fixture
def shop() -> Emulated:
    return Emulated()


def tag(value: str, relation: str = "TAGGED_WITH") -> dict[str, Any]:
    return {"productTag": {"relation": relation, "matchType": "ANY", "values": [value]}}


def type_(value: str, relation: str = "EQUALS") -> dict[str, Any]:
    return {"productType": {"relation": relation, "matchType": "ANY", "values": [value]}}


def source(match: str, *conditions: dict[str, Any]) -> dict[str, Any]:
    inclusion = {"matchType": match, "conditions": list(conditions)}
    return {"source": {"title": "Rules", "inclusion": inclusion}}


def read(shop: Emulated, handle: str) -> Any:
    return shop.data(READ, h=handle)["collectionByIdentifier"]


def members(shop: Emulated, handle: str) -> set[str]:
    return {product["handle"] for product in read(shop, handle)["products"]["nodes"]}


def test_membership_settles_after_the_answer(shop: Emulated) -> None:
    """Nobody belongs right after the creation; a moment later everybody does who should."""

    async def created(door: Door) -> tuple[Any, Any, Any]:
        fields = {"title": "Skirts", "sources": [source("ALL", type_("skirts"))]}
        made = await door.ask(CREATE, c=fields)
        at_once = await door.ask(READ, h="skirts")
        await anyio.sleep(1)
        return made, at_once, await door.ask(READ, h="skirts")

    made, at_once, later = shop.run(created)

    assert made["data"]["collectionCreate"]["collection"]["productsCount"] == {"count": 0}
    assert at_once["data"]["collectionByIdentifier"]["products"]["nodes"] == []
    assert later["data"]["collectionByIdentifier"]["productsCount"] == {"count": 4}


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([source("ALL", tag("style_arp_dress"))], 3),
        ([source("ALL", tag("S226"), type_("Dresses"))], 5),
        ([source("ANY", type_("Dresses"), type_("Skirts"))], 9),
        ([source("ALL", type_("Dresses"), tag("style_Arp_Dress", "NOT_TAGGED_WITH"))], 2),
        ([source("ALL", type_("Dress", "CONTAINS"))], 6),
        ([source("ALL", type_("Belts")), source("ALL", type_("Bags"))], 3),
        ([source("ALL")], 0),
    ],
)
def test_conditions_choose_products(
    shop: Emulated, sources: list[dict[str, Any]], expected: int
) -> None:
    """All or any of the conditions of a source; sources are a union; case does not count."""

    async def count(door: Door) -> int:
        await door.ask(CREATE, c={"title": "Chosen", "sources": sources})
        await anyio.sleep(1)
        body = await door.ask(READ, h="chosen")
        return int(body["data"]["collectionByIdentifier"]["productsCount"]["count"])

    assert shop.run(count) == expected


def test_conditions_are_changed_by_their_ids(shop: Emulated) -> None:
    """What is not named keeps its id; a job follows, and ends."""
    before = read(shop, "style-fenice-skirt")
    kept, gone = before["sources"][0]["inclusion"]["conditions"]
    change = {
        "id": before["id"],
        "sourcesToUpdate": [
            {
                "condition": {
                    "id": before["sources"][0]["id"],
                    "inclusion": {
                        "matchType": "ANY",
                        "conditionsToDelete": [gone["id"]],
                        "conditionsToCreate": [tag("sample")],
                    },
                }
            }
        ],
    }

    async def changed(door: Door) -> tuple[Any, Any]:
        job = (await door.ask(UPDATE, c=change))["data"]["collectionUpdate"]["job"]
        await anyio.sleep(1)
        query = "query($id: ID!) {job(id: $id) {done}}"
        return job, await door.ask(query, id=job["id"])

    job, later = shop.run(changed)
    inclusion = read(shop, "style-fenice-skirt")["sources"][0]["inclusion"]

    assert (job["done"], later["data"]["job"]) == (False, {"done": True})
    assert inclusion["matchType"] == "ANY"
    assert [c["values"] for c in inclusion["conditions"]] == [kept["values"], ["sample"]]
    assert inclusion["conditions"][0]["id"] == kept["id"]


@pytest.mark.parametrize(
    ("update", "place"),
    [
        ({"id": "gid://shopify/CollectionConditionsSource/99"}, "id"),
        ({"inclusion": {"conditionsToDelete": ["gid://shopify/X/99"]}}, "conditionsToDelete"),
        ({"inclusion": {"conditionsToCreate": [tag(" ")]}}, "values"),
    ],
)
def test_a_wrong_change_changes_nothing(shop: Emulated, update: dict[str, Any], place: str) -> None:
    """An unknown source, an unknown condition, an empty value."""
    before = read(shop, "style-fenice-skirt")
    condition = {"id": before["sources"][0]["id"], **update}
    fields = {"id": before["id"], "title": "No", "sourcesToUpdate": [{"condition": condition}]}
    answer = shop.data(UPDATE, c=fields)["collectionUpdate"]

    assert place in answer["userErrors"][0]["field"]
    assert read(shop, "style-fenice-skirt") == before


def test_a_source_is_exactly_one_thing(shop: Emulated) -> None:
    """A condition of two kinds does not fit its type."""
    both = {**tag("a"), **type_("b")}
    body = shop.ask(CREATE, c={"title": "A", "sources": [source("ALL", both)]})

    assert body["errors"][0]["extensions"]["code"] == "INVALID_VARIABLE"
    assert "requires exactly one argument" in body["errors"][0]["message"]


@pytest.mark.parametrize(
    ("handle", "given"),
    [("knitwear", "knitwear-1"), ("New In!", "new-in"), ("ÉTÉ 26", "ete-26")],
)
def test_a_handle_is_made_to_fit(shop: Emulated, handle: str, given: str) -> None:
    """Taken ones are counted on, without an error."""
    answer = shop.data(CREATE, c={"title": "Any", "handle": handle})["collectionCreate"]

    assert answer["collection"]["handle"] == given
    assert answer["userErrors"] == []


def test_what_an_admin_made_is_shown_as_the_vendor_shows_it(shop: Emulated) -> None:
    """Selections, exclusions, an app's source, a condition of a later version, sub-collections."""
    unknown = {"unknown": {"relation": "IS_RARE", "matchType": "ANY", "values": ["yes"]}}
    excluded = {"matchType": "ANY", "conditions": [tag("sample")]}
    shop.edit(
        "collection",
        "knitwear",
        sources=[
            {
                "title": "Mixed",
                "inclusion": {
                    "matchType": "ANY",
                    "conditions": [unknown, type_("Sweaters")],
                    "selections": ["gift-card"],
                },
                "exclusion": excluded,
                "shareable": True,
            },
            {"title": "Others", "subCollections": ["second-hand"]},
        ],
    )
    mixed, others = read(shop, "knitwear")["sources"]

    assert [c["__typename"] for c in mixed["inclusion"]["conditions"]] == [
        "CollectionSourceInclusionConditionUnknown",
        "CollectionSourceInclusionConditionProductType",
    ]
    assert mixed["inclusion"]["selections"]["nodes"] == [{"product": {"handle": "gift-card"}}]
    assert len(mixed["exclusion"]["conditions"]) == 1
    assert mixed["shareable"] is True
    assert others["__typename"] == "CollectionSubCollectionsSource"
    assert {"gift-card", "silk-scarf-vintage", "harold-sweater-navy"} <= members(shop, "knitwear")


def test_a_tag_moves_membership(shop: Emulated) -> None:
    """Rules look at products as they are now."""
    shop.edit("product", "gift-card", tags=["Style_Harold_Sweater", " gift "])

    assert "gift-card" in members(shop, "style-harold-sweater")


@pytest.mark.parametrize(
    ("thing", "key", "fields", "words"),
    [
        ("basket", "a", {}, "there is no basket here · there are: product,"),
        ("product", "gift-card", {"colour": "red"}, "a product has no colour here"),
        ("product", "nobody", {"title": "A"}, "there is no nobody in this shop"),
        ("collection", "nobody", {"title": "A"}, "there is no nobody in this shop"),
        ("product", "gift-card", {"tags": "a"}, r"tags is a list · write tags='\[\"a\", \"b\"\]'"),
        ("product", "gift-card", {"title": 7}, """title is a text · write title='"a"'"""),
        ("page", "contact", {"isPublished": "no"}, "isPublished is true or false"),
        ("metafield", "nonsense", {"value": "a"}, "write product/<handle>/<namespace>.<key>"),
    ],
)
def test_an_edit_of_what_is_not_there_says_what_is(
    shop: Emulated, thing: str, key: str, fields: dict[str, Any], words: str
) -> None:
    """And changes nothing."""
    with pytest.raises(UnknownThing, match=words):
        shop.edit(thing, key, **fields)


def test_reset_brings_the_example_back(shop: Emulated) -> None:
    """Whatever happened; ids too are as before."""
    before = read(shop, "knitwear")
    shop.edit("collection", "knitwear", deleted=True)
    shop.sandbox.reset()

    assert read(shop, "knitwear") == before
