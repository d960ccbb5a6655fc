"""In a pull request's workflow: the plan of what it moves, and what its files alone say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import anyio
import typer

from reconciler import workflow
from reconciler.cli import options, speech
from reconciler.cli.composition import (
    Workspace,
    open_ledgers,
    open_sites,
    open_workspace,
    targets_with_providers,
)
from reconciler.cli.github.job import Job, summarise, tell, this_job
from reconciler.cli.revisions import Checkout, checkout, governed, must_not_have_moved
from reconciler.compile import compile_for, differing
from reconciler.intent.base import Intents
from reconciler.intent.loader import Desired
from reconciler.ledger import Ledger
from reconciler.model.address import Address
from reconciler.model.errors import InvalidDesiredState, PlanogramError
from reconciler.model.plan import Plan
from reconciler.model.problem import Problem
from reconciler.provider import PlatformError
from reports.comment import code, comment
from reports.data import plan_data
from reports.github.annotations import conclusion, notes, problem_annotations, summary
from reports.view import clean, headline

SUMMARY_CHARACTERS: Final = 240_000
"""Of at most four bytes each."""

MOST_COMMANDS: Final = 10
"""Error annotations that GitHub takes from the log of one step."""

MOST_LISTED: Final = 200

Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the report goes.")]


def targets(
    behind: Annotated[
        bool,
        typer.Option("--behind", help="Only those for which desired/ moved since all was applied."),
    ] = False,
    target: Annotated[str, typer.Option("--target", help="Only this one.")] = "",
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Say which targets there are, as the output `targets` of the step: a JSON list for a matrix.

    Example: planogram github targets --behind
    """
    with speech.told_plainly(as_json=False):
        workspace = open_workspace(desired, all_sandboxed=False)
        ledgers = open_ledgers(workspace, [target] if target else ())
        if behind:
            here = checkout(workspace)
            ledgers = [ledger for ledger in ledgers if _is_behind(here, ledger)]
        names = [ledger.target for ledger in ledgers]
        tell("targets", json.dumps(names))
        speech.stdout().print(", ".join(names) or "none", markup=False)


def _is_behind(here: Checkout, ledger: Ledger) -> bool:
    """A target that nothing is known of is looked at: it is that run that says why."""
    ledger.fetch()
    start = ledger.load().complete or here.introduced(ledger.target)
    if start is None or not here.repository.contains("HEAD", start):
        return True
    return bool(here.repository.first_parents(start, "HEAD", here.folder))


def plan(
    out: Out,
    desired: options.DesiredFolder = options.DESIRED,
    no_images: Annotated[
        bool, typer.Option("--no-images", help="Show no pictures in the comment.")
    ] = False,
) -> None:
    """Plan what the pull request moves, and write the plan and its comment to a folder.

    Reads the shops, writes nothing to them and nothing to GitHub: `github comment` does that, in
    a job that has no shop's credential. What can not be planned is written to the folder too.

    Example: planogram github plan --out planogram-plan
    """
    with speech.told_plainly(as_json=False):
        job = this_job()
        out.mkdir(parents=True, exist_ok=True)
        try:
            made = _planned(job, desired)
        except InvalidDesiredState as error:
            _write(out, job, **_of_problems(error.problems))
            raise
        except (PlanogramError, PlatformError) as error:
            _write(out, job, **_of_failure(error))
            raise
        (out / "plan.json").write_text(_json(plan_data(made)), encoding="utf-8")
        _write(out, job, **_of_plan(made, job, images=not no_images))
        speech.stdout().print(f"Plan: {headline(made)}", markup=False)


def check(
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Say what a pull request from a fork would move, from its files alone.

    Needs no secret and asks no platform: every problem is an `::error` at its line, what would
    mean something else stands in the job's summary.

    Example: planogram github check
    """
    with speech.told_plainly(as_json=False):
        job = this_job()
        try:
            moved, said = _moved(job, desired)
        except InvalidDesiredState as error:
            for problem in error.problems[:MOST_COMMANDS]:
                speech.stdout().print(_command(problem), markup=False, soft_wrap=True)
            summarise(_listed("Can not be planned", [str(p) for p in error.problems]))
            raise
        notes_ = [f"- {code(text)}" for text in said]
        summarise("\n".join([_listed("Would be planned", moved), *notes_]))
        speech.stdout().print(f"{len(moved)} resources mean something else", markup=False)


def _planned(job: Job, desired: Path) -> Plan:
    workspace = open_workspace(desired, all_sandboxed=False)
    _validate(workspace)
    here = checkout(workspace)
    commits = here.commits(here.merge_base(str(job.pull["base"]["sha"])))
    there = here.desired_at(commits.base or "")
    ruled, said = governed(workspace, there)
    must_not_have_moved(workspace, there.intents)
    wishes = replace(options.wishes(None, None), base=there.intents)
    sites = open_sites(ruled) if ruled.desired.targets else []
    made = anyio.run(workflow.plan, sites, workspace.desired.intents, wishes)
    return here.with_authors(replace(made, commits=commits, warnings=(*said, *made.warnings)))


def _moved(job: Job, desired: Path) -> tuple[list[str], tuple[str, ...]]:
    workspace = open_workspace(desired, all_sandboxed=True)
    _validate(workspace)
    here = checkout(workspace)
    there = here.desired_at(here.merge_base(str(job.pull["base"]["sha"])))
    moved = moved_between(workspace, there, workspace.desired.intents)
    return [str(address) for address in moved], governed(workspace, there)[1]


def moved_between(workspace: Workspace, there: Desired, intents: Intents) -> list[Address]:
    """What means something else than at another commit, on every target, selectors apart."""
    return sorted(
        address
        for target, provider in targets_with_providers(workspace)
        for address in differing(
            compile_for(target, provider, there.intents, None).resources,
            compile_for(target, provider, intents, None).resources,
        )
    )


def _validate(workspace: Workspace) -> None:
    problems = workflow.validate(targets_with_providers(workspace), workspace.desired.intents)
    if problems:
        raise InvalidDesiredState(problems)


def _of_plan(made: Plan, job: Job, *, images: bool) -> dict[str, Any]:
    run = f"\n[The whole plan is an artifact of this run]({job.run_url}).\n"
    told = partial(comment, made, images=images, files_at=job.files_at(job.pull["head"]["sha"]))
    return {
        "headline": headline(made),
        "comment": told() + run,
        "summary": told(SUMMARY_CHARACTERS),
        "annotations": notes(made),
        "is_silent": not made.scope.planned and not made.warnings,
        "facts": {"digest": made.digest, "conclusion": conclusion(made), "text": summary(made)},
    }


def _of_problems(problems: Sequence[Problem]) -> dict[str, Any]:
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    text = _listed(f"Planogram: {count}, nothing was planned", [str(p) for p in problems])
    return {
        "headline": f"{count}, nothing was planned",
        "comment": text,
        "summary": text,
        "annotations": problem_annotations(problems),
        "facts": {"digest": None, "conclusion": "failure", "text": count},
    }


def _of_failure(error: Exception) -> dict[str, Any]:
    text = f"## Planogram: it could not be planned\n\n- {code(clean(str(error)))}\n"
    return {
        "headline": "it could not be planned",
        "comment": text,
        "summary": text,
        "annotations": [],
        "facts": {"digest": None, "conclusion": "failure", "text": clean(str(error))[:1000]},
    }


def _write(out: Path, job: Job, **report: Any) -> None:
    """The folder that `github comment` reads: what is said, and of which commit."""
    summarise(report.pop("summary"))
    told = {
        **report,
        "pull": job.pull["number"],
        "head": job.pull["head"]["sha"],
        "run_url": job.run_url,
    }
    (out / "comment.json").write_text(_json(told), encoding="utf-8")


def _listed(title: str, lines: Sequence[str]) -> str:
    shown = [f"- {code(clean(line))}" for line in lines[:MOST_LISTED]] or ["- nothing"]
    rest = len(lines) - MOST_LISTED
    more = [f"- … and {rest:,} more"] if rest > 0 else []
    return "\n".join([f"## {title}", "", *shown, *more, ""])


def _command(problem: Problem) -> str:
    """A workflow command: in it, what ends a part of it is escaped."""
    text = _escaped(clean(f"{problem.cause} · {problem.remedy}"))
    path = _escaped(problem.place.path).replace(":", "%3A").replace(",", "%2C")
    return f"::error file={path},line={problem.place.line},title=Planogram::{text}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
