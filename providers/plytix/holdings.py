"""Which assets products hold, of many products at once and told in full.

A search leaves out what is empty. It is never taken for granted that what is left out *is*
empty: a second search asks who holds something there, and those are read one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from providers.plytix.catalog import AT_ONCE, condition, parts_of, product_by_id, products
from providers.plytix.client import PlytixReader, Refused, Row
from providers.plytix.definitions import definitions
from providers.plytix.versions import PRODUCTS
from reconciler.model.address import Key, Remote

THUMBNAIL: Final = "thumbnail"


def columns(labels: Sequence[str]) -> list[str]:
    """The columns of the thumbnail and of own media attributes."""
    return [THUMBNAIL, *(f"attributes.{label}" for label in labels)]


def linked(product: Row, column: str) -> tuple[Remote, ...]:
    """The asset ids in a media column. v2 tells ids and v1 whole assets, a single one unlisted."""
    own = column.removeprefix("attributes.")
    value = product.get(column) if own == column else (product.get("attributes") or {}).get(own)
    entries = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(entry["id"] if isinstance(entry, dict) else entry for entry in entries)


async def in_full(session: PlytixReader, rows: Sequence[Row], labels: Sequence[str]) -> list[Row]:
    """The rows of a product search, each with all that it holds in these columns."""
    left_out = {row["id"]: _left_out(row, labels) for row in rows}
    asked = [(row["sku"], column) for row in rows for column in left_out[row["id"]]]
    holding: set[Remote] = set()
    for some in parts_of(asked, AT_ONCE):
        alternatives = [
            [condition("sku", "eq", sku), condition(column, "exists")] for sku, column in some
        ]
        found = session.search(f"{PRODUCTS}/search", alternatives, [], "sku")
        holding |= {row["id"] async for row in found}
    return [
        (await product_by_id(session, row["id"]) or row) if row["id"] in holding else row
        for row in rows
    ]


async def holding(
    session: PlytixReader, skus: Iterable[Key], labels: Sequence[str]
) -> tuple[list[Row], Sequence[str]]:
    """The products of these SKUs with all that they hold in these columns, and the labels that the
    account has: a search that names another is refused (422), for all products."""
    skus = list(skus)
    try:
        return await _holding(session, skus, labels), labels
    except Refused as refusal:
        known = await definitions(session)
        there = [label for label in labels if label in known]
        if refusal.status != 422 or len(there) == len(labels):
            raise
    return await _holding(session, skus, there), there


async def _holding(session: PlytixReader, skus: Iterable[Key], labels: Sequence[str]) -> list[Row]:
    rows = [row async for row in products(session, skus, columns(labels))]
    return await in_full(session, rows, labels)


async def holders(session: PlytixReader, skus: Iterable[Key], label: str) -> frozenset[Key]:
    """Those of these products that have images already: in the gallery, or a thumbnail."""
    whole, _ = await holding(session, skus, [label])
    return frozenset(
        row["sku"] for row in whole if linked(row, f"attributes.{label}") or linked(row, THUMBNAIL)
    )


def _left_out(row: Row, labels: Sequence[str]) -> list[str]:
    own = row.get("attributes") or {}
    missing = [f"attributes.{label}" for label in labels if label not in own]
    return missing if THUMBNAIL in row else [THUMBNAIL, *missing]
