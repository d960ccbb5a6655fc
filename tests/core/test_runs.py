"""Journals in git: runs are found, and those cut off are taken up, on any machine."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from git import Repo

from reconciler import runs, workflow
from reconciler.carrying import Applied
from reconciler.ledger import Ledger
from reconciler.planner import Wishes
from reconciler.repository import Repository
from tests.core.test_workflow import ONE, PowerCutError
from tests.toy import Shop, intents, site
from tests.virtual_time import run_in_virtual_time

TWO = intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}})


class Machine:
    """A clone of one shared repository, and a folder of its own."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        self.folder, self.shop = folder, shop
        repo = Repo.init(folder / "clone")
        repo.create_remote("origin", str(folder.parent / "remote.git"))
        self.repository = Repository(repo, "origin")
        self.journals = folder / "journals"

    def site(self) -> Any:
        made = site(self.shop, self.folder)
        return replace(made, ledger=Ledger(self.repository, "toy"), journals=self.journals)

    def apply(self, desired: Any, run: str) -> Applied:
        return run_in_virtual_time(
            partial(workflow.apply, [self.site()], desired, Wishes(), run, "now")
        )

    def remote_refs(self) -> list[str]:
        told = self.repository.repo.git.ls_remote("origin")
        return sorted(line.split("\t")[1] for line in told.splitlines())


@pytest.fixture
def machines(tmp_path: Path) -> tuple[Machine, Machine]:
    Repo.init(tmp_path / "remote.git", bare=True)
    shop = Shop()
    return Machine(tmp_path / "one", shop), Machine(tmp_path / "two", shop)


def test_a_run_that_ended_is_found_on_another_machine(machines: tuple[Machine, Machine]) -> None:
    """Its journal is pushed with the ledger, and fetched when it is asked for."""
    one, two = machines
    one.apply(ONE, "run-1")
    path = runs.find(two.repository, "toy", two.journals, "run-1")

    assert path is not None
    assert path.read_text() == (one.journals / "run-1.jsonl").read_text()
    assert runs.find(two.repository, "toy", two.journals, "run-9") is None
    assert runs.known(two.repository, "toy", two.journals) == ["run-1"]
    assert one.remote_refs() == ["refs/planogram/applied/toy", "refs/planogram/runs/toy/run-1"]


def test_a_run_that_was_cut_off_is_taken_up_on_another_machine(
    machines: tuple[Machine, Machine],
) -> None:
    """The machine is gone; its journal was pushed as unfinished. What it made is known as ours
    and not adopted, and the journal is then one of a run that ended."""
    one, two = machines
    one.shop.on_write = partial(_cut_off, one.shop)
    with pytest.raises(PowerCutError):
        one.apply(TWO, "run-1")
    one.shop.on_write = None
    one.shop.put("shelf", "a", title="A")
    runs.publish(one.repository, "toy", one.journals)
    unfinished = one.remote_refs()
    applied = two.apply(TWO, "run-2")
    origins = {key: e.origin.value for (_, key), e in two.site().ledger.load().entries.items()}

    assert unfinished == ["refs/planogram/open/toy/run-1"]
    assert all(outcome.status.is_fine for outcome in applied.outcomes.values())
    assert origins == {"a": "created", "b": "created"}
    assert two.remote_refs() == [
        "refs/planogram/applied/toy",
        "refs/planogram/runs/toy/run-1",
        "refs/planogram/runs/toy/run-2",
    ]


def test_a_run_that_was_cut_off_is_found_by_its_name(machines: tuple[Machine, Machine]) -> None:
    """Before anybody took it up: whoever wants it taken back need not apply first."""
    one, two = machines
    one.shop.on_write = partial(_cut_off, one.shop)
    with pytest.raises(PowerCutError):
        one.apply(TWO, "run-1")
    runs.publish(one.repository, "toy", one.journals)

    assert runs.find(two.repository, "toy", two.journals, "run-1") is not None


@pytest.mark.parametrize("name", ["../run-1", "*", "", "a b", "-x"])
def test_what_is_no_name_of_a_run_is_not_looked_for(
    machines: tuple[Machine, Machine], name: str
) -> None:
    """Neither outside of the journals' folder nor by a pattern."""
    one, two = machines
    one.apply(ONE, "run-1")

    assert runs.find(two.repository, "toy", two.journals, name) is None
    assert not list(two.folder.glob("**/*.jsonl"))


def _cut_off(shop: Shop) -> None:
    raise PowerCutError
