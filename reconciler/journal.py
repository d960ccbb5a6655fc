"""The write-ahead log of one apply: what is about to be written, and what became of it.

One JSON object a line, synced to disk before and after each request, so that a run that is
killed between two lines loses nothing but the answer to one request. Rows:

    {"run": …, "target": …, "account": …, "at": …}                      the first line
    {"intend": address, "action": …, "digest": …, "before": …, "after": …, "remote": …, …}
    {"outcome": address, "action": …, "status": …, "remote": …, "spec": …, "origin": …, …}
    {"noted": address, "applied": …}      the ledger's row before, where no write was needed
    {"closed": true}                                                     the last line
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from reconciler.model.address import Address
from reconciler.model.change import Action, AnyChange
from reconciler.model.errors import LedgerUnavailable
from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.resource import Origin, Resource
from reconciler.model.spec import stated, stated_alike

Row = dict[str, Any]

_NOTHING: Final[Resource[Any]] = Resource(Address("", "", ""), None)


class Journal:
    """The log of one run on one target. Every method returns when its rows are on the disk."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _drop_cut_line(path)
        self.path = path
        self._file: TextIO = path.open("a", encoding="utf-8")

    def open(self, run: str, target: str, account: str, at: str) -> None:
        self._write([{"run": run, "target": target, "account": account, "at": at}])

    def note(self, before: Mapping[Address, Row | None]) -> None:
        """The ledger's rows, or None, of what it was only told of, without a write."""
        if before:
            self._write([{"noted": str(a), "applied": row} for a, row in sorted(before.items())])

    def intend(self, changes: Sequence[AnyChange]) -> None:
        """The before-images of what the next request may overwrite."""
        self._write([_intention(change) for change in changes])

    def record(self, outcomes: Sequence[AnyOutcome], changes: Sequence[AnyChange]) -> list[Row]:
        """Returns the rows, for the ledger to fold."""
        by_address = {change.address: change for change in changes}
        rows = [_result(outcome, by_address[outcome.address]) for outcome in outcomes]
        self._write(rows)
        return rows

    def close(self) -> None:
        """Say that nothing of this run is left to fold into the ledger."""
        self._write([{"closed": True}])

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *error: object) -> None:
        """Closes the file, and says nothing: a run that died has something left."""
        self._file.close()

    def _write(self, rows: Sequence[Row]) -> None:
        self._file.writelines(
            json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows
        )
        self._file.flush()
        os.fsync(self._file.fileno())


@dataclass(frozen=True, slots=True)
class Remains:
    """What an earlier run left in its journal.

    rows: outcome rows by address, the last one of each. unanswered: intentions that have no
    outcome: it is not known whether they were carried out.
    """

    path: Path
    account: str | None
    rows: dict[Address, Row]
    unanswered: dict[Address, Row]
    closed: bool


def remains(folder: Path) -> Iterator[Remains]:
    """The journals of a target that were not closed, oldest first."""
    for path in sorted(folder.glob("*.jsonl")):
        left = read(path)
        if not left.closed:
            yield left


def read(path: Path) -> Remains:
    """A journal; a last line that was cut off by a kill is passed over.

    Raises `LedgerUnavailable` for a line that is damaged otherwise.
    """
    rows: dict[Address, Row] = {}
    unanswered: dict[Address, Row] = {}
    account: str | None = None
    closed = False
    for row in _rows(path):
        if "intend" in row:
            unanswered[Address.parse(row["intend"])] = row
        elif "outcome" in row:
            address = Address.parse(row["outcome"])
            unanswered.pop(address, None)
            rows[address] = row
        elif "account" in row:
            account = row["account"]
        closed = closed or bool(row.get("closed"))
    return Remains(path, account, rows, unanswered, closed)


def intentions(path: Path) -> dict[Address, Row]:
    """The first intention at each address: its before-image is that of the whole run."""
    first: dict[Address, Row] = {}
    for row in _rows(path):
        if "intend" in row:
            first.setdefault(Address.parse(row["intend"]), row)
    return first


def noted(path: Path) -> dict[Address, Row | None]:
    """The ledger's rows before a run, of what the run told it of without a write."""
    return {Address.parse(row["noted"]): row["applied"] for row in _rows(path) if "noted" in row}


def mark_closed(path: Path) -> None:
    """Close the journal of a run that did not live to do it."""
    with Journal(path) as journal:
        journal.close()


def _rows(path: Path) -> Iterator[Row]:
    """Split at line feeds alone: values may hold other characters that end lines."""
    *lines, _cut_off = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, start=1):
        try:
            yield json.loads(line)
        except ValueError as error:
            raise LedgerUnavailable(
                f"the journal {path.name} is damaged in line {number}: {error}"
                " · look at it, and move it away when you know what was written"
            ) from error


def _drop_cut_line(path: Path) -> None:
    """What stands behind the last line feed was never finished, and nothing may be glued to it."""
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with path.open("r+b") as file:
            file.truncate(whole)


def _intention(change: AnyChange) -> Row:
    return {
        "intend": str(change.address),
        "action": change.action.value,
        "digest": change.digest,
        "remote": change.remote,
        "before": dict(change.before_values),
        "after": dict(change.after_values),
        "states": list(stated(change.after.spec)) if change.after else [],
        "live": stated(change.before.spec) if change.before else None,
        "origin": origin_after(change).value,
        "intent": change.after.intent if change.after else None,
        "applied": _ledger_row(change.applied),
        "needs": [str(a) for a in (change.after or change.before or _NOTHING).needs],
        "follows": [str(a) for a in (change.after or change.before or _NOTHING).follows],
    }


def _ledger_row(applied: Resource[Any] | None) -> Row | None:
    """What the ledger says before the change: a rollback gives it back."""
    if applied is None or applied.origin is None:
        return None
    return {
        "spec": stated(applied.spec),
        "remote": applied.remote,
        "origin": applied.origin.value,
        "intent": applied.intent,
    }


def _result(outcome: AnyOutcome, change: AnyChange) -> Row:
    row = _achieved_row(outcome, change)
    if change.leaves is None or not outcome.status.is_fine:
        return row
    after = change.leaves.resource
    if after is None:
        return row | {"spec": None}
    return row | {
        "spec": stated(after.spec),
        "origin": (after.origin or Origin.ADOPTED).value,
        "intent": after.intent,
        "remote": outcome.remote or after.remote,
    }


def _achieved_row(outcome: AnyOutcome, change: AnyChange) -> Row:
    return {
        "outcome": str(outcome.address),
        "action": change.action.value,
        "status": outcome.status.value,
        "remote": outcome.remote,
        "spec": achieved(outcome, change),
        "origin": _origin_of(outcome, change).value,
        "unknown": dict(change.after_values) if outcome.unknown else None,
        # What was stored otherwise than intended is no work of that intent.
        "intent": change.after.intent if change.after and outcome.status.is_fine else None,
        "message": outcome.message,
    }


def achieved(outcome: AnyOutcome, change: AnyChange) -> Row | None:
    """The owned fields as the platform now holds them; None where nothing was achieved."""
    if outcome.status not in (Status.DONE, Status.CONVERGED, Status.ALTERED):
        return None
    if change.after is None:
        return None
    if outcome.echo is None:
        return stated(change.after.spec)
    return stated_alike(outcome.echo, change.after.spec)


def _origin_of(outcome: AnyOutcome, change: AnyChange) -> Origin:
    """What was found as desired before we wrote it was made by somebody else."""
    return Origin.ADOPTED if outcome.status is Status.CONVERGED else origin_after(change)


def origin_after(change: AnyChange) -> Origin:
    """What is created here is ours; what was there before stays what it was."""
    return Origin.CREATED if change.action is Action.CREATE else Origin.ADOPTED
