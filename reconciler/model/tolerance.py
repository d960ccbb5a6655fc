"""Drift that a team has decided to live with for a while."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from reconciler.model.change import Action, AnyChange, Cause, FieldChange
from reconciler.model.resource import Source
from reconciler.model.spec import Path


@dataclass(frozen=True)
class Tolerance:
    """One entry of the allow-list.

    key: of the address; a `*` in it stands for any characters. fields: None for all of the
    resource, its very existence included. until: the day (`2026-12-31`, UTC) that ends it, which
    is not in it any more. place: where it is written.
    """

    target: str
    kind: str
    key: str
    fields: tuple[Path, ...] | None
    until: str
    reason: str
    place: Source

    def covers(self, change: AnyChange, field: FieldChange) -> bool:
        """Whether it lets the drift of a field be as it is.

        A list of fields does not cover a resource that is gone or stands under another key.
        """
        if field.cause is not Cause.DRIFT or not self._speaks_of(change):
            return False
        is_edit = change.action is Action.UPDATE and change.renamed_from is None
        return self.fields is None or (is_edit and self._names(field.path))

    def is_over(self, now: str | None) -> bool:
        """now: `2026-12-31T00:00Z`. Without a clock nothing is tolerated."""
        return now is None or now >= self.until

    def days_over(self, now: str) -> int:
        """Days since it ended."""
        return (date.fromisoformat(now[:10]) - date.fromisoformat(self.until)).days

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(".*".join(map(re.escape, self.key.split("*"))), re.DOTALL)

    def _speaks_of(self, change: AnyChange) -> bool:
        target, kind, key = change.address
        return (target, kind) == (self.target, self.kind) and bool(self._pattern.fullmatch(key))

    def _names(self, path: Path) -> bool:
        """A field's name covers the entries of a mapping field, too."""
        return any(path == name or path.startswith(f"{name}.") for name in self.fields or ())


def in_force(
    tolerances: Iterable[Tolerance], change: AnyChange, now: str | None
) -> Tolerance | None:
    """What lets a change be as it is: of the entries that cover all of its fields together, the
    one that ends first."""
    return _together([t for t in tolerances if not t.is_over(now)], change)


def lapsed(tolerances: Iterable[Tolerance], change: AnyChange, now: str | None) -> Tolerance | None:
    """What would let a change be as it is, had it not ended."""
    found = _together(tolerances, change)
    return found if found is not None and now is not None and found.is_over(now) else None


def _together(tolerances: Iterable[Tolerance], change: AnyChange) -> Tolerance | None:
    """Of each field the entry that lasts longest, and of those the one that ends first; None where
    a field has none."""
    listed = tuple(tolerances)
    found: list[Tolerance] = []
    for field in change.fields:
        covering = [t for t in listed if t.covers(change, field)]
        if not covering:
            return None
        found.append(max(covering, key=lambda t: t.until))
    return min(found, key=lambda t: t.until, default=None)
