"""Freezes: everything is shown and nothing is written, until a time comes or somebody lifts it."""

from __future__ import annotations

from pathlib import Path

import pytest
from git import Repo

from reconciler.freeze import Freeze, NotFrozen, freeze, standing, unfreeze
from reconciler.guards import Allowance
from reconciler.intent.targets import FreezeWindow, Policy
from reconciler.model.outcome import Status
from reconciler.repository import Repository, own_repository
from tests.core.test_workflow import ONE, Desk
from tests.toy import address

WINDOW = FreezeWindow(since="2026-11-27", until="2026-12-01T06:00Z", reason="sale week")
CASES = [
    ("2026-11-26T23:59Z", False),
    ("2026-11-27T00:00Z", True),
    ("2026-12-01T05:59Z", True),
    ("2026-12-01T06:00Z", False),
    (None, False),
]


@pytest.mark.parametrize(("now", "is_frozen"), CASES)
def test_a_window_begins_and_ends_by_the_minute(
    now: str | None, is_frozen: bool, tmp_path: Path
) -> None:
    """Its first minute is in it, its end is not; without a clock a window holds nothing."""
    policy = Policy(freeze=(WINDOW,))

    assert bool(standing(own_repository(tmp_path), "toy", policy, now)) is is_frozen


def test_a_frozen_target_is_planned_and_not_written(tmp_path: Path) -> None:
    """Every change is held with the reason and the end; a word lets it through; lifted, it goes."""
    desk = Desk(tmp_path)
    repository = own_repository(tmp_path / "ledger.git")
    freeze(repository, "toy", Freeze("prices look wrong", "2026-11-30T18:00Z", "Ada"))
    held = desk.apply(ONE, now="2026-11-30T17:59Z")
    allowed = desk.plan(ONE, allowed=frozenset({Allowance("freeze", "toy")}))
    over = desk.plan(ONE, now="2026-11-30T18:00Z")
    lifted = unfreeze(repository, "toy")

    assert held.outcomes[address("shelf", "a")].status is Status.HELD
    assert "frozen until 2026-11-30T18:00Z (prices look wrong), by Ada" in (
        held.outcomes[address("shelf", "a")].message or ""
    )
    assert desk.shop.writes == []
    assert not allowed.held
    assert not over.held
    assert lifted.reason == "prices look wrong"
    assert not desk.plan(ONE, now="2026-11-30T17:59Z").held
    with pytest.raises(NotFrozen):
        unfreeze(repository, "toy")


def test_a_freeze_is_everybodys(tmp_path: Path) -> None:
    """Ordered in one clone it holds in the other; lifted there it holds nowhere."""
    remote = Repo.init(tmp_path / "remote.git", bare=True)
    here, there = (Repository(Repo.init(tmp_path / name), "origin") for name in ("a", "b"))
    for clone in (here, there):
        clone.repo.create_remote("origin", str(remote.git_dir))
    freeze(here, "toy", Freeze("incident", None))
    there.fetch("+refs/planogram/*/toy:refs/planogram/seen/*/toy")
    held = standing(there, "toy", Policy(), None)
    unfreeze(there, "toy")
    here.fetch("+refs/planogram/*/toy:refs/planogram/seen/*/toy")

    assert held == Freeze("incident", None)
    assert standing(here, "toy", Policy(), None) is None
    assert standing(there, "toy", Policy(), None) is None
