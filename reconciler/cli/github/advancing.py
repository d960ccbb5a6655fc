"""What applies made of the states of capsules, as one pull request that is used again.

Only files of capsules are in it. What an earlier one still proposes stays in it, as long as the
branch has not moved those files itself. Merging it means nothing for any shop.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

import anyio

from reconciler.carrying import Applied
from reconciler.cli import speech
from reconciler.cli.advancing import advance_capsules
from reconciler.cli.composition import authenticate, open_sites
from reconciler.cli.github.job import tell, this_job
from reconciler.cli.github.proposing import propose_pull, push
from reconciler.cli.github.publishing import Folder
from reconciler.cli.revisions import Checkout
from reconciler.intent.capsule import Capsule, is_capsule_file
from reconciler.model.errors import PlanogramError
from reconciler.repository import Commit, GitFailed, Repository, repository_of
from reports.comment import code
from reports.view import clean

BRANCH: Final = "planogram/state"
TITLE: Final = "The state of capsules after the last applies"


def keep_state(here: Checkout, out: Path, target: str, applied: Applied, run: str) -> None:
    """Advance the states of a target's capsules, and keep what moved for `github state`."""
    workspace = here.workspace
    if not any(c.state for c in workspace.desired.intents.for_target(target).of(Capsule)):
        return
    _take_up(here)
    for text in advance_capsules(workspace, open_sites(workspace, [target]), applied, run):
        speech.warn(text)
    edited = here.repository.edited(workspace.root / workspace.folder)
    files = {path: text for path, text in edited.items() if _is_of_capsules(here, path)}
    if files:
        told = {"base": here.repository.resolve("HEAD"), "folder": here.folder, "files": files}
        told |= {"target": target, "run": run}
        text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
        (out / "state.json").write_text(text, encoding="utf-8")


def _is_of_capsules(here: Checkout, path: str) -> bool:
    return is_capsule_file(path.removeprefix(here.above))


def _take_up(here: Checkout) -> None:
    """What the open pull request proposes already, file by file, where the branch that is checked
    out has not moved the file since."""
    repository = here.repository
    ref, seen = f"refs/heads/{BRANCH}", f"refs/planogram/seen/heads/{BRANCH}"
    authenticate(repository)
    try:
        repository.fetch(f"+{ref}*:{seen}*")
    except GitFailed as error:
        speech.warn(f"what {BRANCH} proposes already is not known: {error}")
    proposed = repository.sha(seen)
    base = proposed and repository.merge_base(proposed, repository.resolve("HEAD"))
    if not proposed or not base or base == proposed:
        return
    there, was, now = (
        repository.files(revision, here.folder) for revision in (proposed, base, "HEAD")
    )
    for path, content in there.items():
        is_open = content != was.get(path) and was.get(path) == now.get(path)
        if is_open and _is_of_capsules(here, path):
            file = repository.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def state(folder: Folder) -> None:
    """Open the pull request with what applies made of the states of capsules, or renew it.

    Reads the outcomes that `github apply` left, one a target, below a folder. Does nothing where
    no state moved.

    Example: planogram github state states
    """
    with speech.told_plainly(as_json=False):
        job = this_job()
        told = [_read(path) for path in sorted(folder.rglob("state.json"))]
        tell("changed", "true" if told else "false")
        if not told:
            speech.stdout().print("no state moved", markup=False)
            return
        repository = repository_of(Path.cwd())
        if repository is None:
            raise PlanogramError("this is no checkout · check the repository out first")
        authenticate(repository)
        proposal = {**_joined(repository, told), "title": TITLE, "body": "\n".join(_body(told))}
        push(repository, BRANCH, proposal)
        anyio.run(partial(propose_pull, job, BRANCH, proposal))
        speech.stdout().print(f"proposed on {BRANCH}", markup=False)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        told: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PlanogramError(f"{path} can not be read: {error} · run the workflow again") from error
    return told


def _joined(repository: Repository, told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The files of all targets, made of the newest commit. One that two targets moved is the
    later's: what it does not say, the next apply says again."""
    newest = told[0]["base"]
    for one in told[1:]:
        newest = one["base"] if repository.contains(one["base"], newest) else newest
    files = {path: text for one in told for path, text in one["files"].items()}
    allowed = {
        path: text
        for path, text in files.items()
        if is_capsule_file(path.removeprefix(f"{PurePosixPath(told[0]['folder']).parent}/"))
    }
    return {"base": newest, "folder": told[0]["folder"], "files": allowed}


def _body(told: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f"## {TITLE}"
    yield ""
    yield "Stages, times and resolved questions, as the applies left them. Merging it writes"
    yield "nothing to a shop; while it is open, the next apply adds to it."
    yield ""
    for one in told:
        yield f"- {code(clean(str(one['target'])))}: run {code(clean(str(one['run'])))}"
        yield from (f"  - {code(clean(path))}" for path in one["files"])


def moves_state_alone(here: Checkout, commit: Commit) -> bool:
    """Whether a commit moved nothing below `desired/` but parts of capsules, after which git means
    the same as before."""
    before, after = (
        here.repository.files(revision, here.folder) for revision in (commit.parents[0], commit.sha)
    )
    paths = {path for path in {*before, *after} if before.get(path) != after.get(path)}
    if not paths or not all(_is_of_capsules(here, path) for path in paths):
        return False
    sides = (here.desired_at(commit.parents[0]), here.desired_at(commit.sha))
    images = [[c.images.digest_of() for c in side.intents.of(Capsule)] for side in sides]
    return images[0] == images[1]
