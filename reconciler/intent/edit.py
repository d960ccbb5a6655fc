"""An edit of what people wrote: one part of one document is to say something else, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Any, Final

from reconciler.intent.base import Place
from reconciler.model.spec import Value, plain


class Taken(Enum):
    OUT = "taken out"

    def __repr__(self) -> str:
        return "REMOVE"


REMOVE: Final = Taken.OUT
"""The part shall not stand there any more."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`path` is the file as people are shown it. `place` leads to the part, along keys and
    indices as they are before any edit; what is missing on the way to it is made. The empty
    place is the document: taking that out removes the file."""

    path: str
    place: Place
    value: Value | Taken

    @property
    def removes_file(self) -> bool:
        return self.value is REMOVE and not self.place


def applied(data: Any, edits: Iterable[Edit]) -> Any:
    """The data with all edits made at once. `data` itself stays as it is."""
    document = plain(data)
    taken_out: list[Place] = []
    for edit in edits:
        if isinstance(edit.value, Taken):
            taken_out.append(edit.place)
        else:
            _put(document, edit.place, plain(edit.value))
    # From the back, so that an index still means what it meant.
    for place in sorted(set(taken_out), key=_depth_and_index, reverse=True):
        _take_out(document, place)
    return document


def part_at(data: Any, place: Place) -> Value | Taken:
    """What stands at a place, REMOVE where nothing does."""
    for step in place:
        if not _has(data, step):
            return REMOVE
        data = data[step]
    return plain(data)


def substituted(old: Sequence[Value], new: Iterable[Value]) -> list[Value]:
    """The new entries in the order of the old ones: what stays keeps its place, what comes takes
    the place of what leaves, and the rest is added at the end."""
    wanted = list(new)
    fresh = [entry for entry in wanted if entry not in old]
    result: list[Value] = []
    for entry in old:
        if entry in wanted:
            result.append(entry)
        elif fresh:
            result.append(fresh.pop(0))
    return result + fresh


def _depth_and_index(place: Place) -> tuple[int, int]:
    last = place[-1] if place else 0
    return len(place), last if isinstance(last, int) else -1


def _put(document: Any, place: Place, value: Value) -> None:
    for step, after in pairwise(place):
        if not _has(document, step) or document[step] is None:
            document[step] = [] if isinstance(after, int) else {}
        document = document[step]
    last = place[-1]
    if isinstance(document, list) and last == len(document):
        document.append(value)
    else:
        document[last] = value


def _take_out(document: Any, place: Place) -> None:
    for step in place[:-1]:
        if not _has(document, step):
            return
        document = document[step]
    if place and _has(document, place[-1]):
        del document[place[-1]]


def _has(data: Any, step: str | int) -> bool:
    if isinstance(data, dict):
        return step in data
    return isinstance(data, list | tuple) and isinstance(step, int) and step < len(data)
