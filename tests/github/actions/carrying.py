"""Carrying out a run: its jobs after those that they need, each combination on its own machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.github.actions import contexts as ctx
from tests.github.actions.expressions import Scope, condition, interpolate
from tests.github.actions.job import JobRun, Steps
from tests.github.actions.machine import Machine
from tests.github.actions.matrix import MatrixError, combinations
from tests.github.actions.results import Concurrency, JobResult, Run
from tests.github.actions.steps import run_steps
from tests.github.actions.values import Closed, is_true, text
from tests.github.actions.workflow_file import Job, Workflow, WorkflowError
from tests.github.events import Event
from tests.github.records import WorkflowRun

if TYPE_CHECKING:
    from tests.github.runner import Environment, Runner

_HOURS: Final = 6 * 60
"""GitHub's own limit for a job, in minutes."""


@dataclass
class Carrying:
    """One run under way."""

    runner: Runner
    workflow: Workflow
    event: Event
    record: WorkflowRun
    folder: Path
    run: Run
    done: dict[str, list[JobResult]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name = self.workflow.name or self.record.workflow
        self._github = ctx.github_context(self.runner.github, self.event, self.record, name)
        self._inputs = ctx.inputs_context(self.workflow, self.event)

    def all_jobs(self) -> None:
        """Every job, in an order in which needs come first."""
        scope = Scope({k: self._base()[k] for k in ("github", "inputs", "vars")}, {})
        self.run.concurrency = concurrency(self.workflow.spec.get("concurrency"), scope)
        for job in in_order(self.workflow.jobs):
            self.done[job.id] = self._job(job)
            self.run.jobs += self.done[job.id]

    def _job(self, job: Job) -> list[JobResult]:
        needs = Closed({need: self._need(need) for need in job.needs})
        base = self._base() | {"needs": needs}
        if not condition(job.spec.get("if"), Scope(base, self._functions(job))):
            return [JobResult(job.id, {}, "skipped")]
        try:
            strategy = interpolate(job.spec.get("strategy", {}), Scope(base, {}))
            every = combinations(strategy)
        except MatrixError as error:
            return [JobResult(job.id, {}, "failure", errors=[str(error)])]
        return list(self._each(job, base, every, strategy.get("fail-fast", True) is not False))

    def _each(
        self, job: Job, base: Mapping[str, Any], every: list[dict[str, Any]], fail_fast: bool
    ) -> Iterator[JobResult]:
        """One after another; with fail-fast, those after a failure are cancelled."""
        failed = False
        for index, matrix in enumerate(every):
            if failed and fail_fast:
                yield JobResult(job.id, matrix, "cancelled")
                continue
            strategy = {"job-index": index, "job-total": len(every), "fail-fast": fail_fast}
            result = self._combination(job, {**base, "matrix": matrix, "strategy": strategy})
            failed = failed or result.conclusion == "failure"
            yield result

    def _combination(self, job: Job, base: dict[str, Any]) -> JobResult:
        scope = Scope(base, {})
        written = job.spec.get("permissions", self.workflow.spec.get("permissions"))
        result = JobResult(
            job.id,
            base["matrix"],
            permissions=ctx.permissions(written, trusted=self.event.trusted),
            concurrency=concurrency(job.spec.get("concurrency"), scope),
        )
        environment = self._enter(job, scope, result)
        if result.errors:
            result.conclusion = "failure"
            return result
        running = self._prepared(job, base, result, environment)
        self._walk(job, running)
        if is_true(interpolate(job.spec.get("continue-on-error"), scope)):
            result.conclusion = "success"
        return result

    def _enter(self, job: Job, scope: Scope, result: JobResult) -> Environment | None:
        """The environment that the job names, if it is let in."""
        written = interpolate(job.spec.get("environment"), scope)
        name = written.get("name") if isinstance(written, dict) else written
        if not name:
            return None
        if name not in self.runner.environments:
            raise WorkflowError(f"job {job.id}: there is no environment {name}")
        environment = self.runner.environments[name]
        result.environment = name
        branch = self.event.ref.removeprefix("refs/heads/")
        if environment.branches is not None and branch not in environment.branches:
            result.errors.append(f'Branch "{branch}" is not allowed to deploy to {name}')
        elif environment.protected and not self.runner.approves(name, job.id):
            result.errors.append(f"The deployment to {name} was rejected")
        elif environment.protected:
            self.run.approvals.append(name)
        return environment

    def _prepared(
        self, job: Job, base: dict[str, Any], result: JobResult, environment: Environment | None
    ) -> JobRun:
        github = self.runner.github
        token = github.token(result.permissions)
        secrets = self._secrets(environment)
        result.secrets = frozenset(secrets)
        root = self.folder / f"{job.id}-{base['strategy']['job-index']}"
        event_path = root / "event.json"
        context = Closed(
            self._github,
            token=token,
            job=job.id,
            workspace=str(root / "work" / "catalog"),
            event_path=str(event_path),
        )
        variables = ctx.machine_variables(context, root, event_path)
        variables = dict(self.runner.machine) | variables
        machine = Machine(root, variables)
        event_path.write_text(json.dumps(self.event.payload), encoding="utf-8")
        contexts = base | {
            "github": context,
            "secrets": secrets | {"GITHUB_TOKEN": token},
            "vars": {**base["vars"], **(environment.vars if environment else {})},
            "runner": ctx.runner_context(root),
        }
        self._set_env(job, machine, contexts)
        minutes = interpolate(job.spec.get("timeout-minutes", _HOURS), Scope(contexts, {}))
        return JobRun(
            github,
            self.event,
            self.record.id,
            machine,
            contexts,
            token,
            result,
            self._defaults(job, contexts),
            secrets,
            seconds=float(minutes) * 60,
        )

    def _walk(self, job: Job, running: JobRun) -> None:
        steps = Steps(tuple(step.id for step in job.steps if step.id))
        run_steps(running, steps, job.steps)
        result = running.result
        result.steps, result.conclusion = steps.results, running.status
        scope = running.seen_by(steps, {})
        written = job.spec.get("outputs", {})
        result.outputs = {name: text(interpolate(one, scope)) for name, one in written.items()}

    def _set_env(self, job: Job, machine: Machine, contexts: Mapping[str, Any]) -> None:
        """Variables of the workflow, then those of the job, which may name the former."""
        known = {k: v for k, v in contexts.items() if k != "runner"}
        for written in (self.workflow.spec.get("env"), job.spec.get("env")):
            scope = Scope(known | {"env": machine.env}, {})
            values = interpolate(written or {}, scope)
            machine.env |= {name: text(value) for name, value in values.items()}

    def _defaults(self, job: Job, contexts: Mapping[str, Any]) -> dict[str, Any]:
        written = (self.workflow.spec.get("defaults"), job.spec.get("defaults"))
        runs = [(one or {}).get("run", {}) for one in written]
        return dict(interpolate(runs[0] | runs[1], Scope(contexts, {})))

    def _secrets(self, environment: Environment | None) -> dict[str, str]:
        """Strangers get none; an environment's are for those that name it."""
        if not self.event.trusted:
            return {}
        return {**self.runner.secrets, **(environment.secrets if environment else {})}

    def _base(self) -> dict[str, Any]:
        return {"github": self._github, "inputs": self._inputs, "vars": dict(self.runner.vars)}

    def _need(self, name: str) -> dict[str, Any]:
        """What a job may know of one that it needs; only declared outputs have names."""
        results = self.done[name]
        declared = self.workflow.jobs[name].spec.get("outputs", {})
        given = [one.outputs for one in results]
        outputs = {
            key: next((one[key] for one in reversed(given) if one.get(key)), "") for key in declared
        }
        return Closed(result=_together(results), outputs=Closed(outputs))

    def _functions(self, job: Job) -> dict[str, Any]:
        """Of all jobs before this one, not only of those that it names."""
        before = [_together(self.done[name]) for name in self._ancestors(job)]
        return {
            "success": lambda: all(one == "success" for one in before),
            "failure": lambda: "failure" in before,
            "cancelled": lambda: False,
            "always": lambda: True,
        }

    def _ancestors(self, job: Job) -> set[str]:
        found = set(job.needs)
        for need in job.needs:
            found |= self._ancestors(self.workflow.jobs[need])
        return found


def in_order(jobs: Mapping[str, Job]) -> Iterator[Job]:
    """Jobs after those that they need. Raises `WorkflowError` for a circle."""
    waiting, done = dict(jobs), set[str]()
    while waiting:
        ready = [job for job in waiting.values() if done.issuperset(job.needs)]
        if not ready:
            raise WorkflowError(f"{', '.join(waiting)} wait for one another")
        for job in ready:
            done.add(waiting.pop(job.id).id)
            yield job


def concurrency(written: Any, scope: Scope) -> Concurrency | None:
    """The group that is waited for."""
    value = interpolate(written, scope)
    if value is None:
        return None
    spec = value if isinstance(value, dict) else {"group": value}
    if strange := set(spec) - {"group", "cancel-in-progress", "queue"}:
        raise WorkflowError(f"concurrency: {', '.join(strange)} is not known to this runner")
    return Concurrency(
        text(spec["group"]), is_true(spec.get("cancel-in-progress")), spec.get("queue")
    )


def _together(results: list[JobResult]) -> str:
    conclusions = {one.conclusion for one in results}
    worst = ("failure", "cancelled", "skipped", "success")
    return next(one for one in worst if one in conclusions)
