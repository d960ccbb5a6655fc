"""All that is found alike at a path, however much: the platform refuses (428) to put more than
10,000 in order, and without an order pages drift.

Then it is read by the moment of its last change, from the oldest on, in windows that are halved
until the platform puts them in order. What is changed meanwhile leaves its window for the newest
one, and is found twice. In the window that it left others moved up by a place, perhaps over the
edge of a page: so that window is read once more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from providers.plytix.client import Filters, PlytixReader, Refused, Row
from reconciler.provider import Distrusted

TOO_MANY: Final = 428
EARLIEST: Final = datetime(2008, 1, 1, tzinfo=UTC)
"""Nothing is older than the platform."""
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
NARROWEST: Final = timedelta(milliseconds=1)

Search = Callable[[Filters], AsyncIterator[Row]]


async def everything(
    session: PlytixReader,
    path: str,
    columns: Sequence[str],
    order: str,
    alike: Filters = (),
) -> AsyncIterator[Row]:
    """Each row once. A part is never told for the whole: raises `Refused` where more than 10,000
    were changed in the very same moment, `Distrusted` where pages overlap again and again."""

    def search(filters: Filters) -> AsyncIterator[Row]:
        return session.search(path, filters, columns, order)

    told: set[str] = set()
    async for row in _found(search, alike):
        if row["id"] not in told:
            told.add(row["id"])
            yield row


async def _found(search: Search, alike: Filters) -> AsyncIterator[Row]:
    try:
        async for row in search(alike):
            yield row
        return
    except Refused as refusal:
        if refusal.status != TOO_MANY:
            raise
    walk = _Walk(search, alike)
    async for row in walk.through([Window()]):
        yield row
    async for row in walk.again():
        yield row


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Of moments, the first one included."""

    since: datetime = EARLIEST
    until: datetime = LATEST

    @property
    def halves(self) -> tuple[Window, Window]:
        middle = self.since + (self.until - self.since) / 2
        return Window(self.since, middle), Window(middle, self.until)

    @property
    def is_narrowest(self) -> bool:
        return self.until - self.since <= NARROWEST

    def of(self, alike: Filters) -> Filters:
        """What is alike and was changed last in this window."""
        moments = [
            {"field": "modified", "operator": operator, "value": moment.isoformat()}
            for moment, operator in ((self.since, "gte"), (self.until, "lt"))
        ]
        return [[*conditions, *moments] for conditions in alike or [[]]]


class _Walk:
    """A way through windows, which knows where it found each row first. One that is the second
    does not overlook that pages overlap."""

    def __init__(self, search: Search, alike: Filters, *, is_second: bool = False) -> None:
        self._search = search
        self._alike = alike
        self._is_second = is_second
        self._first: dict[str, Window] = {}
        self._moved: set[Window] = set()

    async def through(self, windows: Iterable[Window]) -> AsyncIterator[Row]:
        for window in windows:
            try:
                async for row in self._search(window.of(self._alike)):
                    self._note(row, window)
                    yield row
                continue
            except Distrusted:
                if self._is_second:
                    raise
                self._moved.add(window)
                continue
            except Refused as refusal:
                if refusal.status != TOO_MANY or window.is_narrowest:
                    raise
            async for row in self.through(window.halves):
                yield row

    async def again(self) -> AsyncIterator[Row]:
        """The windows that something moved in, and what was changed since the newest."""
        if not self._moved:
            return
        newest = Window(max([*self._moved, *self._first.values()]).since)
        second = _Walk(self._search, self._alike, is_second=True)
        async for row in second.through(sorted({*self._moved, newest})):
            yield row

    def _note(self, row: Row, window: Window) -> None:
        first = self._first.setdefault(row["id"], window)
        if first != window:
            self._moved.add(first)
