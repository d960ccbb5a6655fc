"""Long lists in pieces, and changes that a request each carries out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from providers.shopify.client import UserErrors
from reconciler.concurrent import side_by_side
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome, failed
from reconciler.provider import Ambiguous, PlatformError

T = TypeVar("T")


def parts_of(things: Iterable[T], most: int) -> Iterator[tuple[T, ...]]:
    """Pieces of at most so many, in order."""
    rest = iter(things)
    while piece := tuple(islice(rest, most)):
        yield piece


async def one_by_one(
    changes: Sequence[Change[Any]], write: Callable[[Change[Any]], Awaitable[Outcome[Any]]]
) -> list[Outcome[Any]]:
    """Each change with its own request, side by side; one that is refused stops no other."""
    return await side_by_side(partial(_one, write, change) for change in changes)


async def together(
    changes: Sequence[Change[Any]],
    write: Callable[[Sequence[Change[Any]]], Awaitable[list[Outcome[Any]]]],
) -> list[Outcome[Any]]:
    """All by one request. Where one of them is refused without saying which, each goes with its
    own."""
    try:
        return await write(changes)
    except UserErrors as refused:
        if len(changes) == 1:
            return [failed(changes[0].address, str(refused), changes[0].remote)]

    async def alone(change: Change[Any]) -> Outcome[Any]:
        return (await write([change]))[0]

    return await one_by_one(changes, alone)


async def _one(
    write: Callable[[Change[Any]], Awaitable[Outcome[Any]]], change: Change[Any]
) -> Outcome[Any]:
    try:
        return await write(change)
    except Ambiguous:
        raise
    except PlatformError as error:
        return failed(change.address, str(error), change.remote)
