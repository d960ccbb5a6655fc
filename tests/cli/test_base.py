"""`plan --base`: what a branch moves, by the policies and targets of where it left."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_cli import planogram
from tests.conftest import ROOT

pytestmark = pytest.mark.extended
"""Each runs the program a few times."""


class Clone:
    """The living example in a git repository, in a folder of its repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "shops"
        shutil.copytree(ROOT / "desired", self.folder / "desired")
        (self.folder / ".gitignore").write_text(".planogram/\n")
        self.git("init", "-q", "-b", "main", str(folder))
        self.commit("the example")
        planogram(self.folder, "apply", "--yes")
        self.git("checkout", "-q", "-b", "branch")

    def git(self, *arguments: str) -> str:
        told = subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return told.stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def replace(self, path: str, old: str, new: str) -> None:
        file = self.folder / "desired" / path
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    def plan(self, *arguments: str) -> dict[str, Any]:
        told = planogram(self.folder, "plan", "--base", "main", "--json", *arguments)
        assert told.returncode == 0, told.stdout + told.stderr
        plan: dict[str, Any] = json.loads(told.stdout)
        return plan


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_the_scope_is_what_the_branch_moves(clone: Clone) -> None:
    """Measured from where it left main, though main went on; each line has its author."""
    clone.replace("collections/shop-styles.yaml", "title: Arp Dress", "title: Arp Dresses")
    head = clone.commit("a title")
    base = clone.git("rev-parse", "main")
    clone.git("checkout", "-q", "main")
    clone.replace("collections/shop-types.yaml", "title: Skirts", "title: All skirts")
    clone.commit("main goes on")
    clone.git("checkout", "-q", "branch")
    clone.plan("--out", "plan.json")
    plan = json.loads((clone.folder / "plan.json").read_text())
    (change,) = plan["changes"]

    assert change["address"] == "shop/collection/style-arp-dress"
    assert change["source"] == {
        "path": "desired/collections/shop-styles.yaml",
        "line": 22,
        "author": "Somebody",
        "commit": base,
    }
    assert plan["commits"] == {"head": head, "base": base}
    assert (plan["scope"]["planned"], plan["scope"]["narrowed"]) == (1, True)


def test_an_edit_that_is_not_committed_belongs_to_no_commit(clone: Clone) -> None:
    """The plan says what it sees, and does not pretend to be a commit's."""
    clone.replace("collections/shop-styles.yaml", "title: Arp Dress", "title: Arp Dresses")
    plan = clone.plan()

    assert len(plan["changes"]) == 1
    assert plan["commits"]["head"] is None


def test_a_branch_that_loosens_a_policy_can_not_use_it(clone: Clone) -> None:
    """It sets prune and drops a style: the deletion is held all the same."""
    clone.replace(
        "targets.yaml", "credentials: SHOP\n", "credentials: SHOP\n  policy: {prune: true}\n"
    )
    clone.replace("collections/shop-styles.yaml", "    - Karina_Skirt\n", "")
    plan = clone.plan()

    assert [row["hold"]["reason"] for row in plan["held"]] == ["prune"]
    assert plan["changes"] == []
    assert any("the entry of shop in targets.yaml moved" in text for text in plan["warnings"])


def test_a_target_that_is_new_or_points_elsewhere_waits_for_its_merge(clone: Clone) -> None:
    """The new one is not planned; the other is still asked where it was."""
    clone.replace(
        "targets.yaml",
        "shop:\n  provider: shopify\n  environment: staging\n  credentials: SHOP\n"
        "  sandbox: true\n",
        "shop:\n  provider: shopify\n  environment: staging\n  credentials: SHOP\n"
        "  endpoint: http://127.0.0.1:9\n"
        "other:\n  provider: shopify\n  environment: staging\n  sandbox: true\n",
    )
    clone.replace("collections/shop-styles.yaml", "targets: [shop]", "targets: [shop, other]")
    clone.replace("collections/shop-styles.yaml", "title: Arp Dress", "title: Arp Dresses")
    plan = clone.plan()

    assert [row["address"] for row in plan["changes"]] == ["shop/collection/style-arp-dress"]
    assert any("other is a new target" in text for text in plan["warnings"])


def test_a_base_that_is_none_is_said(clone: Clone) -> None:
    """An unknown revision, and one that shares no history."""
    unknown = planogram(clone.folder, "plan", "--base", "nowhere")
    clone.git("checkout", "-q", "--orphan", "lonely")
    clone.commit("alone")
    stranger = planogram(clone.folder, "plan", "--base", "main")

    assert (unknown.returncode, stranger.returncode) == (2, 2)
    assert "nowhere is no commit of this repository" in unknown.stderr
    assert "shares no commit with what is checked out" in stranger.stderr


def test_freezing_by_command_holds_and_lifting_lets_go(clone: Clone) -> None:
    """Plans show everything as held, with reason and end; a reason must be given."""
    clone.replace("collections/shop-styles.yaml", "title: Arp Dress", "title: Arp Dresses")
    no_reason = planogram(clone.folder, "freeze", "shop")
    frozen = planogram(clone.folder, "freeze", "shop", "--reason", "incident 7", "--until", "2h")
    held = clone.plan()["held"]
    lifted = planogram(clone.folder, "unfreeze", "shop")
    twice = planogram(clone.folder, "unfreeze", "shop")

    assert (no_reason.returncode, frozen.returncode) == (2, 0)
    assert "(incident 7)" in frozen.stdout
    assert [row["hold"]["reason"] for row in held] == ["freeze"]
    assert lifted.returncode == 0
    assert clone.plan()["held"] == []
    assert twice.returncode == 1
    assert "nobody froze shop" in twice.stderr


def test_unfreezing_lifts_what_is_frozen_and_says_so(clone: Clone) -> None:
    """Named targets that nobody froze are complained of, after the others were lifted; without
    names every freeze is lifted."""
    planogram(clone.folder, "freeze", "shop", "--reason", "x")
    some = planogram(clone.folder, "unfreeze", "market", "shop")
    planogram(clone.folder, "freeze", "shop", "--reason", "x")
    every = planogram(clone.folder, "unfreeze")
    none = planogram(clone.folder, "unfreeze")

    assert (some.returncode, every.returncode, none.returncode) == (1, 0, 0)
    assert "shop was frozen" in some.stdout
    assert "nobody froze market" in some.stderr
    assert "shop was frozen" in every.stdout
    assert "nothing is frozen" in none.stdout
