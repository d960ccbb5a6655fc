"""In a job without a shop's credential: say on GitHub what another job of the run has found."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import anyio
import typer

from reconciler.cli import speech
from reconciler.cli.github.job import Job, this_job
from reconciler.model.errors import PlanogramError
from reports.comment import code
from reports.github.ahead import AHEAD, ahead
from reports.github.annotations import check
from reports.github.api import GitHub
from reports.github.issues import find, raise_issue, settle_issue
from reports.github.sticky import Sticky, facts_of, ours, stick
from reports.slack import post
from reports.view import clean

Expected = Annotated[
    str,
    typer.Option(
        "--targets", help="All targets, as a JSON list: none may be missing. Empty: not known."
    ),
]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="What the other job wrote.")]

ROOM: Final = 60_000
"""Characters for the body; header and earlier ones come to it."""

STATUS: Final = "planogram/apply"
UNREADABLE: Final = "every target"
"""Stands for the targets where `desired/` does not say which there are."""

WEBHOOK: Final = "SLACK_WEBHOOK_URL"
STATUS_LIMIT: Final = 140

Told = Mapping[str, Any]


def comment(folder: Folder) -> None:
    """Put the plan of `github plan` on the pull request: one comment, and notes at the lines.

    The comment is found again and brought up to date. Which pull request it is, the event says
    and not the folder, whose content the pull request's author has a hand in.

    Example: planogram github comment planogram-plan
    """
    with speech.told_plainly(as_json=False):
        job = this_job()
        told = _read(folder / "comment.json") or _nothing_told(job)
        anyio.run(partial(_comment, job, told))
        speech.stdout().print(f"told on #{job.pull['number']}", markup=False)


def outcome(
    folder: Folder,
    targets: Expected = "",
) -> None:
    """Say what `github apply` came to: on the pull requests, as a status, and in an issue.

    FOLDER holds one folder for each target; of one alone, what would stand in it. The issue is
    there while the branch is ahead of a target, and says how to go on and how to take it back.

    Example: planogram github outcome outcomes --targets '["shop"]'
    """
    with speech.told_plainly(as_json=False):
        job = this_job()
        told = [row for path in sorted(folder.rglob("outcome.json")) if (row := _read(path))]
        known = json.loads(targets) if targets else [UNREADABLE]
        told += [_missing(job, n) for n in known if n not in {t["target"] for t in told}]
        anyio.run(partial(_outcome, job, told))
        anyio.run(_post, told)
        behind = [row["target"] for row in told if not row["is_complete"]]
        text = f"behind: {', '.join(behind)}" if behind else "everything reviewed is carried out"
        speech.stdout().print(text, markup=False)


async def _comment(job: Job, told: Told) -> None:
    head = str(job.pull["head"]["sha"])
    facts = told["facts"]
    sticky = Sticky(
        "plan",
        clean(str(told["headline"])),
        _cut(str(told["comment"])),
        {"digest": facts["digest"], "head": head},
    )
    number = int(job.pull["number"])
    async with job.connect() as github:
        if told.get("is_silent") and await ours(github, number, sticky.name) is None:
            return  # Most pull requests of a repository are about something else.
        await stick(github, number, sticky)
        title = clean(str(told["headline"]))
        notes = told["annotations"]
        await check(github, head, title, str(facts["text"]), facts["conclusion"], notes)


async def _outcome(job: Job, told: Sequence[Told]) -> None:
    async with job.connect() as github:
        for number, parts in _by_pull(told).items():
            await stick(github, number, _sticky(parts))
        await _set_statuses(github, job, told)
        told = [*told, *await _left_out(github, job, told)]
        title, sticky = ahead(told, job.run_url, job.branch)
        if all(row["is_complete"] for row in told):
            await settle_issue(github, title, sticky)
        else:
            await raise_issue(github, title, sticky)


async def _post(told: Sequence[Told]) -> None:
    """Slack is told of what waits, where a webhook is set."""
    url = os.environ.get(WEBHOOK)
    for row in told:
        if url and row.get("slack"):
            await post(url, row["slack"])


async def _left_out(github: GitHub, job: Job, told: Sequence[Told]) -> list[Told]:
    """The targets that the issue speaks of, where this run was told to look at one alone."""
    there = await find(github, AHEAD) if (job.event.get("inputs") or {}).get("target") else None
    if there is None or there["state"] != "open":
        return []
    here = {row["target"] for row in told}
    behind = (facts_of(there["body"], AHEAD) or {}).get("behind", {})
    said = "it was behind, and this run did not look at it"
    return [
        {"target": name, "run_url": url, "is_complete": False, "problems": [said]}
        for name, url in behind.items()
        if name not in here
    ]


def _by_pull(told: Iterable[Told]) -> dict[int, list[tuple[Told, Told]]]:
    """Pull request → what became of it on each target."""
    parts: dict[int, list[tuple[Told, Told]]] = {}
    for row in told:
        for pull in row.get("pulls", ()):
            parts.setdefault(int(pull["number"]), []).append((row, pull))
    return parts


def _sticky(parts: Sequence[tuple[Told, Told]]) -> Sticky:
    room = ROOM // len(parts)
    bodies = [
        f"{_cut(str(pull['comment']), room)}\n{code(row['target'])} at {code(row['until'][:12])}"
        f" · [run]({row['run_url']})\n"
        for row, pull in parts
    ]
    headline = "; ".join(f"{row['target']}: {pull['headline']}" for row, pull in parts)
    runs = {row["target"]: row.get("run") for row, _ in parts}
    return Sticky(
        "outcome", clean(headline), "\n".join(bodies), {"head": parts[0][0]["until"], **runs}
    )


async def _set_statuses(github: GitHub, job: Job, told: Sequence[Told]) -> None:
    """On the commit that was applied, and on each merge that came with it."""
    behind = [row["target"] for row in told if not row["is_complete"]]
    description = f"behind: {', '.join(behind)}" if behind else "everything reviewed is carried out"
    state = "failure" if behind else "success"
    merges = {pull["merged_as"]: pull for row in told for pull in row.get("pulls", ())}
    tips = {row["until"] for row in told if row.get("until")}
    for commit in sorted({*tips, *merges}):
        own = merges.get(commit)
        fine = own is None or own["is_fine"]
        await github.post(
            f"statuses/{commit}",
            state=state if own is None or commit in tips else ("success" if fine else "failure"),
            context=STATUS,
            description=description[:STATUS_LIMIT],
            target_url=job.run_url,
        )


def _read(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PlanogramError(f"{path} can not be read: {error} · run the workflow again") from error
    if not isinstance(told, dict):
        raise PlanogramError(f"{path} is no report · run the workflow again")
    return told


def _nothing_told(job: Job) -> dict[str, Any]:
    text = (
        f"## Planogram: it could not be planned\n\nThe job ended early: [its log]({job.run_url}).\n"
    )
    facts = {"digest": None, "conclusion": "failure", "text": "the job ended early"}
    return {
        "headline": "it could not be planned",
        "comment": text,
        "annotations": [],
        "facts": facts,
    }


def _missing(job: Job, target: str) -> dict[str, Any]:
    said = "its job ended early: nothing is known of what it wrote"
    if target == UNREADABLE:
        said = "which targets there are could not be read: see the run's log"
    return {
        "target": target,
        "run_url": job.run_url,
        "until": job.event.get("after"),
        "is_complete": False,
        "problems": [said],
    }


def _cut(text: str, room: int = ROOM) -> str:
    """A report fits by itself; one that was tampered with must not stop the others."""
    return text if len(text) <= room else text[:room] + "\n\n… cut here\n"
