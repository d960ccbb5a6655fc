"""Workflow runs and artifacts as GitHub answers them."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any

from tests.github.records import Artifact, WorkflowRun
from tests.github.shapes.common import node, repository, stamp, user
from tests.github.shapes.git import simple_commit
from tests.github.shapes.pulls import minimal

if TYPE_CHECKING:
    from tests.github.emulated import GitHub


def workflow_id(file: str) -> int:
    """The number that GitHub gives a workflow file."""
    return zlib.crc32(file.encode())


def workflow_run(github: GitHub, one: WorkflowRun) -> dict[str, Any]:
    """A run. Its pull requests are those whose head it ran on."""
    url = f"{github.repo_url}/actions/runs/{one.id}"
    number = workflow_id(one.workflow)
    return {
        "id": one.id,
        "name": one.name,
        "node_id": node("WorkflowRun", one.id),
        "head_branch": one.head_branch,
        "head_sha": one.head_sha,
        "path": f".github/workflows/{one.workflow}",
        "run_number": one.number,
        "run_attempt": 1,
        "event": one.event,
        "status": one.status,
        "conclusion": one.conclusion,
        "workflow_id": number,
        "url": url,
        "html_url": f"{github.html_url}/actions/runs/{one.id}",
        "pull_requests": [minimal(github, pull) for pull in github.pulls_at(one.head_sha)],
        "created_at": stamp(one.created),
        "updated_at": stamp(one.updated),
        "run_started_at": stamp(one.created),
        "actor": user(github, one.actor),
        "triggering_actor": user(github, one.actor),
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{github.repo_url}/check-suites/1",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "workflow_url": f"{github.repo_url}/actions/workflows/{number}",
        "head_commit": simple_commit(github.bare.commit(one.head_sha)),
        "repository": repository(github),
        "head_repository": repository(github, one.head_owner),
        "display_title": one.name,
    }


def artifact(github: GitHub, one: Artifact) -> dict[str, Any]:
    """An artifact; an expired one stays listed."""
    url = f"{github.repo_url}/actions/artifacts/{one.id}"
    run, ours = github.runs[one.run_id], repository(github)["id"]
    return {
        "id": one.id,
        "node_id": node("Artifact", one.id),
        "name": one.name,
        "size_in_bytes": len(one.content),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": github.now() >= one.expires,
        "digest": f"sha256:{hashlib.sha256(one.content).hexdigest()}",
        "created_at": stamp(one.created),
        "updated_at": stamp(one.created),
        "expires_at": stamp(one.expires),
        "workflow_run": {
            "id": run.id,
            "repository_id": ours,
            "head_repository_id": repository(github, run.head_owner)["id"],
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
        },
    }
