"""Bulk operations: begun, awaited, and their files read line by line.

A bulk query is not paid in points, and tells everything of a kind in one file; it takes some
seconds, however small the shop is. What did not end well is told and never taken for the whole:
a file that is a part, that is cut off, or that holds fewer things than were counted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

import anyio

from providers.kit.download import fetched, rows
from providers.kit.graphql import Query, Reading
from providers.shopify.client import ShopifyReader, UserErrors
from reconciler.provider import Distrusted, PlatformError, Unauthorised, Unavailable

Row = dict[str, Any]

FIRST_LOOK: Final = 1.0
LONGEST_PAUSE: Final = 30.0
"""Seconds until an operation is looked at again; each pause is twice the last one."""

PATIENCE: Final = 3_600.0
"""An operation that takes longer is given up (seconds)."""

TURN_PATIENCE: Final = 120.0
"""How long others' operations are waited for, before it is done without one (seconds)."""

PARENT: Final = "__parentId"

_STATE: Final = """bulkOperation {
  id status errorCode rootObjectCount fileSize url
}"""

RUN_QUERY: Final = Reading(
    f"""mutation RunBulkQuery($query: String!) {{
      bulkOperationRunQuery(query: $query) {{
        {_STATE}
        userErrors {{ field message code }}
      }}
    }}""",
    "bulkOperationRunQuery",
)
CANCEL: Final = Reading(
    """mutation CancelBulkOperation($id: ID!) {
      bulkOperationCancel(id: $id) { userErrors { field message } }
    }""",
    "bulkOperationCancel",
)
_LOOK: Final = Query(
    """query BulkOperation($id: ID!) {
      node(id: $id) {
        ... on BulkOperation { id status errorCode rootObjectCount fileSize url }
      }
    }""",
    cost=1,
)


class Busy(PlatformError):
    """Others' bulk operations are in the way, or there are none to be had: nothing was begun."""


class Unfinished(PlatformError):
    """An operation ended before it was done; how far it came is not known."""


async def exported(session: ShopifyReader, query: str) -> AsyncIterator[Row]:
    """The lines of a bulk query's file. Raises `Busy` where it could not be begun, and
    `PlatformError` where it did not end well: what was told before is then not the whole."""
    ended = await _ended_well(session, query)
    async for row in result(session, ended):
        yield row


async def _ended_well(session: ShopifyReader, query: str) -> Row:
    """The vendor's own errors are intermittent: it is tried twice."""
    for _ in range(2):
        begun = await in_turn(partial(session.begin, RUN_QUERY, query=query))
        ended = await awaited(session, begun["bulkOperation"])
        if ended["status"] == "COMPLETED":
            return ended
        if ended["errorCode"] not in ("INTERNAL_SERVER_ERROR", "TIMEOUT"):
            break
    raise _why_not(ended)


async def in_turn(begin: Callable[[], Awaitable[Row]]) -> Row:
    """Begin an operation as soon as others leave a place. Raises `Busy`."""
    waited, pause = 0.0, 2.0
    while True:
        try:
            return await begin()
        except UserErrors as refused:
            if not refused.has_code("OPERATION_IN_PROGRESS", "LIMIT_REACHED"):
                raise Busy(str(refused)) from refused
            if waited >= TURN_PATIENCE:
                raise Busy(f"{refused}, after {waited:.0f} s of waiting") from refused
        await anyio.sleep(pause)
        waited, pause = waited + pause, min(2 * pause, LONGEST_PAUSE)


async def awaited(session: ShopifyReader, operation: Row) -> Row:
    """The operation when it is over, however it ended."""
    began, pause = anyio.current_time(), FIRST_LOOK
    while operation["status"] in ("CREATED", "RUNNING", "CANCELING"):
        if anyio.current_time() - began > PATIENCE:
            await session.begin(CANCEL, id=operation["id"])
            raise Unfinished(
                f"the bulk operation {operation['id']} took longer than {PATIENCE / 60:.0f} min"
            )
        await anyio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
        found: Row | None = (await session.query(_LOOK, id=operation["id"]))["node"]
        if found is None:
            raise Distrusted(f"the bulk operation {operation['id']} is not known any more")
        operation = found
    return operation


def _why_not(operation: Mapping[str, Any]) -> PlatformError:
    name, status, code = operation["id"], operation["status"], operation["errorCode"]
    if code == "ACCESS_DENIED":
        return Unauthorised(
            f"the bulk operation {name} was denied access"
            " · grant the app the scopes of what is read (providers/shopify/README.md)"
        )
    if status == "CANCELED":
        return Unavailable(f"somebody cancelled the bulk operation {name} · plan again")
    if status == "EXPIRED":
        return Unavailable(f"the file of the bulk operation {name} has expired · plan again")
    return Unavailable(
        f"the bulk operation {name} ended {status} ({code}), and a part of an answer is none"
        " · plan again, or let pages be read instead (settings.bulk_from)"
    )


async def result(session: ShopifyReader, operation: Mapping[str, Any]) -> AsyncIterator[Row]:
    """The lines of a completed operation's file, none of which is kept."""
    if operation["url"] is None:
        if operation["rootObjectCount"] != "0":
            raise Distrusted(f"the bulk operation {operation['id']} tells no file")
        return
    roots = 0
    async with fetched(session.outside, operation["url"]) as file:
        for row in rows(file):
            roots += PARENT not in row
            yield row
        size = file.tell()
    _must_be_whole(operation, roots, size)


def _must_be_whole(operation: Mapping[str, Any], roots: int, size: int) -> None:
    counted, promised = int(operation["rootObjectCount"]), int(operation["fileSize"] or 0)
    if roots < counted or size < promised:
        raise Distrusted(
            f"the file of the bulk operation {operation['id']} holds {roots} of {counted} things"
            f" in {size} of {promised} bytes: it is cut off · plan again"
        )
