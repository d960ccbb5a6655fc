"""What was reviewed of all that came to a branch: the plans of its merged pull requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from reconciler.cli.github.job import Job
from reconciler.model.errors import Refused
from reconciler.repository import Commit
from reconciler.review import EmptyReview, Review, joined, parse
from reports.github import pulls
from reports.github.api import GitHub
from reports.github.pulls import NoPlan, PlanFiles, PullRequest

PLAN_WORKFLOW: Final = "plan.yml"

_NOTHING: Final = Review({}, narrowed=True)


@dataclass(frozen=True, slots=True)
class Merged:
    """A pull request that was merged, and what was reviewed on it. `lacks`: why its plan can not
    be gone by."""

    pull: PullRequest
    commits: tuple[Commit, ...]
    review: Review = _NOTHING
    run: int | None = None
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """merged: in the order in which they came. pushed: commits that came by no pull request and
    moved `desired/`. selecting: those of them that moved what selectors give: what that comes to
    no file says. dispatched: the plans of a run that somebody named."""

    merged: tuple[Merged, ...] = ()
    pushed: tuple[Commit, ...] = ()
    selecting: tuple[Commit, ...] = ()
    dispatched: Review | None = None

    @property
    def review(self) -> Review:
        """All of it as one union: the later wins, and what was named wins over all."""
        named = (self.dispatched,) if self.dispatched else ()
        return joined((*(one.review for one in self.merged), *named))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What failed, in words."""
        return (
            *(f"#{m.pull.number}: {m.lacks}" for m in self.merged if m.lacks),
            *(
                f"{c.sha[:12]} moved what selectors give, by no pull request: it has no plan"
                for c in self.selecting
            ),
        )


async def since(github: GitHub, job: Job, commits: Iterable[Commit], target: str) -> Reviewed:
    """What was reviewed on the way of a branch through these commits, for one target."""
    merged: dict[int, Merged] = {}
    pushed: list[Commit] = []
    for commit in commits:
        pull = await pulls.merged_with(github, commit.sha, job.branch)
        if pull is None:
            pushed.append(commit)
        else:
            before = merged.pop(pull.number, Merged(pull, ()))
            merged[pull.number] = Merged(pull, (*before.commits, commit))
    found = [await _with_plan(github, one, target) for one in merged.values()]
    return Reviewed(tuple(found), tuple(pushed))


async def dispatched(github: GitHub, run: int, target: str) -> Review:
    """The plans of a run that somebody named, for one target. Raises `Refused`."""
    try:
        found = await pulls.plans_of_run(github, await pulls.run(github, run))
        return _review(found, target)
    except NoPlan as error:
        raise Refused(f"{error} · name a run of plan.yml, drift.yml or apply.yml") from error


async def _with_plan(github: GitHub, one: Merged, target: str) -> Merged:
    try:
        found = await pulls.plans_of(github, one.pull, PLAN_WORKFLOW)
        review = _review(found, target)
        _is_of(one.pull, review)
    except EmptyReview:
        # Whether anything lacks a review is decided by what moved, not by a plan's own word.
        return Merged(one.pull, one.commits)
    except (NoPlan, Refused) as error:
        return Merged(one.pull, one.commits, lacks=str(error))
    return Merged(one.pull, one.commits, review, found.run)


def _review(found: PlanFiles, target: str) -> Review:
    texts = {
        name: content.decode(errors="replace")
        for name, content in sorted(found.files.items())
        if PurePosixPath(name).name == "plan.json"
    }
    if not texts:
        raise NoPlan(f"run {found.run} left no plan: it failed before it had one")
    whole = joined(parse(f"run {found.run}: {name}", text) for name, text in texts.items())
    return whole.of_target(target)


def _is_of(pull: PullRequest, review: Review) -> None:
    """A plan belongs to a pull request when it was made of its last commit."""
    for commit in review.commits:
        if commit != pull.head:
            told = commit[:12] if commit else "no commit"
            raise NoPlan(f"its plan was made of {told}, and {pull.head[:12]} was merged")
