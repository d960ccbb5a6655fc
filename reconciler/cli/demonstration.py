"""`demo`: the main job from end to end on the embedded sandboxes, in a folder of its own."""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import anyio
import typer
from rich.console import Console

from reconciler import workflow
from reconciler.carrying import Applied
from reconciler.cli import options, speech
from reconciler.cli.composition import open_sandbox, open_sites, open_workspace
from reconciler.model.address import Address
from reconciler.model.errors import PlanogramError
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from reports.terminal import print_outcomes, print_plan

EDITED: Final = Address("shop", "collection", "style-harold-sweater")
"""The resource that is applied yesterday, and that somebody then edits in the admin."""


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
        if not desired.is_dir():
            raise PlanogramError(f"there is no folder {desired} to show")
        folder = Path(tempfile.mkdtemp(prefix="planogram-demo-"))
        try:
            shutil.copytree(desired, folder / "desired")
            _Show(folder / "desired", speech.stdout()).run()
        finally:
            if keep:
                speech.stdout().print(f"The demo's folder: {folder}", markup=False)
            else:
                shutil.rmtree(folder, ignore_errors=True)


class _Show:
    """The acts of the demo, in a workspace whose targets are all sandboxes."""

    def __init__(self, desired: Path, console: Console) -> None:
        self.workspace = open_workspace(desired, all_sandboxed=True)
        self.intents = self.workspace.desired.intents
        self.console = console

    def run(self) -> None:
        self._say("0. Yesterday one collection was applied; last night somebody edited its title")
        self._apply("yesterday", Wishes(only=frozenset({EDITED})))
        self._edit(title="HAROLD — last chance!")
        self._say("1. planogram plan: what git says, against three live shops")
        print_plan(self.console, self._plan(workflow.plan))
        self._say("2. planogram apply")
        applied = self._apply("today", Wishes())
        print_outcomes(self.console, applied.outcomes.values(), applied.warnings)
        self._say("3. planogram plan: nothing is left to do, and nothing is held")
        self._expect_nothing(self._plan(workflow.plan))
        self._say("4. Somebody edits again; planogram drift finds it (and would exit 11)")
        self._edit(title="Harold, as you like it")
        self._expect_one(self._plan(workflow.drift))

    def _expect_nothing(self, plan: Plan) -> None:
        print_plan(self.console, plan)
        if not plan.is_empty:
            raise PlanogramError("the second plan is not empty: what was applied did not converge")

    def _expect_one(self, plan: Plan) -> None:
        print_plan(self.console, plan)
        if [change.address for change in plan.changes] != [EDITED]:
            raise PlanogramError(f"{EDITED} was edited, and drift found something else")

    def _plan(self, look: Any) -> Plan:
        plan: Plan = anyio.run(look, open_sites(self.workspace), self.intents, Wishes())
        return plan

    def _apply(self, run: str, wishes: Wishes) -> Applied:
        sites = open_sites(self.workspace, () if not wishes.only else (EDITED.target,))
        return anyio.run(partial(workflow.apply, sites, self.intents, wishes, run, run))

    def _edit(self, **fields: Any) -> None:
        sandbox = open_sandbox(self.workspace, EDITED.target)
        sandbox.admin_edit(EDITED.kind, EDITED.key, fields)

    def _say(self, text: str) -> None:
        self.console.print(f"\n── {text}\n", style="bold", markup=False)
