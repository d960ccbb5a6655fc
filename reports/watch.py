"""What a look for drift found, as JSON for the job that tells it, and of several targets as one.

`drift.json`, version 1, one a target: `target`, `run`, `at`, `url`, `looked` (false: nothing is
known, and `problem` says why), `resources`, `counts` (drifted, held, pending, tolerated),
`drifted`, `stalled`, `tolerated`, `warnings`, and `history`: the rows that are to be appended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reconciler.model.change import AnyChange
from reconciler.model.errors import PlanogramError
from reconciler.model.spec import canonical_json
from reconciler.model.tolerance import Tolerance
from reconciler.model.watch import REMIND_AFTER_DAYS, Stalled, Watched, Why
from reports.data import Json, change_data

VERSION: Final = 1

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Drift that is the same transition, on however many targets: said once, with all of it.
    members: the oldest first."""

    kind: str
    action: str
    fields: tuple[Told, ...]
    members: tuple[Told, ...]

    @property
    def targets(self) -> list[str]:
        return sorted({_target(member) for member in self.members})

    @property
    def oldest(self) -> int:
        return max(int(member["days"]) for member in self.members)

    @property
    def newest(self) -> int:
        return min(int(member["days"]) for member in self.members)


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Several targets' results as one.

    at, url: of the look. looked: the results by target. missing: what could not be looked at, and
    why; nothing is known of it, and it is never calm.
    """

    at: str
    url: str | None
    looked: Mapping[str, Told]
    missing: Mapping[str, str]
    groups: tuple[Group, ...]
    stalled: tuple[Told, ...]
    tolerated: tuple[Told, ...]

    @property
    def drifted(self) -> int:
        return sum(len(group.members) for group in self.groups)

    @property
    def resources(self) -> int:
        return sum(int(told["resources"]) for told in self.looked.values())

    @property
    def due(self) -> tuple[Told, ...]:
        """What waits for a person for so long that people are to be reminded; drift apart."""
        return tuple(row for row in self.stalled if row["days"] >= REMIND_AFTER_DAYS)

    @property
    def is_calm(self) -> bool:
        """Whether there is nothing that anybody needs to look at."""
        return not (self.drifted or self.missing or self.due)

    @property
    def headline(self) -> str:
        """`14 drifted in market, shop · 2 stalled · pim was not looked at`, in our own words."""
        where = sorted({target for group in self.groups for target in group.targets})
        parts = [f"{self.drifted:,} drifted in {', '.join(where)}" if where else "no drift"]
        parts += [f"{len(self.due):,} stalled"] if self.due else []
        if self.missing:
            verb = "was" if len(self.missing) == 1 else "were"
            parts += [f"{', '.join(sorted(self.missing))} {verb} not looked at"]
        return " · ".join(parts)


def watch_data(found: Watched) -> Json:
    """What `drift --json` says beside the plan."""
    return {
        "stalled": [stalled_data(s) for s in found.stalled],
        "tolerated": [
            change_data(change)
            | {"until": t.until, "reason": t.reason, "place": f"{t.place.path}:{t.place.line}"}
            for change, t in found.tolerated
        ],
    }


def stalled_data(one: Stalled) -> Json:
    return {
        "address": str(one.change.address),
        "action": one.change.action.value,
        "cause": one.change.cause.value,
        "why": one.why.value,
        "reason": one.reason,
        "since": one.since,
        "days": one.days,
        "is_due": one.is_due,
        "link": one.change.link,
        "url": one.url,
    }


def target_data(
    found: Watched, target: str, run: str, at: str, url: str | None, rows: Sequence[Json]
) -> Json:
    """What one target's job hands over. rows: what is to be appended to the history."""
    counts: Json = next((row["counts"] for row in rows if row["row"] == "run"), {})
    moved = {change.address for change in found.moved.changes}
    told = watch_data(found)
    waiting = [s for s in found.stalled if s.days and s.change.address not in moved]
    return {
        **_head(target, run, at, url),
        "looked": True,
        "problem": None,
        "resources": found.whole.scope.total,
        "counts": dict(counts),
        "drifted": [_drifted(found, change) for change in found.moved.changes],
        "stalled": [stalled_data(s) for s in waiting],
        "tolerated": told["tolerated"],
        "warnings": list(found.whole.warnings),
        "history": list(rows),
    }


def failure_data(target: str, run: str, at: str, url: str | None, problem: str) -> Json:
    """The same of a target that could not be looked at."""
    return {
        **_head(target, run, at, url),
        "looked": False,
        "problem": problem,
        "resources": 0,
        "counts": {},
        "drifted": [],
        "stalled": [],
        "tolerated": [],
        "warnings": [],
        "history": [],
    }


def merged(
    results: Iterable[Told], expected: Iterable[str], at: str, url: str | None
) -> DriftReport:
    """Several results as one report. expected: all targets: one that handed nothing over is
    missing. Raises `PlanogramError` for a result of another version."""
    by_target = {str(told["target"]): told for told in results}
    for told in by_target.values():
        if told.get("version") != VERSION:
            raise PlanogramError(
                f"the drift.json of {told['target']} has version {told.get('version')}, and this"
                f" is {VERSION} · run the workflow again"
            )
    looked = {target: told for target, told in sorted(by_target.items()) if told["looked"]}
    missing = {
        target: str(told["problem"])
        for target, told in sorted(by_target.items())
        if not told["looked"]
    }
    silent = sorted(set(expected) - set(by_target))
    ages = [row for told in looked.values() for row in told["stalled"]]
    return DriftReport(
        at,
        url,
        looked,
        {**missing, **dict.fromkeys(silent, "its job ended early and left nothing")},
        _grouped(row for told in looked.values() for row in told["drifted"]),
        tuple(sorted(ages, key=lambda row: (-int(row["days"]), str(row["address"])))),
        tuple(row for told in looked.values() for row in told["tolerated"]),
    )


def _head(target: str, run: str, at: str, url: str | None) -> Json:
    return {"version": VERSION, "target": target, "run": run, "at": at, "url": url}


def _drifted(found: Watched, change: AnyChange) -> Json:
    standing = found.standing(change.address)
    hold = found.whole.holds.get(change.address)
    lapsed = found.lapsed.get(change.address)
    return change_data(change) | {
        "kind": change.address.kind,
        "held": hold.reason if hold else None,
        "failed": standing.reason if standing and standing.why is Why.FAILING else None,
        "since": standing.since if standing else found.now,
        "days": standing.days if standing else 0,
        "seen_by": standing.url if standing else None,
        "expired": lapsed_text(lapsed, found.now) if lapsed else None,
    }


def lapsed_text(tolerance: Tolerance, now: str) -> str:
    """`tolerance expired 3 days ago (desired/tolerances.yaml:4)`."""
    days = tolerance.days_over(now)
    when = "today" if days == 0 else f"{days:,} day{'s' if days > 1 else ''} ago"
    return f"tolerance expired {when} ({tolerance.place.path}:{tolerance.place.line})"


def _grouped(rows: Iterable[Told]) -> tuple[Group, ...]:
    """By kind, action and transition; the largest group first."""
    alike: dict[str, list[Told]] = {}
    for row in rows:
        transition = [[f["path"], f["before"], f["after"], f["cause"]] for f in row["fields"]]
        key = canonical_json([row["kind"], row["action"], transition])
        alike.setdefault(key, []).append(row)
    groups = [
        Group(
            str(members[0]["kind"]),
            str(members[0]["action"]),
            tuple(members[0]["fields"]),
            tuple(sorted(members, key=lambda m: (-int(m["days"]), str(m["address"])))),
        )
        for members in alike.values()
    ]
    return tuple(sorted(groups, key=lambda g: (-len(g.members), -g.oldest, g.kind)))


def _target(member: Told) -> str:
    return str(member["address"]).split("/", 1)[0]


def counted(report: DriftReport, target: str) -> Mapping[str, int]:
    """How many of a target drifted, are held, wait and are tolerated."""
    return Counter(report.looked[target]["counts"])
