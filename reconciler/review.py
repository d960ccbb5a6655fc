"""What was reviewed, and what that lets through.

A review is bound to changes, not to a plan as a whole: a change is carried out when the plan
that is made now has it with the same digest. Everything else is held and says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from reconciler.guards import Allowance
from reconciler.model.address import Address
from reconciler.model.errors import Refused
from reconciler.model.plan import Hold, Plan

PLAN_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Review:
    """digests: of every reviewed change by address; of several plans the later one wins. held: of
    those that the review showed as held. These are let through only by a word in the very run."""

    digests: Mapping[Address, str]
    held: Mapping[Address, str] = field(default_factory=dict)

    def holds(self, plan: Plan, allowed: frozenset[Allowance]) -> dict[Address, Hold]:
        """The changes of today's plan that nobody reviewed as they are now."""
        return {
            change.address: self._hold(change.address)
            for change in plan.changes
            if not self._covers(change.address, change.digest, allowed)
        }

    def _covers(self, address: Address, digest: str, allowed: frozenset[Allowance]) -> bool:
        if self.digests.get(address) == digest:
            return True
        subjects = {allowance.subject for allowance in allowed}
        return self.held.get(address) == digest and bool({str(address), address.target} & subjects)

    def _hold(self, address: Address) -> Hold:
        if address in self.held and address not in self.digests:
            return Hold(
                "held-in-review",
                "the reviewed plan showed it as held",
                "overrule the guard with --allow, or plan again and review it",
            )
        if address in self.digests:
            return Hold(
                "changed-since-plan",
                "live or git moved since it was reviewed",
                "plan again and review what it says now",
            )
        return Hold(
            "not-reviewed",
            "it stands in no reviewed plan",
            "plan again and review it",
        )


def read_review(files: Iterable[Path]) -> Review:
    """Raises `Refused` for a plan that is missing, not a plan, or empty: nothing reviewed is
    never "0 of 0 applied"."""
    digests: dict[Address, str] = {}
    held: dict[Address, str] = {}
    for file in files:
        plan = _plan(file)
        changes, holds = _digests(file, plan, "changes"), _digests(file, plan, "held")
        later = {*changes, *holds}
        digests = {a: d for a, d in digests.items() if a not in later} | changes
        held = {a: d for a, d in held.items() if a not in later} | holds
    return Review(digests, held)


def _digests(file: Path, plan: Mapping[str, Any], part: str) -> dict[Address, str]:
    try:
        return {Address.parse(row["address"]): str(row["digest"]) for row in plan.get(part, ())}
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(f"{file} is not a whole plan: {error} · plan again") from error


def _plan(file: Path) -> dict[str, Any]:
    try:
        plan = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Refused(f"there is no reviewed plan {file} · plan again") from error
    except (OSError, ValueError) as error:
        raise Refused(f"{file} can not be read as a plan: {error} · plan again") from error
    if not isinstance(plan, dict) or plan.get("version") != PLAN_VERSION:
        raise Refused(f"{file} is not a plan of version {PLAN_VERSION} · plan again")
    if not any(plan.get(part) for part in ("changes", "held", "recorded", "gone")):
        raise Refused(f"{file} reviews no change · nothing is applied from an empty plan")
    return plan
