"""How an action is called, and how it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.github.actions.job import JobRun
from tests.github.actions.workflow_file import WorkflowError


class ActionFailed(Exception):
    """The action ended the step; the message is what its log says."""


@dataclass
class ActionCall:
    """One use of an action, with the inputs as texts."""

    job: JobRun
    inputs: Mapping[str, str]
    env: Mapping[str, str]
    said: list[str] = field(default_factory=list)

    def known(self, **defaults: str | None) -> dict[str, str | None]:
        """The inputs, with `_` for `-`; one that the action does not have raises."""
        given = {name.replace("-", "_"): value for name, value in self.inputs.items()}
        if strange := set(given) - set(defaults):
            raise WorkflowError(f"with: {', '.join(strange)} is not known to this runner")
        return {**defaults, **given}

    def run(self, *command: str) -> str:
        """Run a program in the workspace. Raises `ActionFailed` with its log."""
        code, log = self.job.machine.run(list(command), self.job.machine.workspace, self.env)
        if code:
            raise ActionFailed(f"{' '.join(command)}: {log.strip()}")
        return log.strip()
