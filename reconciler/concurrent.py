"""Several things at once, failing like one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

T = TypeVar("T")


async def side_by_side(jobs: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
    """The results in the order of the jobs. When one fails the others are cancelled and its
    own exception is raised, not a group of one."""
    results: dict[int, T] = {}

    async def run(index: int, job: Callable[[], Awaitable[T]]) -> None:
        results[index] = await job()

    try:
        async with anyio.create_task_group() as tasks:
            for index, job in enumerate(jobs):
                tasks.start_soon(run, index, job)
    except BaseExceptionGroup as group:
        raise _first(group) from None
    return [results[index] for index in sorted(results)]


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
