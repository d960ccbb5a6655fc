"""All that there is at a path, however much: the platform refuses (428) to put more than 10,000 in
order, and without an order pages drift.

Then it is read by the moment of its last change, from the oldest on, in windows that are halved
until the platform puts them in order. What is changed meanwhile moves into a later window: it may
be found twice, and is told once; nothing is missed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from providers.plytix.client import Filters, PlytixReader, Refused, Row

TOO_MANY: Final = 428
EARLIEST: Final = datetime(2008, 1, 1, tzinfo=UTC)
"""Nothing is older than the platform."""
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
NARROWEST: Final = timedelta(milliseconds=1)


async def everything(
    session: PlytixReader, path: str, columns: Sequence[str], order: str
) -> AsyncIterator[Row]:
    """Raises `Refused` where more than 10,000 were changed in the very same moment."""
    try:
        async for row in session.search(path, [], columns, order):
            yield row
        return
    except Refused as refusal:
        if refusal.status != TOO_MANY:
            raise
    seen: set[str] = set()
    async for row in _between(session, path, columns, order, EARLIEST, LATEST):
        if row["id"] not in seen:
            seen.add(row["id"])
            yield row


async def _between(
    session: PlytixReader,
    path: str,
    columns: Sequence[str],
    order: str,
    since: datetime,
    until: datetime,
) -> AsyncIterator[Row]:
    try:
        found = session.search(path, _changed(since, until), columns, order)
        rows = [row async for row in found]
    except Refused as refusal:
        if refusal.status != TOO_MANY or until - since <= NARROWEST:
            raise
    else:
        for row in rows:
            yield row
        return
    middle = since + (until - since) / 2
    for first, last in ((since, middle), (middle, until)):
        async for row in _between(session, path, columns, order, first, last):
            yield row


def _changed(since: datetime, until: datetime) -> Filters:
    moments = ((since, "gte"), (until, "lt"))
    return [
        [
            {"field": "modified", "operator": operator, "value": moment.isoformat()}
            for moment, operator in moments
        ]
    ]
