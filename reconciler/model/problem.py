"""What is wrong with what people wrote: place, cause and remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.model.resource import Source


@dataclass(frozen=True, slots=True, order=False)
class Problem:
    """`cause` says what is wrong, `remedy` what to do; both without a final full stop."""

    place: Source
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}  {self.cause} · {self.remedy}"


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By file, then line, then column, each said once."""
    return sorted(
        set(problems), key=lambda p: (p.place.path, p.place.line, p.place.column, p.cause)
    )
