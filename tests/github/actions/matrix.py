"""A strategy's matrix: the combinations that a job is run for."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, Final

from tests.github.actions.values import text

_KNOWN: Final = frozenset({"matrix", "fail-fast", "max-parallel"})


class MatrixError(Exception):
    """A matrix that GitHub refuses."""


def combinations(strategy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every combination, less those excluded, with those included; one empty without a matrix."""
    if strange := set(strategy) - _KNOWN:
        raise MatrixError(f"strategy: {', '.join(strange)} is not known to this runner")
    matrix = strategy.get("matrix")
    if matrix is None:
        return [{}]
    axes = {name: axis for name, axis in matrix.items() if name not in ("include", "exclude")}
    for name, axis in axes.items():
        if not axis or not isinstance(axis, list):
            raise MatrixError(f"Matrix vector '{name}' does not contain any values")
    made = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    kept = [one for one in made if not _is_any(matrix.get("exclude", []), one)]
    every = _included(kept if axes else [], matrix.get("include", []), set(axes))
    if not every:
        raise MatrixError("the matrix is empty")
    return every


def _is_any(excluded: list[dict[str, Any]], one: dict[str, Any]) -> bool:
    return any(all(text(one.get(k)) == text(v) for k, v in out.items()) for out in excluded)


def _included(
    made: list[dict[str, Any]], include: list[dict[str, Any]], axes: set[str]
) -> list[dict[str, Any]]:
    """An inclusion adds to the combinations that it agrees with, else it is one of its own."""
    every = [dict(one) for one in made]
    for extra in include:
        fitting = [new for new, old in zip(every, made, strict=False) if _agree(old, extra, axes)]
        for one in fitting:
            one.update(extra)
        if not fitting:
            every.append(dict(extra))
    return every


def _agree(old: dict[str, Any], extra: dict[str, Any], axes: set[str]) -> bool:
    return all(old[name] == extra[name] for name in axes & set(extra))
