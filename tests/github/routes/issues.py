"""Issues and labels."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from tests.github.records import Issue
from tests.github.refusals import check_body, invalid
from tests.github.routes.table import Answer, Call, route
from tests.github.shapes import issues as shapes

_READ = "issues:read|pull-requests:read"
_LABELS = "~/issues/{issue_number}/labels"


def access(call: Call, level: str) -> str:
    """Pull requests are issues too: either permission opens them."""
    issue = call.github.issues.get(call.number("issue_number"))
    is_pull = issue is not None and issue.pull is not None
    return f"issues:{level}" + (f"|pull-requests:{level}" if is_pull else "")


def reading(call: Call) -> str:
    return access(call, "read")


def writing(call: Call) -> str:
    return access(call, "write")


@route("GET ~/issues", _READ)
def list_issues(call: Call) -> Answer:
    """Issues and pull requests, the newest first unless asked otherwise."""
    query = call.query
    state, creator = query.get("state", "open"), query.get("creator")
    labels = {name for name in query.get("labels", "").split(",") if name}
    chosen = [
        issue
        for issue in call.github.issues.values()
        if state in ("all", issue.state)
        and creator in (None, issue.author.login)
        and labels <= set(issue.labels)
        and query.get("since", "") <= issue.updated.strftime("%Y-%m-%dT%H:%M:%SZ")
    ]
    ordered = _ordered(chosen, query.get("sort", "created"), query.get("direction", "desc"))
    return call.page(ordered, partial(shapes.issue, call.github))


@route("POST ~/issues", "issues:write")
def create_issue(call: Call) -> Answer:
    """Open an issue; labels that are new are made."""
    if not str(call.body["title"]).strip():
        raise invalid("Issue", "title", "missing_field")
    check_body("Issue", call.body.get("body"))
    issue = call.github.open_issue(
        str(call.body["title"]),
        call.body.get("body"),
        call.token.actor,
        labels=_names(call.body.get("labels", [])),
    )
    return Answer(201, shapes.issue(call.github, issue))


@route("GET ~/issues/{issue_number}", reading)
def get_issue(call: Call) -> Answer:
    return Answer(200, shapes.issue(call.github, call.issue()))


@route("PATCH ~/issues/{issue_number}", writing)
def update_issue(call: Call) -> Answer:
    """Change what is said; closing says when and by whom, reopening takes that back."""
    issue, body = call.issue(), call.body or {}
    check_body("Issue", body.get("body"))
    issue.title = str(body.get("title", issue.title))
    issue.body = body.get("body", issue.body)
    if "labels" in body:
        issue.labels = _names(body["labels"])
    if body.get("state", issue.state) != issue.state:
        _turn(call, issue, body)
    issue.updated = call.github.now()
    return Answer(200, shapes.issue(call.github, issue))


@route(f"GET {_LABELS}", reading)
def list_labels(call: Call) -> Answer:
    return call.page(call.issue().labels, partial(shapes.label, call.github))


@route(f"POST {_LABELS}", writing)
def add_labels(call: Call) -> Answer:
    """Add to those that are there."""
    issue = call.issue()
    issue.labels = list(dict.fromkeys([*issue.labels, *_names(call.body["labels"])]))
    return Answer(200, [shapes.label(call.github, name) for name in issue.labels])


@route(f"PUT {_LABELS}", writing)
def set_labels(call: Call) -> Answer:
    """Exactly these."""
    issue = call.issue()
    issue.labels = _names((call.body or {}).get("labels", []))
    return Answer(200, [shapes.label(call.github, name) for name in issue.labels])


@route(f"DELETE {_LABELS}", writing)
def remove_labels(call: Call) -> Answer:
    call.issue().labels = []
    return Answer(204)


@route("GET /search/issues", _READ)
def search(call: Call) -> Answer:
    """The qualifiers that scripts use; another one is refused, so that nothing matches by luck."""
    terms = re.findall(r'(?:[\w-]+:)?"[^"]*"|\S+', call.query["q"])
    chosen = [i for i in call.github.issues.values() if all(_fits(call, i, t) for t in terms)]
    page = call.page(chosen[::-1], partial(shapes.found, call.github), "items")
    extra = {"incomplete_results": False, "search_type": "lexical"}
    return Answer(200, page.body | extra, page.headers)


def _fits(call: Call, issue: Issue, term: str) -> bool:
    name, _, value = term.partition(":") if ":" in term else ("", "", term)
    value = value.strip('"')
    kind = "pr" if issue.pull else "issue"
    facts: dict[str, Any] = {
        "repo": value == call.github.full_name,
        "is": value in (kind, issue.state) or (kind == "pr" and value == "pull-request"),
        "type": value == kind,
        "state": value == issue.state,
        "label": value in issue.labels,
        "author": value in (issue.author.login, f"app/{issue.author.app}"),
        "in": value in ("title", "body"),
        "": value.lower() in f"{issue.title}\n{issue.body or ''}".lower(),
    }
    if name not in facts:
        raise invalid("Search", "q", "invalid", f"{name} is not emulated")
    return bool(facts[name])


def _ordered(issues: list[Issue], sort: str, direction: str) -> list[Issue]:
    if sort not in ("created", "updated"):
        raise invalid("Issue", "sort", "invalid")
    keys = {"created": lambda i: i.number, "updated": lambda i: (i.updated, i.number)}
    return sorted(issues, key=keys[sort], reverse=direction == "desc")


def _turn(call: Call, issue: Issue, body: dict[str, Any]) -> None:
    issue.state = body["state"]
    is_closed = issue.state == "closed"
    issue.closed = call.github.now() if is_closed else None
    issue.closed_by = call.token.actor if is_closed else None
    issue.state_reason = body.get("state_reason") or ("completed" if is_closed else "reopened")


def _names(labels: list[Any]) -> list[str]:
    """A label is named by itself or in an object."""
    return list(dict.fromkeys(one if isinstance(one, str) else one["name"] for one in labels))
