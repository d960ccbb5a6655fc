"""Issues, comments and labels as GitHub answers them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from tests.github.records import Comment, Issue
from tests.github.shapes.common import association, integration, node, stamp, user

if TYPE_CHECKING:
    from tests.github.emulated import GitHub


def label(github: GitHub, name: str) -> dict[str, Any]:
    """A label; its colour belongs to its name."""
    number = zlib.crc32(name.encode())
    return {
        "id": number,
        "node_id": node("Label", name),
        "url": f"{github.repo_url}/labels/{number}",
        "name": name,
        "description": "",
        "color": f"{number & 0xFFFFFF:06x}",
        "default": False,
    }


def comment(github: GitHub, one: Comment) -> dict[str, Any]:
    """A comment, with the app that wrote it if one did."""
    place = "pull" if github.issues[one.number].pull else "issues"
    return {
        "id": one.id,
        "node_id": node("IssueComment", one.id),
        "url": f"{github.repo_url}/issues/comments/{one.id}",
        "html_url": f"{github.html_url}/{place}/{one.number}#issuecomment-{one.id}",
        "issue_url": f"{github.repo_url}/issues/{one.number}",
        "body": one.body,
        "user": user(github, one.author),
        "created_at": stamp(one.created),
        "updated_at": stamp(one.updated),
        "author_association": association(github, one.author),
        "performed_via_github_app": integration(github, one.author),
    }


def issue(github: GitHub, one: Issue) -> dict[str, Any]:
    """An issue; a pull request is one too, and says so."""
    url = f"{github.repo_url}/issues/{one.number}"
    place = "pull" if one.pull else "issues"
    shape = {
        "id": 1_000_000 + one.number,
        "node_id": node("Issue", one.number),
        "url": url,
        "repository_url": github.repo_url,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": f"{github.html_url}/{place}/{one.number}",
        "number": one.number,
        "title": one.title,
        "body": one.body,
        "state": one.state,
        "state_reason": one.state_reason,
        "user": user(github, one.author),
        "labels": [label(github, name) for name in one.labels],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": False,
        "comments": len(github.comments_of(one.number)),
        "created_at": stamp(one.created),
        "updated_at": stamp(one.updated),
        "closed_at": one.closed and stamp(one.closed),
        "closed_by": one.closed_by and user(github, one.closed_by),
        "author_association": association(github, one.author),
        "performed_via_github_app": integration(github, one.author),
    }
    return shape | ({"pull_request": _pull_links(github, one)} if one.pull else {})


def found(github: GitHub, one: Issue) -> dict[str, Any]:
    """An issue as the search answers it."""
    shape = issue(github, one) | {"score": 1.0, "body": one.body or ""}
    del shape["closed_by"]
    return shape


def _pull_links(github: GitHub, one: Issue) -> dict[str, Any]:
    web = f"{github.html_url}/pull/{one.number}"
    merged = one.pull and one.pull.merged_at
    return {
        "url": f"{github.repo_url}/pulls/{one.number}",
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "merged_at": merged and stamp(merged),
    }
