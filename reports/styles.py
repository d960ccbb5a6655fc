"""What became of the collection of each style, in the words of the runbook that this replaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.model.address import Address
from reconciler.model.change import Action, AnyChange
from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.plan import Plan
from reports.view import clean

CREATE: Final = "CREATE"
ALLOW: Final = "ALLOW"
SKIP: Final = "SKIP"
NOOP: Final = "NOOP"

_DONE: Final = (Status.DONE, Status.CONVERGED)


@dataclass(frozen=True, slots=True)
class StyleOutcome:
    """word: CREATE (its collection was made), ALLOW (one that was there was changed, as it was
    allowed), SKIP (held, or it did not go well; `why` says what), NOOP (it is as git says)."""

    address: Address
    style: str
    word: str
    why: str | None = None

    @property
    def line(self) -> str:
        reason = f": {self.why}" if self.why else ""
        return clean(f"{self.word} {self.style} ({self.address}){reason}")

    @property
    def data(self) -> dict[str, Any]:
        return {
            "collection": str(self.address),
            "style": self.style,
            "outcome": self.word,
            "why": self.why,
        }


def style_outcomes(
    styles: Mapping[Address, str], plan: Plan, outcomes: Mapping[Address, AnyOutcome]
) -> list[StyleOutcome]:
    """One for each style of the targets that were planned, in the order of the lists. What the plan
    did not look at is left out."""
    changes = {change.address: change for change in plan.changes}
    looked_at = plan.scope.narrowed and {*changes, *plan.settled}
    return [
        _outcome(address, style, changes.get(address), plan, outcomes.get(address))
        for address, style in styles.items()
        if address.target in plan.accounts and (not looked_at or address in looked_at)
    ]


def counted(found: list[StyleOutcome]) -> str:
    """`Styles: 1 CREATE, 4 NOOP`."""
    counts = Counter(one.word for one in found)
    told = [f"{counts[word]} {word}" for word in (CREATE, ALLOW, SKIP, NOOP) if counts[word]]
    return f"Styles: {', '.join(told)}"


def lines(found: list[StyleOutcome]) -> Iterator[str]:
    """All that are not as they were, and the counts."""
    moved = [one for one in found if one.word != NOOP]
    if moved:
        yield from (one.line for one in moved)
        yield counted(found)


def _outcome(
    address: Address,
    style: str,
    change: AnyChange | None,
    plan: Plan,
    outcome: AnyOutcome | None,
) -> StyleOutcome:
    if change is None:
        return StyleOutcome(address, style, NOOP)
    if outcome is not None and outcome.status in _DONE:
        word = CREATE if change.action is Action.CREATE else ALLOW
        return StyleOutcome(address, style, word)
    hold = plan.holds.get(address)
    why = (outcome and outcome.message) or (hold and hold.message) or "it was not carried out"
    return StyleOutcome(address, style, SKIP, why)
