"""Bulk operations of the emulated shop: files that come with time, and what is refused."""

from __future__ import annotations

import json
from functools import partial
from itertools import groupby
from typing import Any

import anyio
import pytest

from tests.shopify.emulated import Door, Emulated

RUN = """mutation ($query: String!, $grouped: Boolean! = false) {
  bulkOperationRunQuery(query: $query, groupObjects: $grouped) {
    bulkOperation { id status } userErrors { field message code }
  }
}"""
STATE = """query ($id: ID!) {
  bulkOperation(id: $id) {
    status errorCode objectCount rootObjectCount fileSize url partialDataUrl
  }
}"""
PRODUCTS = """{ products { edges { node {
  id name: handle
  metafields(namespace: "altuzarra") { edges { node { __typename key ... on Metafield { value
    reference { ... on Page { handle } ... on MediaImage { image { url } } } } } } }
} } } }"""
MEMBERS = """{ collectionByIdentifier(identifier: {handle: "%s"}) {
  title products%s { edges { node { id handle } } }
} }"""
SEED = 20
"""Products of the shop as new."""


async def run(door: Door, query: str = PRODUCTS, **asked: Any) -> Any:
    body = await door.ask(RUN, query=query, **asked)
    return body["data"]["bulkOperationRunQuery"]


async def state(door: Door, id_: str) -> Any:
    return (await door.ask(STATE, id=id_))["data"]["bulkOperation"]


async def ended(door: Door, query: str = PRODUCTS, **asked: Any) -> tuple[Any, str]:
    """The last state of an operation, and its file or the part of it."""
    id_ = (await run(door, query, **asked))["bulkOperation"]["id"]
    await anyio.sleep(60)
    told = await state(door, id_)
    address = told["url"] or told["partialDataUrl"]
    return told, (await door.client.get(address)).text if address else ""


def rows(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_it_goes_on_with_time() -> None:
    """Created, running, completed; its file is there when it is over."""
    shop = Emulated()
    shop.edit("bulk", "", nodes=10, ends=1)

    async def watch(door: Door) -> list[tuple[str, str, bool]]:
        id_ = (await run(door))["bulkOperation"]["id"]
        seen = []
        for pause in (0, 0.65, 60):
            await anyio.sleep(pause)
            told = await state(door, id_)
            seen.append((told["status"], told["rootObjectCount"], told["url"] is not None))
        return seen

    created, running, over = shop.run(watch)

    assert (created, running) == (("CREATED", "0", False), ("RUNNING", "1", False))
    assert over == ("COMPLETED", str(SEED), True)


def test_its_file_tells_what_a_query_tells() -> None:
    """One line a node, inner nodes name what they hang on; nothing is missing."""
    shop = Emulated()
    told, text = shop.run(ended)
    lines = rows(text)
    edges = _pages(shop)

    products = [line for line in lines if "__parentId" not in line]
    inner = [line for line in lines if "__parentId" in line]
    assert {line["id"]: line["name"] for line in products} == {
        edge["node"]["id"]: edge["node"]["name"] for edge in edges
    }
    assert len(inner) > 10
    assert sorted(map(json.dumps, inner)) == sorted(
        json.dumps({**inside["node"], "__parentId": edge["node"]["id"]})
        for edge in edges
        for inside in edge["node"]["metafields"]["edges"]
    )
    assert (told["objectCount"], told["fileSize"]) == (str(len(lines)), str(len(text.encode())))
    assert told["rootObjectCount"] == str(len(products)) == str(SEED)


def test_lines_stand_with_their_parent_where_that_is_asked_for() -> None:
    """Else they come somewhere behind it; the lines are the same."""
    shop = Emulated()
    _, apart = shop.run(ended)
    _, grouped = shop.run(partial(ended, grouped=True))
    above = [row.get("__parentId", row.get("id")) for row in rows(grouped)]
    runs = [parent for parent, _ in groupby(above)]

    assert sorted(apart.splitlines()) == sorted(grouped.splitlines())
    assert len(runs) == len(set(runs)) == SEED
    assert apart != grouped


def _pages(shop: Emulated) -> list[Any]:
    """The same by ordinary pages, which are dear."""
    page = "products(first: 5, after: $after) { pageInfo { hasNextPage endCursor }"
    query = PRODUCTS.replace("{ products {", f"query ($after: String) {{ {page}")
    query = query.replace('(namespace: "altuzarra")', '(first: 20, namespace: "altuzarra")')
    edges: list[Any] = []
    after = None
    while True:
        page = shop.data(query, after=after)["products"]
        edges += page["edges"]
        if not page["pageInfo"]["hasNextPage"]:
            return edges
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize(
    ("fate", "status", "code"),
    [
        ("FAILED", "FAILED", "INTERNAL_SERVER_ERROR"),
        ("TIMEOUT", "FAILED", "TIMEOUT"),
        ("CANCELED", "CANCELED", None),
    ],
)
def test_what_ended_half_way_tells_a_part(fate: str, status: str, code: str | None) -> None:
    """Its file stands under another name, so that nobody takes it for the whole."""
    shop = Emulated()
    _, whole = shop.run(ended)
    shop.edit("bulk", "", fate=fate)
    told, part = shop.run(ended)

    assert (told["status"], told["errorCode"], told["url"]) == (status, code, None)
    assert told["rootObjectCount"] == str(SEED // 2)
    assert sum("__parentId" not in row for row in rows(part)) == SEED // 2
    assert {json.dumps(row) for row in rows(part)} < {json.dumps(row) for row in rows(whole)}


def test_fates_come_one_after_another() -> None:
    """Each takes the next; when they are used up, and where there are none, all is well."""
    shop = Emulated()
    shop.edit("bulk", "", fate=["EXPIRED", "FAILED"])
    seen = [shop.run(ended)[0]["status"] for _ in range(3)]
    shop.edit("bulk", "", fate=[])

    assert seen == ["EXPIRED", "FAILED", "COMPLETED"]
    assert shop.run(ended)[0]["status"] == "COMPLETED"


def test_what_is_canceled_ends_without_a_file() -> None:
    """It is being cancelled first, and a moment later it is."""
    cancel = "mutation ($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } } }"

    async def watch(door: Door) -> tuple[str, Any]:
        id_ = (await run(door))["bulkOperation"]["id"]
        canceled = (await door.ask(cancel, id=id_))["data"]["bulkOperationCancel"]
        await anyio.sleep(60)
        return canceled["bulkOperation"]["status"], await state(door, id_)

    first, last = Emulated().run(watch)

    assert (first, last["status"]) == ("CANCELING", "CANCELED")
    assert (last["url"], last["partialDataUrl"], last["errorCode"]) == (None, None, None)


def test_around_the_outermost_connection_there_may_be_an_object() -> None:
    """The lines are its connection's nodes, at the root; where there is no object, none."""
    shop = Emulated()
    pages = shop.data(MEMBERS % ("accessories", "(first: 50)"))["collectionByIdentifier"]
    told, text = shop.run(partial(ended, query=MEMBERS % ("accessories", "")))
    nothing, _ = shop.run(partial(ended, query=MEMBERS % ("nobody", "")))
    later, _ = shop.run(ended)

    assert len(rows(text)) > 1
    assert rows(text) == [edge["node"] for edge in pages["products"]["edges"]]
    assert told["rootObjectCount"] == told["objectCount"] == str(len(rows(text)))
    assert (nothing["status"], nothing["objectCount"], nothing["url"]) == ("COMPLETED", "0", None)
    assert later["status"] == "COMPLETED"


def test_what_is_selected_through_fragments_and_under_other_names_is_told() -> None:
    """As in any query."""
    query = """{ ...All } fragment All on QueryRoot { every: products { all: edges { one: node {
      ... on Product { called: handle } } } } }"""
    _, text = Emulated().run(partial(ended, query=query))

    assert {"called": "gift-card"} in rows(text)
    assert len(rows(text)) == SEED


DEEP = """{ collections { edges { node { id products { edges { node { id
  variants { edges { node { id } } } } } } } } } }"""
WIDE = """{ products { edges { node { id variants { edges { node { id } } }
  a: metafields { edges { node { id } } } b: metafields { edges { node { id } } }
  collections { edges { node { id } } } media { edges { node { id } } } } } } }"""
NODE = '{ node(id: "gid://shopify/Product/1") { id } }'
LISTED = """{ collections { edges { node { id sources { ... on CollectionConditionsSource {
  products { edges { node { id } } } } } } } } }"""
NO_CONNECTION = "Bulk queries must contain at least one connection."
SYNTAX = "Invalid bulk query: syntax error, unexpected end of file"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ shop { id } }", [NO_CONNECTION]),
        ("", [SYNTAX]),
        ("fragment A on Product { id }", ["Invalid bulk query: Fragment 'A' is never used."]),
        (
            'mutation { tagsAdd(id: "gid://shopify/Product/1", tags: []) { node { id } } }',
            ["Invalid operation type. Only `query` operations are supported."],
        ),
        (
            "{ products { nodes { wings } } }",
            ["Invalid bulk query: Field 'wings' doesn't exist on type 'Product'"],
        ),
        (DEEP, ["Bulk queries cannot contain connections with a nesting depth greater than 2."]),
        (WIDE, ["Bulk queries cannot contain more than 5 connections."]),
        (NODE, ["Bulk queries cannot contain a top level `node` field.", NO_CONNECTION]),
        (
            LISTED,
            [
                "Queries that contain a connection field within a list field are not currently"
                " supported."
            ],
        ),
        (
            "{ products { nodes { id variants { nodes { id } } } } }",
            [
                "All connection fields in a bulk query must select their contents using 'edges' >"
                " 'node', e.g: 'products { edges { node {'. Selecting via 'nodes' is not"
                " supported. Invalid connection fields: 'products', 'variants'."
            ],
        ),
        (
            "{ products { edges { node { key: id variants { edges { node { id } } } } } } }",
            [
                "The parent 'node' field for a nested connection must select the 'id' field without"
                " an alias and must be of 'ID' return type. Connection fields without 'id':"
                " products."
            ],
        ),
        (
            "{ ...Two } fragment Two on QueryRoot {"
            " products { edges { node { id } } } pages { edges { node { id } } } }",
            ["Bulk queries must have a single top level field."],
        ),
    ],
)
def test_what_is_no_bulk_query(query: str, words: list[str]) -> None:
    """Nothing is begun, and all its faults are told."""

    async def refused(door: Door) -> Any:
        return await run(door, query)

    answer = Emulated().run(refused)

    assert answer["bulkOperation"] is None
    assert [error["message"] for error in answer["userErrors"]] == words
    assert {error["code"] for error in answer["userErrors"]} == {"INVALID"}


def test_no_more_than_five_at_once() -> None:
    """The sixth is told which are in its way."""

    async def many(door: Door) -> list[Any]:
        return [await run(door) for _ in range(6)]

    *begun, refused = Emulated().run(many)
    message = refused["userErrors"][0]["message"]

    assert refused["bulkOperation"] is None
    assert refused["userErrors"][0]["code"] == "OPERATION_IN_PROGRESS"
    assert all(answer["bulkOperation"]["id"] in message for answer in begun)


CREATE = """mutation ($product: ProductCreateInput!) {
  productCreate(product: $product) { product { handle } userErrors { message } }
}"""
START = """mutation ($mutation: String!, $path: String!) {
  bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path) {
    bulkOperation { id } userErrors { code message }
  }
}"""


@pytest.mark.parametrize(
    ("mutation", "words"),
    [
        ("fragment A on Product { id }", "Invalid operation type. Only `mutation` operations"),
        ("{ products { edges { node { id } } } }", "Invalid operation type. Only `mutation`"),
        (f"{CREATE} extend type A", "Failed to parse the mutation"),
        (CREATE.replace("handle", "wings"), "Field 'wings' doesn't exist on type 'Product'"),
    ],
)
def test_what_is_no_bulk_mutation(mutation: str, words: str) -> None:
    """Nothing is begun, whatever was uploaded."""

    async def refused(door: Door) -> Any:
        path = await upload(door, "{}\n")
        answer = await door.ask(START, mutation=mutation, path=path)
        return answer["data"]["bulkOperationRunMutation"]

    answer = Emulated().run(refused)
    (error,) = answer["userErrors"]

    assert answer["bulkOperation"] is None
    assert error["code"] == "INVALID_MUTATION"
    assert error["message"].startswith(words)


def test_lines_are_carried_out_one_by_one() -> None:
    """A refused line stops no other, and each is told with its number."""
    lines = [{"product": {"title": title}} for title in ("One", "", "Two")]

    async def carried_out(door: Door) -> list[Any]:
        path = await upload(door, "\n".join(map(json.dumps, lines)) + "\nno json\n")
        begun = (await door.ask(START, mutation=CREATE, path=path))["data"]
        await anyio.sleep(60)
        told = await state(door, begun["bulkOperationRunMutation"]["bulkOperation"]["id"])
        return rows((await door.client.get(told["url"])).text)

    shop = Emulated()
    told = shop.run(carried_out)
    made = shop.data('{ products(first: 9, query: "handle:one,two") { nodes { title } } }')

    payloads = [row["data"]["productCreate"] for row in told[:3]]
    assert [row["__lineNumber"] for row in told] == [0, 1, 2, 3]
    assert [p["product"] and p["product"]["handle"] for p in payloads] == ["one", None, "two"]
    assert payloads[1]["userErrors"] == [{"message": "Title can't be blank"}]
    assert told[3]["errors"][0]["message"] == "The line is not valid JSON."
    assert made["products"]["nodes"] == [{"title": "One"}, {"title": "Two"}]


async def upload(door: Door, text: str) -> str:
    create = """mutation ($input: [StagedUploadInput!]!) { stagedUploadsCreate(input: $input) {
      stagedTargets { url parameters { name value } } } }"""
    asked = {"resource": "BULK_MUTATION_VARIABLES", "filename": "v", "mimeType": "text/jsonl"}
    body = await door.ask(create, input=[{**asked, "httpMethod": "POST"}])
    target = body["data"]["stagedUploadsCreate"]["stagedTargets"][0]
    form = {p["name"]: p["value"] for p in target["parameters"]}
    await door.client.post(target["url"], data=form, files={"file": text.encode()})
    return form["key"]


def test_scopes_are_looked_at() -> None:
    """What was not granted is refused; the rest is answered."""
    shop = Emulated()
    shop.edit("app", "", accessScopes=["read_content"])
    body = shop.ask("{ pages(first: 1) { nodes { id } } productsCount { count } }")

    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert "`read_products`" in body["errors"][0]["message"]
    assert body["data"]["pages"]["nodes"]


def test_a_bulk_query_without_scope_fails() -> None:
    """It is begun, and ends with the reason."""
    shop = Emulated()
    shop.edit("app", "", accessScopes=["read_content"])
    told, _ = shop.run(ended)

    assert (told["status"], told["errorCode"]) == ("FAILED", "ACCESS_DENIED")


def test_a_bulk_query_that_is_refused_otherwise_fails() -> None:
    """It comes as an error of the vendor's own, and nothing else is kept from being answered."""
    query = """{ product(id: "gid://shopify/Collection/1") {
      id variants { edges { node { id } } } } }"""
    shop = Emulated()
    told, _ = shop.run(partial(ended, query=query))

    assert (told["status"], told["errorCode"]) == ("FAILED", "INTERNAL_SERVER_ERROR")
    assert shop.run(ended)[0]["status"] == "COMPLETED"
