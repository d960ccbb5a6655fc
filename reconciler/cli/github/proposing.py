"""Changes to `desired/` as a pull request: written down in one job, proposed in another.

The job that makes the changes may have a shop's credential and may write nothing at GitHub; the
one that proposes them is the other way round.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import anyio
import typer

from reconciler.cli import speech
from reconciler.cli.composition import authenticate, open_workspace
from reconciler.cli.github.job import Job, summarise, tell, this_job
from reconciler.cli.github.publishing import Folder
from reconciler.cli.revisions import Checkout, checkout
from reconciler.model.errors import PlanogramError, Refused
from reconciler.repository import COMMITTER_NAME, Repository, repository_of
from reports.github import proposals

_STARTS_WORKFLOWS: Final = "PLANOGRAM_STARTS_WORKFLOWS"


def write_down(here: Checkout, out: Path, title: str, body: str) -> bool:
    """Keep what was edited under `desired/` for `github propose`; whether anything was."""
    files = here.repository.edited(here.workspace.root / here.workspace.folder)
    tell("changed", "true" if files else "false")
    summarise(body if files else f"## {title}\n\nNothing to change.")
    if not files:
        return False
    out.mkdir(parents=True, exist_ok=True)
    told = {
        "base": here.repository.resolve("HEAD"),
        "folder": here.folder,
        "files": files,
        "title": title,
        "body": body,
    }
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    (out / "proposal.json").write_text(text, encoding="utf-8")
    return True


def propose(
    folder: Folder,
    branch: Annotated[str, typer.Option("--branch", help="The branch, which is ours alone.")],
) -> None:
    """Push what another job wrote down to a branch, and open its pull request, or renew it.

    The branch is used again each time, beginning at what the changes were made of; one on which
    somebody else has committed is left alone.

    Example: planogram github propose proposal --branch planogram/adopt
    """
    with speech.told_plainly(as_json=False):
        job = this_job()
        repository = repository_of(Path.cwd())
        if repository is None:
            raise PlanogramError("this is no checkout · check the repository out first")
        told = _read(folder / "proposal.json")
        authenticate(repository)
        push(repository, branch, told)
        anyio.run(partial(propose_pull, job, branch, told))
        speech.stdout().print(f"proposed on {branch}", markup=False)


def begun(desired: Path) -> Checkout:
    """The checkout that changes are made in."""
    return checkout(open_workspace(desired, all_sandboxed=False))


def push(repository: Repository, branch: str, told: Mapping[str, Any]) -> None:
    """Force the branch to the base and one commit, unless somebody else works on it."""
    ref, seen = f"refs/heads/{branch}", f"refs/planogram/seen/heads/{branch}"
    repository.fetch(f"+{ref}*:{seen}*")
    known = repository.sha(seen)
    base = str(told["base"])
    strangers = known and [
        commit.author
        for commit in repository.first_parents(repository.merge_base(base, known), known)
        if commit.author != COMMITTER_NAME
    ]
    if strangers:
        raise Refused(
            f"{strangers[0]} has committed on {branch} · merge or close its pull request and"
            " delete the branch, then run it again"
        )
    made = f"refs/planogram/proposed/{branch}"
    if repository.sha(made):
        repository.move(made, None)
    files = {path: text for path, text in told["files"].items() if _is_below(path, told["folder"])}
    repository.commit_files(made, base, files, str(told["title"]))
    repository.push(f"+{made}:{ref}", leases={ref: known or ""})


async def propose_pull(job: Job, branch: str, told: Mapping[str, Any]) -> None:
    """Open the branch's pull request, or bring the open one up to date."""
    async with job.connect() as github:
        await proposals.propose(
            github,
            branch,
            job.branch,
            str(told["title"]),
            f"{told['body']}\n\n[The run that made it]({job.run_url})\n",
            starts_workflows=os.environ.get(_STARTS_WORKFLOWS) == "true",
        )


def _is_below(path: str, folder: str) -> bool:
    """Only `desired/` is proposed, whatever the other job wrote down."""
    return path.startswith(f"{folder}/") and ".." not in path.split("/")


def _read(path: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PlanogramError(f"{path} can not be read: {error} · run the workflow again") from error
    return told
