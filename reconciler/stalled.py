"""Since when what stands today has stood: unbroken rows of observations in the history. Pure.

A look at all of a target ends the row of whatever it does not see any more, unless it saw more
than the history keeps of a run; an apply ends that of what it carried out, and says nothing of what
it did not come to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, Final

from reconciler.history import Seen, Sort, moment, seen
from reconciler.model.address import Address
from reconciler.model.change import AnyChange, Cause
from reconciler.model.outcome import Status
from reconciler.model.plan import Plan
from reconciler.model.watch import Stalled, Why

LOOKBACK_DAYS: Final = 180
"""How far back history is read for ages; what is older is said to be that old."""

Row = Mapping[str, Any]

_FINE: Final = (Status.DONE, Status.CONVERGED)
_FAILED: Final = (Status.FAILED, Status.ALTERED, Status.SKIPPED)


@dataclass(frozen=True, slots=True)
class Standing:
    """An unbroken row of observations of one change. last: the newest of them. failed: what the
    last apply that came to it said, if it could not carry it out."""

    since: str
    url: str | None
    last: Row
    failed: str | None = None


def stalled(plan: Plan, rows: Iterable[Row], now: str) -> tuple[Stalled, ...]:
    """Every change that stands in a plan of everything but what is tolerated, the oldest first."""
    known = standing(rows)
    found = (
        _stalled(plan, change, known.get(change.address), now)
        for change in plan.changes
        if seen(plan, change) is not Seen.TOLERATED
    )
    return tuple(sorted(found, key=lambda s: (s.since, s.change.address)))


def standing(rows: Iterable[Row]) -> dict[Address, Standing]:
    """What stood after the newest of these observations, and since when. rows: in order."""
    known: dict[Address, Standing] = {}
    for run, changes in _runs(rows):
        told = {Address.parse(row["address"]): row for row in changes}
        if run["sort"] != Sort.APPLY and not run.get("cut"):
            gone = [a for a in known if a.target == run["target"] and a not in told]
            for address in gone:
                del known[address]
        for address, row in told.items():
            after = _after(known.pop(address, None), row)
            if after is not None:
                known[address] = after
    return known


def days_between(since: str, now: str) -> int:
    """By the calendar (UTC): a nightly run that begins a minute earlier is a day later all the
    same."""
    first, last = (date.fromisoformat(moment(at)[:10]) for at in (since, now))
    return max(0, (last - first).days)


def _runs(rows: Iterable[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Each run with its changes; of one whose own row lies before the beginning, nothing."""
    for _, group in groupby(rows, key=lambda row: (row["at"], row["run"], row["target"])):
        first, *changes = group
        if first["row"] == "run":
            yield first, changes


def _after(before: Standing | None, row: Row) -> Standing | None:
    """The standing of a change after one more observation of it."""
    if row["sort"] == Sort.APPLY and row["status"] in _FINE:
        return None
    is_same = before is not None and _is_same(before.last, row["digest"], row["reason"])
    kept = before if before and is_same else Standing(row["at"], row["url"], row)
    if row["sort"] != Sort.APPLY:
        return replace(kept, last=row)
    has_failed = row["status"] in _FAILED
    failed = (row["reason"] or row["status"]) if has_failed else kept.failed
    return replace(kept, last=row, failed=failed)


def _is_same(before: Row, digest: str, reason: str | None) -> bool:
    """The same transition; or held for the same reason, though live was moved again."""
    held = before["status"] in (Seen.HELD, Seen.DRIFTED) and reason is not None
    return bool(before["digest"] == digest or (held and before["reason"] == reason))


def _stalled(plan: Plan, change: AnyChange, known: Standing | None, now: str) -> Stalled:
    hold = plan.holds.get(change.address)
    reason = hold.reason if hold else None
    if known is None or not _is_same(known.last, change.digest, reason):
        return Stalled(change, _why(plan, change, None), reason, moment(now), 0)
    return Stalled(
        change,
        _why(plan, change, known.failed),
        known.failed or reason,
        known.since,
        days_between(known.since, now),
        known.url,
    )


def _why(plan: Plan, change: AnyChange, failed: str | None) -> Why:
    if failed:
        return Why.FAILING
    if change.cause is Cause.DRIFT:
        return Why.DRIFT
    return Why.HELD if change.address in plan.holds else Why.UNREVIEWED
