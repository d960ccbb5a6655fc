"""Steps in order: whether one runs, how, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.github.actions import composite
from tests.github.actions.commands import FileCommandError, LogReader, masked
from tests.github.actions.expressions import Scope, condition, interpolate
from tests.github.actions.job import JobRun, Steps, without_secrets
from tests.github.actions.known import ACTIONS
from tests.github.actions.machine import LONGEST, SHELLS, TimedOut
from tests.github.actions.results import SUMMARY_LIMIT, StepResult
from tests.github.actions.using import ActionCall, ActionFailed
from tests.github.actions.values import is_true, text
from tests.github.actions.workflow_file import Step, WorkflowError


def run_steps(job: JobRun, steps: Steps, written: Sequence[Step]) -> None:
    """Run them all; a failed one does not end the walk, since later ones may ask for it."""
    for step in written:
        result = _run_step(job, steps, step)
        steps.results.append(result)
        if result.conclusion == "failure" and job.status == "success" and steps.inputs is None:
            job.status = "failure"


def _run_step(job: JobRun, steps: Steps, step: Step) -> StepResult:
    result = StepResult(step.name, step.id)
    scope = job.seen_by(steps, steps.env)
    env = {**steps.env, **_texts(interpolate(step.spec.get("env", {}), scope))}
    scope = job.seen_by(steps, env)
    if not condition(step.spec.get("if"), without_secrets(scope)):
        result.outcome = result.conclusion = "skipped"
        return result
    result.outcome = _outcome(job, steps, step, scope, env, result)
    forgiven = is_true(interpolate(step.spec.get("continue-on-error"), scope))
    result.conclusion = "success" if forgiven else result.outcome
    return result


def _outcome(
    job: JobRun, steps: Steps, step: Step, scope: Scope, env: dict[str, str], result: StepResult
) -> str:
    """Success or failure; log, outputs and summary are put into the result."""
    try:
        if "uses" in step.spec:
            return _use(job, step, scope, env, result)
        return _run_script(job, steps, step, scope, env, result)
    except (ActionFailed, FileCommandError) as error:
        result.errors.append(str(error))
        result.log += f"Error: {masked(str(error), job.masks)}\n"
    except TimedOut as late:
        result.errors.append(f"The action '{step.name}' has timed out")
        result.log += masked(late.log, job.masks)
    return "failure"


def _run_script(
    job: JobRun, steps: Steps, step: Step, scope: Scope, env: dict[str, str], result: StepResult
) -> str:
    shell = step.spec.get("shell", job.defaults.get("shell") if steps.inputs is None else None)
    if shell not in SHELLS or (steps.inputs is not None and shell is None):
        raise WorkflowError(f"step {step.name}: shell {shell} is not known to this runner")
    files = job.machine.new_files()
    result.script = text(interpolate(step.spec["run"], scope))
    variables = {f"GITHUB_{name}": str(file) for name, file in files.items()}
    if steps.action_path:
        variables["GITHUB_ACTION_PATH"] = str(steps.action_path)
    folder, seconds = _folder(job, step, scope), _seconds(job, step, scope)
    code, log = job.machine.shell(result.script, shell, folder, env | variables, seconds)
    _read_log(job, log, result)
    result.outputs |= job.machine.take(files)
    _take_summary(files["STEP_SUMMARY"], result)
    if code:
        result.errors.append(f"Process completed with exit code {code}.")
    return "failure" if code else "success"


def _use(job: JobRun, step: Step, scope: Scope, env: dict[str, str], result: StepResult) -> str:
    name, inputs = step.spec["uses"], _texts(interpolate(step.spec.get("with", {}), scope))
    if name.startswith("./"):
        return _use_composite(job, job.machine.workspace / name, inputs, env, result)
    action = ACTIONS.get(name.partition("@")[0])
    if action is None or "@" not in name:
        raise WorkflowError(f"{name} is not known to this runner")
    call = ActionCall(job, inputs, env)
    try:
        result.outputs |= action(call)
    finally:
        result.log += masked("".join(f"{line}\n" for line in call.said), job.masks)
    return "success"


def _use_composite(
    job: JobRun, folder: Path, inputs: dict[str, str], env: dict[str, str], result: StepResult
) -> str:
    action = composite.read(folder)
    inner = Steps(
        tuple(step.id for step in action.steps if step.id),
        inputs=action.given(inputs),
        action_path=folder.resolve(),
        env=env,
    )
    run_steps(job, inner, action.steps)
    for step in inner.results:
        result.log += f"  ─ {step.name} ({step.outcome})\n{step.log}"
        result.summary += step.summary
        result.errors += step.errors
        result.said += step.said
    scope = job.seen_by(inner, env)
    result.outputs = {
        name: text(interpolate(one["value"], scope)) for name, one in action.outputs.items()
    }
    return "success" if inner.functions(job)["success"]() else "failure"


def _read_log(job: JobRun, log: str, result: StepResult) -> None:
    reader = LogReader()
    reader.read(log)
    job.machine.masks += reader.masks
    result.log += masked(log, job.masks)
    result.said += reader.said
    result.errors += reader.errors


def _take_summary(file: Path, result: StepResult) -> None:
    """A summary beyond the limit is dropped whole, and the step does not fail for it."""
    size = file.stat().st_size
    if size > SUMMARY_LIMIT:
        result.errors.append(
            "$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of "
            f"{SUMMARY_LIMIT // 1024}k, got {size // 1024}k"
        )
    else:
        result.summary += file.read_text(encoding="utf-8")


def _folder(job: JobRun, step: Step, scope: Scope) -> Path:
    default = job.defaults.get("working-directory", ".")
    return job.machine.workspace / text(
        interpolate(step.spec.get("working-directory", default), scope)
    )


def _seconds(job: JobRun, step: Step, scope: Scope) -> float:
    minutes = interpolate(step.spec.get("timeout-minutes"), scope)
    return min(job.seconds, float(minutes) * 60 if minutes else LONGEST)


def _texts(values: Any) -> dict[str, str]:
    return {name: text(value) for name, value in (values or {}).items()}
