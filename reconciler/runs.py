"""Journals in git: pushed when a run ends, well or not, and found again on any machine.

`refs/planogram/runs/<target>/<run>` holds the journal of a run that ended;
`refs/planogram/open/<target>/<run>` one of a run that was cut off, until the next apply, on
whatever machine, has taken it in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from reconciler import journal
from reconciler.model.errors import LedgerUnavailable, Usage
from reconciler.reftree import OURS, RefTree
from reconciler.repository import GitFailed, Repository


class UnknownRun(Usage):
    """No journal of that name."""


_RUNS: Final = "runs/"
_OPEN: Final = "open/"
_FILE: Final = "journal.jsonl"
_NAME: Final = re.compile(r"\w[\w-]*")
_LATEST: Final = 5


def unfinished_pattern(target: str) -> str:
    """What to fetch so that `bring_unfinished` knows of runs on other machines."""
    return f"{_OPEN}{target}/*"


def bring_unfinished(repository: Repository, target: str, folder: Path) -> None:
    """Put journals of runs that were cut off on other machines beside those of this one. A
    journal that stands here already is the longer one."""
    prefix = f"{OURS}seen/{_OPEN}{target}/"
    for ref in repository.refs(prefix):
        path = folder / f"{ref.removeprefix(prefix)}.jsonl"
        if not path.exists():
            _put(repository, ref, path)


def publish(repository: Repository, target: str, folder: Path) -> None:
    """Push every journal that was not pushed yet: closed ones as ended, others as cut off.

    Raises `LedgerUnavailable` where one could not be pushed.
    """
    if repository.remote is None:
        return
    ended = repository.refs(f"{OURS}{_RUNS}{target}/")
    for path in sorted(folder.glob("*.jsonl")):
        if f"{OURS}{_RUNS}{target}/{path.stem}" not in ended:
            _push(repository, target, path)


def find(repository: Repository, target: str, folder: Path, run: str) -> Path | None:
    """The journal of a run: from here, else from the remote, where it may also stand as cut off;
    else None.

    Raises `LedgerUnavailable` where the remote can not be asked.
    """
    if not _NAME.fullmatch(run):
        return None
    path = folder / f"{run}.jsonl"
    if not path.exists() and repository.remote is not None:
        places = [_tree(repository, place, target, run) for place in (_RUNS, _OPEN)]
        places[0].fetch()  # Finds a run of this name wherever it stands.
        seen = [tree.seen for tree in places if repository.sha(tree.seen)]
        if seen:
            _put(repository, seen[0], path)
    return path if path.exists() else None


def found(repository: Repository, target: str, folder: Path, run: str) -> Path:
    """The journal of a run. Raises `UnknownRun` with the runs that are known."""
    path = find(repository, target, folder, run)
    if path is None:
        raise unknown(run, {target: known(repository, target, folder)})
    return path


def unknown(run: str, names: Mapping[str, Sequence[str]]) -> UnknownRun:
    """The error, with the latest of the runs that each target does know."""
    latest = "; ".join(
        f"{target} knows {', '.join(runs[:_LATEST]) or 'none'}" for target, runs in names.items()
    )
    return UnknownRun(f"there is no run {run} · the latest: {latest}")


def known(repository: Repository, target: str, folder: Path) -> list[str]:
    """The names of the runs that are known here, the newest first: names sort by time."""
    prefixes = [f"{OURS}{_RUNS}{target}/", f"{OURS}seen/{_RUNS}{target}/"]
    pushed = {ref.removeprefix(p) for p in prefixes for ref in repository.refs(p)}
    return sorted(pushed | {path.stem for path in folder.glob("*.jsonl")}, reverse=True)


def _push(repository: Repository, target: str, path: Path) -> None:
    left = journal.read(path)
    tree = _tree(repository, _RUNS if left.closed else _OPEN, target, path.stem).load()
    tree.commit({_FILE: path.read_text(encoding="utf-8")}, f"the journal of {path.stem}")
    tree.push()
    opened = _tree(repository, _OPEN, target, path.stem)
    if left.closed and (repository.sha(opened.ref) or repository.sha(opened.seen)):
        _drop(repository, opened)


def _drop(repository: Repository, tree: RefTree) -> None:
    """It is not open any more; that another run was quicker to say so is the same."""
    try:
        repository.push(f":{tree.ref}")
    except GitFailed as error:
        raise LedgerUnavailable(
            f"{tree.what} still stands as unfinished on {repository.remote}: {error}"
            " · the next apply takes it away"
        ) from error
    for ref in (tree.ref, tree.seen):
        if repository.sha(ref):
            repository.move(ref, None)


def _put(repository: Repository, ref: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(repository.files(ref)[_FILE])


def _tree(repository: Repository, place: str, target: str, run: str) -> RefTree:
    return RefTree(repository, f"{place}{target}/{run}", f"the journal of {run}")
