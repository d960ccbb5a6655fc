"""Sessions: who may in, what is believed, and what is asked of the search."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import httpx
import pytest

from providers.kit.graphql import Mutation, Query
from providers.kit.store import Store
from providers.shopify.client import (
    Settings,
    ShopifyReader,
    UserErrors,
    identify,
    reading,
    writing,
)
from providers.shopify.sandbox import ShopifySandbox
from providers.shopify.search import answer, term
from reconciler.model.question import Question
from reconciler.provider import Distrusted, PlatformError, Remotes, Target, Unauthorised
from tests.virtual_time import run_in_virtual_time

SHOP = Query("query Shop { shop { id } }")


def target(*, sandbox: bool = True, version: str = "2026-10") -> Target:
    settings = Settings(api_version=version)
    return Target(
        "shop", "shopify", "http://shop.test", "staging", "SHOP", settings, 30, 4, None, sandbox
    )


def door(app: Any = None) -> httpx.ASGITransport:
    return httpx.ASGITransport(app or ShopifySandbox(Store()))


def read(use: Callable[[ShopifyReader], Any], at: Target, wire: Any) -> Any:
    async def session() -> Any:
        async with reading(at, wire) as reader:
            return await use(reader)

    return run_in_virtual_time(session)


def answering(body: Any, status: int = 200, version: str = "2026-10") -> httpx.MockTransport:
    """A wire on which everything is answered alike."""
    headers = {"X-Shopify-API-Version": version}
    return httpx.MockTransport(lambda request: httpx.Response(status, json=body, headers=headers))


def ask(reader: ShopifyReader) -> Any:
    return reader.query(SHOP)


def test_the_account_is_the_shop() -> None:
    """Its id and the domain that never changes."""
    account = read(identify, target(), door())

    assert account.startswith("gid://shopify/Shop/")
    assert account.endswith(".myshopify.com")


def test_a_token_of_the_environment_opens_the_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    """`<PREFIX>_ADMIN_TOKEN` is carried by each request."""
    monkeypatch.setenv("SHOP_ADMIN_TOKEN", "shpat_sandbox")

    assert read(ask, target(sandbox=False), door())["shop"]["id"]


def test_a_wrong_token_is_told_in_the_vendors_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP 401 is no network trouble."""
    monkeypatch.setenv("SHOP_ADMIN_TOKEN", "shpat_else")

    with pytest.raises(Unauthorised, match="Invalid API key or access token"):
        read(ask, target(sandbox=False), door())


def test_a_client_asks_for_its_token_and_renews_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One token serves many requests; after a day there is a new one, before the old lapses."""
    monkeypatch.setenv("SHOP_CLIENT_ID", "sandbox_client")
    monkeypatch.setenv("SHOP_CLIENT_SECRET", "shpss_sandbox")
    seen: list[str] = []
    inner = door()

    async def noting(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("X-Shopify-Access-Token", "asked for"))
        return await inner.handle_async_request(request)

    async def over_a_day(reader: ShopifyReader) -> None:
        for _ in range(3):
            await reader.query(SHOP)
            await anyio.sleep(12 * 3600)

    read(over_a_day, target(sandbox=False), httpx.MockTransport(noting))

    assert seen == [
        "asked for", "shpat_granted_1", "shpat_granted_1", "asked for", "shpat_granted_2",
    ]  # fmt: skip


def test_a_token_that_is_refused_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop that forgot its grants is no reason to fail."""
    monkeypatch.setenv("SHOP_CLIENT_ID", "sandbox_client")
    monkeypatch.setenv("SHOP_CLIENT_SECRET", "shpss_sandbox")
    app = ShopifySandbox(Store())

    async def through_a_reset(reader: ShopifyReader) -> Any:
        await reader.query(SHOP)
        app.reset()
        return await reader.query(SHOP)

    assert read(through_a_reset, target(sandbox=False), door(app))["shop"]["id"]


def test_a_wrong_secret_is_told_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret itself is not."""
    monkeypatch.setenv("SHOP_CLIENT_ID", "sandbox_client")
    monkeypatch.setenv("SHOP_CLIENT_SECRET", "shpss_wrong")

    with pytest.raises(Unauthorised, match="invalid_client · check the client id") as caught:
        read(ask, target(sandbox=False), door())
    assert "shpss_wrong" not in str(caught.value)


def test_no_credential_names_the_variables() -> None:
    """What to set is said; nothing is sent."""
    with pytest.raises(Unauthorised, match=r"SHOP_ADMIN_TOKEN,\s+or SHOP_CLIENT_ID"):
        read(ask, target(sandbox=False), answering({}, 500))


def test_another_version_is_not_believed() -> None:
    """A retired version is answered by another one; that is an error here."""
    with pytest.raises(Distrusted, match="2025-07 was asked for and 2026-01 answered"):
        read(ask, target(version="2025-07"), door())


def test_a_missing_scope_is_named() -> None:
    """ACCESS_DENIED comes with HTTP 200, and reads like absence."""
    error = {
        "message": "Access denied for pages field.",
        "extensions": {"code": "ACCESS_DENIED"},
        "path": ["pages"],
    }
    body = {"data": {"pages": None}, "errors": [error]}

    with pytest.raises(Unauthorised, match=r"Access denied.*scope that pages needs"):
        read(ask, target(), answering(body))


def test_a_search_that_was_not_understood_is_fatal() -> None:
    """It finds everything, and the only sign is a warning beside the data."""
    query = Query('query All { products(first: 5, query: "colour:red") { nodes { id } } }')

    with pytest.raises(Distrusted, match="Invalid search field"):
        read(lambda reader: reader.query(query), target(), door())


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (Question("type", "Belts"), ("watermill-belt",)),
        (Question("type", "belts"), ("watermill-belt",)),
        (Question("tag", "ACCESSORY"), ("play-bag-tan", "play-bag-black", "watermill-belt")),
        (Question("type", "Evening Dresses"), ("opera-gown-sample",)),
        (Question("type", 'no "such\\ type" OR tag:accessory'), ()),
        (Question("tag", "accessory*"), ()),
    ],
)
def test_questions_find_exactly_what_fits(question: Question, found: tuple[str, ...]) -> None:
    """Whatever the case; nothing in a value is taken for the search's own language."""
    answers = read(partial(_answer, question), target(), door())

    assert answers == {question: found}


async def _answer(question: Question, reader: ShopifyReader) -> Any:
    return await answer(reader, [question])


def test_a_product_that_does_not_fit_is_not_answered() -> None:
    """A search that fails open without a word changes no answer."""
    nodes = [
        {"handle": "a", "productType": "Belts", "tags": []},
        {"handle": "b", "productType": "Bags", "tags": ["Belts"]},
    ]
    page = {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}
    question = Question("type", "Belts")
    answers = read(partial(_answer, question), target(), answering({"data": {"products": page}}))

    assert answers == {question: ("a",)}


def test_more_than_a_page_is_read_to_its_end() -> None:
    """251 products take two requests."""
    app = ShopifySandbox(Store())
    _make_products(app, 251)
    question = Question("tag", "many")
    answers = read(partial(_answer, question), target(), door(app))

    assert len(set(answers[question])) == 251


def _page(*nodes: str, more: str | None = None) -> dict[str, Any]:
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": bool(more), "endCursor": more}}


@pytest.mark.parametrize(
    ("answered", "told"),
    [
        ({"product": {"media": _page("b", more="one")}}, "behind a page of media comes that page"),
        ({"product": None}, "product went while its media were read"),
    ],
)
def test_pages_that_do_not_come_to_an_end_are_not_believed(answered: Any, told: str) -> None:
    """A cursor that leads to itself, and a thing that is deleted while it is read: neither is the
    whole, and nobody waits for ever."""
    more = Query("query More { shop { id } }")

    async def rest(reader: ShopifyReader) -> Any:
        return [
            node async for node in reader.rest(_page("a", more="one"), more, "product", "media")
        ]

    with pytest.raises(Distrusted, match=told):
        read(rest, target(), answering({"data": answered}))


def test_a_root_connection_that_leads_to_itself_is_not_believed() -> None:
    """As with pages within pages."""
    types = Query("query Types { shop { id } }")

    async def every(reader: ShopifyReader) -> Any:
        return [node async for node in reader.pages(types, "productTypes")]

    with pytest.raises(Distrusted, match="behind a page of productTypes"):
        read(every, target(), answering({"data": {"productTypes": _page("a", more="one")}}))


def _make_products(app: ShopifySandbox, count: int) -> None:
    from providers.shopify.sandbox.products import add_product
    from providers.shopify.sandbox.shop import Shop

    with app.store.transaction():
        for n in range(count):
            add_product(Shop(app.store), {"title": f"Product {n}", "tags": ["many"]})


def test_terms_are_quoted() -> None:
    """Quotes and backslashes of a value stay in the value."""
    assert term("tag", 'a "b" \\ c') == 'tag:"a \\"b\\" \\\\ c"'


def test_a_read_session_refuses_a_mutation() -> None:
    """It has no method for one, and its queries can not hold one."""
    mutation = "mutation M { collectionDelete(input: {id: 1}) { deletedCollectionId } }"

    with pytest.raises(ValueError, match="a Query holds one query"):
        Query(mutation)
    assert not hasattr(ShopifyReader, "mutate")


def test_user_errors_keep_place_and_code() -> None:
    """The vendor's words, with where and which."""
    mutation = Mutation(
        """mutation M($definition: MetafieldDefinitionInput!) {
          metafieldDefinitionCreate(definition: $definition) { userErrors { field message code } }
        }"""
    )
    bad = {"ownerType": "PRODUCT", "namespace": "x", "key": "fit", "name": "Fit", "type": "boolean"}

    async def write() -> None:
        async with writing(target(), door(), Remotes("shop")) as session:
            await session.mutate(mutation, "metafieldDefinitionCreate", definition=bad)

    with pytest.raises(UserErrors, match=r"definition.namespace: .* \(TOO_SHORT\)") as caught:
        run_in_virtual_time(write)
    assert isinstance(caught.value, PlatformError)
    assert json.dumps(caught.value.errors)
