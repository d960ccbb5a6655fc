"""`apply`: the one command that writes to a platform."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import anyio
import typer
from rich.console import Console
from rich.prompt import Confirm

from reconciler import workflow
from reconciler.carrying import Applied, Consent
from reconciler.cli import options, speech
from reconciler.cli.advancing import advance_capsules
from reconciler.cli.composition import open_sites, open_workspace
from reconciler.cli.recording import keep_applied
from reconciler.cli.reporting import images_of, report_applied, reporting
from reconciler.cli.revisions import must_be_known, with_authority
from reconciler.guards import CAPSULE, TOLERATED
from reconciler.intent.styling import styles_of
from reconciler.model.address import Address
from reconciler.model.errors import Refused, Usage
from reconciler.model.outcome import Status
from reconciler.model.plan import Plan
from reconciler.review import Review, read_review
from reconciler.site import Site
from reports.data import outcomes_data
from reports.styles import StyleOutcome, style_outcomes
from reports.styles import lines as style_lines
from reports.terminal import print_outcomes, print_plan
from reports.view import told_outcome

_STOPPED = "stopped; if anything was written, the journal has it, and the next apply goes on"

_NO_REFUSAL = frozenset({"limit", TOLERATED, CAPSULE})
"""Reasons for which a change is held that nobody needs to be told of by an exit code."""


def apply(
    reviewed: Annotated[
        list[Path] | None,
        typer.Option(
            "--reviewed", metavar="FILE", help="A plan that was reviewed; may be repeated."
        ),
    ] = None,
    target: options.TargetNames = None,
    only: options.Only = None,
    limit: options.Limit = None,
    only_slugs: options.OnlySlugs = None,
    sync_attributes: options.SyncAttributes = False,
    create_missing: options.CreateMissing = False,
    sync_products: options.SyncProducts = False,
    capsule: options.CapsuleName = None,
    cpis: options.Cpis = None,
    create: options.Create = None,
    at_most: options.AtMost = None,
    strict: options.Strict = False,
    allow: options.Allow = None,
    sandbox: options.AllSandboxed = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. Serves sandboxes only.")] = False,
    desired: options.DesiredFolder = options.DESIRED,
    markdown: Annotated[
        Path | None,
        typer.Option(
            "--markdown", metavar="FILE", help="Write the outcome as a pull request comment."
        ),
    ] = None,
    report: options.Report = None,
    image_report: options.ImageReport = None,
    mapping: options.MappingFile = None,
    run_url: options.RunUrl = None,
    as_json: options.AsJson = False,
) -> None:
    """Carry out what was reviewed, and nothing else.

    Plans again; a change is carried out when a reviewed plan has the very same. Without
    --reviewed it shows the plan and asks, on a terminal; without a terminal it refuses.

    Example: planogram apply --reviewed plan.json
    """
    with speech.told_plainly(as_json=as_json, stopped=_STOPPED):
        options.check_files(markdown, report, image_report)
        workspace = open_workspace(desired, all_sandboxed=sandbox)
        leave = options.leave(strict, create, create_missing)
        sites = open_sites(workspace, target or (), leave.over)
        images = images_of(workspace, target or (), image_report, mapping)
        meant = options.selection(
            sync_attributes, create_missing, sync_products, only_slugs, limit, capsule, cpis
        )
        must_be_known(workspace, capsule)
        review = read_review(reviewed) if reviewed else None
        consent = consent_by(sites, review, yes, as_json)
        run, at = run_name(), now()
        with reporting(report), speech.progress(quiet=as_json) as bar:
            applied = anyio.run(
                partial(
                    workflow.apply,
                    sites,
                    workspace.desired.intents,
                    with_authority(workspace, options.wishes(only, at_most, allow, meant)),
                    run,
                    at,
                    review=review,
                    consent=lambda plan: consent(plan) and begin(bar, plan),
                    listen=lambda outcome: bar.advance(),
                )
            )
        keep_applied(workspace, [site.ledger for site in sites], applied, run, at, run_url)
        for text in advance_capsules(workspace, sites, applied, run):
            speech.warn(text)
        if markdown is not None:
            markdown.write_text(_comment(applied), encoding="utf-8")
        styles = style_outcomes(
            styles_of(workspace.desired.intents), applied.plan, applied.outcomes
        )
        _show(applied, run, as_json, styles)
        report_applied(report, applied, quiet=as_json)
        if images is not None:
            images.of_apply(applied, at, quiet=as_json)
        raise typer.Exit(exit_code(applied))


def begin(bar: speech.Bar, plan: Plan) -> bool:
    """The bar begins when the question is answered."""
    bar.begin("applying", len(plan.changes))
    return True


def consent_by(sites: list[Site], review: Review | None, yes: bool, as_json: bool) -> Consent:
    if review is not None:
        return lambda plan: True
    if yes:
        real = [site.name for site in sites if not site.target.sandbox]
        if real:
            raise Usage(f"--yes serves sandboxes only, and {real[0]} is none · use --reviewed")
        return lambda plan: True
    if not speech.is_interactive():
        raise Refused("nothing was reviewed, and there is no terminal to ask · use --reviewed")
    return partial(_ask, speech.stderr() if as_json else speech.stdout())


def _ask(console: Console, plan: Plan) -> bool:
    print_plan(console, plan)
    count = len(plan.pending)
    question = f"Carry out {count} change{'s' if count > 1 else ''}?"
    return Confirm.ask(question, console=console, default=False)


def _show(applied: Applied, run: str, as_json: bool, styles: list[StyleOutcome]) -> None:
    outcomes = list(applied.outcomes.values())
    if as_json:
        data = outcomes_data(applied.plan, outcomes, applied.warnings, applied.actual)
        told = {"styles": [one.data for one in styles]} if styles else {}
        speech.print_json(data | {"run": run} | told)
        return
    for line in style_lines(styles):
        speech.stdout().print(line, markup=False, highlight=False, soft_wrap=True)
    cost = told_outcome(applied.plan, applied.actual)
    print_outcomes(speech.stdout(), outcomes, applied.warnings, cost)
    if any(outcome.status is Status.DONE for outcome in outcomes):
        speech.stdout().print(taken_back_by(run), style="dim", markup=False, soft_wrap=True)


def taken_back_by(run: str) -> str:
    """How the run is told to people, so that they find it again."""
    return f"Run {run} · taken back by: planogram rollback {run}"


def _comment(applied: Applied) -> str:
    from reports.outcome import outcome_comment

    outcomes = applied.outcomes.values()
    return outcome_comment(applied.plan, outcomes, applied.warnings, applied.actual)


def exit_code(applied: Applied) -> int:
    """0 done or nothing to do · 1 nothing but failures · 4 everything was held · 5 partly."""
    counts = Counter(outcome.status for outcome in applied.outcomes.values())
    fine = counts[Status.DONE] + counts[Status.CONVERGED]
    broken = counts[Status.FAILED] + counts[Status.SKIPPED] + counts[Status.ALTERED]
    refused = sum(_is_refused(applied, address) for address in applied.outcomes)
    if broken or refused:
        if fine:
            return 5
        return 1 if broken else 4
    return 1 if applied.warnings else 0


def _is_refused(applied: Applied, address: Address) -> bool:
    hold = applied.plan.holds.get(address)
    is_meant = hold is not None and hold.reason in _NO_REFUSAL
    return applied.outcomes[address].status is Status.HELD and not is_meant


def now() -> str:
    """The time, as journals keep it."""
    return options.now().isoformat(timespec="seconds")


def run_name() -> str:
    """Sorts by time, and is told apart from another run of the same second."""
    return f"{options.now():%Y%m%dT%H%M%S}-{token_hex(3)}"
