"""A sandbox account to test against: raw requests beside the provider's own sessions.

What the provider writes is judged through `raw`, which knows nothing of the provider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
import httpx

from providers.kit.store import Store
from providers.plytix import PROVIDER
from providers.plytix.client import PlytixReader, PlytixWriter, Settings
from providers.plytix.sandbox import PlytixSandbox
from providers.plytix.sandbox.tokens import mint
from reconciler.compare import Comparison, compare
from reconciler.model.address import Address, Key, Remote
from reconciler.model.outcome import AnyOutcome
from reconciler.model.resource import Resource, State
from reconciler.provider import ALL, Remotes, Target, Wanted

Body = dict[str, Any]

PLENTY = [{"limit": 100_000, "window_size": 10}]
HOST = "http://plytix.sandbox"

TARGET = Target(
    name="pim",
    provider="plytix",
    endpoint=HOST,
    environment="staging",
    credentials="PIM",
    settings=Settings(auth_endpoint=HOST),
    timeout=30.0,
    concurrency=4,
    requests_per_minute=None,
    sandbox=True,
)


class Watched(httpx.AsyncBaseTransport):
    """A door that notes what goes through it: method, path, body. No path ends with a slash: that
    would be redirected, and lose the credential on the way."""

    def __init__(self, inner: httpx.AsyncBaseTransport, sent: list[httpx.Request]) -> None:
        self._inner = inner
        self._sent = sent

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert not request.url.path.endswith("/"), request.url.path
        self._sent.append(request)
        return await self._inner.handle_async_request(request)


class Account:
    """The example account, without the hurry of rate limits unless a test sets them."""

    def __init__(self) -> None:
        self.sandbox = PlytixSandbox(Store())
        self.sent: list[httpx.Request] = []
        self.edit("account", "", rate_limit=PLENTY)

    def edit(self, thing: str, key: str, **fields: Any) -> None:
        """An admin's edit; `attributes__x` is the field `attributes.x`."""
        named = {name.replace("__", "."): value for name, value in fields.items()}
        self.sandbox.admin_edit(thing, key, named)

    def wire(self) -> httpx.AsyncBaseTransport:
        return Watched(httpx.ASGITransport(app=self.sandbox), self.sent)

    def reading(self) -> AbstractAsyncContextManager[PlytixReader]:
        return PROVIDER.reading(TARGET, self.wire())

    def writing(
        self, known: Mapping[Address, Remote] | None = None
    ) -> AbstractAsyncContextManager[PlytixWriter]:
        return PROVIDER.writing(TARGET, self.wire(), Remotes("pim", dict(known or {})))

    @property
    def asked(self) -> list[str]:
        """What the provider sent, without the token requests."""
        requests = (f"{r.method} {r.url.path}" for r in self.sent)
        return [text for text in requests if not text.endswith("/get-token")]

    @property
    def writes(self) -> list[str]:
        return [text for text in self.asked if _writes(text)]

    async def raw(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """One request by nobody's client but httpx, with a fresh token."""
        token = mint(self._all("account")[0], anyio.current_time())
        async with self.client() as client:
            headers = {"Authorization": f"Bearer {token}"}
            return await client.request(method, path, json=body, headers=headers)

    def client(self) -> httpx.AsyncClient:
        door = httpx.ASGITransport(app=self.sandbox)
        return httpx.AsyncClient(transport=door, base_url=HOST, timeout=None)

    def product_id(self, sku: str) -> str:
        return str(next(p["id"] for p in self._all("product") if p["sku"] == sku))

    def asset_id(self, filename: str) -> str:
        return str(next(a["id"] for a in self._all("asset") if a["filename"] == filename))

    async def links(self, sku: str) -> Body:
        """A product by v2, with file names in place of asset ids."""
        response = await self.raw("GET", f"/api/v2/products/{self.product_id(sku)}")
        product = response.json()["data"][0]
        names = {asset["id"]: asset["filename"] for asset in self._all("asset")}
        media = {
            label: sorted(names[id_] for id_ in value)
            for label, value in product["attributes"].items()
            if isinstance(value, list)
        }
        return media | {"thumbnail": [names[id_] for id_ in product["thumbnail"]]}

    def _all(self, sort: str) -> list[Body]:
        with self.sandbox.store.transaction() as store:
            return list(store.all(sort).values())


async def read(session: PlytixReader, kind: str, wanted: Wanted | Iterable[Key]) -> State:
    """The live resources of a kind; bare keys are wanted without a remote."""
    if wanted is not ALL and not isinstance(wanted, Mapping):
        wanted = dict.fromkeys(wanted)
    found = PROVIDER.kind(kind).read(session, "pim", wanted)
    return {resource.address: resource async for resource in found}


async def compared(
    account: Account, desired: Sequence[Resource[Any]], applied: State | None = None
) -> Comparison:
    """Desired against what is live now, as a plan does it."""
    states = {resource.address: resource for resource in desired}
    live: dict[Address, Resource[Any]] = {}
    async with account.reading() as session:
        for kind in ("asset", "gallery"):
            ours = {**states, **(applied or {})}
            wanted = {a.key: r.remote for a, r in ours.items() if a.kind == kind}
            live |= await read(session, kind, wanted) if wanted else {}
    kinds = {kind.name: kind for kind in PROVIDER.kinds}
    return compare(states, live, applied or {}, kinds)


async def carried_out(account: Account, comparison: Comparison) -> dict[Address, AnyOutcome]:
    """Every change written, assets before galleries, with the remotes of all that is there."""
    async with account.reading() as session:
        there = {**await read(session, "product", ALL), **await read(session, "asset", ALL)}
    known = {address: resource.remote for address, resource in there.items() if resource.remote}
    outcomes: dict[Address, AnyOutcome] = {}
    async with account.writing(known) as session:
        account.sent.clear()
        for name in ("asset", "gallery"):
            kind = PROVIDER.kind(name)
            changes = [c for c in comparison.changes if c.address.kind == name and c.action.writes]
            for batch in kind.batches(changes):
                for outcome in await kind.write(session, batch):
                    outcomes[outcome.address] = outcome
                    if outcome.remote:
                        session.remotes.known[outcome.address] = outcome.remote
    return outcomes


def _writes(text: str) -> bool:
    return not text.startswith("GET") and not text.endswith("/search")
