"""What runs saw and did, in git: one row a run and target, and one for each change in it.

Append-only JSON lines in `<target>/<YYYY-MM>.jsonl` under `refs/planogram/history`; docs/history.md
has the fields. A month that has grown large goes on in `<YYYY-MM>.02.jsonl` and so on, so that an
append costs what it adds, and not what the month has come to. Sandboxes keep theirs in a repository
of their own, as with the ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from reconciler.guards import TOLERATED
from reconciler.model.address import Address
from reconciler.model.change import AnyChange
from reconciler.model.cost import Cost
from reconciler.model.errors import LedgerUnavailable
from reconciler.model.outcome import AnyOutcome
from reconciler.model.plan import Plan
from reconciler.model.spec import Value, canonical_json
from reconciler.reftree import OURS, RefTree
from reconciler.repository import Repository

Row = dict[str, Any]

NAME: Final = "history"
LONGEST_VALUE: Final = 2_000
"""Characters of JSON; of a longer value its digest and length are kept."""

MOST_CHANGES: Final = 5_000
"""Changes of a run on one target that have a row; the others are counted in the run's own."""

LARGEST_FILE: Final = 4_000_000
"""Characters after which a month goes on in another file."""


class Sort(StrEnum):
    """What kind of run it was."""

    DRIFT = "drift"
    """A look at all of a target."""
    APPLY = "apply"
    """Something was carried out; it says nothing of what it did not come to."""


class Seen(StrEnum):
    """What a look found of a change. After an apply it is the outcome's own status."""

    DRIFTED = "drifted"
    """The platform moved it, whether or not a guard holds it, too."""
    HELD = "held"
    PENDING = "pending"
    TOLERATED = "tolerated"


@dataclass(frozen=True, slots=True)
class Run:
    """A run's name, its time (ISO 8601, any offset), its sort, what was checked out, and its page
    on the web."""

    name: str
    at: str
    sort: Sort
    commit: str | None = None
    url: str | None = None


def observed(
    run: Run,
    plan: Plan,
    targets: Sequence[str],
    outcomes: Mapping[Address, AnyOutcome] | None = None,
    actual: Cost | None = None,
) -> list[Row]:
    """The rows of one run. targets: what it looked at. outcomes: what became of an apply.

    What it cost and how much was looked at is told only of a run on one target: several are
    worked on side by side, and their cost is not kept apart.
    """
    rows: list[Row] = []
    for target in targets:
        changes = [c for c in plan.changes if c.address.target == target]
        told = [_change(run, plan, c, (outcomes or {}).get(c.address)) for c in changes]
        is_alone = len(targets) == 1
        rows.append(
            {
                "row": "run",
                "at": moment(run.at),
                "run": run.name,
                "sort": run.sort.value,
                "target": target,
                "commit": run.commit,
                "url": run.url,
                "counts": dict(sorted(Counter(row["status"] for row in told).items())),
                "resources": plan.scope.total if is_alone else None,
                "estimate": asdict(plan.estimate) if is_alone else None,
                "actual": asdict(actual) if is_alone and actual else None,
                "cut": max(0, len(told) - MOST_CHANGES),
            }
        )
        rows += told[:MOST_CHANGES]
    return rows


def append(repository: Repository, rows: Iterable[Row]) -> None:
    """Add rows for everybody. A run that stands there already is not added again. Raises
    `LedgerUnavailable` where they could not be shared."""
    months: dict[str, list[Row]] = {}
    for row in rows:
        months.setdefault(f"{row['target']}/{row['at'][:7]}", []).append(row)
    if months:
        runs = sorted({row["run"] for part in months.values() for row in part})
        _tree(repository).share(lambda tree: _added(tree, months), f"history of {', '.join(runs)}")


def read(repository: Repository, since: str, target: str | None = None) -> list[Row]:
    """All rows of a time on (ISO 8601), in order. Raises `LedgerUnavailable` where the remote can
    not be asked."""
    tree = _tree(repository)
    tree.fetch()
    # What everybody shares counts, where there is somebody to share it with.
    tree.head = repository.sha(tree.seen if repository.remote else tree.ref)
    begin = moment(since)
    rows = [
        row
        for path, text in sorted(tree.files(target or "").items())
        if path.rpartition("/")[2] >= begin[:7]
        for row in _rows(path, text)
        if row["at"] >= begin
    ]
    # Of one moment, what was appended first comes first, and a run's rows stay together.
    return sorted(rows, key=lambda row: str(row["at"]))


def moment(at: str) -> str:
    """A time as history keeps it: `2026-11-26T03:12:00Z`, which sorts."""
    return datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _added(tree: RefTree, months: Mapping[str, Sequence[Row]]) -> dict[str, str | None]:
    paths = tree.repository.paths(tree.head) if tree.head else []
    news: dict[str, str | None] = {}
    for month, rows in months.items():
        parts = [path for path in paths if path.startswith(f"{month}.")]
        parts.sort(key=lambda path: path.removesuffix(".jsonl"))
        texts = {path: tree.files(path)[path] for path in parts[-2:]}
        known = {row["run"] for p, text in texts.items() for row in _rows(p, text, _RUN_ROW)}
        lines = [_line(row) for row in rows if row["run"] not in known]
        if lines:
            path, before = _place(month, parts, texts)
            news[path] = before + "".join(lines)
    return news


def _place(month: str, parts: Sequence[str], texts: Mapping[str, str]) -> tuple[str, str]:
    """The file of a month that is appended to, and what stands in it."""
    if not parts:
        return f"{month}.jsonl", ""
    before = texts[parts[-1]]
    if len(before) < LARGEST_FILE:
        return parts[-1], before
    return f"{month}.{len(parts) + 1:02}.jsonl", ""


_RUN_ROW: Final = '{"row": "run"'
"""How the line of a run's own row begins."""


def _rows(path: str, text: str, beginning: str = "") -> Iterator[Row]:
    """The rows of the lines that begin so."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or not line.startswith(beginning):
            continue
        try:
            yield json.loads(line)
        except ValueError as error:
            raise LedgerUnavailable(
                f"the history is damaged in {path}, line {number}: {error}"
                f" · look at it with: git show {OURS}{NAME}:{path}"
            ) from error


def _line(row: Row) -> str:
    """What a platform sent may hold half a character, which is no text."""
    text = json.dumps(row, ensure_ascii=False)
    return text.encode(errors="replace").decode() + "\n"


def _change(run: Run, plan: Plan, change: AnyChange, outcome: AnyOutcome | None) -> Row:
    hold = plan.holds.get(change.address)
    return {
        "row": "change",
        "at": moment(run.at),
        "run": run.name,
        "sort": run.sort.value,
        "target": change.address.target,
        "address": str(change.address),
        "kind": change.address.kind,
        "action": change.action.value,
        "cause": change.cause.value,
        "status": outcome.status.value if outcome else seen(plan, change).value,
        "reason": hold.reason if hold else (outcome and outcome.message),
        "fields": [
            {
                "path": field.path,
                "before": _kept(field.before),
                "after": _kept(field.after),
                "cause": field.cause.value,
            }
            for field in change.fields
        ],
        "digest": change.digest,
        "link": change.link,
        "url": run.url,
    }


def seen(plan: Plan, change: AnyChange) -> Seen:
    """What a look at a plan says of a change."""
    hold = plan.holds.get(change.address)
    if hold is not None and hold.reason == TOLERATED:
        return Seen.TOLERATED
    if change.has_drifted:
        return Seen.DRIFTED
    return Seen.PENDING if hold is None else Seen.HELD


def _kept(value: Value) -> Value:
    text = canonical_json(value)
    if len(text) <= LONGEST_VALUE:
        return value
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return {"sha256": digest, "characters": len(text)}


def _tree(repository: Repository) -> RefTree:
    return RefTree(repository, NAME, "the history")
