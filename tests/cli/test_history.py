"""Looking for drift over days, by the commands: kept, shown, exported, tolerated."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import chdir
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from reconciler.cli.app import app
from reconciler.cli.composition import open_ledgers, open_workspace
from reconciler.cli.revisions import checkout, governed
from reconciler.history import append, moment, read
from reconciler.repository import Repository
from tests.conftest import ROOT

STYLE = "shop/collection/style-harold-sweater"
TOLERATED = """\
- address: shop/collection/style-h*
  fields: [title]
  until: "2999-12-31"
  reason: sale week
"""


def planogram(folder: Path, *arguments: str) -> Result:
    """The command within this process: what is looked at here is not what a process does."""
    with chdir(folder):
        return CliRunner().invoke(app, arguments)


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The living example, its shop applied, and one title edited there."""
    folder = tmp_path_factory.mktemp("applied")
    shutil.copytree(ROOT / "desired", folder / "desired")
    done = planogram(folder, "apply", "--yes", "--target", "shop", "--run-url", "https://r/1")
    assert done.exit_code == 0, done.stderr
    edit = ("collection", "style-harold-sweater", "title=Harold (sale!)")
    planogram(folder, "sandbox", "edit", "shop", *edit)
    return folder


@pytest.fixture
def shop(applied: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(applied, tmp_path / "shop"))


def test_what_is_looked_at_is_kept_and_ages(shop: Path) -> None:
    """An apply is always kept, a look with --record; what was first seen ten days ago is ten days
    old, and people are reminded of it."""
    look = ("drift", "--target", "shop")
    planogram(shop, *look)
    first = planogram(shop, *look, "--record", "--run-url", "https://r/2")
    _seen_earlier(shop, days=10)
    again = planogram(shop, *look, "--json", "--markdown", "drift.md")
    words = planogram(shop, *look)
    (stalled,) = json.loads(again.stdout)["stalled"]

    assert (first.exit_code, again.exit_code) == (11, 11)
    assert [row["sort"] for row in _history(shop) if row["row"] == "run"] == [
        "apply",
        "drift",
        "drift",
    ]
    assert stalled["address"] == STYLE
    assert (stalled["why"], stalled["days"], stalled["is_due"]) == ("drift", 10, True)
    assert "<summary>Stalled: 1</summary>" in (shop / "drift.md").read_text()
    assert f"stands 10 days: {STYLE}  drift" in words.stdout
    assert "Stalled: 1 for a day or more, 1 for 7 or more" in words.stdout


def test_a_look_at_a_part_is_not_kept(shop: Path) -> None:
    """It would end the age of what it did not look at."""
    told = planogram(shop, "drift", "--record", "--only", STYLE)

    assert told.exit_code == 2
    assert "leave --only out" in told.stderr


def test_tolerated_drift_is_let_be(shop: Path) -> None:
    """`drift` exits 0 and counts it, `plan` is done with it, `apply` does not write it; a word
    overrules it. Its row in the history says so."""
    (shop / "desired" / "tolerances.yaml").write_text(TOLERATED)
    drift = planogram(shop, "drift", "--target", "shop", "--record")
    data = json.loads(planogram(shop, "drift", "--target", "shop", "--json").stdout)
    plan = planogram(shop, "plan", "--target", "shop", "--exit-code")
    applied = planogram(shop, "apply", "--target", "shop", "--yes")
    word = planogram(shop, "apply", "--target", "shop", "--yes", "--allow", f"tolerated={STYLE}")
    counts = [row["counts"] for row in _history(shop) if row["row"] == "run"]

    assert (drift.exit_code, plan.exit_code, applied.exit_code) == (0, 0, 0), applied.stderr
    assert f"tolerated until 2999-12-31: {STYLE} (sale week)" in drift.stdout
    assert "1 tolerated" in drift.stdout
    assert (data["changes"], data["stalled"]) == ([], [])
    assert [row["place"] for row in data["tolerated"]] == ["desired/tolerances.yaml:1"]
    assert "held, tolerated" in plan.stdout
    assert (word.exit_code, counts[1:]) == (0, [{"tolerated": 1}, {"held": 1}, {"done": 1}])


def test_an_expired_tolerance_is_told(shop: Path) -> None:
    """The drift is reported again, with how long ago it ended and where it stands."""
    text = TOLERATED.replace("2999-12-31", "2026-11-20")
    (shop / "desired" / "tolerances.yaml").write_text(text)
    drift = planogram(shop, "drift", "--target", "shop")

    assert drift.exit_code == 11
    assert f"{STYLE}: tolerance expired " in drift.stdout
    assert "ago (desired/tolerances.yaml:1)" in drift.stdout


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("shop/collection", "shop/colection", "did you mean collection?"),
        ("[title]", "[titel]", "did you mean title?"),
        ("shop/", "shp/", "did you mean shop?"),
    ],
)
def test_a_tolerance_of_nothing_is_a_problem(shop: Path, old: str, new: str, told: str) -> None:
    """A kind, field or target that is none would tolerate nothing, silently."""
    (shop / "desired" / "tolerances.yaml").write_text(TOLERATED.replace(old, new))
    said = planogram(shop, "validate")

    assert said.exit_code == 3
    assert "desired/tolerances.yaml:1:" in said.stderr
    assert told in said.stderr


def test_a_branch_can_not_move_a_tolerance(shop: Path) -> None:
    """As with policies: those of the base count until it is merged, and a plan says so."""
    path = shop / "desired" / "tolerances.yaml"
    path.write_text(TOLERATED)
    for words in (["init", "-q", "-b", "main"], ["add", "desired"], ["commit", "-qm", "begin"]):
        subprocess.run(["git", *words], cwd=shop, check=True)
    path.write_text(TOLERATED.replace("style-h*", "*"))
    workspace = open_workspace(shop / "desired", all_sandboxed=False)
    ruled, said = governed(workspace, checkout(workspace).desired_at("main"))
    path.write_text(f"# only a comment\n{TOLERATED}")
    alike = governed(open_workspace(shop / "desired", all_sandboxed=False), ruled.desired)[1]

    assert [tolerance.key for tolerance in ruled.desired.tolerances] == ["style-h*"]
    assert said == ("tolerances.yaml moved: until this is merged the old one counts",)
    assert alike == ()


def test_the_history_is_shown_and_drawn(shop: Path) -> None:
    """Bars by day in the terminal, the same as an SVG that loads nothing, and as JSON."""
    planogram(shop, "drift", "--target", "shop", "--record")
    _seen_earlier(shop, days=3)
    shown = planogram(shop, "history", "show", "--svg", "h.svg", "--lookback-days", "5")
    data = json.loads(planogram(shop, "history", "show", "--json").stdout)
    svg = (shop / "h.svg").read_text()

    assert shown.exit_code == 0, shown.stderr
    assert "nobody looked" in shown.stdout
    assert "█" in shown.stdout
    assert f"3 days  {STYLE}" in shown.stdout
    assert [day["drifted"] for day in data["days"] if day["targets"]] == [1, 1]
    assert data["longest"][0]["days"] == 3
    assert "<svg" in svg
    assert "1&#160;drifted" in svg
    assert "url(http" not in svg
    assert "font-face" not in svg


def test_the_history_is_exported(shop: Path) -> None:
    """Whole, by target and time, with the exit codes of the README."""
    exported = planogram(shop, "history", "export", "--format", "ndjson", "--out", "h.ndjson")
    nowhere = planogram(shop, "history", "export", "--out", "no/h.csv")
    other = planogram(shop, "history", "export", "--target", "pim", "--out", "p.csv", "--json")
    rows = [json.loads(line) for line in (shop / "h.ndjson").read_text().splitlines()]

    assert exported.exit_code == 0, exported.stderr
    assert rows[0]["row"] == "run"
    assert rows[0]["url"] == "https://r/1"
    assert json.loads(rows[0]["counts"])["done"] == len(rows) - 1
    assert nowhere.exit_code == 2
    assert json.loads(other.stdout)["rows"] == 0
    assert (shop / "p.csv").read_text().startswith("row,at,run")


def _repository(shop: Path) -> Repository:
    (ledger,) = open_ledgers(open_workspace(shop / "desired", all_sandboxed=False), ["shop"])
    return ledger.repository


def _history(shop: Path) -> list[dict[str, Any]]:
    return read(_repository(shop), "2000-01-01")


def _seen_earlier(shop: Path, days: int) -> None:
    """As if all so far had been that many days ago, and the latest look made again now."""
    repository, rows = _repository(shop), _history(shop)
    earlier = [
        row | {"at": _before(row["at"], days), "run": f"earlier-{row['run']}"} for row in rows
    ]
    repository.move("refs/planogram/history", None)
    append(repository, [*earlier, *(row for row in rows if row["run"] == rows[-1]["run"])])


def _before(at: str, days: int) -> str:
    return moment((datetime.fromisoformat(at) - timedelta(days=days)).isoformat())
