"""The emulated shop, asked by raw requests: nothing of the provider is in the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

import httpx

from providers.kit.store import Store
from providers.shopify.sandbox import ACCEPTED, ShopifySandbox
from tests.virtual_time import run_in_virtual_time

T = TypeVar("T")

TOKEN: Final = {"X-Shopify-Access-Token": ACCEPTED}
PATH: Final = "/admin/api/2026-10/graphql.json"


class Emulated:
    """A shop as new, on a clock that jumps."""

    def __init__(self) -> None:
        self.sandbox = ShopifySandbox(Store())

    def edit(self, thing: str, key: str, **fields: Any) -> None:
        self.sandbox.admin_edit(thing, key, fields)

    def run(self, function: Callable[[Door], Awaitable[T]]) -> T:
        async def inside() -> T:
            transport = httpx.ASGITransport(app=self.sandbox)
            async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
                return await function(Door(client))

        return run_in_virtual_time(inside)

    def ask(self, text: str, **variables: Any) -> Any:
        """The body of one answer."""

        async def once(door: Door) -> Any:
            return await door.ask(text, **variables)

        return self.run(once)

    def data(self, text: str, **variables: Any) -> Any:
        body = self.ask(text, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]


class Door:
    """Requests to the shop, one after another."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def post(
        self,
        text: str,
        variables: Mapping[str, Any] | None = None,
        path: str = PATH,
        headers: Mapping[str, str] = TOKEN,
    ) -> httpx.Response:
        body = {"query": text, "variables": variables}
        return await self.client.post(path, json=body, headers=dict(headers))

    async def ask(self, text: str, **variables: Any) -> Any:
        return (await self.post(text, variables)).json()
