"""Drift that a team has decided to live with for a while."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from reconciler.model.change import Action, AnyChange, Cause
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

    def covers(self, change: AnyChange) -> bool:
        """Whether the change would do nothing but take back drift in tolerated fields.

        A list of fields does not cover a resource that is gone or stands under another key.
        """
        if not self._speaks_of(change) or change.cause is not Cause.DRIFT:
            return False
        if any(field.cause is not Cause.DRIFT for field in change.fields):
            return False
        if self.fields is None:
            return True
        is_edit = change.action is Action.UPDATE and change.renamed_from is None
        return is_edit and all(self._names(field.path) for field in change.fields)

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
    """The tolerance that lets a change be as it is, the one that lasts longest."""
    found = [t for t in tolerances if not t.is_over(now) and t.covers(change)]
    return max(found, key=lambda t: t.until, default=None)


def lapsed(tolerances: Iterable[Tolerance], change: AnyChange, now: str | None) -> Tolerance | None:
    """The tolerance that covered a change and has ended, the last one."""
    found = [t for t in tolerances if now is not None and t.is_over(now) and t.covers(change)]
    return max(found, key=lambda t: t.until, default=None)
