"""`rollback`: what a run changed is given back, planned and guarded like anything else."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer
from rich.text import Text

from reconciler import workflow
from reconciler.carrying import Applied
from reconciler.cli import applying, options, speech
from reconciler.cli.composition import Workspace, open_sites, open_workspace, targets_of_run
from reconciler.cli.recording import keep_applied
from reconciler.model.address import Address
from reconciler.model.errors import PlanogramError, Usage
from reconciler.model.outcome import Status
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from reconciler.provider import PlatformError
from reconciler.review import Review, read_review
from reconciler.site import Site
from reports.data import outcomes_data, plan_data
from reports.terminal import print_outcomes, print_plan
from reports.view import clean, told_outcome

_STOPPED = "stopped; if anything was written, the journal has it: run the same rollback again"
_MOST_ADDRESSES = 5


def rollback(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="The run to take back, as its apply named it.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Only plan it, into a file to be reviewed."),
    ] = None,
    reviewed: Annotated[
        list[Path] | None,
        typer.Option("--reviewed", metavar="FILE", help="A plan of this rollback; repeatable."),
    ] = None,
    target: options.TargetNames = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ADDRESS", help="Only this resource; may be repeated."),
    ] = None,
    at_most: options.AtMost = None,
    allow: options.Allow = None,
    sandbox: options.AllSandboxed = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. Serves sandboxes only.")] = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Give back what a run changed, from the before-images in its journal.

    Only fields that the run wrote, and only where they still are as it left them; the rest is
    held. The plan says what can not come back before anything is written. It is a run of its
    own, and can be taken back itself. Git is left alone: what it still states is told at the end.

    Example: planogram rollback 20261126T031700-1a2b3c --out rollback.json
    """
    with speech.told_plainly(as_json=as_json, stopped=_STOPPED):
        if out is not None and reviewed:
            raise Usage("--out only plans, and --reviewed carries out · use one of them")
        workspace = open_workspace(desired, all_sandboxed=sandbox)
        sites = open_sites(workspace, targets_of_run(workspace, run, target or ()))
        wishes = options.wishes(only, at_most, allow)
        if out is not None:
            _plan(sites, run, wishes, out, as_json)
            return
        review = read_review(reviewed) if reviewed else None
        name, at = applying.run_name(), applying.now()
        applied = _carried_out(sites, run, name, wishes, review, yes, as_json)
        _show(applied, run, name, _brought_back(workspace, sites, applied), as_json)
        keep_applied(workspace, [site.ledger for site in sites], applied, name, at, None)
        raise typer.Exit(applying.exit_code(applied))


def _plan(sites: list[Site], run: str, wishes: Wishes, out: Path, as_json: bool) -> None:
    with speech.progress(quiet=as_json) as bar:
        bar.begin("planning")
        made: Plan = anyio.run(workflow.plan_rollback, sites, run, wishes)
    data = plan_data(made)
    out.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if as_json:
        speech.print_json(data)
    else:
        print_plan(speech.stdout(), made)


def _carried_out(
    sites: list[Site],
    run: str,
    name: str,
    wishes: Wishes,
    review: Review | None,
    yes: bool,
    as_json: bool,
) -> Applied:
    consent = applying.consent_by(sites, review, yes, as_json)
    with speech.progress(quiet=as_json) as bar:
        return anyio.run(
            partial(
                workflow.rollback,
                sites,
                run,
                wishes,
                name,
                applying.now(),
                review=review,
                consent=lambda plan: consent(plan) and applying.begin(bar, plan),
                listen=lambda outcome: bar.advance(),
            )
        )


def _brought_back(
    workspace: Workspace, sites: list[Site], applied: Applied
) -> tuple[Address, ...] | None:
    """Of what was given back, that which git still states as the run wrote it: the next plan's
    changes. None where that could not be found out; the rollback stands all the same."""
    done = frozenset(a for a, o in applied.outcomes.items() if o.status is Status.DONE)
    if not done:
        return ()
    wishes = Wishes(only=done, lenient=True)
    try:
        plan = anyio.run(workflow.plan, sites, workspace.desired.intents, wishes)
    except (PlanogramError, PlatformError):
        return None
    return tuple(change.address for change in plan.changes if change.address in done)


def _show(
    applied: Applied, run: str, name: str, back: tuple[Address, ...] | None, as_json: bool
) -> None:
    outcomes = list(applied.outcomes.values())
    if as_json:
        data = outcomes_data(applied.plan, outcomes, applied.warnings, applied.actual)
        told = None if back is None else [str(address) for address in back]
        speech.print_json(data | {"run": name, "undone": run, "brought_back": told})
        return
    console = speech.stdout()
    for warning in applied.plan.warnings:
        console.print(Text(clean(warning), "dim"), soft_wrap=True)
    cost = told_outcome(applied.plan, applied.actual)
    print_outcomes(console, outcomes, applied.warnings, cost, title="Rollback")
    if any(outcome.status is Status.DONE for outcome in outcomes):
        console.print(Text(applying.taken_back_by(name), "dim"), soft_wrap=True)
        console.print(Text(clean(_of_git(back)), "yellow"), soft_wrap=True)


def _of_git(back: tuple[Address, ...] | None) -> str:
    if back is None:
        return "git was left alone · look at what the next plan would bring back: planogram plan"
    if not back:
        return "git states it so already: the next plan brings nothing back"
    shown = ", ".join(str(address) for address in back[:_MOST_ADDRESSES])
    rest = f" and {len(back) - _MOST_ADDRESSES} more" if back[_MOST_ADDRESSES:] else ""
    return (
        f"git still states the newer values, and the next plan would bring them back: {shown}{rest}"
        " · revert the commit that states them"
    )
