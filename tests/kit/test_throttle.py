"""Limits are kept, and used up, on a clock that jumps; once each in real time."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable

import anyio
import httpx
import pytest

from providers.kit.throttle import Concurrency, CostBucket, Metered, Window, Windows
from reconciler.provider import Usage
from tests.virtual_time import run_in_virtual_time

URL = "http://platform"


class Counting(httpx.AsyncBaseTransport):
    """Answers everything and notes when it was asked."""

    def __init__(self) -> None:
        self.at: list[float] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.at.append(anyio.current_time())
        return httpx.Response(200, json={}, request=request)


class Bucket(httpx.AsyncBaseTransport):
    """Shopify's bucket: `capacity` points, filling by `rate` a second; refuses an overdraft."""

    def __init__(self, capacity: float, rate: float, cost: float) -> None:
        self.capacity, self.rate, self.cost = capacity, rate, cost
        self.level, self.at = capacity, 0.0
        self.refused = 0
        self.served = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0.05)
        now = anyio.current_time()
        self.level = min(self.capacity, self.level + (now - self.at) * self.rate)
        self.at = now
        throttled = self.level < self.cost
        if throttled:
            self.refused += 1
        else:
            self.served += 1
            self.level -= self.cost
        body = {
            "extensions": {
                "cost": {
                    "requestedQueryCost": self.cost,
                    "actualQueryCost": None if throttled else self.cost,
                    "throttleStatus": {
                        "maximumAvailable": self.capacity,
                        "currentlyAvailable": int(self.level),
                        "restoreRate": self.rate,
                    },
                }
            }
        }
        if throttled:
            body["errors"] = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
        return httpx.Response(200, content=json.dumps(body), request=request)


async def ask(transport: httpx.AsyncBaseTransport, count: int) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            request = httpx.Request("POST", URL, extensions={"planogram.cost": 10})
            tasks.start_soon(transport.handle_async_request, request)


def busiest(at: list[float], seconds: float) -> int:
    """The most requests in any window of that length."""
    return max(sum(start <= t < start + seconds for t in at[i:]) for i, start in enumerate(at))


def test_both_windows_are_kept_and_used() -> None:
    """20 in 10 s and 100 in 60 s: 500 requests never pass either, and use 95 % of the slower."""
    inner = Counting()

    async def run() -> float:
        await ask(Windows(inner, [Window(20, 10), Window(100, 60)]), 500)
        return anyio.current_time()

    elapsed = run_in_virtual_time(run)

    assert busiest(inner.at, 10) <= 20
    assert busiest(inner.at, 60) <= 100
    four_minutes_and_the_last_hundred = 4 * 60 + 4 * 10
    assert elapsed <= four_minutes_and_the_last_hundred / 0.95


def test_windows_that_become_known_later_count_what_was_sent() -> None:
    """The token names the limits after the first requests: those are counted too."""
    inner = Counting()

    async def run() -> None:
        transport = Windows(inner, [Window(100, 10)])
        await ask(transport, 15)
        transport.allow([Window(20, 10)])
        await ask(transport, 15)

    run_in_virtual_time(run)

    assert busiest(inner.at, 10) == 20


def test_a_window_holds_in_real_time_too() -> None:
    """5 in a tenth of a second, 20 requests: at least three windows pass."""

    async def run() -> None:
        await ask(Windows(Counting(), [Window(5, 0.1)], margin=0.01), 20)

    started = time.monotonic()
    anyio.run(run)

    assert time.monotonic() - started >= 0.3


def test_the_bucket_is_used_to_the_full_and_never_overdrawn_for_long() -> None:
    """10,000 requests of 10 points from 2,000 + 100 a second: at least 95 % of what the bucket
    allows, with hardly a refusal."""
    inner = Bucket(2000, 100, 10)

    async def run() -> float:
        await ask(Concurrency(CostBucket(inner), 10), 10_000)
        return anyio.current_time()

    elapsed = run_in_virtual_time(run)

    assert inner.served == 10_000
    assert elapsed <= (100_000 - 2_000) / 100 / 0.95
    assert inner.refused <= 20


def test_a_throttled_request_is_asked_again() -> None:
    """Another app has emptied the bucket: the request waits, and is answered."""
    inner = Bucket(2000, 100, 10)
    inner.level = 0

    async def run() -> float:
        await ask(CostBucket(inner), 1)
        return anyio.current_time()

    assert run_in_virtual_time(run) >= 0.1
    assert (inner.served, inner.refused) == (1, 1)


@pytest.mark.parametrize("runner", [anyio.run, run_in_virtual_time])
def test_no_more_at_once_than_allowed(
    runner: Callable[[Callable[[], Awaitable[None]]], None],
) -> None:
    """Four at once means four, on either clock."""
    now = most = 0

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await anyio.sleep(0.001)
            now -= 1
            return httpx.Response(200, request=request)

    async def run() -> None:
        await ask(Concurrency(Slow(), 4), 40)

    runner(run)

    assert most == 4


def test_what_was_sent_and_what_it_cost_is_counted() -> None:
    """Requests, and the points that the platform says."""
    usage = Usage()

    async def run() -> None:
        await ask(Metered(Bucket(2000, 100, 10), usage), 3)

    run_in_virtual_time(run)

    assert (usage.requests, usage.points) == (3, 30)
