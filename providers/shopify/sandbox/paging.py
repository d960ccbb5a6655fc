"""Connections: a page of an ordered list, with cursors."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from providers.shopify.sandbox.ordered import Node, Ordered, Place, id_number, id_of
from providers.shopify.sandbox.refusal import refusal

MOST: Final = 250

WHOLE: Final = "whole"
"""The argument by which a bulk operation asks for all nodes at once; no request has it."""


def connection(
    nodes: Iterable[Node] | Ordered,
    args: Mapping[str, Any],
    value: Callable[[Node], Any] = id_number,
    identity: Callable[[Node], str] = id_of,
) -> dict[str, Any]:
    """A page as `args` ask for it. Raises as Shopify does where they do not fit together.
    What is `Ordered` already stays in its order, and a page of it is found at once."""
    ordered = nodes if isinstance(nodes, Ordered) else Ordered.by(nodes, value, identity)
    backwards = bool(args.get("reverse"))
    if args.get(WHOLE):
        return {"nodes": ordered.nodes[::-1] if backwards else ordered.nodes}
    size = _size(args)
    start, end = _window(ordered, args)
    from_end = (args.get("last") is not None) != backwards
    first, past = (max(end - size, start), end) if from_end else (start, min(start + size, end))
    page = list(zip(ordered.nodes[first:past], ordered.places[first:past], strict=True))
    if backwards:
        page.reverse()
    edges = [{"cursor": _cursor(place), "node": node} for node, place in page]
    there_is = (first > 0, past < len(ordered.nodes))
    return {
        "nodes": [node for node, _ in page],
        "edges": edges,
        "pageInfo": {
            "hasNextPage": there_is[not backwards],
            "hasPreviousPage": there_is[backwards],
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def _size(args: Mapping[str, Any]) -> int:
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise refusal("you must provide one of first or last", "BAD_REQUEST")
    if first is not None and last is not None:
        raise refusal("providing both first and last is not supported", "BAD_REQUEST")
    size = int(last if last is not None else first or 0)
    if not 0 < size <= MOST:
        raise refusal(f"a page holds between 1 and {MOST} items, not {size}", "BAD_REQUEST")
    return size


def _window(ordered: Ordered, args: Mapping[str, Any]) -> tuple[int, int]:
    """The first and the past-the-last index between the cursors; backwards, `after` ends it."""
    start, end = 0, len(ordered.nodes)
    after, before = args.get("after"), args.get("before")
    if args.get("reverse"):
        after, before = before, after
    if after:
        start = _at(ordered.up_to, after)
    if before:
        end = _at(ordered.before, before)
    return start, end


def _at(count: Callable[[Place], int], cursor: str) -> int:
    """A cursor of a list that is sorted otherwise leads nowhere here."""
    try:
        return count(_place(cursor))
    except TypeError as error:
        raise refusal(f"Invalid cursor: {cursor}", "BAD_REQUEST") from error


def _cursor(place: Place) -> str:
    value, last_id = place
    text = json.dumps({"last_id": last_id, "last_value": value}, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def _place(cursor: str) -> Place:
    try:
        content = json.loads(base64.b64decode(cursor, validate=True))
        return content["last_value"], int(content["last_id"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise refusal(f"Invalid cursor: {cursor}", "BAD_REQUEST") from error
