"""Pydantic's findings as problems: with their places, in the words of those who write the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reconciler.intent.base import Misstated, Place, Places
from reconciler.model.problem import Problem
from reconciler.model.wording import WANTED, worded


def problems(error: ValidationError, model: Any, data: Any, places: Places) -> Iterator[Problem]:
    """One problem a place, with the nearest name for what is unknown."""
    by_place: dict[Place, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        by_place.setdefault(_place_in(data, detail), []).append(detail)
    for place, details in by_place.items():
        if not _is_explained_deeper(place, details, by_place):
            cause, remedy = worded(place, details, model)
            yield Problem(places.at(*place), cause, remedy)


def _place_in(data: Any, detail: ErrorDetails) -> Place:
    """The steps of an error's location that are really in the data; pydantic adds the names of
    union members and `[key]` to them. An unknown or missing field's own name stays, and a model
    says itself which of its parts it objects to."""
    place: list[str | int] = []
    for step in detail["loc"]:
        if isinstance(data, Mapping) and step in data:
            data = data[str(step)]
        elif isinstance(data, Sequence) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            continue
        place.append(step)
    if detail["type"] == "missing":
        place.append(detail["loc"][-1])
    objection = detail.get("ctx", {}).get("error")
    return (*place, *(objection.way if isinstance(objection, Misstated) else ()))


def _is_explained_deeper(
    place: Place, details: list[ErrorDetails], by_place: Mapping[Place, object]
) -> bool:
    """Whether this is only a union saying that its other members do not fit either, or a list that
    does not count what is wrong in it."""
    deeper = any(other[: len(place)] == place and other != place for other in by_place)
    return deeper and all(detail["type"] in (*WANTED, "too_short") for detail in details)
