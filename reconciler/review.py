"""What was reviewed, and what that lets through.

A review is bound to changes, not to a plan as a whole: a change is carried out when the plan
that is made now has it with the same digest. Everything else is held and says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reconciler.model.address import Address
from reconciler.model.errors import Refused
from reconciler.model.plan import Hold, Plan

PLAN_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Review:
    """digests: of every reviewed change, the held ones included, by address; of several plans
    the later one wins."""

    digests: Mapping[Address, str]

    def holds(self, plan: Plan) -> dict[Address, Hold]:
        """The changes of today's plan that nobody reviewed as they are now."""
        return {
            change.address: self._hold(change.address)
            for change in plan.changes
            if self.digests.get(change.address) != change.digest
        }

    def converged(self, plan: Plan) -> list[Address]:
        """What was reviewed and needs nothing any more."""
        needed = {change.address for change in plan.changes}
        return sorted(address for address in self.digests if address not in needed)

    def _hold(self, address: Address) -> Hold:
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
    for file in files:
        digests |= _digests(file)
    if not digests:
        raise Refused("no plan was given to --reviewed · pass the file that plan wrote")
    return Review(digests)


def _digests(file: Path) -> dict[Address, str]:
    plan = _plan(file)
    rows = [*plan.get("changes", ()), *plan.get("held", ())]
    if not rows:
        raise Refused(f"{file} reviews no change · nothing is applied from an empty plan")
    try:
        return {Address.parse(row["address"]): str(row["digest"]) for row in rows}
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
    return plan
