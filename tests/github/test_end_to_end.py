"""The loop as a team lives it: this project's own workflow files, carried out from their YAML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.github.sticky import facts_of
from tests.github.emulated import GitHub
from tests.github.runner import Runner
from tests.github.shop import STYLES, Catalog, catalog, styles

pytestmark = pytest.mark.long


@pytest.fixture
def team(github: GitHub, runner: Runner, tmp_path: Path) -> Iterator[Catalog]:
    """A repository with targets and workflows, nothing applied yet."""
    with catalog(github, runner, tmp_path) as made:
        made.begin()
        yield made


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_pull_request_from_its_opening_to_its_outcome(team: Catalog, method: str) -> None:
    """Opened: a comment, notes at the lines. Pushed again: the same comment, another digest.
    Merged: applied once, the ledger moved, the outcome told, the commit marked."""
    number = team.open({STYLES: styles("Karina_Skirt")})
    first = team.plan(number)
    opened = team.comment(number, "plan")
    team.github.commit("topic", {STYLES: styles("Karina_Skirt", "Minamoto_Dress")}, "one more")
    second = team.plan(number, "synchronize")
    renewed = team.comment(number, "plan")
    notes = [note for check in team.github.check_runs.values() for note in check.annotations]
    push = team.merge(number, method)
    applied = team.apply(push)

    assert (first.conclusion, second.conclusion) == ("success", "success"), first.log
    assert "1 to create" in opened
    assert "2 to create" in renewed
    assert facts_of(opened, "plan")["digest"] != facts_of(renewed, "plan")["digest"]  # type: ignore[index]
    assert "Earlier: 1" in renewed
    assert {(n["path"], n["start_line"]) for n in notes} == {(STYLES, 3)}
    assert applied.conclusion == "success", applied.log
    assert team.titles() == {
        "style-karina-skirt": "style_Karina_Skirt",
        "style-minamoto-dress": "style_Minamoto_Dress",
    }
    assert set(team.ledger()) == set(team.titles())
    assert team.complete() == push.after
    assert "2 done" in team.comment(number, "outcome")
    assert {s.state for s in team.github.statuses if s.context == "planogram/apply"} == {"success"}
    assert applied.approvals == ["planogram-apply"]
