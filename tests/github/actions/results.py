"""What became of a run: its jobs, their steps, and what they said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

SUMMARY_LIMIT: Final = 1024 * 1024
ANNOTATION_LIMITS: Final = {"error": 10, "warning": 10, "notice": 10}


@dataclass(frozen=True)
class Annotation:
    """A `::error::`, `::warning::` or `::notice::` in a step's log."""

    level: str
    message: str
    properties: Mapping[str, str]


@dataclass
class StepResult:
    """One step. The outcome is what happened, the conclusion what counts."""

    name: str
    id: str | None = None
    outcome: str = "success"
    conclusion: str = "success"
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""
    script: str | None = None
    """What was handed to the shell, expressions replaced."""
    summary: str = ""
    errors: list[str] = field(default_factory=list)
    """What the runner itself says against the step."""
    said: list[Annotation] = field(default_factory=list)

    @property
    def annotations(self) -> list[Annotation]:
        """Those that GitHub shows: ten of each level."""
        return [one for level in ANNOTATION_LIMITS for one in self._of(level)[: self._limit(level)]]

    @property
    def dropped(self) -> int:
        """How many annotations GitHub does not show."""
        return len(self.said) - len(self.annotations)

    def _of(self, level: str) -> list[Annotation]:
        return [one for one in self.said if one.level == level]

    def _limit(self, level: str) -> int:
        return ANNOTATION_LIMITS[level]


@dataclass(frozen=True)
class Concurrency:
    """What a run or a job waits for."""

    group: str
    cancel_in_progress: bool
    queue: str | None


@dataclass
class JobResult:
    """One job, or one of a matrix."""

    id: str
    matrix: Mapping[str, Any]
    conclusion: str = "success"
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[StepResult] = field(default_factory=list)
    permissions: Mapping[str, str] = field(default_factory=dict)
    environment: str | None = None
    secrets: frozenset[str] = frozenset()
    """The names of the secrets that the job could read."""
    concurrency: Concurrency | None = None
    errors: list[str] = field(default_factory=list)

    def step(self, name: str) -> StepResult:
        """The step with this id or name."""
        return next(step for step in self.steps if name in (step.id, step.name))

    @property
    def log(self) -> str:
        """All that was said, the secrets masked."""
        return "".join(f"── {step.name} ({step.outcome})\n{step.log}" for step in self.steps)

    @property
    def summary(self) -> str:
        return "".join(step.summary for step in self.steps)


@dataclass
class Run:
    """One run of a workflow."""

    id: int
    workflow: str
    jobs: list[JobResult] = field(default_factory=list)
    concurrency: Concurrency | None = None
    approvals: list[str] = field(default_factory=list)
    """The protected environments that somebody let it into."""

    def job(self, id: str, **matrix: Any) -> JobResult:
        """A job by its id, and by values of its matrix."""
        return next(job for job in self.all(id) if matrix.items() <= dict(job.matrix).items())

    def all(self, id: str) -> Iterator[JobResult]:
        """All jobs that a matrix made of one."""
        return (job for job in self.jobs if job.id == id)

    @property
    def conclusion(self) -> str:
        """The worst of the jobs'."""
        conclusions = {job.conclusion for job in self.jobs}
        worst = ("failure", "cancelled", "success")
        return next((one for one in worst if one in conclusions), "skipped")

    @property
    def log(self) -> str:
        """Everything, for a failed assertion to show."""
        return "".join(
            f"═ {job.id} {dict(job.matrix) or ''} {job.conclusion} {job.errors or ''}\n{job.log}"
            for job in self.jobs
        )

    @property
    def summary(self) -> str:
        return "".join(job.summary for job in self.jobs)

    @property
    def annotations(self) -> list[Annotation]:
        return [one for job in self.jobs for step in job.steps for one in step.annotations]
