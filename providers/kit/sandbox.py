"""The base of every embedded sandbox: an ASGI app over a store, with faults on demand.

A sandbox is one app behind two doors: in process (`httpx.ASGITransport`) and served on
loopback (`planogram sandbox serve`). It takes time only from the event loop, so that its
throttling can be proved in virtual time. It shares no code with its provider.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from providers.kit.store import Store


class Fault(StrEnum):
    """What can be made to go wrong with a request."""

    TOO_MANY = "429"
    """Refused before anything happened, without `Retry-After`."""
    BAD_GATEWAY = "502"
    """Answered by a proxy; the platform never saw the request."""
    BAD_GATEWAY_AFTER_COMMIT = "502-after-commit"
    """The platform did what was asked, and the proxy lost the answer."""
    TIMEOUT_AFTER_COMMIT = "timeout-after-commit"
    """The platform did what was asked, and never answers."""
    RESET = "reset"
    """The platform did what was asked, and the connection breaks in the midst of the answer."""


class UnknownThing(LookupError):
    """`edit` was asked for what the sandbox does not hold; the message says what it does hold."""


class Sandbox(ABC):
    """An emulated platform. Subclasses answer requests; faults and atomicity are kept here."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.transaction():
            if not store.get("sandbox", "seeded"):
                self._reseed()

    @abstractmethod
    def seed(self) -> None:
        """Put the example shop into an empty store. Called inside a transaction."""

    @abstractmethod
    def answer(self, request: Request, body: bytes) -> Response:
        """What the platform answers. Called inside a transaction; never waits."""

    @abstractmethod
    def edit(self, thing: str, key: str, fields: Mapping[str, Any]) -> None:
        """Change fields of one thing as somebody in the platform's admin would.

        `thing` and `fields` are named as the platform's API names them, `key` is the natural
        key (handle, slug, SKU, …). Called inside a transaction. Raises `UnknownThing`.
        """

    def reset(self) -> None:
        """Back to the seed, whatever happened."""
        with self.store.transaction():
            self._reseed()

    def admin_edit(self, thing: str, key: str, fields: Mapping[str, Any]) -> None:
        with self.store.transaction():
            self.edit(thing, key, fields)

    def inject(self, fault: Fault, times: int = 1, matching: str = "", after: int = 0) -> None:
        """Let the next `times` requests with `matching` in method and path, or in the body below
        them, meet the fault, the first `after` of them being spared."""
        with self.store.transaction() as store:
            number = store.next_number("fault")
            store.put(
                "fault",
                str(number),
                {"fault": fault.value, "times": times, "matching": matching, "after": after},
            )

    def faults_left(self) -> int:
        """How many requests are still to meet a fault."""
        with self.store.transaction() as store:
            return sum(row["times"] for row in store.all("fault").values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        fault = self._next_fault(request, body)
        if fault is Fault.TOO_MANY:
            response: Response = PlainTextResponse("Too Many Requests", 429)
        elif fault is Fault.BAD_GATEWAY:
            response = PlainTextResponse("Bad Gateway", 502)
        else:
            with self.store.transaction():
                response = self.answer(request, body)
            if fault is Fault.BAD_GATEWAY_AFTER_COMMIT:
                response = PlainTextResponse("Bad Gateway", 502)
            elif fault is Fault.TIMEOUT_AFTER_COMMIT:
                await _until_the_caller_gives_up(receive)
                return
            elif fault is Fault.RESET:
                await _break_off(send)
        await response(scope, receive, send)

    def now(self) -> float:
        """Seconds on the event loop's clock, which tests may let jump."""
        return asyncio.get_running_loop().time()

    def _reseed(self) -> None:
        self.store.clear()
        self.seed()
        self.store.put("sandbox", "seeded", {"by": type(self).__module__})

    def _next_fault(self, request: Request, body: bytes) -> Fault | None:
        subject = f"{request.method} {request.url.path}\n{body.decode('utf-8', 'replace')}"
        with self.store.transaction() as store:
            for id_, row in list(store.all("fault").items()):
                if row["matching"] not in subject:
                    continue
                if row["after"] > 0:
                    store.put("fault", id_, row | {"after": row["after"] - 1})
                    continue
                if row["times"] <= 1:
                    store.delete("fault", id_)
                else:
                    store.put("fault", id_, row | {"times": row["times"] - 1})
                return Fault(row["fault"])
        return None


async def _break_off(send: Send) -> None:
    """Less than was promised; then nothing more, served or in the same process."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
    raise httpx.RemoteProtocolError("the connection was reset")


async def _until_the_caller_gives_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
