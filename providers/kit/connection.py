"""How the layers of a connection lie on one another.

    Retry → throttle (the provider's) → Concurrency → Metered → Deadline → wire

Every attempt passes the throttle and is counted; only a whole answer leaves `Deadline`.

Files lie elsewhere, at addresses that the platform names: `outside` has neither its throttle nor
its credential, and leaves an answer unread, so that it need not fit into memory.

    Retry → Counted → Prompt → wire
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx

from providers.kit.retry import Deadline, Prompt, Retry
from providers.kit.throttle import Concurrency, Counted, Metered
from reconciler.provider import Target, Usage, Wire


@asynccontextmanager
async def connect(
    target: Target,
    wire: Wire | None,
    usage: Usage,
    *,
    throttle: Callable[[Wire], Wire] = lambda inner: inner,
    window: float | None = None,
    auth: httpx.Auth | None = None,
    headers: dict[str, str] | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client for a target, closed afterwards.

    wire: the sandbox's door, or None for the network. throttle: puts the platform's own limit
    around a transport. window: see `Retry`. Redirects are never followed: they drop credentials.
    """
    carried = Metered(Deadline(wire or _network(target), target.timeout), usage)
    transport = Retry(throttle(Concurrency(carried, target.concurrency)), window)
    async with httpx.AsyncClient(
        base_url=target.endpoint,
        transport=transport,
        auth=auth,
        headers=headers,
        timeout=None,  # noqa: S113 - Deadline bounds every request, on the event loop's clock
        follow_redirects=False,
    ) as client:
        yield client


@asynccontextmanager
async def outside(
    target: Target, wire: Wire | None, usage: Usage
) -> AsyncIterator[httpx.AsyncClient]:
    """A client for files: uploads, and downloads as streams. Its requests are counted."""
    transport = Retry(Counted(Prompt(wire or _network(target), target.timeout), usage))
    async with httpx.AsyncClient(
        transport=transport,
        timeout=None,  # noqa: S113 - Prompt bounds every wait, on the event loop's clock
        follow_redirects=False,
    ) as client:
        yield client


def _network(target: Target) -> Wire:
    return httpx.AsyncHTTPTransport(
        limits=httpx.Limits(max_connections=target.concurrency, keepalive_expiry=60)
    )
