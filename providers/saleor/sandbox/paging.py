"""Connections: slices of at most a hundred, and the cursors that go on from them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from providers.kit.store import Document
from providers.saleor.sandbox.refusal import TopLevel

LIMIT: Final = 100

SortKey = Callable[[Document], list[Any]]
"""What documents are sorted by; a cursor is this, as JSON in base64."""


def connection(
    field: str, rows: Sequence[Document], args: Mapping[str, Any], key: SortKey
) -> dict[str, Any]:
    """One page of sorted rows. Raises `TopLevel` for a page above the limit."""
    _check("first", field, args.get("first"))
    _check("last", field, args.get("last"))
    inside = _after(_before(rows, args.get("before"), key), args.get("after"), key)
    first, last = args.get("first"), args.get("last")
    page = inside[-last:] if last and not first else inside[: first or LIMIT]
    return {
        "totalCount": len(rows),
        "pageInfo": _page_info(page, inside, args, key),
        "edges": [{"node": row, "cursor": cursor(key(row))} for row in page],
    }


def cursor(values: Sequence[Any]) -> str:
    texts = [None if value is None else str(value) for value in values]
    return base64.b64encode(json.dumps(texts).encode()).decode()


def _page_info(
    page: Sequence[Document], inside: Sequence[Document], args: Mapping[str, Any], key: SortKey
) -> dict[str, Any]:
    more = len(inside) > len(page)
    backwards = bool(args.get("last")) and not args.get("first")
    return {
        "hasNextPage": bool(args.get("before")) if backwards else more,
        "hasPreviousPage": more if backwards else bool(args.get("after")),
        "startCursor": cursor(key(page[0])) if page else None,
        "endCursor": cursor(key(page[-1])) if page else None,
    }


def _check(side: str, field: str, asked: int | None) -> None:
    if asked and asked > LIMIT:
        raise TopLevel(
            f"Requesting {asked} records on the `{field}` connection"
            f" exceeds the `{side}` limit of {LIMIT} records."
        )


def _after(rows: Sequence[Document], text: str | None, key: SortKey) -> Sequence[Document]:
    found = _index(rows, text, key) if text else None
    return rows if found is None else rows[found + 1 :]


def _before(rows: Sequence[Document], text: str | None, key: SortKey) -> Sequence[Document]:
    found = _index(rows, text, key) if text else None
    return rows if found is None else rows[:found]


def _index(rows: Sequence[Document], text: str, key: SortKey) -> int | None:
    """Where the row of a cursor stands."""
    wanted = _decoded(text)
    values = ([None if v is None else str(v) for v in key(row)] for row in rows)
    return next((index for index, found in enumerate(values) if found == wanted), None)


def _decoded(text: str) -> list[str | None]:
    try:
        values = json.loads(base64.b64decode(text, validate=True))
    except ValueError as error:
        raise TopLevel("Received cursor is invalid.") from error
    if not isinstance(values, list):
        raise TopLevel("Received cursor is invalid.")
    return values
