"""History for the commands: read of and written to where each target keeps its ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from reconciler import history
from reconciler.carrying import Applied
from reconciler.cli import options, speech
from reconciler.cli.composition import Workspace
from reconciler.cli.revisions import checkout
from reconciler.history import Row, Run, Sort
from reconciler.ledger import Ledger
from reconciler.model.errors import LedgerUnavailable, Usage
from reconciler.repository import Repository, repository_of
from reconciler.stalled import LOOKBACK_DAYS


def days_ago(days: int) -> str:
    """A time as history takes it."""
    return (options.now() - timedelta(days=days)).isoformat(timespec="seconds")


def known(ledgers: Iterable[Ledger], since: str, target: str | None = None) -> list[Row]:
    """What all of the places say that these targets keep their history in. Raises
    `LedgerUnavailable`."""
    rows = [
        row for repository, _ in _places(ledgers) for row in history.read(repository, since, target)
    ]
    return sorted(rows, key=lambda row: str(row["at"]))


def ages(ledgers: Sequence[Ledger]) -> list[Row]:
    """As much of it as ages are told from; where it can not be had, a word about that."""
    try:
        return known(ledgers, days_ago(LOOKBACK_DAYS))
    except LedgerUnavailable as error:
        speech.warn(f"since when things stand is not known: {error}")
        return []


def keep(ledgers: Iterable[Ledger], rows: Sequence[Row]) -> None:
    """Append each row where its target keeps its history. Raises `LedgerUnavailable`."""
    for repository, targets in _places(ledgers):
        history.append(repository, [row for row in rows if row["target"] in targets])


def keep_applied(
    workspace: Workspace,
    ledgers: Sequence[Ledger],
    applied: Applied,
    run: str,
    at: str,
    url: str | None,
) -> None:
    """What an apply came to. That it could not be kept is told, and fails nothing: what was
    written stands in the journal and in the ledger."""
    this = Run(run, at, Sort.APPLY, head_of(workspace), url)
    targets = [ledger.target for ledger in ledgers]
    rows = history.observed(this, applied.plan, targets, applied.outcomes, applied.actual)
    try:
        keep(ledgers, rows)
    except LedgerUnavailable as error:
        speech.warn(f"the history has no row of this run: {error}")


def head_of(workspace: Workspace) -> str | None:
    """The commit that is checked out; None where there is none, or `desired/` was edited since."""
    if repository_of(workspace.root) is None:
        return None
    try:
        return checkout(workspace).commits().head
    except Usage:  # a repository without a commit
        return None


def _places(ledgers: Iterable[Ledger]) -> list[tuple[Repository, list[str]]]:
    """Each repository once, with the targets that keep their history in it."""
    places: dict[object, tuple[Repository, list[str]]] = {}
    for ledger in ledgers:
        folder = ledger.repository.private_folder
        places.setdefault(folder, (ledger.repository, []))[1].append(ledger.target)
    return list(places.values())
