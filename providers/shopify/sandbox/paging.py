"""Connections: a page of an ordered list, with cursors."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.refusal import refusal

MOST: Final = 250

WHOLE: Final = "whole"
"""The argument by which a bulk operation asks for all nodes at once; no request has it."""

Node = dict[str, Any]
Place = tuple[Any, int]
"""Where a node stands: the value that is sorted by, then the number of its id."""


def connection(
    nodes: Iterable[Node],
    args: Mapping[str, Any],
    value: Callable[[Node], Any] = lambda node: number(node["id"]),
    identity: Callable[[Node], str] = lambda node: str(node["id"]),
) -> dict[str, Any]:
    """A page as `args` ask for it. Raises as Shopify does where they do not fit together."""
    backwards = bool(args.get("reverse"))
    unordered = list(nodes)
    if args.get(WHOLE):
        return {"nodes": sorted(unordered, key=value, reverse=backwards)}
    size = _size(args)
    places = {id(node): (value(node), number(identity(node))) for node in unordered}
    ordered = sorted(unordered, key=lambda node: places[id(node)], reverse=backwards)
    start, end = _window(ordered, places, args, backwards)
    inside = ordered[start:end]
    page = inside[-size:] if args.get("last") is not None else inside[:size]
    first = start + (len(inside) - len(page) if args.get("last") is not None else 0)
    edges = [{"cursor": _cursor(places[id(node)]), "node": node} for node in page]
    return {
        "nodes": page,
        "edges": edges,
        "pageInfo": {
            "hasNextPage": first + len(page) < len(ordered),
            "hasPreviousPage": first > 0,
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


def _window(
    ordered: list[Node], places: Mapping[int, Place], args: Mapping[str, Any], backwards: bool
) -> tuple[int, int]:
    """The first and the past-the-last index between the cursors `after` and `before`."""

    def precedes(node: Node, place: Place) -> bool:
        here = places[id(node)]
        return here > place if backwards else here < place

    start, end = 0, len(ordered)
    if args.get("after"):
        after = _place(args["after"])
        start = sum(precedes(n, after) or places[id(n)] == after for n in ordered)
    if args.get("before"):
        before = _place(args["before"])
        end = sum(precedes(n, before) for n in ordered)
    return start, end


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
