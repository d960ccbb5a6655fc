"""After a merge: carry out what was reviewed on the pull requests that came to the branch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import anyio
import typer

from reconciler import runs, workflow
from reconciler.carrying import Applied
from reconciler.cli import options, speech
from reconciler.cli.applying import exit_code, now, run_name
from reconciler.cli.composition import (
    Workspace,
    open_ledgers,
    open_sites,
    open_workspace,
    targets_with_providers,
)
from reconciler.cli.github.advancing import keep_state, moves_state_alone
from reconciler.cli.github.job import Job, summarise, this_job
from reconciler.cli.github.planning import moved_between
from reconciler.cli.github.reviewed import Merged, Reviewed, dispatched, since
from reconciler.cli.recording import keep_applied
from reconciler.cli.revisions import Checkout, checkout, governed
from reconciler.compile import questions_that_matter
from reconciler.intent.loader import Desired
from reconciler.model.address import Address
from reconciler.model.errors import PlanogramError, Refused
from reconciler.model.outcome import AnyOutcome
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from reconciler.provider import PlatformError
from reconciler.repository import Commit
from reconciler.review import Review
from reconciler.withholding import Authority
from reports.comment import code
from reports.data import outcomes_data, plan_data
from reports.outcome import outcome_comment
from reports.slack import applied_message
from reports.view import clean, outcome_headline

UNREVIEWED = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """What has come to the branch since everything was carried out on a target.

    since: that commit. until: the one that is checked out. commits: those of the branch between
    the two that moved `desired/`. there: what git said at `since`.
    """

    since: str
    until: str
    commits: tuple[Commit, ...]
    there: Desired


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one target. unreviewed: what moved and stands in no plan that was reviewed.
    waiting: the plan of that, for a review."""

    target: str
    run: str
    at: str
    stretch: Stretch
    reviewed: Reviewed
    applied: Applied
    unreviewed: tuple[Address, ...]
    waiting: Plan | None

    @property
    def problems(self) -> tuple[str, ...]:
        return self.reviewed.lacking

    @property
    def is_complete(self) -> bool:
        """Whether the target is now as the branch says, as far as it was reviewed."""
        applied = self.applied
        left = self.problems or self.unreviewed or applied.warnings
        return applied.is_done and not left

    @property
    def exit_code(self) -> int:
        """As of `apply`; a plan that lacks is a failure, what nobody reviewed a refusal."""
        code = exit_code(self.applied)
        if self.is_complete or code:
            return code
        fine = any(o.status.is_fine for o in self.applied.outcomes.values())
        if fine:
            return 5
        return 1 if self.problems else UNREVIEWED


def apply(
    target: Annotated[str, typer.Option("--target", metavar="NAME", help="Which target.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the outcome goes.")],
    run_id: Annotated[
        str, typer.Option("--run-id", help="Go by the plans of this workflow run, too.")
    ] = "",
    allow: Annotated[
        str,
        typer.Option(
            "--allow", help="GUARD=ADDRESS entries, separated by blanks; quoted if they hold some."
        ),
    ] = "",
    only: Annotated[
        str,
        typer.Option(
            "--only", help="Only these addresses, separated by blanks; quoted if they hold some."
        ),
    ] = "",
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Carry out what was reviewed on the pull requests merged since all was carried out.

    A plan counts when it was made of the last commit of its pull request; several are one union,
    the later winning. What moved and stands in none is planned and not applied. Targets and
    policies are those from before the merges.

    Example: planogram github apply --target shop --out outcome
    """
    with speech.told_plainly(as_json=False):
        job = this_job()
        workspace = open_workspace(desired, all_sandboxed=False)
        only_these, allowed = options.words("--only", only), options.words("--allow", allow)
        wishes = options.wishes(only_these, None, allowed)
        here = checkout(workspace)
        try:
            result = anyio.run(partial(_applied, job, here, target, wishes, _number(run_id)))
        except (PlanogramError, PlatformError) as error:
            _write_failure(out, job, here, target, error)
            raise
        _write(out, job, result)
        ledgers = open_ledgers(workspace, [target])
        keep_applied(workspace, ledgers, result.applied, result.run, result.at, job.run_url)
        keep_state(here, out, target, result.applied, result.run)
        told = outcome_headline(result.applied.outcomes.values())
        speech.stdout().print(f"Apply: {told}", markup=False)
        for text in (*result.problems, *_left(result, bool(only_these))):
            speech.stderr().print(f"! {text}", markup=False, soft_wrap=True)
        raise typer.Exit(result.exit_code)


def rescue(
    target: Annotated[str, typer.Option("--target", metavar="NAME", help="Which target.")],
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Push the ledger and the journals that an apply on this machine left: it may have been cut
    off, or could not push them.

    The next apply, on whatever machine, then takes up what it finds there.

    Example: planogram github rescue --target shop
    """
    with speech.told_plainly(as_json=False):
        (ledger,) = open_ledgers(open_workspace(desired, all_sandboxed=False), [target])
        folder = ledger.repository.private_folder / "planogram" / target
        ledger.load().push()
        runs.publish(ledger.repository, target, folder)
        speech.stdout().print("ledger and journals are pushed", markup=False)


def _number(run_id: str) -> int | None:
    if run_id and not run_id.isdecimal():
        raise Refused(f"--run-id {run_id} is no number of a run · copy it from the run's address")
    return int(run_id) if run_id else None


async def _applied(
    job: Job, here: Checkout, target: str, wishes: Wishes, run_id: int | None
) -> Result:
    (ledger,) = open_ledgers(here.workspace, [target])
    ledger.fetch()
    complete = ledger.load().complete
    async with job.connect() as github:
        named = await dispatched(github, run_id, target) if run_id else None
        whole = named is not None and not named.narrowed and wishes.only is None
        start = _planned_of(named) if named and whole else complete
        stretch = _stretch(here, target, start or complete)
        reviewed = await since(github, job, stretch.commits, target)
    selecting = tuple(c for c in reviewed.pushed if _moves_selectors(here, target, c))
    merged = tuple(_without_need(here, one) for one in reviewed.merged)
    reviewed = replace(reviewed, merged=merged, dispatched=named, selecting=selecting)
    unreviewed = _unreviewed(here, target, stretch, reviewed.review.addresses)
    return await _carried_out(here, target, wishes, stretch, reviewed, unreviewed)


async def _carried_out(
    here: Checkout,
    target: str,
    wishes: Wishes,
    stretch: Stretch,
    reviewed: Reviewed,
    unreviewed: tuple[Address, ...],
) -> Result:
    by_hand = reviewed.dispatched is not None
    ruled = here.workspace if by_hand else governed(here.workspace, stretch.there)[0]
    (site,) = open_sites(ruled, [target])
    authority = Authority(base=stretch.there.intents)
    wishes = replace(wishes, authority=authority)
    run, at = run_name(), now()
    settled = not (reviewed.lacking or unreviewed or wishes.only)
    review = reviewed.review
    applied = await workflow.apply(
        [site],
        here.workspace.desired.intents,
        _narrowed(wishes, review.addresses, review.narrowed, None if by_hand else stretch.there),
        run,
        at,
        review=review,
        settles=stretch.until if settled else None,
    )
    waiting = None
    if unreviewed:
        rest = replace(wishes, only=frozenset(unreviewed), lenient=True)
        made = await workflow.plan([site], here.workspace.desired.intents, rest)
        waiting = replace(here.with_authors(made), commits=here.commits())
    return Result(target, run, at, stretch, reviewed, applied, unreviewed, waiting)


def _narrowed(
    wishes: Wishes, addresses: frozenset[Address], is_narrow: bool, there: Desired | None
) -> Wishes:
    base = there.intents if there else None
    if wishes.only is not None:
        return replace(wishes, only=wishes.only & addresses, lenient=True)
    only = addresses if is_narrow else None
    return replace(wishes, only=only, lenient=is_narrow, base=base if is_narrow else None)


def _planned_of(review: Review) -> str | None:
    return review.commits[-1] if review.commits else None


def _stretch(here: Checkout, target: str, start: str | None) -> Stretch:
    """Raises `Refused` where the branch was rewritten, or does not know the target."""
    until = here.repository.resolve("HEAD")
    begin = start or here.introduced(target)
    if begin is None:
        raise Refused(f"no commit of this branch has {target} in targets.yaml · commit it first")
    if not here.repository.contains(until, begin):
        raise Refused(
            f"{begin[:12]}, up to which {target} was applied, is not on this branch: it was"
            " rewritten · dispatch apply with the run of a full plan (drift.yml)"
        )
    commits = tuple(here.repository.first_parents(begin, until, here.folder))
    return Stretch(begin, until, commits, here.desired_at(begin))


def _unreviewed(
    here: Checkout, target: str, stretch: Stretch, reviewed: frozenset[Address]
) -> tuple[Address, ...]:
    workspace: Workspace = here.workspace
    moved = moved_between(workspace, stretch.there, workspace.desired.intents)
    return tuple(a for a in moved if a.target == target and a not in reviewed)


def _without_need(here: Checkout, one: Merged) -> Merged:
    """A pull request that moved the state of capsules alone needs no plan."""
    if one.lacks and all(moves_state_alone(here, commit) for commit in one.commits):
        return replace(one, lacks=None)
    return one


def _moves_selectors(here: Checkout, target: str, commit: Commit) -> bool:
    """Whether a commit moved what selectors give; the catalog alone knows to which products."""
    before, after = (here.desired_at(c).intents for c in (commit.parents[0], commit.sha))
    return any(
        questions_that_matter(one, provider, before, after)
        for one, provider in targets_with_providers(here.workspace)
        if one.name == target
    )


def _left(result: Result, only: bool) -> Iterable[str]:
    for address in result.unreviewed[:10]:
        yield f"{address} moved and stands in no reviewed plan"
    if only:
        yield "only a part was looked at: the rest waits for the next apply"


def _write(out: Path, job: Job, result: Result) -> None:
    """The folder that `github outcome` reads, and the plan of what nobody reviewed."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "outcome.json").write_text(_json(_told(job, result)), encoding="utf-8")
    if result.waiting is not None:
        (out / "plan.json").write_text(_json(plan_data(result.waiting)), encoding="utf-8")
    applied = result.applied
    summarise(
        outcome_comment(applied.plan, applied.outcomes.values(), applied.warnings, applied.actual)
    )


def _write_failure(out: Path, job: Job, here: Checkout, target: str, error: Exception) -> None:
    out.mkdir(parents=True, exist_ok=True)
    told = {
        "target": target,
        "run_url": job.run_url,
        "until": here.repository.resolve("HEAD"),
        "is_complete": False,
        "problems": [str(error)],
    }
    (out / "outcome.json").write_text(_json(told), encoding="utf-8")
    summarise(f"## Planogram: nothing was applied to {code(target)}\n\n- {code(clean(str(error)))}")


def _told(job: Job, result: Result) -> dict[str, Any]:
    applied = result.applied
    return {
        "target": result.target,
        "run": result.run,
        "run_url": job.run_url,
        "at": result.at,
        "since": result.stretch.since,
        "until": result.stretch.until,
        "is_complete": result.is_complete,
        "problems": list(result.problems),
        "pulls": [_pull(one, applied) for one in result.reviewed.merged],
        "pushed": [
            {"sha": c.sha, "subject": c.subject, "author": c.author} for c in result.reviewed.pushed
        ],
        "unreviewed": [str(address) for address in result.unreviewed],
        "slack": None if result.is_complete else _message(job, result),
        "outcome": outcomes_data(applied.plan, applied.outcomes.values(), applied.warnings),
    }


def _message(job: Job, result: Result) -> dict[str, Any]:
    outcomes = result.applied.outcomes.values()
    return applied_message(result.applied.plan, outcomes, result.target, result.at, job.run_url)


def _pull(one: Merged, applied: Applied) -> dict[str, Any]:
    """What became of what one pull request's plan speaks of."""
    outcomes = _of(one.review.addresses, applied.outcomes)
    part = replace(applied, outcomes={outcome.address: outcome for outcome in outcomes})
    lacks = (f"its plan can not be gone by: {one.lacks}",) if one.lacks else ()
    plan = replace(
        applied.plan,
        changes=tuple(c for c in applied.plan.changes if c.address in one.review.addresses),
    )
    return {
        "number": one.pull.number,
        "title": one.pull.title,
        "merged_as": one.pull.merged_as,
        "commits": [{"sha": c.sha, "parents": len(c.parents)} for c in one.commits],
        "plan_run": one.run,
        "lacks": one.lacks,
        "is_fine": part.is_done and not one.lacks,
        "headline": outcome_headline(outcomes),
        "comment": outcome_comment(plan, outcomes, lacks, applied.actual),
    }


def _of(addresses: frozenset[Address], outcomes: Mapping[Address, AnyOutcome]) -> list[AnyOutcome]:
    return [outcome for address, outcome in outcomes.items() if address in addresses]


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
