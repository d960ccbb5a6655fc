"""What of a plan the platforms moved, without what is tolerated; and how long all of it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.guards import CAPSULE, TOLERATED
from reconciler.history import Row
from reconciler.model.change import AnyChange
from reconciler.model.plan import Estimate, Plan
from reconciler.model.tolerance import Tolerance, in_force, lapsed
from reconciler.model.watch import Watched
from reconciler.stalled import stalled


def watched(
    whole: Plan, tolerances: Iterable[Tolerance], now: str, rows: Iterable[Row] = ()
) -> Watched:
    """now: `2026-11-27T18:00Z`. rows: the history so far, which knows since when."""
    listed = tuple(tolerances)
    found = moved(whole)
    let_be = [(c, in_force(listed, c, now)) for c in whole.changes if is_tolerated(whole, c)]
    ended = {c.address: lapsed(listed, c, now) for c in found.changes}
    return Watched(
        whole,
        found,
        now,
        tuple((change, tolerance) for change, tolerance in let_be if tolerance),
        {address: tolerance for address, tolerance in ended.items() if tolerance},
        stalled(whole, rows, now),
    )


def moved(whole: Plan) -> Plan:
    """The changes of which a field drifted or is in conflict, whatever else moves in them, but
    for what is tolerated."""
    let_be = sum(is_tolerated(whole, c) for c in whole.changes)
    found = tuple(c for c in whole.changes if c.has_drifted and not is_tolerated(whole, c))
    others = len(whole.changes) - len(found) - let_be
    waiting = "1 more change waits" if others == 1 else f"{others} more changes wait"
    said = (f"{waiting} for an apply: see plan",) if others else ()
    let_alone = (f"{let_be} tolerated: see tolerances.yaml",) if let_be else ()
    addresses = {change.address for change in found}
    return replace(
        whole,
        changes=found,
        holds={a: h for a, h in whole.holds.items() if a in addresses},
        violations=tuple(v for v in whole.violations if v.address in addresses),
        recorded=(),
        gone=(),
        estimate=Estimate(),
        warnings=(*whole.warnings, *said, *let_alone),
    )


def is_tolerated(plan: Plan, change: AnyChange) -> bool:
    """Whether a change is held because its drift is to be left as it is."""
    hold = plan.holds.get(change.address)
    return hold is not None and hold.reason == TOLERATED


def is_withheld(plan: Plan, change: AnyChange) -> bool:
    """Whether a change is held because the state of a capsule does not allow it, or because it
    needs one that is."""
    hold = plan.holds.get(change.address)
    return hold is not None and hold.reason == CAPSULE
