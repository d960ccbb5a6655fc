"""A workspace on a sandbox: intents are written, planned and applied as a person would, and the
sandbox is looked at through raw requests, which no provider has a hand in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio
import httpx

from providers.kit.sandbox import Fault, Sandbox
from reconciler import workflow
from reconciler.carrying import Applied
from reconciler.cli.composition import open_sandbox, open_sites, open_workspace
from reconciler.compile import compile_for, questions
from reconciler.guards import Allowance
from reconciler.intent.base import Intents
from reconciler.model.plan import Plan
from reconciler.model.question import Answers
from reconciler.model.resource import State
from reconciler.planner import Wishes
from reconciler.site import Site
from tests.virtual_time import run_in_virtual_time

HOST: Final = "http://127.0.0.1"
PATIENCE: Final = 10.0
"""Seconds. A fault that nobody met would let a plain request wait for ever."""


class InProcess(httpx.BaseTransport):
    """A sandbox asked without a loop of the caller's own, and without a server."""

    def __init__(self, app: Sandbox) -> None:
        self.inner = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return anyio.run(self._answered, request)

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        asked = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.read()
        )
        with anyio.fail_after(PATIENCE):
            answer = await self.inner.handle_async_request(asked)
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=await answer.aread()
        )


class Counting(httpx.AsyncBaseTransport):
    """Lets everything through, and keeps what it lets through and what of it writes."""

    def __init__(self, inner: httpx.AsyncBaseTransport, shop: Workshop) -> None:
        self.inner, self.shop = inner, shop

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = request.content.decode("utf-8", "replace")
        self.shop.requests.append(body)
        if is_write(request):
            self.shop.writes.append(body)
            self.shop.written.append(f"{request.method} {request.url.path}\n{body}")
        return await self.inner.handle_async_request(request)


def is_write(request: httpx.Request) -> bool:
    """A mutation (one that begins a reading in bulk is none), or a request that is neither a
    reading, a search nor for a token."""
    if "graphql" in request.url.path:
        text = str(json.loads(request.content)["query"]).lstrip()
        return text.startswith("mutation") and "bulkOperationRunQuery(" not in text
    searches = request.url.path.endswith(("/search", "/get-token", "/access_token"))
    return request.method != "GET" and not searches


@dataclass
class Workshop:
    """One target, named like the provider's in the living example."""

    folder: Path
    provider: str
    target: str
    policy: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    """The writes with method and path: what a fault can be told to meet."""
    _runs: int = 0

    def __post_init__(self) -> None:
        entry = {
            "provider": self.provider,
            "environment": "staging",
            "sandbox": True,
            "policy": dict(self.policy),
            "settings": dict(self.settings),
        }
        self.desired = self.folder / "desired"
        self.write({"targets.yaml": json.dumps({self.target: entry})})

    def write(self, files: Mapping[str, str | None]) -> None:
        """Path below desired/ → text, or None to remove it."""
        for name, content in files.items():
            path = self.desired / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_text(content)

    def plan(self, **wishes: Any) -> Plan:
        sites, intents = self._open()
        return run_in_virtual_time(partial(workflow.plan, sites, intents, Wishes(**wishes)))

    def intents(self) -> Intents:
        """What git says now: for a later plan to be measured from."""
        return self._open()[1]

    def compiled(self) -> State:
        """What git states now, with what the catalog answers now."""
        (site,), intents = self._open()

        async def answered() -> Answers:
            async with site.provider.reading(site.target, site.wire()) as session:
                asked = questions(site.provider, intents)
                return await site.provider.answer(session, asked) if asked else {}

        answers = run_in_virtual_time(answered)
        return compile_for(site.target, site.provider, intents, answers).resources

    def drift(self) -> Plan:
        sites, intents = self._open()
        return run_in_virtual_time(partial(workflow.drift, sites, intents, Wishes()))

    def apply(self, allow: Sequence[str] = ()) -> Applied:
        self._runs += 1
        sites, intents = self._open()
        wishes = Wishes(allowed=frozenset(Allowance.parse(text) for text in allow))
        run = f"run-{self._runs:04}"
        return run_in_virtual_time(partial(workflow.apply, sites, intents, wishes, run, "now"))

    def rollback(self, undone: str, allow: Sequence[str] = (), **wishes: Any) -> Applied:
        """Give back what a run changed, as the next run."""
        self._runs += 1
        sites, _ = self._open()
        allowed = frozenset(Allowance.parse(text) for text in allow)
        asked = Wishes(allowed=allowed, **wishes)
        run = f"run-{self._runs:04}"
        return run_in_virtual_time(partial(workflow.rollback, sites, undone, asked, run, "now"))

    def plan_rollback(self, undone: str) -> Plan:
        sites, _ = self._open()
        return run_in_virtual_time(partial(workflow.plan_rollback, sites, undone, Wishes()))

    @property
    def last_run(self) -> str:
        return f"run-{self._runs:04}"

    def edit(self, thing: str, key: str, **fields: Any) -> None:
        self.sandbox().admin_edit(thing, key, fields)

    def inject(self, fault: Fault, **options: Any) -> None:
        self.sandbox().inject(fault, **options)

    def faults_left(self) -> int:
        """A fault that no request met proves nothing."""
        return self.sandbox().faults_left()

    def sandbox(self) -> Sandbox:
        return open_sandbox(open_workspace(self.desired, all_sandboxed=True), self.target)

    def entries(self) -> Mapping[tuple[str, str], Any]:
        """The ledger's rows."""
        (site,), _ = self._open()
        return site.ledger.load().entries

    @contextmanager
    def served(self) -> Iterator[httpx.Client]:
        """A plain client to the sandbox. In process: serving it takes longer than what is asked."""
        with httpx.Client(transport=InProcess(self.sandbox()), base_url=HOST) as client:
            yield client

    def _open(self) -> tuple[list[Site], Any]:
        workspace = open_workspace(self.desired, all_sandboxed=True)
        sites = [self._counted(site) for site in open_sites(workspace)]
        return sites, workspace.desired.intents

    def _counted(self, site: Site) -> Site:
        open_door = site.wire

        def wire() -> httpx.AsyncBaseTransport:
            inner = open_door()
            assert inner is not None
            return Counting(inner, self)

        return replace(site, wire=wire)


def problems_of(applied: Applied) -> list[str]:
    """What did not go well, for a test's message."""
    return [
        f"{outcome.status.value} {address}: {outcome.message}"
        for address, outcome in applied.outcomes.items()
        if not outcome.status.is_fine
    ]
