"""History in git: what runs saw, appended by any machine, read back by time."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from git import Repo

from reconciler import history
from reconciler.history import LONGEST_VALUE, Run, Sort, append, moment, observed, read
from reconciler.model.change import Cause
from reconciler.model.cost import Cost
from reconciler.model.errors import LedgerUnavailable
from reconciler.model.outcome import Outcome, Status, done
from reconciler.model.plan import Hold, Plan
from reconciler.reftree import RefTree
from reconciler.repository import Repository, own_repository
from tests.core.test_reports import HOSTILE, many, planned
from tests.toy import address

LOOK = Run("20261126T031200-aaaaaa", "2026-11-26T03:12:00+00:00", Sort.DRIFT, "c" * 40, "https://r")


def a_run(name: str, at: str = "2026-11-26T03:12:00Z") -> list[dict[str, Any]]:
    return observed(Run(name, at, Sort.DRIFT), many(1), ["toy"])


@pytest.fixture
def clones(tmp_path: Path) -> tuple[Repository, Repository]:
    """Two machines that share one repository."""
    remote = Repo.init(tmp_path / "remote.git", bare=True)
    here, there = (Repository(Repo.init(tmp_path / name), "origin") for name in ("a", "b"))
    for clone in (here, there):
        clone.repo.create_remote("origin", str(remote.git_dir))
    return here, there


def test_the_rows_of_a_look() -> None:
    """One of the run with true counts, and one of each change with what it is."""
    run, *changes = observed(LOOK, planned(), ["toy"])
    by_key = {row["address"].rsplit("/", 1)[1]: row for row in changes}

    assert run["counts"] == {"drifted": 1, "held": 1, "pending": 3}
    assert (run["at"], run["resources"], run["commit"]) == ("2026-11-26T03:12:00Z", 12, "c" * 40)
    assert run["estimate"]["range"]["high"] == {"requests": 40, "points": 400, "seconds": 8.9}
    assert {key: row["status"] for key, row in by_key.items()} == {
        "drifted": "drifted",
        "foreign": "held",
        "moved": "pending",
        "new": "pending",
        "old": "pending",
    }
    assert by_key["foreign"]["reason"] == "adopt"
    assert by_key["drifted"]["fields"] == [
        {"path": "title", "before": "theirs", "after": "ours", "cause": "drift"}
    ]
    assert by_key["drifted"]["link"] == "https://admin.example.com/shelves/3"


def test_the_rows_of_an_apply() -> None:
    """What became of each change, in the platform's words, and what it cost."""
    plan = planned()
    outcomes = {
        address("shelf", "new"): done(address("shelf", "new"), "#1"),
        address("shelf", "moved"): Outcome(address("shelf", "moved"), Status.FAILED, message="no"),
        address("shelf", "foreign"): Outcome(address("shelf", "foreign"), Status.HELD),
    }
    apply = replace(LOOK, sort=Sort.APPLY)
    run, *changes = observed(apply, plan, ["toy"], outcomes, Cost(31, 310, 6.2))
    told = {row["address"].rsplit("/", 1)[1]: (row["status"], row["reason"]) for row in changes}

    assert run["actual"] == {"requests": 31, "points": 310, "seconds": 6.2}
    assert told["new"] == ("done", None)
    assert told["moved"] == ("failed", "no")
    assert told["foreign"] == ("held", "adopt")


def test_of_several_targets_the_cost_is_not_told_apart() -> None:
    """Better nothing than the same number twice."""
    rows = observed(LOOK, planned(), ["toy", "other"])
    runs = [row for row in rows if row["row"] == "run"]

    assert [(r["target"], r["estimate"], r["resources"]) for r in runs] == [
        ("toy", None, None),
        ("other", None, None),
    ]
    assert runs[1]["counts"] == {}


def test_a_long_value_is_kept_as_its_digest() -> None:
    """A description of a page would otherwise stand there every night."""
    plan = many(1, "x" * LONGEST_VALUE)
    (_, change) = observed(LOOK, plan, ["toy"])

    assert change["fields"][0]["after"]["characters"] == LONGEST_VALUE + 4
    assert len(change["fields"][0]["after"]["sha256"]) == 64


def test_two_machines_append_at_once(clones: tuple[Repository, Repository]) -> None:
    """Whoever is later adds to what the other wrote; all rows are there afterwards, everywhere."""
    here, there = clones
    append(here, a_run("zero"))
    with ThreadPoolExecutor(2) as machines:
        both = [
            machines.submit(append, clone, a_run(name))
            for clone, name in zip(clones, ("one", "two"), strict=True)
        ]
        for appended in both:
            appended.result()
    runs = [row["run"] for row in read(here, "2026-11-01") if row["row"] == "run"]

    assert sorted(runs) == ["one", "two", "zero"]
    assert read(here, "2026-11-01") == read(there, "2026-11-01")


def test_a_run_that_is_told_again_is_there_once(tmp_path: Path) -> None:
    """A workflow's job that is run again appends nothing."""
    repository = own_repository(tmp_path / "own.git")
    for _ in range(2):
        append(repository, a_run("one"))

    assert [row["row"] for row in read(repository, "2026-01-01")] == ["run", "change"]


def test_it_is_read_by_time_and_target(tmp_path: Path) -> None:
    """Files by target and month; rows before the time are left out, and so are other targets."""
    repository = own_repository(tmp_path / "own.git")
    rows = a_run("old", "2026-09-30T23:59:59Z") + a_run("late", "2026-11-26T03:12:00Z")
    other = [row | {"target": "other"} for row in a_run("other", "2026-11-25T00:00:00Z")]
    append(repository, [*rows, *other])
    tree = RefTree(repository, "history", "the history").load()

    assert sorted(tree.files()) == [
        "other/2026-11.jsonl",
        "toy/2026-09.jsonl",
        "toy/2026-11.jsonl",
    ]
    assert {row["run"] for row in read(repository, "2026-10-01")} == {"late", "other"}
    assert {row["run"] for row in read(repository, "2026-11-25T12:00:00Z")} == {"late"}
    assert {row["run"] for row in read(repository, "2026-01-01", "other")} == {"other"}


def test_a_large_month_goes_on_in_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is full is left alone; a run is in one file, there once, and read in its order."""
    monkeypatch.setattr(history, "LARGEST_FILE", 1_500)
    repository = own_repository(tmp_path / "own.git")
    for day in range(1, 13):
        append(repository, a_run(f"r{day:02}", f"2026-11-{day:02}T03:12:00Z"))
    append(repository, a_run("r12", "2026-11-12T03:12:00Z"))
    tree = RefTree(repository, "history", "the history").load()
    files = tree.files()
    runs = [row["run"] for row in read(repository, "2026-01-01") if row["row"] == "run"]

    assert sorted(files)[:2] == ["toy/2026-11.02.jsonl", "toy/2026-11.03.jsonl"]
    assert "toy/2026-11.jsonl" in files
    assert all(len(text) < 3_000 for text in files.values())
    assert runs == [f"r{day:02}" for day in range(1, 13)]


def test_what_a_run_has_too_much_of_is_counted() -> None:
    """Five thousand changes have a row; the run's own says how many have none, and counts all."""
    run, *changes = observed(LOOK, many(history.MOST_CHANGES + 7), ["toy"])

    assert (run["cut"], len(changes)) == (7, history.MOST_CHANGES)
    assert run["counts"] == {"pending": history.MOST_CHANGES + 7}


def test_drift_that_is_held_is_drift() -> None:
    """A night of mass drift or of a freeze holds everything: it is no night without drift."""
    plan = planned()
    held = {change.address: Hold("mass_change", "too much", "allow it") for change in plan.changes}
    run, *changes = observed(LOOK, replace(plan, holds=held), ["toy"])
    told = {row["address"].rsplit("/", 1)[1]: (row["status"], row["reason"]) for row in changes}

    assert run["counts"] == {"drifted": 1, "held": 4}
    assert told["drifted"] == ("drifted", "mass_change")


def test_what_is_no_text_is_kept_all_the_same(tmp_path: Path) -> None:
    """Half a character, control characters and line ends of a platform break no line."""
    repository = own_repository(tmp_path / "own.git")
    append(repository, observed(LOOK, many(1, f"\ud800 {HOSTILE}\u2028"), ["toy"]))
    (_, change) = read(repository, "2026-01-01")

    assert change["fields"][0]["after"].startswith("? `@team`")
    assert "\u2028" in change["fields"][0]["after"]


def test_a_damaged_line_is_told(tmp_path: Path) -> None:
    """With its file and line, and how to look at it."""
    repository = own_repository(tmp_path / "own.git")
    append(repository, a_run("one"))
    tree = RefTree(repository, "history", "the history").load()
    text = tree.files()["toy/2026-11.jsonl"]
    tree.commit({"toy/2026-11.jsonl": f"{text}{{half"}, "damage")

    with pytest.raises(LedgerUnavailable, match=r"damaged in toy/2026-11.jsonl, line 3"):
        read(repository, "2026-01-01")


@pytest.mark.parametrize(
    "at", ["2026-11-26T03:12:00Z", "2026-11-26T04:12:00+01:00", "2026-11-26T03:12Z"]
)
def test_times_sort(at: str) -> None:
    """Whatever their offset and precision."""
    assert moment(at) == "2026-11-26T03:12:00Z"


def test_every_row_is_json_of_one_shape() -> None:
    """The documented fields, in every row of a sort."""
    rows = observed(LOOK, planned(), ["toy"]) + observed(LOOK, Plan(), ["toy"])
    shapes = {(row["row"], tuple(row)) for row in json.loads(json.dumps(rows))}

    assert len(shapes) == 2
    assert {c.value for c in Cause} >= {r["cause"] for r in rows if r["row"] == "change"}
