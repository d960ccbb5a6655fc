"""Comments below issues and pull requests."""

from __future__ import annotations

from functools import partial

from tests.github.records import Comment
from tests.github.refusals import check_body, forbidden, invalid
from tests.github.routes.issues import access, reading
from tests.github.routes.table import Answer, Call, found, route
from tests.github.shapes.issues import comment as shape

_ALL = "~/issues/{issue_number}/comments"
_ONE = "~/issues/comments/{comment_id}"


def _commenting(call: Call) -> str:
    return f"{access(call, 'write')}|comments:write"


def _reading_one(call: Call) -> str:
    return _at(call, "read")


def _editing(call: Call) -> str:
    return f"{_at(call, 'write')}|comments:write"


@route(f"GET {_ALL}", reading)
def list_comments(call: Call) -> Answer:
    """The oldest first."""
    call.issue()
    every = call.github.comments_of(call.number("issue_number"))
    return call.page(every, partial(shape, call.github))


@route(f"POST {_ALL}", _commenting)
def create_comment(call: Call) -> Answer:
    issue = call.issue()
    _check(call.body["body"], created=True)
    made = call.github.write_comment(issue.number, call.body["body"], call.token.actor)
    return Answer(201, shape(call.github, made))


@route(f"GET {_ONE}", _reading_one)
def get_comment(call: Call) -> Answer:
    return Answer(200, shape(call.github, _comment(call)))


@route(f"PATCH {_ONE}", _editing)
def update_comment(call: Call) -> Answer:
    """Who may write, edits anybody's; a stranger his own only."""
    comment = _own_or_any(call)
    _check(call.body["body"], created=False)
    comment.body, comment.updated = call.body["body"], call.github.now()
    return Answer(200, shape(call.github, comment))


@route(f"DELETE {_ONE}", _editing)
def delete_comment(call: Call) -> Answer:
    del call.github.comments[_own_or_any(call).id]
    return Answer(204)


def _comment(call: Call) -> Comment:
    return found(call.github.comments.get(call.number("comment_id")))


def _at(call: Call, level: str) -> str:
    comment = call.github.comments.get(call.number("comment_id"))
    is_pull = comment is not None and call.github.issues[comment.number].pull is not None
    return f"issues:{level}" + (f"|pull-requests:{level}" if is_pull else "")


def _own_or_any(call: Call) -> Comment:
    comment = _comment(call)
    if comment.author != call.token.actor and not call.token.may(_at(call, "write")):
        raise forbidden()
    return comment


def _check(body: str, *, created: bool) -> None:
    check_body("IssueComment", body, created=created)
    if not body.strip():
        raise invalid("IssueComment", "data", "unprocessable", "Body cannot be blank")
