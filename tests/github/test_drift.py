"""Every night: drift found, told again, restored by a dispatch, and calm: by drift.yml itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reports.github.sticky import facts_of
from tests.github.emulated import GitHub
from tests.github.records import Issue
from tests.github.runner import Environment, Runner
from tests.github.shop import STYLES, Catalog, catalog, slack, styles

pytestmark = pytest.mark.long

HISTORY = "refs/planogram/history"


@pytest.fixture
def team(github: GitHub, runner: Runner, tmp_path: Path) -> Iterator[Catalog]:
    """Two styles in a shop, applied."""
    with catalog(github, runner, tmp_path) as made:
        made.begin(**{STYLES: styles("Karina_Skirt", "Minamoto_Dress")})
        yield made


def issue(team: Catalog) -> Issue:
    (found,) = [i for i in team.github.issues.values() if facts_of(i.body, "drift")]
    return found


def history(team: Catalog) -> list[dict[str, Any]]:
    bare = team.github.bare
    names = bare.git("ls-tree", "-r", "--name-only", HISTORY).splitlines()
    text = "\n".join(bare.git("show", f"{HISTORY}:{name}") for name in names)
    return [json.loads(line) for line in text.split("\n") if line]


@pytest.mark.extended
def test_nights(team: Catalog) -> None:
    """Drift opens the issue; the next night renews it; restored by a dispatch with the night's
    run, it is closed; every night is in the history, and Slack is told while there is anything."""
    team.edit("style-karina-skirt", title="SALE")
    with slack(team) as posted:
        first = team.dispatch("drift.yml")
        opened = issue(team)
        state, told = opened.state, opened.body or ""
        team.edit("style-minamoto-dress", title="SALE")
        second = team.dispatch("drift.yml")
        number = str(next(reversed(team.github.runs)))
        renewed = issue(team).body or ""
        restored = team.dispatch("apply.yml", run_id=number, target="", allow="", only="")
        third = team.dispatch("drift.yml")
        closed = (issue(team).state, issue(team).body or "")
        fourth = team.dispatch("drift.yml")

    assert [run.conclusion for run in (first, second, restored, third, fourth)] == [
        "success"
    ] * 5, first.log + second.log + restored.log + third.log + fourth.log
    assert (opened.number, state) == (issue(team).number, "open")
    assert opened.title.startswith("Planogram: ")
    assert "Drifted: 1" in told
    assert "Last looked at " in told.splitlines()[1]
    assert "Drifted: 2" in renewed
    assert f"`run_id` `{number}`" in renewed
    assert team.titles()["style-karina-skirt"] == "style_Karina_Skirt"
    assert closed[0] == "closed"
    assert "1 target, 2 resources" in closed[1]
    assert issue(team).state == "closed"
    assert (issue(team).body or "") != closed[1]
    looks = [r["counts"] for r in history(team) if r["row"] == "run" and r["sort"] == "drift"]
    assert looks == [{"drifted": 1}, {"drifted": 2}, {}, {}]
    assert {r["sort"] for r in history(team)} == {"drift", "apply"}
    assert [message["text"] for message in posted] == [
        "Planogram: 1 drifted in shop",
        "Planogram: 2 drifted in shop",
    ]


@pytest.mark.extended
def test_a_shop_that_can_not_be_looked_at_is_told(team: Catalog) -> None:
    """The night is red, and the issue says that nothing is known; calm it is not."""
    team.runner.environments = {
        **team.runner.environments,
        "planogram-plan": Environment({"SHOP_ADMIN_TOKEN": "revoked"}),
    }
    night = team.dispatch("drift.yml")

    assert night.conclusion == "failure"
    assert issue(team).state == "open"
    assert "`shop` was **not looked at**" in (issue(team).body or "")
    assert "0 targets, 0 resources" in (issue(team).body or "")
    assert not [r for r in history(team) if r["sort"] == "drift"]
