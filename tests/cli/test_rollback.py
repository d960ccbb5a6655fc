"""`planogram rollback` as somebody runs it: planned, reviewed, carried out, told."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_cli import REAL, planogram
from tests.conftest import ROOT
from tests.workshop import Workshop

OLD = "targets: [market]\ntaxonomy: gsv_undone\nlabel: Old\ninput: boolean\n"
NEW = OLD.replace("Old", "New")


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A workspace in which a label was moved by the run whose name is told."""
    folder = tmp_path_factory.mktemp("applied")
    Workshop(folder, "saleor", "market", {"create": "attributes"}).write(
        {"taxonomies/undone.yaml": OLD}
    )
    planogram(folder, "apply", "--yes")
    (folder / "desired" / "taxonomies" / "undone.yaml").write_text(NEW)
    told = planogram(folder, "apply", "--yes")
    run = re.search(r"planogram rollback (\S+)", told.stdout)
    assert run is not None, told.stdout + told.stderr
    return folder, run[1]


@pytest.fixture
def applied(pattern: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """A copy of it for one test."""
    folder, run = pattern
    shutil.copytree(folder, tmp_path / "copy")
    return tmp_path / "copy", run


def test_a_run_is_taken_back_by_its_name(applied: tuple[Path, str]) -> None:
    """Planned into a file, reviewed, carried out; git's newer value is told, and stays."""
    folder, run = applied
    planned = planogram(folder, "rollback", run, "--out", "back.json")
    undone = planogram(folder, "rollback", run, "--reviewed", "back.json")
    plan = json.loads(planogram(folder, "plan", "--json").stdout)

    assert planned.returncode == 0, planned.stderr
    assert '"New" → "Old"' in planned.stdout
    assert undone.returncode == 0, undone.stderr
    assert "Rollback: 1 done" in undone.stdout
    assert "git still states the newer values" in undone.stdout
    assert "market/attribute/gsv_undone" in undone.stdout
    (change,) = plan["changes"]
    assert (change["cause"], change["fields"][0]["after"]) == ("intent", "New")
    assert (folder / "desired" / "taxonomies" / "undone.yaml").read_text() == NEW


def test_git_that_was_reverted_first_is_told_so(applied: tuple[Path, str]) -> None:
    """Then nothing would be brought back; as data, one object with the run's own name."""
    folder, run = applied
    (folder / "desired" / "taxonomies" / "undone.yaml").write_text(OLD)
    told = planogram(folder, "rollback", run, "--yes", "--json")
    data = json.loads(told.stdout)
    again = planogram(folder, "rollback", data["run"], "--yes")

    assert told.returncode == 0, told.stderr
    assert (data["undone"], data["brought_back"], data["counts"]) == (run, [], {"done": 1})
    assert again.returncode == 0
    assert "Rollback: 1 done" in again.stdout


REFUSALS = [
    (("20261126T000000-000000",), 2, "there is no run 20261126T000000-000000 · the latest: market"),
    (("../../x",), 2, "there is no run"),
    (("{run}",), 4, "no terminal to ask"),
    (("{run}", "--reviewed", "nowhere.json"), 4, "there is no reviewed plan"),
    (("{run}", "--yes", "--only", "market/attribute/other"), 2, "did not touch it"),
    (("{run}", "--out", "a.json", "--reviewed", "b.json"), 2, "use one of them"),
    (("{run}", "--target", "markt"), 2, "did you mean market?"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), REFUSALS)
def test_refusals_say_why(
    applied: tuple[Path, str], arguments: tuple[str, ...], code: int, words: str
) -> None:
    """Exit code and remedy; nothing is written."""
    folder, run = applied
    before = sorted(folder.rglob("*.jsonl"))
    told = planogram(folder, "rollback", *(part.format(run=run) for part in arguments))

    assert told.returncode == code, told.stdout + told.stderr
    assert words in told.stderr
    assert "Traceback" not in told.stderr
    assert sorted(folder.rglob("*.jsonl")) == before


def test_what_moved_since_is_held_with_exit_code_four(applied: tuple[Path, str]) -> None:
    """Nothing else was to be given back, so the rollback was refused."""
    folder, run = applied
    planogram(folder, "sandbox", "edit", "market", "attribute", "gsv_undone", "name=Theirs")
    told = planogram(folder, "rollback", run, "--yes")

    assert told.returncode == 4, told.stderr
    assert "moved-since-run: changed since the run: name" in told.stdout


def test_yes_serves_sandboxes_only(tmp_path: Path) -> None:
    """Nobody takes back on a real shop without a review by a flag."""
    folder = _real(tmp_path)
    told = planogram(
        folder, "rollback", "run-1", "--yes", environment={"SHOP_ADMIN_TOKEN": "secret-token"}
    )

    assert told.returncode == 2
    assert "--yes serves sandboxes only" in told.stderr


def _real(folder: Path) -> Path:
    """A workspace with a real target, and the journal of a run there."""
    (folder / "desired").mkdir()
    (folder / "desired" / "targets.yaml").write_text(REAL)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    journal = folder / ".git" / "planogram" / "shop" / "run-1.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_text('{"closed": true}\n')
    return folder


@pytest.mark.extended
def test_all_of_the_example_can_be_taken_back(tmp_path: Path) -> None:
    """The first apply of a whole catalog, made and adopted things alike, leaves nothing held,
    failed or stored otherwise once the guards are told that it is meant."""
    shutil.copytree(ROOT / "desired", tmp_path / "desired")
    applied = json.loads(planogram(tmp_path, "apply", "--yes", "--json").stdout)
    allow = [f"mass_change={name}" for name in ("shop", "market", "pim")] + ["in_use=market"]
    words = [word for entry in allow for word in ("--allow", entry)]
    undone = planogram(tmp_path, "rollback", applied["run"], "--yes", *words)

    assert undone.returncode == 0, undone.stdout + undone.stderr
