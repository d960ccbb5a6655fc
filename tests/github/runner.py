"""The runner: a workflow file carried out from its own YAML, for one event, on this machine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.github.actions.carrying import Carrying
from tests.github.actions.results import Run
from tests.github.actions.triggers import begins
from tests.github.actions.workflow_file import Workflow, read_workflow
from tests.github.emulated import GitHub
from tests.github.events import Event
from tests.github.records import WorkflowRun

FOLDER = ".github/workflows"


class NotTriggered(Exception):
    """The event does not start this workflow."""


@dataclass(frozen=True)
class Environment:
    """What a job may use that names it; `branches` are those it may be used from."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    vars: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False
    branches: tuple[str, ...] | None = None


@dataclass
class Runner:
    """What is set up around workflow files; without a root they are those of the event's commit."""

    github: GitHub
    folder: Path
    """Where machines are made; each job gets a fresh one."""
    workflows_root: Path | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    vars: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    machine: Mapping[str, str] = field(default_factory=dict)
    """Variables that every machine has beside GitHub's own."""
    approves: Callable[[str, str], bool] = lambda environment, job: True
    """Whether somebody lets a job into a protected environment."""

    def __post_init__(self) -> None:
        if self.workflows_root:
            files = (self.workflows_root / FOLDER).glob("*.yml")
            self.github.workflows |= {file.name: file.read_text("utf-8") for file in files}

    def run(self, workflow: str, event: Event) -> Run:
        """Carry out one file. Raises `NotTriggered`, and `WorkflowError` for what is not known."""
        written = self._read(workflow, event)
        if not begins(written, event, self._changed(event)):
            raise NotTriggered(f"{event.name} does not start {workflow}")
        record = self._record(workflow, written, event)
        run = Run(record.id, workflow)
        place = Path(tempfile.mkdtemp(prefix=f"run-{record.id}-", dir=self.folder))
        record.status = "in_progress"
        Carrying(self, written, event, record, place, run).all_jobs()
        record.status, record.conclusion = "completed", run.conclusion
        record.updated = self.github.now()
        return run

    def deliver(self, event: Event) -> list[Run]:
        """Carry out every file that the event starts, as GitHub would."""
        files = sorted(self.github.workflow_files(event.sha))
        changed = self._changed(event)
        chosen = [one for one in files if begins(self._read(one, event), event, changed)]
        return [self.run(one, event) for one in chosen]

    def _read(self, workflow: str, event: Event) -> Workflow:
        return read_workflow(self.github.workflow_text(workflow, event.sha))

    def _record(self, workflow: str, written: Workflow, event: Event) -> WorkflowRun:
        if event.run is not None:
            return self.github.runs[event.run]
        name, head = written.name or workflow, (event.head_branch, event.head_sha)
        made = self.github.start_run(workflow, event.name, *head, event.actor, name)
        pull = event.payload.get("pull_request")
        made.head_owner = pull["head"]["user"]["login"] if pull else None
        return made

    def _changed(self, event: Event) -> list[str]:
        """The paths that a push or a pull request changes."""
        bare = self.github.bare
        if event.name == "pull_request":
            base = event.payload["pull_request"]["base"]["sha"]
            ends = (bare.merge_base(base, event.head_sha), event.head_sha)
        elif event.name == "push" and set(event.payload["before"]) != {"0"}:
            ends = (event.payload["before"], event.payload["after"])
        else:
            return []
        return bare.git("diff", "--name-only", "--no-renames", *ends).splitlines()
