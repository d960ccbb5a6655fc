"""The sandbox's doors: tokens, versions, what can not be read, points, both doors."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest

from providers.kit.served import served
from tests.shopify.emulated import PATH, TOKEN, Door, Emulated

SHOP = "{shop {name}}"
UNRECOGNISED = "[API] Invalid API key or access token (unrecognized login or wrong password)"


@pytest.fixture
def shop() -> Emulated:
    return Emulated()


@pytest.mark.parametrize("headers", [{}, {"X-Shopify-Access-Token": "shpat_other"}])
def test_another_token_is_refused(shop: Emulated, headers: dict[str, str]) -> None:
    """Without the right token nothing is told, not even that the document is wrong."""

    async def refused(door: Door) -> httpx.Response:
        return await door.post("{nonsense}", headers=headers)

    response = shop.run(refused)

    assert (response.status_code, response.json()) == (401, {"errors": UNRECOGNISED})


@pytest.mark.parametrize("form", ["json", "data"])
def test_a_client_is_granted_a_token_for_a_day(shop: Emulated, form: str) -> None:
    """It works at once, and no longer when it has lapsed; there is no refresh token."""
    asked = {
        "grant_type": "client_credentials",
        "client_id": "sandbox_client",
        "client_secret": "shpss_sandbox",
    }

    async def granted(door: Door) -> tuple[dict[str, Any], int, int]:
        path = "/admin/oauth/access_token"
        body = (await door.client.post(path, **{form: asked})).json()  # type: ignore[arg-type]
        token = {"X-Shopify-Access-Token": body["access_token"]}
        early = await door.post(SHOP, headers=token)
        await anyio.sleep(body["expires_in"])
        late = await door.post(SHOP, headers=token)
        return body, early.status_code, late.status_code

    body, early, late = shop.run(granted)

    assert sorted(body) == ["access_token", "expires_in", "scope"]
    assert (early, late) == (200, 401)


def test_a_wrong_secret_is_granted_nothing(shop: Emulated) -> None:
    """Neither is another grant type."""

    async def refused(door: Door) -> list[int]:
        client = {"client_id": "sandbox_client", "client_secret": "guessed"}
        bodies = [client | {"grant_type": "client_credentials"}, client | {"grant_type": "code"}]
        path = "/admin/oauth/access_token"
        return [(await door.client.post(path, json=body)).status_code for body in bodies]

    assert shop.run(refused) == [401, 400]


@pytest.mark.parametrize(
    ("asked", "status", "served_version"),
    [
        ("2026-10", 200, "2026-10"),
        ("2026-01", 200, "2026-01"),
        ("2025-07", 200, "2026-01"),
        ("2031-01", 404, None),
        ("newest", 404, None),
    ],
)
def test_the_served_version_is_named(
    shop: Emulated, asked: str, status: int, served_version: str | None
) -> None:
    """A retired version falls forward without a word but for the header."""

    async def named(door: Door) -> httpx.Response:
        return await door.post(SHOP, path=f"/admin/api/{asked}/graphql.json")

    response = shop.run(named)

    assert response.status_code == status
    assert response.headers.get("X-Shopify-API-Version") == served_version


def test_an_old_version_hides_collections_with_sources(shop: Emulated) -> None:
    """As the vendor warns: they are simply not there."""
    query = """{collections(first: 20) {nodes {handle}}
        collectionByIdentifier(identifier: {handle: "style-harold-sweater"}) {id}}"""

    async def seen(door: Door) -> Any:
        return (await door.post(query, path="/admin/api/2026-04/graphql.json")).json()["data"]

    data = shop.run(seen)

    assert [node["handle"] for node in data["collections"]["nodes"]] == ["frontpage", "accessories"]
    assert data["collectionByIdentifier"] is None


@pytest.mark.parametrize(
    ("document", "variables", "code", "message"),
    [
        (
            '{product(id: "gid://shopify/Product/1") {colour}}',
            {},
            "undefinedField",
            "Field 'colour' doesn't exist on type 'Product'",
        ),
        (
            "{shop(id: 1) {name}}",
            {},
            "argumentNotAccepted",
            "Field 'shop' doesn't accept argument 'id'",
        ),
        (
            '{product(id: "12") {id}}',
            {},
            "argumentLiteralsIncompatible",
            "Invalid global id '12'",
        ),
        (
            "query($id: ID!) {product(id: $id) {id}}",
            {"id": "12"},
            "INVALID_VARIABLE",
            "Variable $id of type ID! was provided invalid value",
        ),
        (
            "query($h: String!) {collectionByIdentifier(identifier: {handle: $h}) {id}}",
            {"h": 7},
            "INVALID_VARIABLE",
            "Variable $h of type String! was provided invalid value",
        ),
        (
            "mutation($c: CollectionCreateInput!) {collectionCreate(collection: $c)"
            " {collection {id}}}",
            {"c": {"title": "A", "colour": "red"}},
            "INVALID_VARIABLE",
            "Variable $c of type CollectionCreateInput! was provided invalid value for colour"
            " (Field is not defined on CollectionCreateInput)",
        ),
    ],
)
def test_what_can_not_be_read_is_told(
    shop: Emulated, document: str, variables: dict[str, Any], code: str, message: str
) -> None:
    """In the vendor's words, without data and without cost."""
    body = shop.ask(document, **variables)

    assert list(body) == ["errors"]
    assert (body["errors"][0]["extensions"]["code"], body["errors"][0]["message"]) == (
        code,
        message,
    )


def test_an_id_of_another_type_is_refused(shop: Emulated) -> None:
    """The field is null, the error has its path."""
    body = shop.ask('{product(id: "gid://shopify/Collection/1") {id}}')

    assert body["data"] == {"product": None}
    assert body["errors"][0]["extensions"] == {"code": "RESOURCE_NOT_FOUND"}
    assert body["errors"][0]["path"] == ["product"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "you must provide one of first or last"),
        ("(first: 1, last: 1)", "providing both first and last is not supported"),
        ("(first: 251)", "a page holds between 1 and 250 items, not 251"),
    ],
)
def test_a_page_has_a_size(shop: Emulated, args: str, message: str) -> None:
    """One of first and last, and not more than 250."""
    body = shop.ask(f"{{products{args} {{nodes {{id}}}}}}")

    assert body["errors"][0]["message"] == message


def test_pages_follow_one_another_in_both_directions(shop: Emulated) -> None:
    """A cursor leads on also when what it stood on is gone."""
    page = """query($after: String, $first: Int) {products(first: $first, after: $after)
        {nodes {id handle} pageInfo {hasNextPage hasPreviousPage endCursor}}}"""
    first = shop.data(page, first=7)["products"]
    shop.edit("product", first["nodes"][-1]["handle"], deleted=True)
    rest = shop.data(page, first=250, after=first["pageInfo"]["endCursor"])["products"]
    last = shop.data("{products(last: 2, reverse: true) {nodes {handle}}}")["products"]

    assert (len(first["nodes"]), len(rest["nodes"])) == (7, 13)
    assert not {n["id"] for n in first["nodes"]} & {n["id"] for n in rest["nodes"]}
    assert rest["pageInfo"]["hasPreviousPage"]
    assert not rest["pageInfo"]["hasNextPage"]
    assert [n["handle"] for n in last["nodes"]] == ["arp-dress-ivory", "arp-dress-black"]


DEAR = "{" + " ".join(f"c{n}: productsCount {{count}}" for n in range(19)) + "}"
"""190 points: a count costs 10."""


def test_points_run_out_and_come_back(shop: Emulated) -> None:
    """2,000 points at most, 100 a second; a throttled answer has no data and costs nothing."""

    async def used_up(door: Door) -> tuple[list[Any], Any, Any]:
        bodies = []
        while not bodies or "data" in bodies[-1]:
            bodies.append(await door.ask(DEAR))
        throttled = bodies[-1]
        missing = throttled["extensions"]["cost"]["requestedQueryCost"]
        missing -= throttled["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]
        await anyio.sleep(missing / 100 + 0.01)
        return bodies, throttled, await door.ask(DEAR)

    bodies, throttled, later = shop.run(used_up)
    costs = [b["extensions"]["cost"]["actualQueryCost"] for b in bodies if "data" in b]

    assert 1_800 < sum(costs) <= 2_000
    assert throttled["errors"][0]["message"] == "Throttled"
    assert throttled["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert throttled["extensions"]["cost"]["actualQueryCost"] is None
    assert "data" in later


def test_the_rate_is_a_hundred_points_a_second(shop: Emulated) -> None:
    """However patiently it is asked: over a minute no more than the bucket and its filling."""

    async def minute(door: Door) -> float:
        points = 0.0
        while anyio.current_time() < 60:
            body = await door.ask(DEAR)
            points += body["extensions"]["cost"]["actualQueryCost"] or 0
            await anyio.sleep(0.25)
        return points

    assert 7_500 < shop.run(minute) <= 2_000 + 60 * 100


def test_a_clock_that_begins_anew_finds_a_full_bucket(shop: Emulated) -> None:
    """The level is kept with the shop; a served sandbox starts its clock at any time."""

    async def late(door: Door) -> Any:
        await anyio.sleep(1_000)
        return await door.ask(DEAR)

    shop.run(late)
    body = shop.ask(SHOP)

    assert body["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 1_999


def test_a_query_costs_a_thousand_points_at_most(shop: Emulated) -> None:
    """Whatever the bucket holds."""
    body = shop.ask(
        "{products(first: 250) {nodes {collections(first: 250) {nodes {products(first: 250)"
        " {nodes {collections(first: 9) {nodes {id}}}}}}}}}"
    )

    assert body["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert "data" not in body


def test_the_served_door_leads_to_the_same_shop(shop: Emulated) -> None:
    """Over real HTTP, what is edited beside it is seen at once."""
    query = '{productByIdentifier(identifier: {handle: "gift-card"}) {title}}'
    with served(shop.sandbox) as address, httpx.Client(base_url=address) as client:
        shop.edit("product", "gift-card", title="Present")
        response = client.post(PATH, json={"query": query}, headers=TOKEN)

    assert response.json()["data"] == {"productByIdentifier": {"title": "Present"}}
    assert response.headers["X-Shopify-API-Version"] == "2026-10"
