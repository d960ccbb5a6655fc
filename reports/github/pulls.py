"""Merged pull requests and the plans that were reviewed on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.github.api import PAGE, GitHub, Refused, Row

PLAN_ARTIFACT: Final = "planogram-plan"
"""What the artifacts that hold plans are called, or begin with."""


class NoPlan(Exception):
    """There is no plan to go by; the message says why."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as it was merged. `head` is the commit that its plan must be made of."""

    number: int
    title: str
    head: str
    merged_as: str
    url: str


@dataclass(frozen=True, slots=True)
class PlanFiles:
    """The plans of one run: file name → content. `commit` is what the run was started for."""

    run: int
    commit: str
    files: dict[str, bytes]


async def merged_with(github: GitHub, commit: str, branch: str) -> PullRequest | None:
    """The pull request that put a commit on a branch, or None: somebody pushed it."""
    async for row in github.pages(f"commits/{commit}/pulls"):
        if row["merged_at"] and row["base"]["ref"] == branch:
            return _pull(row, commit)
    return await merged_as(github, commit, branch)


async def merged_as(github: GitHub, commit: str, branch: str) -> PullRequest | None:
    """The pull request of which a commit is the merge, among the last hundred that were closed.

    GitHub's index from commits to pull requests may be a moment behind a merge; this is not.
    """
    rows = github.pages("pulls", state="closed", base=branch, sort="updated", direction="desc")
    seen = 0
    async for row in rows:
        if row["merged_at"] and row["merge_commit_sha"] == commit:
            return _pull(row, commit)
        seen += 1
        if seen == PAGE:
            break
    return None


def _pull(row: Row, commit: str) -> PullRequest:
    return PullRequest(
        number=row["number"],
        title=row["title"],
        head=row["head"]["sha"],
        merged_as=row["merge_commit_sha"] or commit,
        url=row["html_url"],
    )


async def plans_of(github: GitHub, pull: PullRequest, workflow: str) -> PlanFiles:
    """The newest plan that was made of what was merged. Raises `NoPlan`.

    A fork may hold the same commit; its runs have no credentials and plan nothing.
    """
    runs = [
        run
        async for run in github.pages(
            "actions/runs", "workflow_runs", head_sha=pull.head, event="pull_request"
        )
        if run["path"].split("@")[0].endswith(f"/{workflow}")
        and (run["head_repository"] or {}).get("full_name") == run["repository"]["full_name"]
    ]
    if not runs:
        raise NoPlan(f"no run of {workflow} has planned its last commit {pull.head[:12]}")
    runs.sort(key=lambda run: (run["run_number"], run.get("run_attempt") or 1), reverse=True)
    return await plans_of_run(github, runs[0])


async def run(github: GitHub, number: int) -> Row:
    """A workflow run. Raises `NoPlan` for one that is none."""
    try:
        return await github.get(f"actions/runs/{number}")
    except Refused as error:
        if error.status == 404:
            raise NoPlan(f"there is no run {number} in this repository") from error
        raise


async def plans_of_run(github: GitHub, run: Row) -> PlanFiles:
    """All plans that a run left. Raises `NoPlan`."""
    artifacts = [
        artifact
        async for artifact in github.pages(f"actions/runs/{run['id']}/artifacts", "artifacts")
        if artifact["name"] == PLAN_ARTIFACT or artifact["name"].startswith(f"{PLAN_ARTIFACT}-")
    ]
    if not artifacts:
        raise NoPlan(f"run {run['id']} left no plan")
    files: dict[str, bytes] = {}
    for artifact in _newest(artifacts):
        content = await _content(github, artifact)
        files |= {f"{artifact['name']}/{name}": data for name, data in content.items()}
    return PlanFiles(run["id"], run["head_sha"], files)


async def _content(github: GitHub, artifact: Row) -> dict[str, bytes]:
    if artifact["expired"]:
        raise NoPlan(f"the plan of run {artifact['workflow_run']['id']} has expired")
    try:
        return await github.artifact(artifact)
    except Refused as error:
        if error.status == 410:
            raise NoPlan("its plan has expired") from error
        raise


def _newest(artifacts: Sequence[Row]) -> list[Row]:
    """Of artifacts of one name (a run that was run again) the last."""
    return list({a["name"]: a for a in sorted(artifacts, key=lambda a: int(a["id"]))}.values())
