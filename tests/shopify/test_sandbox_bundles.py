"""Bundles in the sandbox: put together after the answer, and what can not be put together."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from tests.shopify.emulated import Door, Emulated

CREATE = """mutation($i: ProductBundleCreateInput!) {productBundleCreate(input: $i)
    {productBundleOperation {id status product {id}} userErrors {field message}}}"""
UPDATE = """mutation($i: ProductBundleUpdateInput!) {productBundleUpdate(input: $i)
    {productBundleOperation {id status} userErrors {field message}}}"""
OPERATION = """query($id: ID!) {productOperation(id: $id) {status product {id handle}
    ... on ProductBundleOperation {userErrors {field message code}}}}"""
PRODUCT = """query($h: String!) {productByIdentifier(identifier: {handle: $h}) {id
    options {id} bundleComponents(first: 9) {nodes {quantity componentProduct {handle}}}}}"""


@pytest.fixture
def shop() -> Emulated:
    return Emulated()


async def _component(door: Door, handle: str, **fields: Any) -> dict[str, Any]:
    """A product with every option that it has."""
    product = (await door.ask(PRODUCT, h=handle))["data"]["productByIdentifier"]
    selections = [
        {"componentOptionId": option["id"], "name": handle, "values": ["Default Title"]}
        for option in product["options"]
    ]
    return {"productId": product["id"], "optionSelections": selections, **fields}


async def _ended(door: Door, operation: dict[str, Any]) -> dict[str, Any]:
    await anyio.sleep(2)
    ended: dict[str, Any] = (await door.ask(OPERATION, id=operation["id"]))["data"]
    return dict(ended["productOperation"])


async def _made(door: Door, **fields: Any) -> dict[str, Any]:
    parts = [await _component(door, "gift-card", quantity=2)]
    given = {"title": "A Set", "components": parts, **fields}
    return dict((await door.ask(CREATE, i=given))["data"]["productBundleCreate"])


def test_it_is_put_together_after_the_answer(shop: Emulated) -> None:
    """The operation is active and knows no product yet; then both are there."""

    async def life(door: Door) -> Any:
        started = (await _made(door))["productBundleOperation"]
        return started, await _ended(door, started), await door.ask(PRODUCT, h="a-set")

    started, ended, found = shop.run(life)
    nodes = found["data"]["productByIdentifier"]["bundleComponents"]["nodes"]

    assert (started["status"], started["product"]) == ("ACTIVE", None)
    assert (ended["status"], ended["product"]["handle"]) == ("COMPLETE", "a-set")
    assert nodes == [{"quantity": 2, "componentProduct": {"handle": "gift-card"}}]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"title": " "}, ["input", "title"]),
        ({"components": []}, ["input", "components"]),
    ],
)
def test_what_is_wrong_at_once(shop: Emulated, fields: dict[str, Any], place: list[str]) -> None:
    answer = shop.run(lambda door: _made(door, **fields))

    assert answer["productBundleOperation"] is None
    assert [error["field"] for error in answer["userErrors"]] == [place]


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"quantity": 2001}, ["components", "0", "quantity"], "INVALID_INPUT"),
        ({"optionSelections": []}, ["components", "0", "optionSelections"], "INVALID_INPUT"),
        (
            {"productId": "gid://shopify/Product/1"},
            ["components", "0", "productId"],
            "PRODUCT_DOES_NOT_EXIST",
        ),
    ],
)
def test_what_goes_wrong_in_the_operation(
    shop: Emulated, change: dict[str, Any], place: list[str], code: str
) -> None:
    """Told when it has ended; no product came of it."""

    async def life(door: Door) -> Any:
        part = {**await _component(door, "gift-card"), **change}
        answer = await _made(door, components=[part])
        return await _ended(door, answer["productBundleOperation"])

    ended = shop.run(life)

    assert [(e["field"], e["code"]) for e in ended["userErrors"]] == [(place, code)]
    assert ended["product"] is None


def test_only_a_bundle_is_updated(shop: Emulated) -> None:
    """Components are replaced as a whole; another product is none."""

    async def life(door: Door) -> Any:
        made = await _ended(door, (await _made(door))["productBundleOperation"])
        parts = [await _component(door, "watermill-belt")]
        given = {"productId": made["product"]["id"], "components": parts}
        answer = (await door.ask(UPDATE, i=given))["data"]["productBundleUpdate"]
        await _ended(door, answer["productBundleOperation"])
        refused = await door.ask(UPDATE, i={"productId": parts[0]["productId"], "title": "No"})
        return await door.ask(PRODUCT, h="a-set"), refused

    found, refused = shop.run(life)
    nodes = found["data"]["productByIdentifier"]["bundleComponents"]["nodes"]

    assert [node["componentProduct"]["handle"] for node in nodes] == ["watermill-belt"]
    (error,) = refused["data"]["productBundleUpdate"]["userErrors"]
    assert error["field"] == ["input", "productId"]
