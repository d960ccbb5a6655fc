"""One job on its machine: what its expressions may name, and what its steps share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.github.actions.expressions import Scope
from tests.github.actions.machine import Machine
from tests.github.actions.results import JobResult, StepResult
from tests.github.actions.values import Closed
from tests.github.events import Event

if TYPE_CHECKING:
    from tests.github.emulated import GitHub


@dataclass
class JobRun:
    """A job that runs. Composite actions share it, with contexts of their own."""

    github: GitHub
    event: Event
    run_id: int
    machine: Machine
    contexts: Mapping[str, Any]
    """Those that stay the same for the whole job."""
    token: str
    result: JobResult
    defaults: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)
    status: str = "success"
    seconds: float = 3600.0

    @property
    def masks(self) -> list[str]:
        """What must not be read in a log."""
        return [*self.secrets.values(), self.token, *self.machine.masks]

    def seen_by(self, steps: Steps, env: Mapping[str, str]) -> Scope:
        """What a step's expressions may name."""
        github = self.contexts["github"]
        if steps.action_path:
            github = type(github)({**github, "action_path": str(steps.action_path)})
        contexts = {
            **self.contexts,
            "github": github,
            "env": {**self.machine.env, **env},
            "job": {"status": self.status},
            "steps": steps.context(),
        }
        if steps.inputs is not None:
            contexts["inputs"] = steps.inputs
            contexts.pop("secrets")
        return Scope(contexts, steps.functions(self))


@dataclass
class Steps:
    """Steps that see one another: a job's, or a composite action's."""

    known: tuple[str, ...]
    results: list[StepResult] = field(default_factory=list)
    inputs: Mapping[str, Any] | None = None
    action_path: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    """What a composite action was given by the step that uses it."""

    def context(self) -> Mapping[str, Any]:
        """The `steps` context: those with an id; a misspelt id raises."""
        done = {
            step.id: {
                "outputs": step.outputs,
                "outcome": step.outcome,
                "conclusion": step.conclusion,
            }
            for step in self.results
            if step.id
        }
        return Closed({**dict.fromkeys(self.known), **done})

    def functions(self, job: JobRun) -> dict[str, Callable[..., Any]]:
        """What asks for the state of things here: a composite action looks at itself alone."""
        failed = any(step.conclusion == "failure" for step in self.results)
        before = job.status if self.inputs is None else "success"
        status = "failure" if failed else before
        return {
            "success": lambda: status == "success",
            "failure": lambda: status == "failure",
            "cancelled": lambda: status == "cancelled",
            "always": lambda: True,
            "hashFiles": lambda *patterns: hash_files(job.machine.workspace, patterns),
        }


def without_secrets(scope: Scope) -> Scope:
    """An `if` may not look at secrets."""
    return replace(scope, contexts={k: v for k, v in scope.contexts.items() if k != "secrets"})


def hash_files(workspace: Path, patterns: tuple[str, ...]) -> str:
    """One digest over the digests of all files that fit; nothing if none does."""
    files = sorted({file for one in patterns for file in workspace.glob(one) if file.is_file()})
    if not files:
        return ""
    digests = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)
    return hashlib.sha256(digests).hexdigest()
