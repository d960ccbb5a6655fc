"""A composite action: an `action.yml` with steps of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.github.actions.values import text
from tests.github.actions.workflow_file import Step, WorkflowError, load_yaml, read_steps


@dataclass(frozen=True)
class Composite:
    """Inputs with defaults, steps, and outputs that expressions take from them."""

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    steps: tuple[Step, ...]

    def given(self, values: Mapping[str, str]) -> dict[str, str]:
        """The inputs as texts; a required one that is missing is an error here."""
        if strange := set(values) - set(self.inputs):
            raise WorkflowError(f"with: the action has no {', '.join(strange)}")
        defaults = {name: text((spec or {}).get("default")) for name, spec in self.inputs.items()}
        missing = [n for n, s in self.inputs.items() if (s or {}).get("required")]
        if absent := [name for name in missing if not (defaults | dict(values))[name]]:
            raise WorkflowError(f"with: {', '.join(absent)} is required")
        return defaults | dict(values)


def read(folder: Path) -> Composite:
    """The action in a folder."""
    files = [folder / name for name in ("action.yml", "action.yaml")]
    file = next((one for one in files if one.is_file()), None)
    if file is None:
        raise WorkflowError(f"no action.yml in {folder}: was the repository checked out?")
    spec = load_yaml(file.read_text(encoding="utf-8"))
    if spec["runs"]["using"] != "composite":
        raise WorkflowError(f"{file}: only composite actions are known to this runner")
    steps = read_steps(spec["runs"]["steps"], str(file))
    return Composite(spec.get("inputs") or {}, spec.get("outputs") or {}, steps)
