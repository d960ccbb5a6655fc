"""Check runs, their annotations, and commit statuses as GitHub answers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.github.records import CheckRun, Status
from tests.github.shapes.common import integration, node, repository, stamp, user
from tests.github.shapes.pulls import minimal

if TYPE_CHECKING:
    from tests.github.emulated import GitHub


def check_run(github: GitHub, one: CheckRun) -> dict[str, Any]:
    """A check run, without its annotations, which have an address of their own."""
    url = f"{github.repo_url}/check-runs/{one.id}"
    return {
        "id": one.id,
        "node_id": node("CheckRun", one.id),
        "head_sha": one.sha,
        "external_id": one.external_id or "",
        "url": url,
        "html_url": f"{github.html_url}/runs/{one.id}",
        "details_url": one.details_url or f"{github.html_url}/runs/{one.id}",
        "status": one.status,
        "conclusion": one.conclusion,
        "started_at": one.started,
        "completed_at": one.completed,
        "output": {
            "title": one.title,
            "summary": one.summary,
            "text": one.text,
            "annotations_count": len(one.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "name": one.name,
        "check_suite": {"id": 1},
        "app": integration(github, one.author),
        "pull_requests": [minimal(github, pull) for pull in github.pulls_at(one.sha)],
    }


def annotation(github: GitHub, one: CheckRun, said: dict[str, Any]) -> dict[str, Any]:
    """An annotation, with the fields that were left out."""
    optional = ("start_column", "end_column", "title", "raw_details")
    href = f"{github.html_url}/blob/{one.sha}/{said['path']}"
    return dict.fromkeys(optional) | said | {"blob_href": href}


def status(github: GitHub, one: Status) -> dict[str, Any]:
    """A status as a list holds it."""
    return _simple_status(github, one) | {"creator": user(github, one.author)}


def combined(github: GitHub, sha: str, all_of: Sequence[Status]) -> dict[str, Any]:
    """All of a commit's statuses as one: the newest of each context."""
    newest = {one.context: one for one in sorted(all_of, key=lambda one: one.id)}
    return {
        "state": _together({one.state for one in newest.values()}),
        "statuses": [_simple_status(github, one) for one in newest.values()],
        "sha": sha,
        "total_count": len(newest),
        "repository": repository(github),
        "commit_url": f"{github.repo_url}/commits/{sha}",
        "url": f"{github.repo_url}/commits/{sha}/status",
    }


def _simple_status(github: GitHub, one: Status) -> dict[str, Any]:
    return {
        "id": one.id,
        "node_id": node("Status", one.id),
        "url": f"{github.repo_url}/statuses/{one.sha}",
        "avatar_url": f"{github.web_url}/avatars/{one.author.id}",
        "state": one.state,
        "description": one.description,
        "target_url": one.target_url,
        "context": one.context,
        "created_at": stamp(one.created),
        "updated_at": stamp(one.created),
    }


def _together(states: set[str]) -> str:
    if states & {"failure", "error"}:
        return "failure"
    return "success" if states == {"success"} else "pending"
