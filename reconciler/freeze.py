"""Standing orders to write nothing to a target: by hand, kept in git, or by date, in its policy.

A freeze by hand stands in `refs/planogram/frozen/<target>`, apart from the ledger, so that an
apply that is at work is not cut off from its ledger by it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final

from reconciler.intent.targets import Policy
from reconciler.model.errors import PlanogramError
from reconciler.reftree import RefTree
from reconciler.repository import Repository

_FROZEN: Final = "frozen/"
_FILE: Final = "freeze.json"


@dataclass(frozen=True, slots=True)
class Freeze:
    """until: `2026-11-30T18:00Z`, or a day, or None: until somebody lifts it."""

    reason: str
    until: str | None
    by: str | None = None
    at: str | None = None

    def __str__(self) -> str:
        """`until 2026-11-30 (sale week), by Ada`, to follow "is frozen"."""
        end = f"until {self.until}" if self.until else "until it is lifted"
        return f"{end} ({self.reason})" + (f", by {self.by}" if self.by else "")


class NotFrozen(PlanogramError):
    """There is nothing to lift."""


def standing(repository: Repository, target: str, policy: Policy, now: str | None) -> Freeze | None:
    """The freeze that holds a target now; without a time, one that ends some day holds too."""
    for window in policy.freeze:
        if now is not None and window.since <= now < window.until:
            return Freeze(window.reason, window.until)
    by_hand = of_hand(repository, target)
    if by_hand is None or (by_hand.until and now is not None and by_hand.until <= now):
        return None
    return by_hand


def of_hand(repository: Repository, target: str) -> Freeze | None:
    """The freeze that somebody ordered, as it is known here, whether or not it has ended."""
    tree = _tree(repository, target)
    # The remote's word counts where there is one: a freeze that was lifted there is lifted.
    tree.head = repository.sha(tree.seen if repository.remote else tree.ref)
    text = tree.files().get(_FILE)
    return Freeze(**json.loads(text)) if text else None


def freeze(repository: Repository, target: str, order: Freeze) -> None:
    """Order it, for everybody. Raises `LedgerUnavailable` where it could not be shared."""
    text = json.dumps(asdict(order), ensure_ascii=False, sort_keys=True) + "\n"
    _tree(repository, target).share(lambda tree: {_FILE: text}, f"freeze {target}")


def unfreeze(repository: Repository, target: str) -> Freeze:
    """Lift it, for everybody; what was lifted. Raises `NotFrozen`."""
    tree = _tree(repository, target)
    tree.fetch()
    order = of_hand(repository, target)
    if order is None:
        raise NotFrozen(
            f"nobody froze {target} · a window in policy.freeze ends by its date, or by an edit"
        )
    tree.share(lambda tree: {_FILE: None}, f"unfreeze {target}")
    return order


def _tree(repository: Repository, target: str) -> RefTree:
    return RefTree(repository, _FROZEN + target, f"the freeze of {target}")
