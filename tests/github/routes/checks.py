"""Check runs and commit statuses."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.github.records import CheckRun, Status
from tests.github.refusals import Refusal, check_description, check_output
from tests.github.routes.table import Answer, Call, found, route
from tests.github.shapes import checks as shapes
from tests.github.shapes.common import stamp

_ONE = "~/check-runs/{check_run_id}"
_FIELDS = {"name": "name", "details_url": "details_url", "external_id": "external_id"}


@route("POST ~/check-runs", "checks:write")
def create_check_run(call: Call) -> Answer:
    """Only an app may; a conclusion completes it."""
    _only_apps(call)
    sha = _commit(call, call.body["head_sha"])
    made = CheckRun(
        call.github.next_id(),
        call.body["name"],
        sha,
        call.token.actor,
        "queued",
        None,
        call.body.get("started_at") or stamp(call.github.now()),
        None,
    )
    _fill(call, made)
    call.github.check_runs[made.id] = made
    return Answer(201, shapes.check_run(call.github, made))


@route(f"PATCH {_ONE}", "checks:write")
def update_check_run(call: Call) -> Answer:
    """Annotations are added to those that are there; the rest is replaced."""
    _only_apps(call)
    one = _check_run(call)
    if one.author != call.token.actor:
        raise Refusal(
            403,
            f"Invalid app_id `{one.author.id}` - check run can only be modified "
            "by the GitHub App that created it.",
        )
    _fill(call, one)
    return Answer(200, shapes.check_run(call.github, one))


@route(f"GET {_ONE}", "checks:read")
def get_check_run(call: Call) -> Answer:
    return Answer(200, shapes.check_run(call.github, _check_run(call)))


@route(f"GET {_ONE}/annotations", "checks:read")
def list_annotations(call: Call) -> Answer:
    one = _check_run(call)
    return call.page(one.annotations, partial(shapes.annotation, call.github, one))


@route("GET ~/commits/{ref}/check-runs", "checks:read")
def list_check_runs(call: Call) -> Answer:
    """Of each name the newest, unless all are asked for."""
    sha, name = _commit(call, call.values["ref"]), call.query.get("check_name")
    every = [c for c in call.github.check_runs.values() if c.sha == sha and name in (None, c.name)]
    if call.query.get("filter", "latest") == "latest":
        every = list({one.name: one for one in every}.values())
    status = call.query.get("status")
    chosen = [one for one in every if status in (None, one.status)]
    return call.page(chosen, partial(shapes.check_run, call.github), "check_runs")


@route("POST ~/statuses/{sha}", "statuses:write")
def create_status(call: Call) -> Answer:
    """A commit holds any number; the newest of a context counts."""
    check_description(call.body.get("description"))
    github, body = call.github, call.body
    made = Status(
        github.next_id(),
        _commit(call, call.values["sha"]),
        body["state"],
        body.get("context", "default"),
        body.get("description"),
        body.get("target_url"),
        call.token.actor,
        github.now(),
    )
    github.statuses.append(made)
    return Answer(201, shapes.status(github, made))


@route("GET ~/commits/{ref}/statuses", "statuses:read")
def list_statuses(call: Call) -> Answer:
    """The newest first."""
    return call.page(_statuses(call)[::-1], partial(shapes.status, call.github))


@route("GET ~/commits/{ref}/status", "statuses:read")
def combined_status(call: Call) -> Answer:
    sha = _commit(call, call.values["ref"])
    return Answer(200, shapes.combined(call.github, sha, _statuses(call)))


def _only_apps(call: Call) -> None:
    if call.token.actor.app is None:
        raise Refusal(403, "You must authenticate via a GitHub App.")


def _check_run(call: Call) -> CheckRun:
    return found(call.github.check_runs.get(call.number("check_run_id")))


def _commit(call: Call, revision: str) -> str:
    sha = call.github.bare.sha(revision)
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {revision}")
    return sha


def _statuses(call: Call) -> list[Status]:
    sha = _commit(call, call.values["ref"])
    return [one for one in call.github.statuses if one.sha == sha]


def _fill(call: Call, one: CheckRun) -> None:
    body = call.body
    output: dict[str, Any] = body.get("output", {})
    check_output(output)
    for field, attribute in _FIELDS.items():
        setattr(one, attribute, body.get(field, getattr(one, attribute)))
    for field in ("title", "summary", "text"):
        setattr(one, field, output.get(field, getattr(one, field)))
    one.annotations += output.get("annotations", [])
    one.conclusion = body.get("conclusion", one.conclusion)
    one.status = "completed" if body.get("conclusion") else body.get("status", one.status)
    if one.status == "completed":
        one.completed = body.get("completed_at") or stamp(call.github.now())
