"""Collections are made, filled and listed as recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.saleor.counter import LITTLE, Counter

FIELDS = """collection { id slug name description metadata { key value }
  products(first: 100) { totalCount edges { node { slug } } } }
  errors { field message code }"""
CREATE = f"mutation($i: CollectionCreateInput!) {{ collectionCreate(input: $i) {{ {FIELDS} }} }}"
UPDATE = f"""mutation($id: ID!, $i: CollectionInput!) {{
  collectionUpdate(id: $id, input: $i) {{ {FIELDS} }} }}"""
DELETE = "mutation($id: ID!) { collectionDelete(id: $id) { collection { slug } errors { code } } }"
ADD = f"""mutation($id: ID!, $p: [ID!]!) {{
  collectionAddProducts(collectionId: $id, products: $p) {{ {FIELDS} }} }}"""
REMOVE = ADD.replace("AddProducts", "RemoveProducts")
LIST = """mutation($id: ID!, $i: CollectionChannelListingUpdateInput!) {
  collectionChannelListingUpdate(id: $id, input: $i) {
    collection { channelListings { id channel { slug } isPublished publishedAt } }
    errors { field code channels } } }"""
MEMBERS = """query($s: String) {
  collection(slug: $s) { products(first: 9) { edges { node { slug } } } } }"""
SLUGS = """query($f: CollectionFilterInput, $w: CollectionWhereInput, $c: String, $a: String) {
  collections(first: 2, filter: $f, where: $w, channel: $c, after: $a) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { slug } } } }"""
UNKNOWN = "UHJvZHVjdDo5OTk="

BRIGHT = {
    "name": "Bright",
    "slug": "bright",
    "products": ["desk-lamp"],
    "channels": [{"channel": "one"}],
}
DIM = {"name": "Dim", "slug": "dim", "metadata": {"owner": "git"}}


def collecting(*collections: dict[str, Any]) -> Counter:
    return Counter({**LITTLE, "collections": list(collections)})


def named(counter: Counter, slug: str) -> Any:
    return counter.data("query($s: String) { collection(slug: $s) { id } }", s=slug)["collection"]


def product_ids(counter: Counter) -> dict[str, str]:
    found = counter.data("{ products(first: 9) { edges { node { id slug } } } }")["products"]
    return {edge["node"]["slug"]: edge["node"]["id"] for edge in found["edges"]}


def members(counter: Counter, slug: str = "bright") -> list[str]:
    found = counter.data(MEMBERS, s=slug)["collection"]["products"]["edges"]
    return [edge["node"]["slug"] for edge in found]


def test_a_collection_gets_a_slug_of_its_name() -> None:
    """A free one; one that is given must be free."""
    counter = collecting(BRIGHT)
    made = counter.data(CREATE, i={"name": "Bright"})["collectionCreate"]
    taken = counter.data(CREATE, i={"name": "Other", "slug": "bright"})["collectionCreate"]
    nameless = counter.data(CREATE, i={})["collectionCreate"]

    assert made["collection"]["slug"] == "bright-2"
    assert taken == {
        "collection": None,
        "errors": [
            {
                "field": "slug",
                "message": "Collection with this Slug already exists.",
                "code": "UNIQUE",
            }
        ],
    }
    assert {(e["field"], e["code"]) for e in nameless["errors"]} == {
        ("name", "REQUIRED"),
        ("slug", "REQUIRED"),
    }


def test_a_collection_is_changed_in_what_is_said() -> None:
    """Metadata is merged; a description is kept sanitised and echoed as given."""
    counter = collecting(DIM)
    given = '{"time": 1, "blocks": [{"type": "paragraph", "data": {"text": "<i>a</i><script/>"}}]}'
    changes = {"name": "Dark", "description": given, "metadata": [{"key": "a", "value": "1"}]}
    answer = counter.data(UPDATE, id=named(counter, "dim")["id"], i=changes)["collectionUpdate"]
    query = '{ collection(slug: "dim") { name description metadata { key value } } }'
    kept = counter.data(query)["collection"]

    assert answer["errors"] == []
    assert json.loads(answer["collection"]["description"]) == json.loads(given)
    assert json.loads(kept.pop("description"))["blocks"][0]["data"] == {"text": "<i>a</i>"}
    assert kept == {
        "name": "Dark",
        "metadata": [{"key": "a", "value": "1"}, {"key": "owner", "value": "git"}],
    }


def test_a_slug_can_not_be_taken_away() -> None:
    """Nor can a block of no known type be described."""
    counter = collecting(DIM)
    dim = named(counter, "dim")["id"]
    blank = counter.data(UPDATE, id=dim, i={"slug": ""})["collectionUpdate"]
    odd = {"description": '{"blocks": [{"type": "odd", "data": {}}]}'}
    described = counter.data(UPDATE, id=dim, i=odd)["collectionUpdate"]

    assert [(e["field"], e["code"]) for e in blank["errors"]] == [("slug", "REQUIRED")]
    assert [(e["message"], e["code"]) for e in described["errors"]] == [
        ("Invalid EditorJS input", "INVALID")
    ]


def test_members_come_and_go() -> None:
    """What is one already, and what is none, is fine."""
    counter = collecting(BRIGHT)
    ids, bright = product_ids(counter), named(counter, "bright")["id"]
    both = [ids["draft"], ids["desk-lamp"]]
    added = counter.data(ADD, id=bright, p=both)["collectionAddProducts"]
    counter.data(REMOVE, id=bright, p=both[1:])
    removed = counter.data(REMOVE, id=bright, p=both[1:])["collectionRemoveProducts"]

    assert added["errors"] == []
    assert added["collection"]["products"]["totalCount"] == 2
    assert removed["errors"] == []
    assert members(counter) == ["draft"]


def test_products_say_what_they_are_in() -> None:
    """And no longer when it is gone."""
    counter = collecting(BRIGHT, DIM)
    query = '{ product(slug: "desk-lamp") { collections { slug } } }'
    before = counter.data(query)["product"]["collections"]
    gone = counter.data(DELETE, id=named(counter, "bright")["id"])["collectionDelete"]

    assert before == [{"slug": "bright"}]
    assert gone == {"collection": {"slug": "bright"}, "errors": []}
    assert counter.data(query)["product"]["collections"] == []
    assert named(counter, "bright") is None


@pytest.mark.parametrize("query", [ADD, REMOVE])
def test_unknown_products_are_refused(query: str) -> None:
    """A list of none in words, a list of some by a crash."""
    counter = collecting(BRIGHT)
    bright, draft = named(counter, "bright")["id"], product_ids(counter)["draft"]
    (payload,) = counter.data(query, id=bright, p=[UNKNOWN]).values()
    crash = counter.ask(query, id=bright, p=[draft, UNKNOWN])

    assert [(e["field"], e["code"]) for e in payload["errors"]] == [("products", "GRAPHQL_ERROR")]
    assert crash["errors"][0]["extensions"]["exception"]["code"] == "AssertionError"
    assert members(counter) == ["desk-lamp"]


def test_a_product_without_variants_can_not_be_added() -> None:
    """Though a collection may be made with it."""
    bare = LITTLE["products"][1] | {"withoutVariants": True}
    world = {**LITTLE, "products": [LITTLE["products"][0], bare], "collections": [BRIGHT]}
    counter = Counter(world)
    draft = product_ids(counter)["draft"]
    variables = {"id": named(counter, "bright")["id"], "p": [draft]}
    refused = counter.data(ADD, **variables)["collectionAddProducts"]["errors"]
    made = counter.data(CREATE, i={"name": "Drafts", "products": [draft]})["collectionCreate"]

    assert [e["code"] for e in refused] == ["CANNOT_MANAGE_PRODUCT_WITHOUT_VARIANT"]
    assert made["collection"]["products"]["totalCount"] == 1


def test_collections_are_listed_in_channels() -> None:
    """To publish without a moment is to publish now."""
    counter = collecting(DIM)
    channels = {c["slug"]: c["id"] for c in counter.data("{ channels { id slug } }")["channels"]}
    dim = named(counter, "dim")["id"]
    entries = [
        {"channelId": channels["one"], "isPublished": True},
        {"channelId": channels["two"], "publishedAt": "2030-01-01T00:00:00Z"},
    ]
    both = counter.data(LIST, id=dim, i={"addChannels": entries})["collectionChannelListingUpdate"]
    less = {"removeChannels": [channels["one"]]}
    one = counter.data(LIST, id=dim, i=less)["collectionChannelListingUpdate"]
    first, second = both["collection"]["channelListings"]

    assert (first["channel"], first["isPublished"]) == ({"slug": "one"}, True)
    assert first["publishedAt"] is not None
    assert (second["isPublished"], second["publishedAt"]) == (False, "2030-01-01T00:00:00+00:00")
    assert one["collection"]["channelListings"] == [second]


def test_an_unknown_channel_is_refused() -> None:
    """By its field, as for products."""
    counter = collecting(DIM)
    entry = {"channelId": "Q2hhbm5lbDo5OTk5"}
    variables = {"id": named(counter, "dim")["id"], "i": {"addChannels": [entry]}}
    payload = counter.data(LIST, **variables)["collectionChannelListingUpdate"]

    assert payload == {
        "collection": None,
        "errors": [{"field": "channelId", "code": "GRAPHQL_ERROR", "channels": None}],
    }


def test_collections_are_found_and_paged() -> None:
    """By ids, slugs and metadata, sorted by slug; a cursor goes on."""
    counter = collecting(DIM, BRIGHT, {"name": "Cool", "slug": "cool"})
    conditions: list[dict[str, Any]] = [
        {"f": {"slugs": ["dim", "cool", "none"]}},
        {"w": {"ids": [named(counter, "dim")["id"]]}},
        {"f": {"metadata": [{"key": "owner"}]}},
        {"c": "one"},
        {"c": "nowhere"},
    ]
    found = [
        [edge["node"]["slug"] for edge in counter.data(SLUGS, **c)["collections"]["edges"]]
        for c in conditions
    ]
    page = counter.data(SLUGS)["collections"]
    rest = counter.data(SLUGS, a=page["pageInfo"]["endCursor"])["collections"]

    assert found == [["cool", "dim"], ["dim"], ["dim"], ["bright"], []]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert [edge["node"]["slug"] for edge in rest["edges"]] == ["dim"]


def test_visitors_see_what_is_open_in_their_channel() -> None:
    """They must name it; of the members they see those that are open there too."""
    mixed = BRIGHT | {"products": ["desk-lamp", "draft"]}
    counter = collecting(mixed, DIM)
    query = 'query($s: String) { collection(slug: $s, channel: "one") { products(first: 9) {'
    query += " edges { node { slug } } } } }"
    seen = counter.ask(query, None, s="bright")["data"]["collection"]
    unlisted = counter.ask(query, None, s="dim")["data"]["collection"]
    unnamed = counter.ask(SLUGS, None)

    assert seen == {"products": {"edges": [{"node": {"slug": "desk-lamp"}}]}}
    assert unlisted is None
    assert unnamed["errors"][0]["message"].startswith("More than one channel exists.")


@pytest.mark.parametrize(
    ("query", "given"),
    [
        (CREATE, {"i": {"name": "x"}}),
        (UPDATE, {"id": "Q29sbGVjdGlvbjox", "i": {}}),
        (DELETE, {"id": "Q29sbGVjdGlvbjox"}),
        (ADD, {"id": "Q29sbGVjdGlvbjox", "p": []}),
        (REMOVE, {"id": "Q29sbGVjdGlvbjox", "p": []}),
        (LIST, {"id": "Q29sbGVjdGlvbjox", "i": {}}),
    ],
)
def test_collections_need_the_permission_of_products(query: str, given: dict[str, Any]) -> None:
    """Any other app is refused past the payload, and nothing changes."""
    counter = collecting(BRIGHT)
    answer = counter.ask(query, "poor", **given)

    assert list(answer["data"].values()) == [None]
    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert members(counter) == ["desk-lamp"]


def test_a_collection_has_metadata() -> None:
    """Written as any other's."""
    counter = collecting(DIM)
    query = 'mutation($id: ID!) { updateMetadata(id: $id, input: [{key: "b", value: "2"}]) {'
    query += " item { metadata { key value } } errors { code } } }"
    payload = counter.data(query, id=named(counter, "dim")["id"])["updateMetadata"]

    assert payload["item"]["metadata"] == [
        {"key": "b", "value": "2"},
        {"key": "owner", "value": "git"},
    ]


def test_members_are_paged_at_most_a_hundred_at_a_time() -> None:
    """And cost what they may be."""
    counter = collecting(BRIGHT)
    query = "{ collections(first: 10) { edges { node { products(first: N) { totalCount } } } } }"
    fine, far = (counter.ask(query.replace("N", n)) for n in ("100", "101"))

    assert fine["extensions"]["cost"]["requestedQueryCost"] == 10 + 10 * 100
    assert far["errors"][0]["message"] == (
        "Requesting 101 records on the `products` connection"
        " exceeds the `first` limit of 100 records."
    )
