"""The parts of a document that say something by themselves: a term, a field, a collection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from reconciler.intent.base import Place
from reconciler.intent.edit import REMOVE, Edit, applied

Data = Mapping[str, Any]
Documents = Mapping[str, Data]
"""Path below `desired/` → an intent's data."""

_DEPTHS: Final = {
    "terms": 2, "fields": 2, "collections": 2, "channels": 4, "bundles": 2, "tags": 2,
    "definitions": 2, "values": 3, "selectors": 2, "products": 2,
}  # fmt: skip
"""How long the way is to a part that can be left out by itself, by its first step."""

_LISTS: Final = (
    "collections", "channels", "bundles", "tags", "definitions", "values", "selectors", "products",
)  # fmt: skip
"""What documents are a list of: without an entry they say nothing."""


def part_around(way: Place) -> Place:
    """The part that can be left out by itself around what a way leads to; else the document."""
    depth = _DEPTHS.get(str(way[0])) if way else None
    return way[:depth] if depth is not None and len(way) >= depth else ()


def entries(data: Data) -> Iterator[tuple[Place, Any]]:
    """Of a list of things, each with the way to it; of other documents none."""
    for head in _LISTS:
        yield from _deep(data.get(head) or {}, (head,), _DEPTHS[head])


def without(data: Data, parts: Iterable[Place]) -> Data | None:
    """None where nothing is said any more."""
    places = list(parts)
    if () in places:
        return None
    left: Data = applied(data, [Edit("", place, REMOVE) for place in places])
    is_list = any(head in left for head in _LISTS)
    says_nothing = not any(entries(left)) if is_list else left.get("fields") == {}
    return None if says_nothing else left


def _deep(data: Any, place: Place, depth: int) -> Iterator[tuple[Place, Any]]:
    for key, value in enumerate(data) if isinstance(data, list) else data.items():
        way = (*place, key)
        if len(way) == depth:
            yield way, value
        else:
            yield from _deep(value, way, depth)
