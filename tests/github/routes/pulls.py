"""Pull requests: listed, opened, changed, and found by a commit."""

from __future__ import annotations

from functools import partial

from tests.github.records import Issue, Pull
from tests.github.refusals import Refusal, check_body, invalid
from tests.github.routes.table import Answer, Call, found, route
from tests.github.shapes import git, pulls

_READ, _WRITE = "pull-requests:read", "pull-requests:write"
_FILES_LIMIT = 3000


@route("GET ~/pulls", _READ)
def list_pulls(call: Call) -> Answer:
    """The newest first; `head` is `owner:branch`, and ignored without an owner."""
    state, base = call.query.get("state", "open"), call.query.get("base")
    chosen = [
        issue
        for issue, pull in call.github.pulls()
        if state in ("all", issue.state)
        and base in (None, pull.base)
        and _is_head(call.query.get("head", ""), pull)
    ]
    ascending = call.query.get("direction", "desc") == "asc"
    ordered = sorted(chosen, key=lambda issue: issue.number, reverse=not ascending)
    return call.page(ordered, partial(pulls.simple, call.github))


@route("POST ~/pulls", _WRITE)
def create_pull(call: Call) -> Answer:
    """Open one. A workflow's token may only where the repository allows it."""
    if call.token.actions and not call.github.actions_may_open_pulls:
        words = "GitHub Actions is not permitted to create or approve pull requests."
        raise Refusal(403, words)
    check_body("PullRequest", call.body.get("body"))
    issue = call.github.open_pull(
        call.body["head"],
        base=call.body["base"],
        title=call.body.get("title", ""),
        body=call.body.get("body"),
        author=call.token.actor,
        draft=call.body.get("draft", False),
    )
    return Answer(201, pulls.full(call.github, issue))


@route("GET ~/pulls/{pull_number}", _READ)
def get_pull(call: Call) -> Answer:
    issue, _ = call.pull()
    return Answer(200, pulls.full(call.github, issue))


@route("PATCH ~/pulls/{pull_number}", _WRITE)
def update_pull(call: Call) -> Answer:
    """Change the words or the state."""
    issue, pull = call.pull()
    body = call.body or {}
    check_body("PullRequest", body.get("body"))
    issue.title, issue.body = body.get("title", issue.title), body.get("body", issue.body)
    if "base" in body:
        if call.github.bare.tip(body["base"]) is None:
            raise invalid("PullRequest", "base", "invalid")
        pull.base = body["base"]
    _turn(call, issue, pull, body.get("state", issue.state))
    issue.updated = call.github.now()
    return Answer(200, pulls.full(call.github, issue))


@route("GET ~/pulls/{pull_number}/files", f"{_READ}|contents:read")
def list_files(call: Call) -> Answer:
    """At most 3,000; beyond that GitHub is silent."""
    _, pull = call.pull()
    base = call.github.bare.merge_base(pull.base_sha, pull.sha)
    changes = call.github.bare.changes(base, pull.sha)[:_FILES_LIMIT]
    return call.page(changes, partial(git.file, call.github, pull.sha))


@route("GET ~/commits/{commit_sha}/pulls", f"{_READ}|contents:read")
def pulls_of_commit(call: Call) -> Answer:
    """The merged one that brought a commit to the default branch; elsewhere, those that hold it."""
    github = call.github
    sha = found(github.bare.sha(call.values["commit_sha"]))
    if github.bare.contains(github.default_branch, sha):
        chosen = [issue for issue, pull in github.pulls() if _brought(pull, sha)]
    else:
        chosen = [issue for issue, pull in github.pulls() if _holds(call, pull, sha)]
    return call.page(chosen, partial(pulls.simple, github))


def _is_head(wanted: str, pull: Pull) -> bool:
    return ":" not in wanted or wanted == f"{pull.owner}:{pull.head}"


def _brought(pull: Pull, sha: str) -> bool:
    return pull.merged_at is not None and sha in pull.landed


def _holds(call: Call, pull: Pull, sha: str) -> bool:
    bare = call.github.bare
    return bare.is_ancestor(sha, pull.sha) and not bare.is_ancestor(sha, pull.base_sha)


def _turn(call: Call, issue: Issue, pull: Pull, state: str) -> None:
    if state == issue.state:
        return
    if pull.merged_at:
        raise invalid("PullRequest", "state", "invalid", "cannot reopen a merged pull request")
    issue.state = state
    issue.closed = call.github.now() if state == "closed" else None
    issue.closed_by = call.token.actor if state == "closed" else None
