"""What is repeated, what is not, and how long is waited."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import anyio
import httpx
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from providers.kit.retry import SAFE, Deadline, Prompt, Retry
from providers.kit.served import served
from reconciler.provider import Ambiguous, Unavailable
from tests.virtual_time import run_in_virtual_time

Event = int | tuple[int, dict[str, str]] | type[httpx.TransportError]


class Scripted(httpx.AsyncBaseTransport):
    """Goes through a list of answers and failures; the last one stays."""

    def __init__(self, *events: Event) -> None:
        self.events: Iterator[Event] = iter(events)
        self.last: Event = 500
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        self.last = event = next(self.events, self.last)
        if isinstance(event, type):
            raise event("it broke", request=request)
        status, headers = event if isinstance(event, tuple) else (event, {})
        return httpx.Response(status, headers=headers, request=request)


def send(
    inner: httpx.AsyncBaseTransport, *, safe: bool, window: float | None = None
) -> tuple[int, float]:
    """The status that came in the end, and the seconds that it took."""

    async def run() -> tuple[int, float]:
        request = httpx.Request("POST", "http://platform", extensions={SAFE: safe})
        transport = Retry(inner, window, jitter=lambda: 1.0)
        response = await transport.handle_async_request(request)
        return response.status_code, anyio.current_time()

    return run_in_virtual_time(run)


CASES = [
    # events, safe, window, (status, seconds), attempts
    ((200,), False, None, (200, 0), 1),
    ((400,), True, None, (400, 0), 1),
    ((502, 503, 200), True, None, (200, 1.5), 3),
    ((httpx.ConnectError, 200), False, None, (200, 0.5), 2),
    ((httpx.ReadTimeout, 200), True, None, (200, 0.5), 2),
    ((429, 200), False, None, (200, 0.5), 2),
    ((429, 200), False, 60.0, (200, 60), 2),
    (((429, {"Retry-After": "12"}), 200), False, 60.0, (200, 12), 2),
    ((429,) * 9 + (200,), False, 60.0, (200, 540), 10),
    (((503, {"Retry-After": "20"}), 200), True, None, (200, 20), 2),
    (((429, {"Retry-After": "soon"}), 200), False, 60.0, (200, 60), 2),
    (((429, {"Retry-After": ""}), 200), False, None, (200, 0.5), 2),
    (((429, {"Retry-After": "inf"}), 200), False, 60.0, (200, 60), 2),
    (((429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 -0000"}), 200), False, 60.0, (200, 0), 2),
]


@pytest.mark.parametrize(("events", "safe", "window", "expected", "attempts"), CASES)
def test_each_failure_is_answered_in_its_way(
    events: tuple[Event, ...],
    safe: bool,
    window: float | None,
    expected: tuple[int, float],
    attempts: int,
) -> None:
    """Reads and what was never sent are repeated with growing pauses; throttling waits as told
    and is no failed attempt; a refusal is final."""
    inner = Scripted(*events)

    assert send(inner, safe=safe, window=window) == expected
    assert inner.asked == attempts


@pytest.mark.parametrize("event", [502, 500, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_a_write_without_an_answer_is_never_repeated_here(event: Event) -> None:
    """It may have happened: that is for the executor to find out."""
    inner = Scripted(event)
    with pytest.raises(Ambiguous):
        send(inner, safe=False)

    assert inner.asked == 1


def test_five_attempts_are_enough() -> None:
    """Then it is said how often and why."""
    inner = Scripted(503)
    with pytest.raises(Unavailable, match="HTTP 503"):
        send(inner, safe=True)

    assert inner.asked == 5


def test_an_address_that_nobody_listens_at_is_told_with_a_remedy() -> None:
    inner = Scripted(httpx.ConnectError)
    with pytest.raises(Unavailable, match=r"ConnectError.* · is the address right"):
        send(inner, safe=False)


def test_an_answer_has_a_deadline_on_the_loops_clock() -> None:
    """Thirty virtual seconds pass at once, and it is a timeout."""

    class Never(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await anyio.sleep_forever()
            raise AssertionError

    async def run() -> float:
        with pytest.raises(httpx.ReadTimeout, match="30 s"):
            await Deadline(Never(), 30).handle_async_request(httpx.Request("GET", "http://x"))
        return anyio.current_time()

    assert run_in_virtual_time(run) == 30


class Busy:
    """A site on this machine that goes through a list of states; the last one stays."""

    def __init__(self, *states: int) -> None:
        self.states = iter(states)
        self.last = 500

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.last = next(self.states, self.last)
        await Response("x" * 1000, self.last)(scope, receive, send)


def through_one_connection(site: Busy, *safe: bool) -> list[str]:
    """What came of requests, one after another, whose answers are left unread by `Prompt`."""

    async def run(address: str) -> list[str]:
        wire = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))
        transport = Retry(Prompt(wire, 5), jitter=lambda: 0.0)
        with anyio.fail_after(5):
            async with httpx.AsyncClient(transport=transport, timeout=None) as client:
                return [await _came_of(client, address, is_safe) for is_safe in safe]

    with served(site) as address:
        return anyio.run(partial(run, address))


async def _came_of(client: httpx.AsyncClient, address: str, is_safe: bool) -> str:
    try:
        response = await client.put(address, extensions={SAFE: is_safe})
    except Ambiguous:
        return "ambiguous"
    except Unavailable:
        return "unavailable"
    return f"{response.status_code} {len(response.content)}"


def test_a_dropped_answer_gives_its_connection_back() -> None:
    """Also one that nobody reads: the next request finds the only connection free."""
    assert through_one_connection(Busy(503, 429, 200), True) == ["200 1000"]
    assert through_one_connection(Busy(500, 200), False, True) == ["ambiguous", "200 1000"]
    assert through_one_connection(Busy(*[503] * 5, 200), True, True) == ["unavailable", "200 1000"]
