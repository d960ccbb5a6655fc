"""An event loop whose clock jumps: an hour of waiting takes no time, and order is kept.

Whatever sleeps on the loop's clock (the kit and the sandboxes do nothing else) is woken in
the right order at the right virtual time. Each use is paired with a check in real time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


class JumpingSelector(selectors.DefaultSelector):
    """Waits for input only when nothing is scheduled; else lets the clock jump."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0 if timeout is not None else 1)
        if not ready and timeout:
            self.now += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run_in_virtual_time(function: Callable[[], Awaitable[T]]) -> T:
    """`anyio.run`, on a clock that jumps and begins at 0."""
    return anyio.run(function, backend_options={"loop_factory": JumpingLoop})
