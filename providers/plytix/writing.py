"""How changes are written: one by one, side by side, and once however often an answer is lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar

import anyio

from providers.plytix.client import PlytixWriter, Row
from reconciler.concurrent import side_by_side
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome, failed
from reconciler.provider import Ambiguous, PlatformError

S = TypeVar("S")

Write = Callable[[PlytixWriter, Change[S]], Awaitable[Outcome[S]]]


ATTEMPTS: Final = 3
PAUSE_SECONDS: Final = 1.0


async def repeated(session: PlytixWriter, method: str, path: str, body: Any = None) -> Row:
    """A write that does nothing when it is done a second time: where its answer was lost it is
    sent again, so that a thing of several requests is not left half-way for the want of one."""
    for attempt in range(1, ATTEMPTS):
        try:
            return await session.write(method, path, body)
        except Ambiguous:
            await anyio.sleep(PAUSE_SECONDS * attempt)
    return await session.write(method, path, body)


async def made(
    session: PlytixWriter, path: str, body: Row, look: Callable[[], Awaitable[Row | None]]
) -> Row:
    """Make what was not there a moment ago. Where the answer was lost it is looked for: then it
    is ours, and is not made a second time."""
    for attempt in range(1, ATTEMPTS):
        try:
            return await session.write("POST", path, body)
        except Ambiguous:
            await anyio.sleep(PAUSE_SECONDS * attempt)
            if found := await look():
                return found
    return await session.write("POST", path, body)


def moved(change: Change[Any], field: str) -> tuple[list[Key], list[Key]]:
    """The entries of a set that come, and those that go."""
    before, after = (
        values.get(field) or () for values in (change.before_values, change.after_values)
    )
    return [key for key in after if key not in before], [k for k in before if k not in after]


@contextmanager
def noted(problems: list[PlatformError]) -> Iterator[None]:
    """What goes wrong inside is written down, and the rest goes on."""
    try:
        yield
    except PlatformError as error:
        problems.append(error)


def in_part(
    address: Address, problems: Sequence[PlatformError], remote: Remote | None
) -> Outcome[Any]:
    """What went wrong of a thing of several requests, told together. Where one stayed without an
    answer it may have been done all the same."""
    unanswered = any(isinstance(problem, Ambiguous) for problem in problems)
    return failed(address, "; ".join(map(str, problems)), remote, unknown=unanswered)


async def each(
    session: PlytixWriter, changes: Sequence[Change[S]], write: Write[S]
) -> Sequence[Outcome[S]]:
    """Each on its own. Raises `Ambiguous` when the fate of one is not known, after all others
    were carried out."""
    tried = await side_by_side(partial(_tried, session, change, write) for change in changes)
    for result in tried:
        if isinstance(result, Ambiguous):
            raise result
    return [result for result in tried if isinstance(result, Outcome)]


async def _tried(
    session: PlytixWriter, change: Change[Any], write: Write[Any]
) -> Outcome[Any] | Ambiguous:
    try:
        return await write(session, change)
    except Ambiguous as lost:
        return lost
    except PlatformError as error:
        return failed(change.address, str(error), change.remote)
