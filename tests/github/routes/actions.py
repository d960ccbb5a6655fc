"""Workflow runs, their artifacts, and dispatches."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from tests.github.actions.workflow_file import read_workflow
from tests.github.records import Artifact, WorkflowRun
from tests.github.refusals import Refusal, not_found
from tests.github.routes.table import Answer, Call, found, route
from tests.github.shapes import actions as shapes

_READ, _WRITE = "actions:read", "actions:write"
_ARTIFACT = "~/actions/artifacts/{artifact_id}"
_RUN = "~/actions/runs/{run_id}"
_MOST_INPUTS = 25


@route("GET ~/actions/runs", _READ)
def list_runs(call: Call) -> Answer:
    return _page_of(call, call.github.runs.values())


@route("GET ~/actions/workflows/{workflow_id}/runs", _READ)
def list_runs_of_workflow(call: Call) -> Answer:
    file = _workflow(call)
    return _page_of(call, [one for one in call.github.runs.values() if one.workflow == file])


@route(f"GET {_RUN}", _READ)
def get_run(call: Call) -> Answer:
    return Answer(200, shapes.workflow_run(call.github, _run(call)))


@route(f"DELETE {_RUN}", _WRITE)
def delete_run(call: Call) -> Answer:
    """Its artifacts go with it."""
    run = _run(call)
    del call.github.runs[run.id]
    kept = {k: one for k, one in call.github.artifacts.items() if one.run_id != run.id}
    call.github.artifacts = kept
    return Answer(204)


@route("POST ~/actions/workflows/{workflow_id}/dispatches", _WRITE)
def dispatch(call: Call) -> Answer:
    """Start a run, which waits until a test lets the runner take it."""
    github, inputs = call.github, call.body.get("inputs", {})
    file, ref = _workflow(call), call.body["ref"]
    sha = github.bare.sha(ref)
    if sha is None:
        raise Refusal(422, f"No ref found for: {ref}")
    _check_inputs(call, file, sha)
    run = github.start_run(
        file, "workflow_dispatch", ref.removeprefix("refs/heads/"), sha, call.token.actor
    )
    run.inputs = inputs
    if not call.body.get("return_run_details"):
        return Answer(204)
    shape = shapes.workflow_run(github, run)
    urls = {"run_url": shape["url"], "html_url": shape["html_url"]}
    return Answer(200, {"workflow_run_id": run.id, **urls})


@route("GET ~/actions/artifacts", _READ)
def list_artifacts(call: Call) -> Answer:
    return _artifacts(call, list(call.github.artifacts.values()))


@route(f"GET {_RUN}/artifacts", _READ)
def list_artifacts_of_run(call: Call) -> Answer:
    run = _run(call)
    return _artifacts(call, [a for a in call.github.artifacts.values() if a.run_id == run.id])


@route(f"GET {_ARTIFACT}", _READ)
def get_artifact(call: Call) -> Answer:
    return Answer(200, shapes.artifact(call.github, _artifact(call)))


@route(f"DELETE {_ARTIFACT}", _WRITE)
def delete_artifact(call: Call) -> Answer:
    del call.github.artifacts[_artifact(call).id]
    return Answer(204)


@route(f"GET {_ARTIFACT}/{{archive_format}}", _READ)
def download_artifact(call: Call) -> Answer:
    """A link to another host, which must not be shown the token."""
    one = _artifact(call)
    if call.values["archive_format"] != "zip":
        raise not_found()
    if call.github.now() >= one.expires:
        raise Refusal(410, "Artifact has expired")
    return Answer(302, headers={"Location": call.github.blobs.link(one)})


def _run(call: Call) -> WorkflowRun:
    return found(call.github.runs.get(call.number("run_id")))


def _artifact(call: Call) -> Artifact:
    return found(call.github.artifacts.get(call.number("artifact_id")))


def _page_of(call: Call, runs: Iterable[WorkflowRun]) -> Answer:
    query = call.query
    chosen = [
        one
        for one in runs
        if query.get("head_sha") in (None, one.head_sha)
        and query.get("event") in (None, one.event)
        and query.get("branch") in (None, one.head_branch)
        and query.get("actor") in (None, one.actor.login)
        and query.get("status") in (None, one.status, one.conclusion)
    ]
    newest_first = sorted(chosen, key=lambda one: one.id, reverse=True)
    return call.page(newest_first, partial(shapes.workflow_run, call.github), "workflow_runs")


def _artifacts(call: Call, every: list[Artifact]) -> Answer:
    name = call.query.get("name")
    chosen = [one for one in every if name in (None, one.name)]
    ascending = call.query.get("direction") == "asc"
    ordered = sorted(chosen, key=lambda one: one.id, reverse=not ascending)
    return call.page(ordered, partial(shapes.artifact, call.github), "artifacts")


def _workflow(call: Call) -> str:
    """A workflow is named by its file or by its number."""
    wanted = call.values["workflow_id"]
    for file in call.github.workflow_files():
        if wanted in (file, str(shapes.workflow_id(file))):
            return file
    raise not_found()


def _check_inputs(call: Call, file: str, sha: str) -> None:
    triggers = read_workflow(call.github.workflow_text(file, sha)).triggers
    if "workflow_dispatch" not in triggers:
        raise Refusal(422, "Workflow does not have 'workflow_dispatch' trigger")
    declared = (triggers["workflow_dispatch"] or {}).get("inputs") or {}
    inputs = call.body.get("inputs", {})
    if len(inputs) > _MOST_INPUTS:
        raise Refusal(422, f"you may only define up to {_MOST_INPUTS} `inputs`")
    if strange := [name for name in inputs if name not in declared]:
        raise Refusal(422, f"Unexpected inputs provided: {strange}")
    for name, spec in declared.items():
        if (spec or {}).get("required") and name not in inputs and "default" not in spec:
            raise Refusal(422, f"Required input '{name}' not provided")
