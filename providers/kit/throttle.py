"""Stay just under what a platform allows, on the event loop's clock.

`Windows` keeps to "so many requests in so many seconds", for several windows at once.
`CostBucket` keeps to a bucket of points that fills at a steady rate and is told by the
platform what is left. Both are transports that let a request through when its time has come.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import anyio
import httpx

from providers.kit.retry import retry_after
from reconciler.model.cost import Pace
from reconciler.provider import Unavailable, Usage, Wire

COST: Final = "planogram.cost"
"""The request extension that holds the estimated cost of a request, in the platform's points."""

DOCUMENT: Final = "planogram.document"
"""The request extension that holds what a request asks, without what it asks it about: what one
cost, the next of the same will cost too."""

ANSWER: Final = "planogram.answer"
"""The response extension that holds the parsed JSON body, so that it is parsed once."""


STANDARD_POINTS: Final = 2_000.0
STANDARD_RATE: Final = 100.0
"""What Shopify's bucket holds and how many points it gains a second, on the standard plan."""


@dataclass(slots=True)
class Window:
    """At most `limit` requests in any `seconds`."""

    limit: int
    seconds: float
    sent: deque[float] = field(default_factory=deque)

    def opens_at(self, now: float) -> float:
        """When the next request may go, given what has gone."""
        while self.sent and self.sent[0] <= now - self.seconds:
            self.sent.popleft()
        return now if len(self.sent) < self.limit else self.sent[-self.limit] + self.seconds


class Windows(httpx.AsyncBaseTransport):
    """Requests pass as fast as every window allows, and no faster.

    A platform counts a request when it arrives, not when it is sent: `margin` is added to each
    window, so that two counts never differ by more than the way of a request takes (seconds).
    """

    def __init__(self, inner: Wire, windows: Iterable[Window] = (), margin: float = 0.25) -> None:
        self._inner = inner
        self._margin = margin
        self._windows: list[Window] = []
        self._turn: anyio.Lock | None = None
        self.allow(windows)

    def allow(self, windows: Iterable[Window]) -> None:
        """Set the windows, as the platform names them; what has been sent stays counted."""
        sent = max((w.sent for w in self._windows), key=len, default=deque())
        self._windows = [Window(w.limit, w.seconds + self._margin, deque(sent)) for w in windows]

    @property
    def pace(self) -> Pace:
        """The windows, and how many requests stand in the fullest of them now."""
        now = anyio.current_time()
        for window in self._windows:
            window.opens_at(now)
        return Pace(
            windows=tuple((window.limit, window.seconds) for window in self._windows),
            sent=max((len(window.sent) for window in self._windows), default=0),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._wait_for_a_place()
        return await self._inner.handle_async_request(request)

    async def _wait_for_a_place(self) -> None:
        self._turn = self._turn or anyio.Lock()
        async with self._turn:
            now = anyio.current_time()
            opens = max((w.opens_at(now) for w in self._windows), default=now)
            while opens > now:
                await anyio.sleep(opens - now)
                now = anyio.current_time()
                opens = max((w.opens_at(now) for w in self._windows), default=now)
            for window in self._windows:
                window.sent.append(now)

    async def aclose(self) -> None:
        await self._inner.aclose()


class CostBucket(httpx.AsyncBaseTransport):
    """Shopify's bucket of points: what is left and how fast it fills stands in every answer
    (`extensions.cost.throttleStatus`); a THROTTLED answer is waited out and asked again.

    Until the first answer nothing is known, so the first request goes alone. What a document was
    said to cost is what is reserved for it from then on, if that is more than was estimated.
    """

    def __init__(self, inner: Wire) -> None:
        self._inner = inner
        self._said: dict[str, float] = {}
        self._available: float | None = None
        self._rate = 1.0
        self._most = 0.0
        self._at = 0.0
        self._in_flight = 0.0
        self._turn: anyio.Lock | None = None
        self._first: anyio.Event | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._first = self._first or anyio.Event()
        document = str(request.extensions.get(DOCUMENT, ""))
        cost = max(float(request.extensions.get(COST, 10)), self._said.get(document, 0.0))
        for _ in range(100):
            await self._reserve(cost)
            try:
                response = await self._inner.handle_async_request(request)
                answer = parsed(response)
            finally:
                self._in_flight -= cost
                self._first.set()
            self._learn(answer)
            if document:
                said = float(_cost(answer).get("requestedQueryCost") or 0.0)
                self._said[document] = max(said, self._said.get(document, 0.0))
            if not _throttled(answer):
                return response
            await anyio.sleep(retry_after(response) or 0.0)
            cost = float(_cost(answer).get("requestedQueryCost") or cost)
            self._available = min(self._available or 0.0, cost - 1)
        raise Unavailable("THROTTLED a hundred times: another app is using up the bucket")

    async def _reserve(self, cost: float) -> None:
        self._turn = self._turn or anyio.Lock()
        async with self._turn:
            await self._wait_for_the_first_answer()
            await self._wait_for_points(cost)
            self._in_flight += cost

    async def _wait_for_the_first_answer(self) -> None:
        if self._available is None and self._in_flight and self._first is not None:
            await self._first.wait()

    async def _wait_for_points(self, cost: float) -> None:
        """What is in flight is not known to be refunded, so the wait is computed again."""
        if self._available is None:
            return
        missing = cost - self._now_available()
        for _ in range(10_000):
            if missing <= 0:
                return
            await anyio.sleep(max(missing / self._rate, 0.01))
            missing = cost - self._now_available()
        raise Unavailable(f"a request of {cost:g} points never had its turn")

    @property
    def pace(self) -> Pace:
        """Points now, at most, and a second; before the first answer the standard plan's."""
        if self._available is None:
            return Pace(rate=STANDARD_RATE, left=STANDARD_POINTS, most=STANDARD_POINTS)
        left = min(self._now_available(), self._most)
        return Pace(rate=self._rate, left=max(0.0, left), most=self._most)

    def _now_available(self) -> float:
        if self._available is None:
            return 0.0
        filled = self._available + (anyio.current_time() - self._at) * self._rate
        return filled - self._in_flight

    def _learn(self, answer: Any) -> None:
        status = _cost(answer).get("throttleStatus")
        if status:
            self._available = float(status["currentlyAvailable"])
            self._rate = float(status["restoreRate"])
            self._most = float(status["maximumAvailable"])
            self._at = anyio.current_time()

    async def aclose(self) -> None:
        await self._inner.aclose()


class Metered(httpx.AsyncBaseTransport):
    """Counts what is sent, how long its answers take, and what the platform says it cost."""

    def __init__(self, inner: Wire, usage: Usage) -> None:
        self._inner = inner
        self._usage = usage

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._usage.requests += 1
        sent = anyio.current_time()
        try:
            response = await self._inner.handle_async_request(request)
        finally:
            self._usage.seconds += anyio.current_time() - sent
        self._usage.points += float(_cost(parsed(response)).get("actualQueryCost") or 0)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class Counted(httpx.AsyncBaseTransport):
    """As `Metered`, for answers that are not read yet: what is in them is not looked at."""

    def __init__(self, inner: Wire, usage: Usage) -> None:
        self._inner = inner
        self._usage = usage

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._usage.requests += 1
        sent = anyio.current_time()
        try:
            return await self._inner.handle_async_request(request)
        finally:
            self._usage.seconds += anyio.current_time() - sent

    async def aclose(self) -> None:
        await self._inner.aclose()


class Concurrency(httpx.AsyncBaseTransport):
    """At most so many requests at once."""

    def __init__(self, inner: Wire, at_once: int) -> None:
        self._inner = inner
        self._at_once = at_once
        self._places: anyio.Semaphore | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._places = self._places or anyio.Semaphore(self._at_once)
        async with self._places:
            return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def parsed(response: httpx.Response) -> Any:
    """The JSON body, or None where it is not JSON; parsed once per response. The body must
    have been read, as `Deadline` does."""
    if ANSWER not in response.extensions:
        try:
            response.extensions[ANSWER] = json.loads(response.content)
        except ValueError:
            response.extensions[ANSWER] = None
    return response.extensions[ANSWER]


def _cost(answer: Any) -> dict[str, Any]:
    extensions = answer.get("extensions") if isinstance(answer, dict) else None
    cost = extensions.get("cost") if isinstance(extensions, dict) else None
    return cost if isinstance(cost, dict) else {}


def _throttled(answer: Any) -> bool:
    errors = answer.get("errors") if isinstance(answer, dict) else None
    return isinstance(errors, list) and any(
        isinstance(error, dict) and (error.get("extensions") or {}).get("code") == "THROTTLED"
        for error in errors
    )
