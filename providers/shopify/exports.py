"""Products and their metafields by a bulk operation, and when that is worth its while."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Collection, Iterable
from typing import Any, Final

from providers.kit.graphql import Query
from providers.shopify.bulk import exported
from providers.shopify.client import ShopifyReader
from providers.shopify.joined import joined

Row = dict[str, Any]

MOST_NAMED: Final = 250
"""Metafields that are asked for by name; where there are more, all of a product are read."""

_COUNT: Final = Query("query HowManyProducts { productsCount { count } }", cost=10)


def is_worth(session: ShopifyReader, things: int, points: float) -> bool:
    """Whether so many things, for so many points by the ordinary way, are rather read in bulk:
    as the settings say, else where a full bucket does not hold what it costs."""
    least = session.settings.bulk_from
    return points > session.pace.most if least is None else things >= least


async def how_many_products(session: ShopifyReader) -> int:
    """At least so many: Shopify stops counting at 10,000."""
    return int((await session.query(_COUNT))["productsCount"]["count"])


async def metafields_in_bulk(
    session: ShopifyReader, fragment: str, names: Iterable[str] | None
) -> AsyncIterator[tuple[str, Row]]:
    """The metafields of these full names, of all products, with the handle of theirs.

    fragment: what is asked of each. names: None for all. Raises `Busy`, before anything was told.
    """
    inner = fragment[fragment.index("{") + 1 : fragment.rindex("}")]
    named = sorted(set(names or ()))
    keys = f"(keys: {json.dumps(named)})" if 0 < len(named) <= MOST_NAMED else ""
    query = f"""{{ products {{ edges {{ node {{
      id handle
      metafields{keys} {{ edges {{ node {{ {inner} }} }} }}
    }} }} }} }}"""
    async for handle, row in joined(exported(session, query)):
        row["type"] = sys.intern(row["type"])
        yield handle, row


async def products_in_bulk(session: ShopifyReader, handles: Collection[str]) -> AsyncIterator[Row]:
    """`id handle status` of these products. Raises `Busy`, before anything was told."""
    known = {handle: handle for handle in handles}  # the very text that others hold already
    query = "{ products { edges { node { id handle status } } } }"
    async for row in exported(session, query):
        if row["handle"] in known:
            yield {**row, "handle": known[row["handle"]]}
