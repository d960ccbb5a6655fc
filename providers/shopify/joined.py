"""Products with what hangs on them, put together again from the lines of a bulk query's file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from providers.shopify.bulk import PARENT
from reconciler.provider import Distrusted

Row = dict[str, Any]


async def joined(lines: AsyncIterator[Row]) -> AsyncIterator[tuple[str, Row]]:
    """Each inner line with the handle of the product that it names. Lines may come before their
    product's; those are all that is kept. Raises `Distrusted` for one whose product never comes."""
    handles: dict[str, str] = {}
    early: dict[str, list[Row]] = {}
    async for line in lines:
        parent = line.get(PARENT)
        if parent is None:
            handles[line["id"]] = line["handle"]
            for row in early.pop(line["id"], ()):
                yield line["handle"], row
        elif parent in handles:
            yield handles[parent], line
        else:
            early.setdefault(parent, []).append(line)
    if early:
        raise Distrusted(f"a file tells of {next(iter(early))}, which stands nowhere in it")
