"""What Shopify refuses for being too much is waited for, or asked in parts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest

from providers.kit.graphql import Query
from providers.shopify.client import Settings, reading
from providers.shopify.identified import Field, Wish, identified
from reconciler.provider import Target
from tests.virtual_time import run_in_virtual_time

TARGET = Target("shop", "shopify", "http://shop", "staging", "SHOP", Settings(), 30, 4, None, True)
VERSION = {"X-Shopify-API-Version": "2026-10"}
THROTTLED: dict[str, Any] = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {
        "cost": {
            "requestedQueryCost": 300,
            "actualQueryCost": None,
            "throttleStatus": {
                "maximumAvailable": 2_000, "currentlyAvailable": 100, "restoreRate": 100,
            },
        }
    },
}  # fmt: skip

Answer = Callable[[int, Any], tuple[int, dict[str, Any], dict[str, str]]]
"""What is answered to the n-th request, whose body is given: status, body, headers."""


class Shop(httpx.AsyncBaseTransport):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.at: list[float] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.at.append(anyio.current_time())
        status, body, headers = self._answer(len(self.at), json.loads(request.content))
        return httpx.Response(status, json=body, headers={**VERSION, **headers})


@pytest.mark.parametrize(
    ("status", "headers", "waits"),
    [(200, {}, 2.0), (429, {}, 2.0), (429, {"Retry-After": "7"}, 7.0)],
)
def test_throttled_is_waited_for(status: int, headers: dict[str, str], waits: float) -> None:
    """Whatever its status: for the points that are missing, or as long as it says."""
    shop = Shop(
        lambda n, _: (status, THROTTLED, headers) if n == 1 else (200, {"data": {"a": 1}}, {})
    )

    async def ask() -> Any:
        async with reading(TARGET, shop) as session:
            return await session.query(Query("query { a }", cost=300))

    assert run_in_virtual_time(ask) == {"a": 1}
    assert waits <= shop.at[1] - shop.at[0] < waits + 0.1


def test_a_429_without_words_is_tried_again() -> None:
    """A proxy's refusal says nothing of points."""
    shop = Shop(lambda n, _: (429, {}, {"Retry-After": "3"}) if n < 3 else (200, {"data": {}}, {}))

    async def ask() -> None:
        async with reading(TARGET, shop) as session:
            await session.query(Query("query { a }"))

    run_in_virtual_time(ask)

    assert [round(moment) for moment in shop.at] == [0, 3, 6]


@pytest.mark.parametrize("code", ["MAX_COST_EXCEEDED", "MAX_INPUT_SIZE_EXCEEDED"])
def test_what_is_too_much_is_asked_in_halves(code: str) -> None:
    """The answers come in the order of what was asked; one alone is refused for good."""

    def answer(_: int, asked: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
        ids = [value["id"] for value in asked["variables"].values()]
        if len(ids) > 2:
            return 200, {"errors": [{"message": "no", "extensions": {"code": code}}]}, {}
        return 200, {"data": {f"r{n}": {"id": id_} for n, id_ in enumerate(ids)}}, {}

    async def ask() -> list[Any]:
        async with reading(TARGET, Shop(answer)) as session:
            wishes = [Wish({"id": str(n)}) for n in range(7)]
            return await identified(session, Field("product", "ID", "id"), wishes)

    assert [found["id"] for found in run_in_virtual_time(ask)] == list("0123456")
