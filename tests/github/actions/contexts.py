"""What workflows see of the event and of themselves: contexts, variables and permissions."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.github.actions.values import Closed, text
from tests.github.actions.workflow_file import Workflow, WorkflowError
from tests.github.events import Event
from tests.github.records import WorkflowRun
from tests.github.shapes.common import repository

if TYPE_CHECKING:
    from tests.github.emulated import GitHub

_SCOPES: Final = frozenset(
    [
        "actions",
        "attestations",
        "checks",
        "contents",
        "deployments",
        "discussions",
        "id-token",
        "issues",
        "models",
        "packages",
        "pages",
        "pull-requests",
        "security-events",
        "statuses",
    ]
)
_DEFAULT: Final = {"contents": "read"}
"""What a token may in a repository whose workflows are restricted, unless the file says more."""


def github_context(github: GitHub, event: Event, run: WorkflowRun, name: str) -> Closed:
    """The `github` context as far as it is the same for all jobs."""
    kind, _, short = event.ref.removeprefix("refs/").partition("/")
    pull = event.payload.get("pull_request", {})
    file = f"{github.full_name}/.github/workflows/{run.workflow}"
    return Closed(
        action_path=None,
        actor=event.actor.login,
        actor_id=str(event.actor.id),
        api_url=github.api_url,
        base_ref=pull.get("base", {}).get("ref", ""),
        event=event.payload,
        event_name=event.name,
        head_ref=pull.get("head", {}).get("ref", ""),
        ref=event.ref,
        ref_name=short,
        ref_type="tag" if kind == "tags" else "branch",
        ref_protected=short in github.protected,
        repository=github.full_name,
        repository_id=str(repository(github)["id"]),
        repository_owner=github.owner,
        repositoryUrl=f"{github.html_url}.git",
        run_attempt="1",
        run_id=str(run.id),
        run_number=str(run.number),
        server_url=github.web_url,
        sha=event.sha,
        triggering_actor=event.actor.login,
        workflow=name,
        workflow_ref=f"{file}@{event.ref}",
        workflow_sha=event.sha,
    )


def machine_variables(context: Mapping[str, Any], root: Path, event_path: Path) -> dict[str, str]:
    """The variables that every step finds, `GITHUB_EVENT_PATH` among them."""
    from_context = [
        "actor",
        "actor_id",
        "api_url",
        "base_ref",
        "event_name",
        "head_ref",
        "job",
        "ref",
        "ref_name",
        "ref_type",
        "ref_protected",
        "repository",
        "repository_id",
        "repository_owner",
        "run_attempt",
        "run_id",
        "run_number",
        "server_url",
        "sha",
        "triggering_actor",
        "workflow",
        "workflow_ref",
        "workflow_sha",
    ]
    return {
        **{f"GITHUB_{name.upper()}": text(context[name]) for name in from_context},
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(event_path),
        "GITHUB_WORKSPACE": str(root / "work" / "catalog"),
        "RUNNER_ARCH": "X64",
        "RUNNER_ENVIRONMENT": "github-hosted",
        "RUNNER_NAME": "emulated",
        "RUNNER_OS": platform.system(),
        "RUNNER_TEMP": str(root / "temp"),
    }


def runner_context(root: Path) -> Closed:
    """The `runner` context."""
    return Closed(
        arch="X64",
        debug="",
        environment="github-hosted",
        name="emulated",
        os=platform.system(),
        temp=str(root / "temp"),
        tool_cache=str(root / "tools"),
    )


def inputs_context(workflow: Workflow, event: Event) -> dict[str, Any]:
    """What a dispatch was given, with defaults, in the types that are declared."""
    if event.name != "workflow_dispatch":
        return {}
    declared = (workflow.triggers["workflow_dispatch"] or {}).get("inputs") or {}
    given = event.payload["inputs"]
    if strange := set(given) - set(declared):
        raise WorkflowError(f"inputs: {', '.join(strange)} is not declared")
    return {name: _input(name, spec or {}, given.get(name)) for name, spec in declared.items()}


def permissions(written: Any, *, trusted: bool) -> dict[str, str]:
    """What the token may: exactly what is written; for strangers nothing is more than reading."""
    if written is None:
        granted = dict(_DEFAULT)
    elif written in ("read-all", "write-all"):
        granted = dict.fromkeys(_SCOPES, written.removesuffix("-all"))
    elif isinstance(written, str) or set(written) - _SCOPES:
        raise WorkflowError(f"permissions: {written} is not known to this runner")
    else:
        granted = dict(written)
    return (
        granted if trusted else {k: "none" if v == "none" else "read" for k, v in granted.items()}
    )


def _input(name: str, spec: Mapping[str, Any], given: Any) -> Any:
    if given is None and spec.get("required") and "default" not in spec:
        raise WorkflowError(f"inputs: {name} is required")
    value = spec.get("default", "") if given is None else given
    if spec.get("type") == "boolean":
        return text(value) == "true"
    if spec.get("type") == "choice" and value not in spec["options"]:
        raise WorkflowError(f"inputs: {name} is none of {spec['options']}")
    return float(value) if spec.get("type") == "number" and value != "" else text(value)
