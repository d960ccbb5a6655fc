"""Bulk operations of the emulated shop: files that come with time, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from tests.shopify.emulated import Door, Emulated

RUN = """mutation ($query: String!) {
  bulkOperationRunQuery(query: $query) {
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
  metafields(namespace: "altuzarra") { nodes { __typename key ... on Metafield { value
    reference { ... on Page { handle } ... on MediaImage { image { url } } } } } }
} } } }"""


async def run(door: Door, query: str = PRODUCTS) -> Any:
    body = await door.ask(RUN, query=query)
    return body["data"]["bulkOperationRunQuery"]


async def state(door: Door, id_: str) -> Any:
    return (await door.ask(STATE, id=id_))["data"]["bulkOperation"]


async def ended(door: Door) -> tuple[Any, str]:
    """The last state of an operation, and its file."""
    id_ = (await run(door))["bulkOperation"]["id"]
    await anyio.sleep(60)
    told = await state(door, id_)
    return told, (await door.client.get(told["url"])).text if told["url"] else ""


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
    assert (over[0], over[2]) == ("COMPLETED", True)


def test_its_file_tells_what_a_query_tells() -> None:
    """One line a node, inner nodes name what they hang on; nothing is missing."""
    shop = Emulated()
    told, text = shop.run(ended)
    lines = [json.loads(line) for line in text.splitlines()]
    edges = _pages(shop)

    products = [line for line in lines if "__parentId" not in line]
    inner = [line for line in lines if "__parentId" in line]
    assert {line["id"]: line["name"] for line in products} == {
        edge["node"]["id"]: edge["node"]["name"] for edge in edges
    }
    assert sorted(map(json.dumps, inner)) == sorted(
        json.dumps({**node, "__parentId": edge["node"]["id"]})
        for edge in edges
        for node in edge["node"]["metafields"]["nodes"]
    )
    assert (told["objectCount"], told["fileSize"]) == (str(len(lines)), str(len(text.encode())))


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


@pytest.mark.parametrize("fate", ["FAILED", "CANCELED"])
def test_what_ended_half_way_tells_a_part(fate: str) -> None:
    """Its file stands under another name, so that nobody takes it for the whole."""
    shop = Emulated()
    shop.edit("bulk", "", fate=fate)
    told, _ = shop.run(ended)

    assert (told["status"], told["url"]) == (fate, None)
    assert told["partialDataUrl"] is not None


def test_what_is_canceled_ends_without_a_file() -> None:
    """It is being cancelled first, and a moment later it is."""
    cancel = "mutation ($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } } }"

    async def watch(door: Door) -> list[str]:
        id_ = (await run(door))["bulkOperation"]["id"]
        canceled = (await door.ask(cancel, id=id_))["data"]["bulkOperationCancel"]
        await anyio.sleep(2)
        return [canceled["bulkOperation"]["status"], (await state(door, id_))["status"]]

    assert Emulated().run(watch) == ["CANCELING", "CANCELED"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ shop { id } }", "at least one connection"),
        ("", "syntax error, unexpected end of file"),
        ("{ products { nodes { wings } } }", "Field 'wings' doesn't exist on type 'Product'"),
        (
            "{ collections { nodes { id products { nodes { id variants { nodes { id } } } } } } }",
            "nesting depth greater than 2",
        ),
        ("{ products { nodes { id } } pages { nodes { id } } }", "single top level field"),
    ],
)
def test_what_is_no_bulk_query(query: str, words: str) -> None:
    """Nothing is begun, and the first fault is told."""

    async def refused(door: Door) -> Any:
        return await run(door, query)

    answer = Emulated().run(refused)

    assert answer["bulkOperation"] is None
    assert words in answer["userErrors"][0]["message"]


def test_no_more_than_five_at_once() -> None:
    """The sixth is told which are in its way."""

    async def many(door: Door) -> list[Any]:
        return [await run(door) for _ in range(6)]

    *begun, refused = Emulated().run(many)
    message = refused["userErrors"][0]["message"]

    assert refused["userErrors"][0]["code"] == "OPERATION_IN_PROGRESS"
    assert all(answer["bulkOperation"]["id"] in message for answer in begun)


def test_lines_are_carried_out_one_by_one() -> None:
    """A refused line stops no other, and each is told with its number."""
    create = """mutation ($product: ProductCreateInput!) {
      productCreate(product: $product) { product { handle } userErrors { message } }
    }"""
    start = """mutation ($mutation: String!, $path: String!) {
      bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path) {
        bulkOperation { id } userErrors { code message }
      }
    }"""
    lines = [{"product": {"title": title}} for title in ("One", "", "Two")]

    async def carried_out(door: Door) -> list[Any]:
        path = await upload(door, "\n".join(map(json.dumps, lines)) + "\nno json\n")
        begun = (await door.ask(start, mutation=create, path=path))["data"]
        await anyio.sleep(60)
        told = await state(door, begun["bulkOperationRunMutation"]["bulkOperation"]["id"])
        text = (await door.client.get(told["url"])).text
        return [json.loads(line) for line in text.splitlines()]

    rows = Emulated().run(carried_out)

    payloads = [row["data"]["productCreate"] for row in rows[:3]]
    assert [row["__lineNumber"] for row in rows] == [0, 1, 2, 3]
    assert [p["product"] and p["product"]["handle"] for p in payloads] == ["one", None, "two"]
    assert payloads[1]["userErrors"] == [{"message": "Title can't be blank"}]
    assert "errors" in rows[3]


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
