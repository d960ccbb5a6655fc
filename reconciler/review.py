"""What was reviewed, and what that lets through.

A review is bound to changes, not to a plan as a whole: a change is carried out when the plan
that is made now has it with the same digest. Everything else is held and says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from reconciler.guards import Allowance
from reconciler.model.address import Address
from reconciler.model.errors import Refused
from reconciler.model.plan import Hold, Plan

PLAN_VERSION: Final = 1

_SETTLED: Final = ("recorded", "gone", "settled")
"""The parts of a plan that list what was looked at and needs no write."""


@dataclass(frozen=True, slots=True)
class Review:
    """digests: of every reviewed change by address; of several plans the later one wins. held: of
    those that the review showed as held. These are let through only by a word in the very run.
    settled: what was looked at and needed no change. narrowed: whether every plan spoke of a
    part only. commits: what the plans were made of, in their order.
    """

    digests: Mapping[Address, str]
    held: Mapping[Address, str] = field(default_factory=dict)
    settled: frozenset[Address] = frozenset()
    narrowed: bool = False
    commits: tuple[str | None, ...] = ()

    def of_target(self, target: str) -> Review:
        """What it says of one target."""
        return replace(
            self,
            digests={a: d for a, d in self.digests.items() if a.target == target},
            held={a: d for a, d in self.held.items() if a.target == target},
            settled=frozenset(a for a in self.settled if a.target == target),
        )

    @property
    def addresses(self) -> frozenset[Address]:
        """All that the reviewed plans speak of."""
        return frozenset({*self.digests, *self.held, *self.settled})

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


class EmptyReview(Refused):
    """A plan that reviews nothing: it is never "0 of 0 applied"."""


def read_review(files: Iterable[Path]) -> Review:
    """Raises `Refused` for a plan that is missing, not a plan, or empty."""
    return joined(parse(str(file), _text(file)) for file in files)


def parse(name: str, text: str) -> Review:
    """One plan as a review. Raises `Refused`, and `EmptyReview` for one that reviews nothing."""
    plan = _plan(name, text)
    try:
        settled = (Address.parse(a) for part in _SETTLED for a in plan.get(part, ()))
        review = Review(
            _digests(plan.get("changes", ())),
            _digests(plan.get("held", ())),
            frozenset(settled),
            bool(plan.get("scope", {}).get("narrowed")),
            (plan.get("commits", {}).get("head"),),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Refused(f"{name} is not a whole plan: {error} · plan again") from error
    if not review.addresses:
        raise EmptyReview(f"{name} reviews no change · nothing is applied from an empty plan")
    return review


def joined(reviews: Iterable[Review]) -> Review:
    """Several reviews as one union. What a later one speaks of, it alone speaks of."""
    whole = Review({}, narrowed=True)
    for later in reviews:
        said = later.addresses
        whole = Review(
            {a: d for a, d in whole.digests.items() if a not in said} | dict(later.digests),
            {a: d for a, d in whole.held.items() if a not in said} | dict(later.held),
            (whole.settled - said) | later.settled,
            whole.narrowed and later.narrowed,
            (*whole.commits, *later.commits),
        )
    return whole


def _digests(rows: Iterable[Mapping[str, Any]]) -> dict[Address, str]:
    return {Address.parse(row["address"]): str(row["digest"]) for row in rows}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise Refused(f"there is no reviewed plan {file} · plan again") from error
    except (OSError, ValueError) as error:
        raise Refused(f"{file} can not be read as a plan: {error} · plan again") from error


def _plan(name: str, text: str) -> dict[str, Any]:
    try:
        plan = json.loads(text)
    except ValueError as error:
        raise Refused(f"{name} can not be read as a plan: {error} · plan again") from error
    if not isinstance(plan, dict) or plan.get("version") != PLAN_VERSION:
        raise Refused(f"{name} is not a plan of version {PLAN_VERSION} · plan again")
    return plan
