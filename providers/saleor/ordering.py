"""Orders of which only a part is ours, and the moves that make them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def placed(now: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The same things with the wanted ones in the wanted order, in the places that these have
    now. What is not wanted stays where it stands."""
    ours = iter([thing for thing in wanted if thing in now])
    return [next(ours) if thing in wanted else thing for thing in now]


def shifts(now: Sequence[str], then: Sequence[str]) -> Iterator[tuple[str, int]]:
    """By how many places which thing is moved, one after another; -1 is one towards the front.
    (Saleor's `sortOrder` is such a shift, not a place.)"""
    standing = list(now)
    for place, thing in enumerate(then):
        at = standing.index(thing)
        if at != place:
            standing.insert(place, standing.pop(at))
            yield thing, place - at
