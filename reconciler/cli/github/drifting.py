"""Every night: what moved on each target, and one job that tells it everywhere."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import anyio
import typer

from reconciler import history
from reconciler.cli import options, speech
from reconciler.cli.applying import now, run_name
from reconciler.cli.composition import authenticate, open_sites, open_workspace
from reconciler.cli.github.job import Job, summarise, this_job
from reconciler.cli.github.planning import Out
from reconciler.cli.github.publishing import UNREADABLE, WEBHOOK, Expected, Folder
from reconciler.cli.planning import looked_at, observation
from reconciler.cli.recording import head_of
from reconciler.model.errors import PlanogramError, Usage
from reconciler.model.plan import Commits, Plan
from reconciler.provider import PlatformError
from reconciler.repository import repository_of
from reports.data import Json, plan_data
from reports.drift import drift_issue, drift_title
from reports.github.issues import keep_heartbeat, raise_issue, settle_issue
from reports.github.sticky import Sticky
from reports.slack import drift_message, post
from reports.view import headline
from reports.watch import DriftReport, Told, failure_data, merged, target_data

ISSUE: Final = "drift"
SUMMARY_CHARACTERS: Final = 240_000


def drift(
    out: Out,
    target: Annotated[str, typer.Option("--target", metavar="NAME", help="Which target.")],
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Look at all of a target, and write its plan and what moved to a folder.

    Reads the shop, writes nothing to it and nothing to GitHub: `github watch` does that, in a job
    that has no shop's credential. The plan is whole: `apply` takes this run's id to restore what
    drifted. Exits 0 also when there is drift, 1 when nothing could be found out.

    Example: planogram github drift --target shop --out drift
    """
    with speech.told_plainly(as_json=False):
        job = this_job()
        out.mkdir(parents=True, exist_ok=True)
        run, at = run_name(), now()
        try:
            whole, told = _looked(job, desired, target, run, at)
        except (PlanogramError, PlatformError) as error:
            _hand_over(out, job, failure_data(target, run, at, job.run_url, str(error)))
            raise
        (out / "plan.json").write_text(_json(plan_data(whole)), encoding="utf-8")
        _hand_over(out, job, told)
        speech.stdout().print(f"{target}: {headline(whole)}", markup=False)


def watch(
    folder: Folder,
    targets: Expected = "",
) -> None:
    """Tell what `github drift` found: in the history, in one issue, and in Slack.

    FOLDER holds one folder for each target; of one alone, what would stand in it. The issue is
    opened, brought up to date, and closed when all is calm; its first line says when somebody last
    looked. Slack is told where SLACK_WEBHOOK_URL is set, and there is something to tell. What
    fails stops nothing else.

    Example: planogram github watch drift --targets '["shop"]'
    """
    with speech.told_plainly(as_json=False):
        job = this_job()
        told = [row for path in sorted(folder.rglob("drift.json")) if (row := _read(path))]
        at = now()
        report = merged(told, _names(targets), at, job.run_url)
        summarise(drift_issue(report, SUMMARY_CHARACTERS))
        failed = [
            *_tried("the history", partial(_append, told)),
            *_tried("the issue", partial(anyio.run, _tell, job, report)),
            *_tried("Slack", partial(_post, report)),
        ]
        speech.stdout().print(report.headline, markup=False, soft_wrap=True)
        if failed:
            raise PlanogramError("; ".join(failed))


def _looked(job: Job, desired: Path, target: str, run: str, at: str) -> tuple[Plan, Json]:
    """The whole plan, and what is handed over. Raises `LedgerUnavailable` where the ledger can
    not be had: nothing is known of what moved then."""
    workspace = open_workspace(desired, all_sandboxed=False)
    sites = open_sites(workspace, [target])
    found = looked_at(workspace, sites, options.wishes(None, None))
    if found.whole.unattributed:
        raise PlanogramError(
            f"the ledger of {target} could not be fetched: what moved is not known"
            " · run the workflow again"
        )
    rows = observation(workspace, sites, found, run, at, job.run_url)
    whole = replace(found.whole, commits=Commits(head_of(workspace)))
    told = target_data(found, target, run, at, job.run_url, rows)
    return whole, told | ({"history": []} if workspace.is_sandboxed(target) else {})


def _hand_over(out: Path, job: Job, told: Json) -> None:
    (out / "drift.json").write_text(_json(told), encoding="utf-8")
    report = merged([told], [], str(told["at"]), job.run_url)
    summarise(f"## {drift_title(report)}\n\n{drift_issue(report, SUMMARY_CHARACTERS)}")


def _append(told: Sequence[Told]) -> None:
    rows = [row for part in told for row in part["history"]]
    repository = repository_of(Path.cwd())
    if repository is None:
        raise PlanogramError("this is no checkout · check the repository out first")
    authenticate(repository)
    history.append(repository, rows)


async def _tell(job: Job, report: DriftReport) -> None:
    title = drift_title(report)
    facts = {"at": report.at, "drifted": report.drifted, "missing": sorted(report.missing)}
    sticky = Sticky(ISSUE, report.headline, drift_issue(report), facts)
    async with job.connect() as github:
        if not report.is_calm:
            await raise_issue(github, title, sticky)
        elif await settle_issue(github, title, sticky) is None:
            await keep_heartbeat(github, title, sticky)


def _post(report: DriftReport) -> None:
    url = os.environ.get(WEBHOOK)
    if url and not report.is_calm:
        anyio.run(post, url, drift_message(report))


def _tried(what: str, tell: Any) -> Iterable[str]:
    try:
        tell()
    except (PlanogramError, OSError) as error:
        yield f"{what}: {error}"


def _names(targets: str) -> list[str]:
    if not targets:
        return [UNREADABLE]
    try:
        names = json.loads(targets)
    except ValueError as error:
        raise Usage(f"--targets {targets} is no JSON list: {error}") from error
    if not isinstance(names, list):
        raise Usage(f"--targets {targets} is no JSON list")
    return [str(name) for name in names]


def _read(path: Path) -> Json | None:
    """What one job handed over; what can not be read is as if it had left nothing."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        speech.warn(f"{path} can not be read: {error}")
        return None
    return told if isinstance(told, dict) else None


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
