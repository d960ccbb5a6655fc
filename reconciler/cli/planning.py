"""`validate`, `plan` and `drift`: the commands that only look."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import anyio
import typer

from reconciler import workflow
from reconciler.cli import options, speech
from reconciler.cli.applying import now, run_name
from reconciler.cli.composition import (
    Workspace,
    open_sites,
    open_workspace,
    targets_with_providers,
)
from reconciler.cli.recording import ages, head_of, keep
from reconciler.cli.reporting import images_of, report_plan, reporting
from reconciler.cli.revisions import (
    checkout,
    committed_capsules,
    governed,
    must_be_known,
    must_not_have_moved,
    with_authority,
)
from reconciler.cli.sourcing import behind
from reconciler.history import Row, Run, Sort, observed
from reconciler.model.change import Cause
from reconciler.model.errors import InvalidDesiredState, Usage
from reconciler.model.plan import Commits, Plan
from reconciler.model.watch import Watched
from reconciler.planner import Wishes
from reconciler.repository import repository_of
from reconciler.site import Site
from reconciler.watch import is_tolerated, is_withheld, watched
from reports.data import plan_data
from reports.markdown import LIMIT
from reports.watch import watch_data

INTENT_PENDING = 10
DRIFT_ONLY = 11


def validate(
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Check every file, offline.

    Needs no credential and asks no platform. All problems of all files are told, each with its
    place, its cause and its remedy; what targets can not honour once all files can be read.

    Example: planogram validate
    """
    with speech.told_plainly(as_json=as_json):
        workspace = open_workspace(desired, all_sandboxed=False)
        targets = targets_with_providers(workspace)
        must_not_have_moved(workspace, committed_capsules(workspace))
        problems = workflow.validate(targets, workspace.desired.intents)
        if problems:
            raise InvalidDesiredState(problems)
        counts = _counted(workspace)
        if as_json:
            speech.print_json({"problems": [], "counts": counts})
        else:
            told = ", ".join(f"{count} {name}" for name, count in counts.items())
            speech.stdout().print(f"Valid: {told}", soft_wrap=True)


def plan(
    target: options.TargetNames = None,
    only: options.Only = None,
    base: options.Base = None,
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
    desired: options.DesiredFolder = options.DESIRED,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the plan, to be reviewed.")
    ] = None,
    markdown: Annotated[
        Path | None,
        typer.Option("--markdown", metavar="FILE", help="Write it as a pull request comment."),
    ] = None,
    report: options.Report = None,
    image_report: options.ImageReport = None,
    mapping: options.MappingFile = None,
    no_images: options.NoImages = False,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code", help="Exit 10 when intent or conflict is pending, 11 when only drift is."
        ),
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Compare git with the platforms and say what an apply would do. Writes nothing there.

    With --base only what means something else than there is read and planned, and targets and
    policies are those of that commit.

    Example: planogram plan --target shop --out plan.json
    """
    with speech.told_plainly(as_json=as_json):
        options.check_files(out, markdown, report, image_report)
        workspace = open_workspace(desired, all_sandboxed=sandbox)
        meant = options.selection(
            sync_attributes, create_missing, sync_products, only_slugs, limit, capsule, cpis
        )
        must_be_known(workspace, capsule)
        wishes = options.wishes(only, at_most, allow, meant)
        leave = options.leave(strict, create, create_missing)
        images = images_of(workspace, target or (), image_report, mapping)
        with reporting(report):
            made = _planned(workspace, wishes, target or (), base, leave, quiet=as_json)
        if out is not None and not sandbox:
            made = _with_authors(workspace, made)
        _write(made, out, markdown, images=not no_images)
        _show(made, as_json)
        report_plan(report, made, quiet=as_json)
        if images is not None:
            images.of_plan(made, f"{options.now():%Y-%m-%dT%H:%M:%SZ}", quiet=as_json)
        raise typer.Exit(_pending_code(made) if exit_code else 0)


def drift(
    target: options.TargetNames = None,
    only: options.Only = None,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it as a plan.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Write it as Markdown.")
    ] = None,
    no_images: options.NoImages = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep what was seen in the history.")
    ] = False,
    run_url: options.RunUrl = None,
    as_json: options.AsJson = False,
) -> None:
    """Say what the platforms moved since the last apply, and how long changes have waited.

    Exits 11 when anything moved that desired/tolerances.yaml does not let be, 1 when a ledger could
    not be fetched: then nothing is known.

    Example: planogram drift --target shop --record
    """
    with speech.told_plainly(as_json=as_json):
        if record and only:
            raise Usage("--record keeps looks at everything · leave --only out")
        options.check_files(out, markdown)
        workspace = open_workspace(desired, all_sandboxed=sandbox)
        sites = open_sites(workspace, target or ())
        at = now()
        with speech.progress(quiet=as_json) as bar:
            bar.begin("looking for drift")
            found = looked_at(workspace, sites, options.wishes(only, None))
        _write(found.moved, out, None, images=False)
        if markdown is not None:
            markdown.write_text(_drift_comment(found, images=not no_images), encoding="utf-8")
        _show_drift(found, as_json)
        if found.whole.unattributed:
            raise typer.Exit(1)
        if record:
            rows = observation(workspace, sites, found, run_name(), at, run_url)
            keep([site.ledger for site in sites], rows)
        raise typer.Exit(DRIFT_ONLY if found.moved.changes else 0)


def looked_at(workspace: Workspace, sites: list[Site], wishes: Wishes) -> Watched:
    """Everything that stands on these targets, and since when; where git is behind its sources
    is warned of."""
    wishes = with_authority(workspace, wishes)
    whole = anyio.run(workflow.plan, sites, workspace.desired.intents, wishes)
    stale = behind(workspace, [site.name for site in sites])
    whole = replace(whole, warnings=(*whole.warnings, *stale))
    rows = ages([site.ledger for site in sites])
    return watched(whole, workspace.desired.tolerances, wishes.now or "", rows)


def observation(
    workspace: Workspace,
    sites: Iterable[Site],
    found: Watched,
    run: str,
    at: str,
    url: str | None,
) -> list[Row]:
    """What a look at everything says to the history. A retired target is not looked at."""
    this = Run(run, at, Sort.DRIFT, head_of(workspace), url)
    return observed(this, found.whole, [site.name for site in sites if not site.retired])


def _show_drift(found: Watched, as_json: bool) -> None:
    if as_json:
        speech.print_json(plan_data(found.moved) | watch_data(found))
        return
    from reports.terminal import print_watched

    print_watched(speech.stdout(), found)


def _drift_comment(found: Watched, *, images: bool) -> str:
    from reports.comment import comment
    from reports.drift import standing_sections

    told = standing_sections(found, LIMIT // 4)
    return comment(found.moved, LIMIT - len(told), images=images) + told


def _planned(
    workspace: Workspace,
    wishes: Wishes,
    names: Sequence[str],
    base: str | None,
    leave: options.Leave,
    *,
    quiet: bool,
) -> Plan:
    said: tuple[str, ...] = ()
    commits = Commits()
    wishes = with_authority(workspace, wishes)
    if base is not None:
        here = checkout(workspace)
        commits = here.commits(here.merge_base(base))
        there = here.desired_at(commits.base or base)
        workspace, said = governed(workspace, there)
        must_not_have_moved(workspace, there.intents)
        wishes = replace(wishes, base=there.intents)
    sites = open_sites(workspace, names, leave.over)
    with speech.progress(quiet=quiet) as bar:
        bar.begin("planning")
        made = anyio.run(workflow.plan, sites, workspace.desired.intents, wishes)
    return replace(made, commits=commits, warnings=(*said, *made.warnings))


def _with_authors(workspace: Workspace, made: Plan) -> Plan:
    """Who wrote the lines is told of a plan that is kept for a review, where git can tell."""
    if repository_of(workspace.root) is None:
        return made
    here = checkout(workspace)
    commits = replace(made.commits, head=here.commits().head)
    return replace(here.with_authors(made), commits=commits)


def _show(made: Plan, as_json: bool) -> None:
    if as_json:
        speech.print_json(plan_data(made))
        return
    from reports.terminal import print_plan

    print_plan(speech.stdout(), made)


def _write(made: Plan, out: Path | None, markdown: Path | None, *, images: bool) -> None:
    if out is not None:
        text = json.dumps(plan_data(made), ensure_ascii=False, indent=2) + "\n"
        out.write_text(text, encoding="utf-8")
    if markdown is not None:
        from reports.comment import comment

        markdown.write_text(comment(made, images=images), encoding="utf-8")


def _pending_code(made: Plan) -> int:
    causes = {
        change.cause
        for change in made.changes
        if not is_tolerated(made, change) and not is_withheld(made, change)
    }
    if causes - {Cause.DRIFT}:
        return INTENT_PENDING
    return DRIFT_ONLY if causes else 0


def _counted(workspace: Workspace) -> dict[str, int]:
    counts: dict[str, int] = {"targets": len(workspace.desired.targets)}
    for intent in workspace.desired.intents:
        counts[intent.folder] = counts.get(intent.folder, 0) + 1
    return counts
