"""What a look at everything came to: what moved, what is let be, what has waited and how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

from reconciler.model.address import Address
from reconciler.model.change import AnyChange
from reconciler.model.plan import Plan
from reconciler.model.tolerance import Tolerance

REMIND_AFTER_DAYS: Final = 7


class Why(StrEnum):
    """Why a change still stands."""

    FAILING = "failing"
    """The last apply that came to it could not carry it out."""
    DRIFT = "drift"
    """The platform was moved, and nobody has decided about it."""
    HELD = "held"
    """A guard objects."""
    UNREVIEWED = "unreviewed"
    """Git or the catalog moved, and no apply was told to carry it out."""


@dataclass(frozen=True, slots=True)
class Stalled:
    """A change that still stands. reason: the guard, or the platform's words. since: when it was
    first seen in an unbroken row of looks (ISO 8601, UTC). days: by the calendar. url: of the
    run that saw it first."""

    change: AnyChange
    why: Why
    reason: str | None
    since: str
    days: int
    url: str | None = None

    @property
    def is_due(self) -> bool:
        """Whether people are to be reminded of it."""
        return self.days >= REMIND_AFTER_DAYS


@dataclass(frozen=True)
class Watched:
    """whole: the plan of everything. moved: the part of it that the platforms moved and nobody
    tolerates. tolerated: what is let be, and by what. lapsed: what was, until some day. stalled:
    all that stands but what is tolerated, the oldest first."""

    whole: Plan
    moved: Plan
    now: str
    tolerated: tuple[tuple[AnyChange, Tolerance], ...] = ()
    lapsed: Mapping[Address, Tolerance] = field(default_factory=dict)
    stalled: tuple[Stalled, ...] = ()

    def standing(self, address: Address) -> Stalled | None:
        """How long a change has stood."""
        return self._by_address.get(address)

    @cached_property
    def _by_address(self) -> Mapping[Address, Stalled]:
        return {one.change.address: one for one in self.stalled}
