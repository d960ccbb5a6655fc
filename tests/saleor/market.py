"""A sandbox marketplace to test against: raw requests beside the provider's own sessions.

What the provider writes is judged through `raw`, which knows nothing of the provider.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from typing import Any

import httpx

from providers.kit.sandbox import Sandbox
from providers.kit.store import Store
from providers.saleor import PROVIDER
from providers.saleor.client import SaleorReader, SaleorWriter, Settings
from providers.saleor.sandbox import SaleorSandbox
from reconciler.model.address import Address, Key, Remote
from reconciler.model.resource import State
from reconciler.provider import ALL, Remotes, Target, Wanted
from tests.virtual_time import run_in_virtual_time

Body = dict[str, Any]

TARGET = Target(
    name="market",
    provider="saleor",
    endpoint="http://saleor.sandbox",
    environment="staging",
    credentials="MARKET",
    settings=Settings(),
    timeout=30.0,
    concurrency=4,
    requests_per_minute=None,
    sandbox=True,
)


class Watched(httpx.AsyncBaseTransport):
    """A door that notes what goes through it, and what it is said to cost."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.sent: list[Body] = []
        self.costs: list[int] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(json.loads(request.content))
        response = await self._inner.handle_async_request(request)
        if response.is_success:
            cost = json.loads(await response.aread()).get("extensions", {}).get("cost", {})
            self.costs.append(cost.get("requestedQueryCost", 0))
        return response

    @property
    def mutations(self) -> list[Body]:
        return [body for body in self.sent if body["query"].startswith("mutation")]


class Market:
    """The example shop, and a door to it that is watched."""

    def __init__(self, sandbox: Sandbox | None = None, **settings: Any) -> None:
        self.sandbox = sandbox or SaleorSandbox(Store())
        self.target = replace(TARGET, settings=Settings(**settings))
        self.door = Watched(httpx.ASGITransport(app=self.sandbox))

    def edit(self, thing: str, key: str, **fields: Any) -> None:
        self.sandbox.admin_edit(thing, key, fields)

    def grant(self, *permissions: str) -> None:
        """What the sandbox's own app may do from now on."""
        with self.sandbox.store.transaction() as store:
            for id_, app in list(store.all("App").items()):
                if app["token"] == "sandbox":
                    store.put("App", id_, {**app, "permissions": list(permissions)})

    def reading(self) -> AbstractAsyncContextManager[SaleorReader]:
        return PROVIDER.reading(self.target, self.door)

    def writing(
        self, known: Mapping[Address, Remote] | None = None
    ) -> AbstractAsyncContextManager[SaleorWriter]:
        return PROVIDER.writing(self.target, self.door, Remotes("market", dict(known or {})))

    def read(self, kind: str, wanted: Wanted | Iterable[Key]) -> State:
        """The live resources of a kind; bare keys are wanted without a remote."""
        if wanted is not ALL and not isinstance(wanted, Mapping):
            wanted = dict.fromkeys(wanted)
        return run_in_virtual_time(partial(self._read, kind, wanted))

    async def _read(self, kind: str, wanted: Wanted) -> State:
        async with self.reading() as session:
            found = PROVIDER.kind(kind).read(session, "market", wanted)
            return {resource.address: resource async for resource in found}

    def raw(self, query: str, **variables: Any) -> Body:
        return raw(self.sandbox, query, **variables)


def raw(sandbox: Sandbox, query: str, **variables: Any) -> Body:
    """One request by nobody's client but httpx."""

    async def ask() -> Body:
        door = httpx.ASGITransport(app=sandbox)
        async with httpx.AsyncClient(transport=door, base_url="http://saleor") as client:
            body = {"query": query, "variables": variables}
            headers = {"Authorization-Bearer": "sandbox"}
            answer = (await client.post("/graphql/", json=body, headers=headers)).json()
            assert "errors" not in answer, answer
            return dict(answer["data"])

    return run_in_virtual_time(ask)


def choices(sandbox: Sandbox, slug: str) -> list[Body]:
    """The values of an attribute, as they stand, with their English label."""
    query = """query($slug: String) { attribute(slug: $slug) { choices(first: 100) { edges { node {
      id slug name externalReference translation(languageCode: EN) { name } } } } } }"""
    attribute = raw(sandbox, query, slug=slug)["attribute"]
    nodes = [edge["node"] for edge in attribute["choices"]["edges"]] if attribute else []
    return [{**n, "translation": n["translation"] and n["translation"]["name"]} for n in nodes]


def carried(sandbox: Sandbox, slug: str) -> dict[str, list[str]]:
    """What a product carries: attribute slug → value slugs."""
    query = """query($slug: String) { product(slug: $slug) { attributes {
      attribute { slug } values { slug } } } }"""
    product = raw(sandbox, query, slug=slug)["product"]
    return {
        row["attribute"]["slug"]: [value["slug"] for value in row["values"]]
        for row in product["attributes"]
    }
