"""Sessions: who asks is looked at first, nothing partial is believed, limits are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
import httpx
import pytest

from providers.kit.graphql import GraphQLError, Query
from providers.kit.sandbox import Fault
from providers.saleor import PROVIDER
from providers.saleor.client import Credentials, SaleorReader
from reconciler.provider import Distrusted, PlatformError, Target, Unauthorised
from tests.saleor.market import TARGET, Market
from tests.virtual_time import run_in_virtual_time

SHOP = Query("{ shop { name } }")


async def _open(target: Target, wire: httpx.AsyncBaseTransport | None) -> str:
    async with PROVIDER.reading(target, wire) as session:
        return await PROVIDER.identify(session)


def test_the_account_is_the_host_that_the_server_says() -> None:
    """Not the endpoint: a copy of the shop behind the same address is another account."""
    market = Market()

    assert run_in_virtual_time(partial(_open, TARGET, market.door)) == "market.example"


def test_a_wrong_token_is_told_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saleor would answer it as a visitor, HTTP 200 and less data."""
    monkeypatch.setenv("MARKET_TOKEN", "expired")
    market = Market()

    with pytest.raises(Unauthorised, match="AUTHENTICATED_APP · check the token"):
        run_in_virtual_time(partial(_open, replace(TARGET, sandbox=False), market.door))

    assert len(market.door.sent) == 1


def test_a_token_without_permissions_is_told_which(monkeypatch: pytest.MonkeyPatch) -> None:
    """A storefront's token sees less than there is, so it may not even read."""
    monkeypatch.setenv("MARKET_TOKEN", "storefront")

    with pytest.raises(Unauthorised, match="lacks MANAGE_PRODUCTS, MANAGE_PAGE_TYPES_AND_ATTR"):
        run_in_virtual_time(partial(_open, replace(TARGET, sandbox=False), Market().door))


@pytest.mark.parametrize(
    ("identity", "lacking"),
    [
        ("external_reference", ["MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES"]),
        ("slug", ["MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES", "MANAGE_TRANSLATIONS"]),
    ],
)
def test_writing_needs_more_than_reading(identity: str, lacking: list[str]) -> None:
    """A token for plans alone need not be able to write; labels are translations only where the
    slug is the key."""
    market = Market(identity=identity)
    market.grant("MANAGE_PRODUCTS", "MANAGE_PAGE_TYPES_AND_ATTRIBUTES")

    async def write() -> None:
        async with market.writing():
            pass

    run_in_virtual_time(partial(_open, market.target, market.door))
    with pytest.raises(Unauthorised, match=f"lacks {', '.join(lacking)} · "):
        run_in_virtual_time(write)


def test_a_token_that_hidden_attributes_are_hidden_from_may_not_read() -> None:
    """It would take them for missing, and propose to make them."""
    market = Market()
    market.grant("MANAGE_PRODUCTS")

    with pytest.raises(Unauthorised, match="lacks MANAGE_PAGE_TYPES_AND_ATTRIBUTES · grant it"):
        run_in_virtual_time(partial(_open, market.target, market.door))


def test_missing_credentials_name_their_variable() -> None:
    """A real target reads them from the environment, under its prefix."""
    with pytest.raises(Unauthorised, match="market has no credential · set MARKET_TOKEN"):
        run_in_virtual_time(partial(_open, replace(TARGET, sandbox=False), None))


def test_credentials_do_not_show() -> None:
    """Not in a representation, which is what logs and tracebacks print."""
    assert "the-token" not in repr(Credentials(token="the-token"))  # type: ignore[arg-type]


def test_a_read_session_can_not_write() -> None:
    """It has no such method, and takes no document that would."""
    market = Market()

    async def run() -> None:
        async with market.reading() as session:
            assert not hasattr(session, "mutate")
            await session.query(Query('mutation { attributeDelete(id: "x") { errors { code } } }'))

    with pytest.raises(ValueError, match="a Query holds one query"):
        run_in_virtual_time(run)
    assert market.door.mutations == []


class Answering(httpx.AsyncBaseTransport):
    """A door that answers the first question truly, and the others as it is told."""

    def __init__(self, market: Market, answer: Callable[[], httpx.Response]) -> None:
        self._market = market
        self._answer = answer
        self._asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._asked += 1
        if self._asked == 1:
            return await self._market.door.handle_async_request(request)
        return self._answer()


def _told(message: str, code: str) -> Any:
    error = {"message": message, "extensions": {"exception": {"code": code}}}
    return {"errors": [error], "data": {"shop": {"name": None}}}


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            httpx.Response(200, json=_told("Requesting 101 records …", "GraphQLError")),
            GraphQLError,
            "Requesting 101 records",
        ),
        (
            httpx.Response(200, json=_told("To access this path, …", "PermissionDenied")),
            Unauthorised,
            "To access this path, … · check the token and its app's permissions",
        ),
        (httpx.Response(200, text="<html>"), Distrusted, "check the target's endpoint"),
    ],
)
def test_partial_answers_are_not_believed(
    answer: httpx.Response, kind: type[PlatformError], words: str
) -> None:
    """Data beside errors reads like absence, so it counts as nothing."""
    door = Answering(Market(), lambda: answer)

    async def run() -> None:
        async with PROVIDER.reading(TARGET, door) as session:
            await session.query(SHOP)

    with pytest.raises(kind, match=words):
        run_in_virtual_time(run)


def test_the_requests_of_a_minute_are_kept() -> None:
    """Where a target says how many: 300 at 120 a minute take two minutes more, and not longer
    than that by the margin."""
    market = Market()
    target = replace(TARGET, requests_per_minute=120)

    async def run() -> float:
        async with PROVIDER.reading(target, market.door) as session:
            began = anyio.current_time()
            for _ in range(300):
                await session.query(SHOP)
            return anyio.current_time() - began

    assert 120 <= run_in_virtual_time(run) <= 122


def test_a_refusal_for_haste_is_waited_out() -> None:
    """Somebody else used the minute up: 429 without `Retry-After` waits for the next one."""
    market = Market()
    market.sandbox.inject(Fault.TOO_MANY, matching="shop { name }")

    async def run() -> tuple[Any, float]:
        target = replace(TARGET, requests_per_minute=120)
        async with PROVIDER.reading(target, market.door) as session:
            return await session.query(SHOP), anyio.current_time()

    data, took = run_in_virtual_time(run)

    assert data == {"shop": {"name": "Agent Market"}}
    assert took >= 60


@pytest.mark.parametrize("endpoint", ["http://saleor", "http://saleor/", "http://saleor/graphql/"])
def test_an_endpoint_may_name_the_path_or_leave_it(endpoint: str) -> None:
    """What Saleor's dashboard shows can be pasted."""
    target = replace(TARGET, endpoint=endpoint)

    assert run_in_virtual_time(partial(_open, target, Market().door)) == "market.example"


def test_nobody_is_asked_what_no_intent_asks() -> None:
    """No intent that asks the catalog is honoured here."""
    market = Market()

    async def run() -> Any:
        async with market.reading() as session:
            assert isinstance(session, SaleorReader)
            return await PROVIDER.answer(session, [])

    assert run_in_virtual_time(run) == {}
