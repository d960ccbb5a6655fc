"""Somebody who adopts: a workspace on sandboxes, edited in the admin, its files written back."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff
from functools import partial
from pathlib import Path

from reconciler import adopting, workflow
from reconciler.adopting import Adoption
from reconciler.cli.adopting import write
from reconciler.cli.composition import open_sites, open_workspace, targets_with_providers
from reconciler.intent.loader import Files, files_under
from reconciler.model.address import Address
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from tests.virtual_time import run_in_virtual_time


def adopt(desired: Path, *addresses: str) -> Adoption:
    """Write back the named addresses, or all that moved."""
    only = frozenset(map(Address.parse, addresses))
    workspace = open_workspace(desired, all_sandboxed=True)
    sites = open_sites(workspace, sorted({address.target for address in only}))
    targets = targets_with_providers(workspace)
    found = run_in_virtual_time(partial(adopting.adopt, sites, targets, files_under(desired), only))
    write(desired, found.written.files)
    return found


def plan(desired: Path) -> Plan:
    workspace = open_workspace(desired, all_sandboxed=True)
    sites = open_sites(workspace)
    return run_in_virtual_time(partial(workflow.plan, sites, workspace.desired.intents, Wishes()))


def changed_lines(before: Files, after: Files) -> Mapping[str, list[str]]:
    """By file the lines that went (`-…`) and came (`+…`), in order, line ends included in the
    comparison."""
    changed: dict[str, list[str]] = {}
    for path in sorted({*before, *after}):
        old, new = (files.get(path, b"").decode().splitlines(True) for files in (before, after))
        lines = list(unified_diff(old, new, n=0))[2:]
        if lines:
            changed[path] = [line.rstrip("\n") for line in lines if not line.startswith("@@")]
    return changed


def refusals(found: Adoption) -> dict[str, str]:
    """What could not be written back: address → the first problem."""
    return {str(a): str(problems[0]) for a, problems in found.written.problems.items()}
