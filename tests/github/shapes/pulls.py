"""Pull requests as GitHub answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.github.people import person
from tests.github.records import Issue, Pull
from tests.github.shapes.common import association, node, repository, stamp, user
from tests.github.shapes.issues import label

if TYPE_CHECKING:
    from tests.github.emulated import GitHub


def simple(github: GitHub, one: Issue) -> dict[str, Any]:
    """As a list holds it."""
    assert one.pull is not None
    api, web = f"{github.repo_url}/pulls/{one.number}", f"{github.html_url}/pull/{one.number}"
    as_issue = f"{github.repo_url}/issues/{one.number}"
    links = _links(github, one.pull, api, as_issue)
    return {
        "id": 2_000_000 + one.number,
        "node_id": node("PullRequest", one.number),
        "url": api,
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "issue_url": as_issue,
        **{f"{name}_url": url for name, url in links.items()},
        "_links": {name: {"href": url} for name, url in links.items()}
        | {"self": {"href": api}, "html": {"href": web}, "issue": {"href": as_issue}},
        "number": one.number,
        "state": one.state,
        "locked": False,
        "title": one.title,
        "body": one.body,
        "user": user(github, one.author),
        "labels": [label(github, name) for name in one.labels],
        "milestone": None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "created_at": stamp(one.created),
        "updated_at": stamp(one.updated),
        "closed_at": one.closed and stamp(one.closed),
        "merged_at": one.pull.merged_at and stamp(one.pull.merged_at),
        "merge_commit_sha": one.pull.merge_sha,
        "head": end(github, one.pull.owner, one.pull.head, one.pull.sha),
        "base": end(github, github.owner, one.pull.base, one.pull.base_sha),
        "author_association": association(github, one.author),
        "auto_merge": None,
        "draft": one.pull.draft,
    }


def full(github: GitHub, one: Issue) -> dict[str, Any]:
    """As it is answered alone, with what GitHub counts."""
    assert one.pull is not None
    base = github.bare.merge_base(one.pull.base_sha, one.pull.sha)
    changes = github.bare.changes(base, one.pull.sha)
    mergeable = None if one.pull.merged_at else one.pull.merge_sha is not None
    return simple(github, one) | {
        "merged": one.pull.merged_at is not None,
        "merged_by": one.pull.merged_by and user(github, one.pull.merged_by),
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": {None: "unknown", True: "clean", False: "dirty"}[mergeable],
        "comments": len(github.comments_of(one.number)),
        "review_comments": 0,
        "maintainer_can_modify": one.pull.owner != github.owner,
        "commits": len(github.bare.between(base, one.pull.sha)),
        "additions": sum(change.additions for change in changes),
        "deletions": sum(change.deletions for change in changes),
        "changed_files": len(changes),
    }


def minimal(github: GitHub, one: Issue) -> dict[str, Any]:
    """As a run or a check names it."""
    assert one.pull is not None
    return {
        "id": 2_000_000 + one.number,
        "number": one.number,
        "url": f"{github.repo_url}/pulls/{one.number}",
        "head": _minimal_end(github, one.pull.owner, one.pull.head, one.pull.sha),
        "base": _minimal_end(github, github.owner, one.pull.base, one.pull.base_sha),
    }


def end(github: GitHub, owner: str, branch: str, sha: str) -> dict[str, Any]:
    """The head or the base."""
    return {
        "label": f"{owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "repo": repository(github, owner),
        "user": user(github, person(owner)),
    }


def _minimal_end(github: GitHub, owner: str, branch: str, sha: str) -> dict[str, Any]:
    shape = repository(github, owner)
    return {"ref": branch, "sha": sha, "repo": {k: shape[k] for k in ("id", "url", "name")}}


def _links(github: GitHub, pull: Pull, api: str, as_issue: str) -> dict[str, str]:
    return {
        "comments": f"{as_issue}/comments",
        "commits": f"{api}/commits",
        "statuses": f"{github.repo_url}/statuses/{pull.sha}",
        "review_comments": f"{api}/comments",
        "review_comment": f"{github.repo_url}/pulls/comments{{/number}}",
    }
