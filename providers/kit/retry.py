"""Repeat what is safe to repeat, and say plainly when it is not known what happened.

Only three things are safe to repeat: a request that was never sent, one that was throttled,
and one that reads. A write whose answer is lost (timeout, 5xx, broken connection) raises
`Ambiguous`: the executor reads again and decides.
"""

from __future__ import annotations

import math
import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import anyio
import httpx

from reconciler.provider import Ambiguous, Unavailable, Wire

ATTEMPTS: Final = 5
BASE_SECONDS: Final = 0.5
CAP_SECONDS: Final = 8.0
PATIENCE_SECONDS: Final = 3_900.0
"""The longest that one request waits for a throttled platform: a little over the longest window
that any of them has (one hour)."""

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

SAFE: Final = "planogram.safe"
"""The request extension that says: this only reads."""


class Deadline(httpx.AsyncBaseTransport):
    """A request is answered in whole within `seconds`, or times out. The clock is the event
    loop's, so this holds in virtual time and for a sandbox in the same process too."""

    def __init__(self, inner: Wire, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            with anyio.fail_after(self._seconds):
                response = await self._inner.handle_async_request(request)
                await response.aread()
        except TimeoutError as error:
            raise httpx.ReadTimeout(
                f"no answer within {self._seconds:g} s", request=request
            ) from error
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class Prompt(httpx.AsyncBaseTransport):
    """An answer begins within `seconds`, and each further piece of it comes within as many."""

    def __init__(self, inner: Wire, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            with anyio.fail_after(self._seconds):
                response = await self._inner.handle_async_request(request)
        except TimeoutError as error:
            raise httpx.ReadTimeout(f"no answer in {self._seconds:g} s", request=request) from error
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Pieces(response.stream, self._seconds)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Pieces(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = aiter(self._inner)
        while True:
            try:
                with anyio.fail_after(self._seconds):
                    piece = await anext(pieces, None)
            except TimeoutError as error:
                raise httpx.ReadTimeout(f"nothing more in {self._seconds:g} s") from error
            if piece is None:
                return
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


class Retry(httpx.AsyncBaseTransport):
    """Up to five attempts with full jitter; a throttled request waits as long as it is told.

    An answer that is not handed on is closed: read or not, it keeps no connection.

    window: how long to wait on a 429 that does not say (seconds), where the platform's window
    is known; None lets such an answer count as a failed attempt.
    """

    def __init__(
        self,
        inner: Wire,
        window: float | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._inner = inner
        self._window = window
        self._jitter = jitter

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        failures = 0
        waited = 0.0
        while True:
            answer = await self._attempt(request)
            if isinstance(answer, httpx.Response):
                if not _must_repeat(answer):
                    return answer
                await answer.aclose()
            wait = self._told_to_wait(answer)
            if wait is None:
                failures += 1
                wait = self._pause(failures)
            else:
                waited += wait
            if failures >= ATTEMPTS or waited > PATIENCE_SECONDS:
                told = f"{_told(answer)}, after {_tries(failures, waited)}"
                remedy = " · is the address right, and open from here?"
                raise Unavailable(told + (remedy if isinstance(answer, NEVER_SENT) else ""))
            await anyio.sleep(wait)

    async def _attempt(self, request: httpx.Request) -> httpx.Response | httpx.TransportError:
        try:
            response = await self._inner.handle_async_request(request)
        except NEVER_SENT as error:
            return error
        except httpx.TransportError as error:
            if not request.extensions.get(SAFE):
                raise Ambiguous(_told(error)) from error
            return error
        if response.status_code >= 500 and not request.extensions.get(SAFE):
            await response.aclose()
            raise Ambiguous(_told(response))
        return response

    def _told_to_wait(self, answer: httpx.Response | httpx.TransportError) -> float | None:
        """How long a request shall wait because the platform says so: that is no failed attempt."""
        if not isinstance(answer, httpx.Response):
            return None
        told = retry_after(answer)
        return told if told is not None or answer.status_code != 429 else self._window

    def _pause(self, failures: int) -> float:
        return min(CAP_SECONDS, BASE_SECONDS * 2.0 ** (failures - 1)) * self._jitter()

    async def aclose(self) -> None:
        await self._inner.aclose()


def _tries(failures: int, waited: float) -> str:
    attempts = f"{failures} attempts"
    return f"{attempts} and {waited:.0f} s of waiting as told" if waited else attempts


def _must_repeat(response: httpx.Response) -> bool:
    return response.status_code == 429 or response.status_code >= 500


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that a `Retry-After` header asks for: a number, or a date (RFC 9110 §10.2.3).

    None where there is none, or none that can be understood.
    """
    text = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(date: str) -> float:
    try:
        until = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()


def _told(answer: httpx.Response | httpx.TransportError) -> str:
    if isinstance(answer, httpx.Response):
        return f"HTTP {answer.status_code}"
    return f"{type(answer).__name__}: {answer}".rstrip(": ")
