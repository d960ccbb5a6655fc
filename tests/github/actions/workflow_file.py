"""A workflow file as it is read: its triggers, its jobs and their steps, unknown words refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML

_WORKFLOW: Final = frozenset(
    {"name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"}
)
_JOB: Final = frozenset(
    [
        "name",
        "permissions",
        "needs",
        "if",
        "runs-on",
        "environment",
        "concurrency",
        "outputs",
        "env",
        "defaults",
        "steps",
        "timeout-minutes",
        "strategy",
        "continue-on-error",
    ]
)
_STEP: Final = frozenset(
    [
        "id",
        "if",
        "name",
        "uses",
        "run",
        "working-directory",
        "shell",
        "with",
        "env",
        "continue-on-error",
        "timeout-minutes",
    ]
)


class WorkflowError(Exception):
    """A workflow file that GitHub would refuse, or that says what this runner does not know."""


@dataclass(frozen=True)
class Step:
    """One step: a script or an action."""

    position: int
    spec: Mapping[str, Any]

    @property
    def id(self) -> str | None:
        return self.spec.get("id")

    @property
    def name(self) -> str:
        """What a log calls it."""
        said = self.spec.get("name") or self.spec.get("uses") or self.spec.get("run", "")
        return str(said).strip().splitlines()[0]


@dataclass(frozen=True)
class Job:
    """One job as it is written; a matrix makes several of it."""

    id: str
    spec: Mapping[str, Any]
    steps: tuple[Step, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        needs = self.spec.get("needs", ())
        return (needs,) if isinstance(needs, str) else tuple(needs)


@dataclass(frozen=True)
class Workflow:
    """A whole file."""

    name: str | None
    triggers: Mapping[str, Any]
    spec: Mapping[str, Any]
    jobs: Mapping[str, Job] = field(default_factory=dict)


def read_workflow(text: str) -> Workflow:
    """The file's parts. Raises `WorkflowError` for words that are not known."""
    spec = load_yaml(text)
    _check("the workflow", spec, _WORKFLOW)
    jobs = {name: _job(name, one) for name, one in spec["jobs"].items()}
    _check_needs(jobs)
    return Workflow(spec.get("name"), _triggers(spec["on"]), spec, jobs)


def read_steps(specs: Any, where: str) -> tuple[Step, ...]:
    """The steps of a job or of a composite action."""
    steps = tuple(Step(position, one) for position, one in enumerate(specs, start=1))
    for step in steps:
        _check_step(f"{where}, step {step.position}", step)
    named = [step.id for step in steps if step.id]
    if len(named) != len(set(named)):
        raise WorkflowError(f"{where}: an id stands twice")
    return steps


def load_yaml(text: str) -> Any:
    """YAML 1.2, in which `on` is a word."""
    return YAML(typ="safe", pure=True).load(text)


def _triggers(on: Any) -> dict[str, Any]:
    if isinstance(on, str):
        return {on: None}
    return dict.fromkeys(on) if isinstance(on, list) else dict(on)


def _job(name: str, spec: Any) -> Job:
    _check(f"job {name}", spec, _JOB)
    if "runs-on" not in spec:
        raise WorkflowError(f"job {name} says no runs-on")
    return Job(name, spec, read_steps(spec["steps"], f"job {name}"))


def _check_step(where: str, step: Step) -> None:
    _check(where, step.spec, _STEP)
    if ("run" in step.spec) == ("uses" in step.spec):
        raise WorkflowError(f"{where}: either run or uses")


def _check(where: str, spec: Any, known: frozenset[str]) -> None:
    if strange := [word for word in spec if word not in known]:
        raise WorkflowError(f"{where}: {', '.join(strange)} is not known to this runner")


def _check_needs(jobs: Mapping[str, Job]) -> None:
    for job in jobs.values():
        for need in job.needs:
            if need not in jobs:
                raise WorkflowError(f"job {job.id} needs {need}, which there is not")
