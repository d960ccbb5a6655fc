"""The workflow files: valid, pinned, with the least permissions, and deaf to what people write."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
FACTS = ROOT.parent / "shared" / "facts" / "ACTIONS.md"

PROTECTED = "planogram-apply"
WRITES = {
    ("apply", "apply"): {"contents"},
    ("apply", "outcome"): {"pull-requests", "issues", "statuses"},
    ("apply", "state"): {"contents", "pull-requests"},
    ("plan", "comment"): {"pull-requests", "checks"},
    ("drift", "watch"): {"contents", "issues"},
    **{
        (name, "propose"): {"contents", "pull-requests"} for name in ("adopt", "import", "rollback")
    },
}
"""Which jobs may write what at GitHub; no other may write anything."""


def command(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).parent / name)
    return subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True)


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text())


def steps(content: Any) -> Iterator[Any]:
    for job in content.get("jobs", {"": content.get("runs", {})}).values():
        yield from job.get("steps", ())


def test_zizmor_finds_nothing() -> None:
    """Offline: templates in scripts, credentials left behind, wide permissions, loose pins."""
    told = command("zizmor", "--offline", "--no-progress", ".github", "action.yml")

    assert told.returncode == 0, told.stdout + told.stderr


def test_they_are_valid_by_githubs_own_schema() -> None:
    """Workflows and the action."""
    flows = command(
        "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, FILES)
    )
    action = command("check-jsonschema", "--builtin-schema", "vendor.github-actions", str(ACTION))

    assert flows.returncode == 0, flows.stdout
    assert action.returncode == 0, action.stdout


@pytest.mark.parametrize("path", [*FILES, ACTION], ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    """To releases that are known, each with its version beside it."""
    used = re.findall(r"^[ -]*uses: (\S+)(?: # (\S+))?", path.read_text(), re.MULTILINE)
    others = [(name, version) for name, version in used if name != "./"]
    known = FACTS.read_text() if FACTS.exists() else None

    for name, version in others:
        action, _, commit = name.partition("@")
        assert re.fullmatch(r"[0-9a-f]{40}", commit), name
        assert version.startswith("v"), name
        assert known is None or f"| {action} | {version} | {commit} |" in known, name


@pytest.mark.parametrize("path", [*FILES, ACTION], ids=lambda path: path.name)
def test_no_script_is_made_of_what_people_write(path: Path) -> None:
    """Whatever a script needs comes by the environment."""
    scripts = [step["run"] for step in steps(read(path)) if "run" in step]

    assert [text for text in scripts if "${{" in text] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_job_has_the_permissions_that_it_needs(path: Path) -> None:
    """Nothing by default; writing only where it is listed; every job ends by itself."""
    content = read(path)
    if path.stem == "check":
        assert content["permissions"] == {"contents": "read"}
        return

    assert content["permissions"] == {}
    for name, job in content["jobs"].items():
        writes = {k for k, level in job["permissions"].items() if level == "write"}
        assert writes == WRITES.get((path.stem, name), set()), (path.stem, name)
        assert job["timeout-minutes"]


def test_only_apply_names_the_protected_environment() -> None:
    """And no job that may write comments has a shop's credential."""
    naming = {
        (path.stem, name)
        for path in FILES
        for name, job in read(path)["jobs"].items()
        if job.get("environment") == PROTECTED
    }
    both = {
        (path.stem, name)
        for path in FILES
        for name, job in read(path)["jobs"].items()
        if "SHOP_ADMIN_TOKEN" in job.get("env", {})
        if {"pull-requests", "issues", "checks"} & WRITES.get((path.stem, name), set())
    }

    assert naming == {("apply", "apply")}
    assert both == set()


def test_what_works_on_a_target_waits_for_its_turn_and_is_never_dropped() -> None:
    """One group a target, shared by apply and drift; a queue, not the newest alone."""
    groups = [
        read(ROOT / ".github" / "workflows" / f"{name}.yml")["jobs"][name]["concurrency"]
        for name in ("apply", "drift")
    ]

    assert (
        groups[0]
        == groups[1]
        == {
            "group": "planogram-${{ matrix.target }}",
            "cancel-in-progress": False,
            "queue": "max",
        }
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_matrix_of_no_targets_is_no_error(path: Path) -> None:
    """GitHub fails a job whose matrix is empty; a repository without targets is all right."""
    fanned = [job for job in read(path)["jobs"].values() if "fromJSON" in str(job.get("strategy"))]

    assert all(job["if"] == "needs.targets.outputs.targets != '[]'" for job in fanned)
