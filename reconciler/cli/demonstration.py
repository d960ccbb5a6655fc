"""`demo`: the main job from end to end on the embedded sandboxes, in a folder of its own."""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer
from rich.console import Console

from reconciler import workflow
from reconciler.cli import options, speech
from reconciler.cli.composition import open_sandbox, open_sites, open_workspace
from reconciler.model.errors import PlanogramError
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from reports.terminal import print_outcomes, print_plan

EDITED = ("shop", "collection", "style-harold-sweater", {"title": "Harold (sale!)"})
"""The admin's edit that the demo then finds as drift."""


def demo(
    desired: options.DesiredFolder = options.DESIRED,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the demo's folder behind, and say where.")
    ] = False,
) -> None:
    """Plan, apply, plan again, and find an admin's edit. Touches no shop and no git ref.

    Example: planogram demo
    """
    with speech.told_plainly(as_json=False):
        folder = Path(tempfile.mkdtemp(prefix="planogram-demo-"))
        try:
            shutil.copytree(desired, folder / "desired")
            _run(folder / "desired", speech.stdout())
        except FileNotFoundError as error:
            raise PlanogramError(f"there is no folder {desired} to show") from error
        finally:
            if keep:
                speech.stdout().print(f"The demo's folder: {folder}", markup=False)
            else:
                shutil.rmtree(folder, ignore_errors=True)


def _run(desired: Path, console: Console) -> None:
    def say(text: str) -> None:
        console.print(f"\n── {text}\n", style="bold")

    say("1. The plan: what git says, against three live shops")
    first = _plan(desired)
    print_plan(console, first)
    say("2. Apply")
    _apply(desired, console)
    say("3. Plan again: nothing is left to do, and nothing is held")
    second = _plan(desired)
    print_plan(console, second)
    if not second.is_empty:
        raise PlanogramError("the second plan is not empty: what was applied did not converge")
    say("4. Somebody edits a collection in the admin; drift finds it")
    workspace = open_workspace(desired, all_sandboxed=True)
    target, thing, key, fields = EDITED
    open_sandbox(workspace, target).admin_edit(thing, key, fields)
    found = anyio.run(workflow.drift, open_sites(workspace), workspace.desired.intents, Wishes())
    print_plan(console, found)
    if len(found.changes) != 1:
        raise PlanogramError(f"one edit was made, and {len(found.changes)} were found")
    console.print("\nThe command `planogram drift` would exit 11 here.", markup=False)


def _plan(desired: Path) -> Plan:
    workspace = open_workspace(desired, all_sandboxed=True)
    return anyio.run(workflow.plan, open_sites(workspace), workspace.desired.intents, Wishes())


def _apply(desired: Path, console: Console) -> None:
    workspace = open_workspace(desired, all_sandboxed=True)
    applied = anyio.run(
        partial(
            workflow.apply,
            open_sites(workspace),
            workspace.desired.intents,
            Wishes(),
            "demo",
            "now",
        )
    )
    print_outcomes(console, applied.outcomes.values(), applied.warnings)
