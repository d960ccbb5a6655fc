"""The states of capsules after an apply: one pull request that is used again, and no loop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.capsule.example import record, state
from tests.github.emulated import GitHub
from tests.github.runner import Runner
from tests.github.shop import STYLES, Catalog, catalog, styles

STATE = "desired/capsules/S226/state/product_state_S226.json"
CAPSULE = "desired/capsules/S226/capsule.yaml"
METAFIELDS = """\
targets: [shop]
namespace: altuzarra
definitions:
  look_image: {type: file_reference, name: Look image}
"""
BRANCH = "planogram/state"


def product(handle: str, cpi: str, **parts: Any) -> dict[str, Any]:
    """A product of the example shop, seen live, whose look image is adopted and may be written."""
    live = {"product_gid": "gid://shopify/Product/1", "status": "ACTIVE", "published": True}
    origin = {"source": "shopify", "derived_from": "x", "selection_reason": "HUMAN_OVERRIDE"}
    at = "2026-11-27T18:00:00Z"
    return record(
        handle=handle,
        cpi=cpi,
        assets={"look_image": {"file_name": f"S226_{cpi}_hero_image.jpg"}},
        assets_provenance={"look_image": {**origin, "derived_at": at}},
        allowed_actions={"metafield_write": True},
        observed={"targets": {"shop": {**live, "media_count": 5, "observed_at": at}}},
        **parts,
    )


def capsule(*products: dict[str, Any]) -> dict[str, str | None]:
    return {
        CAPSULE: "targets: [shop]\ncapsule: S226\n",
        STATE: json.dumps(state(*products), indent=2) + "\n",
    }


BLACK = product("arp-dress-black", "8301-000001")
IVORY = product("arp-dress-ivory", "8301-000102", promotion__locked=True)


@pytest.fixture
def team(github: GitHub, runner: Runner, tmp_path: Path) -> Iterator[Catalog]:
    """Definitions and a style are applied already; look images are files of the shop."""
    with catalog(github, runner, tmp_path) as found:
        found.begin(
            **{STYLES: styles("Harold_Sweater"), "desired/metafields/shop.yaml": METAFIELDS}
        )
        yield found


def proposed(team: Catalog) -> Any:
    """What the branch of the state says."""
    return json.loads(team.github.bare.git("show", f"refs/heads/{BRANCH}:{STATE}"))


@pytest.mark.extended
def test_the_state_comes_as_one_pull_request_and_starts_no_loop(team: Catalog) -> None:
    """An apply advances it apart from intents; its merge needs no plan, writes nothing to the shop
    and proposes nothing again. A locked product is held, and stops neither."""
    applied = team.merged(capsule(BLACK, IVORY), "capsule")
    pulls = [issue for issue, pull in team.github.pulls() if pull.head == BRANCH]
    first = proposed(team)["products"]
    changed = team.github.bare.git("diff", "--name-only", "main", f"refs/heads/{BRANCH}")
    writes, tip = len(team.writes), team.github.bare.git("rev-parse", f"refs/heads/{BRANCH}")
    again = team.apply(team.merge(pulls[0].number))

    assert applied.conclusion == "success", applied.log
    assert len(pulls) == 1
    assert first["arp-dress-black"]["observed"]["targets"]["shop"]["written"] == {
        "look_image": True
    }
    assert first["arp-dress-ivory"] == IVORY
    assert set(changed.split()) == {
        STATE,
        "desired/capsules/S226/outputs/write_results_S226.jsonl",
    }
    assert again.conclusion == "success", again.log
    assert len(team.writes) == writes
    assert team.complete() == team.github.bare.git("rev-parse", "main").strip()
    assert team.github.bare.git("rev-parse", f"refs/heads/{BRANCH}") == tip
    assert len([p for _, p in team.github.pulls() if p.head == BRANCH]) == 1


@pytest.mark.extended
def test_unlocking_takes_a_merge_of_its_own(team: Catalog) -> None:
    """A lock counts where it stands before a merge or after it: the look that comes with the
    unlocking is held, and one that comes after it is written."""
    team.merged(capsule(BLACK, IVORY), "capsule")
    open_lock = {**IVORY, "promotion": {**IVORY["promotion"], "locked": False}}
    chosen = "decisions:\n  8301-000102: {look: S226_8301-000330_editorial.jpg}\n"
    head = "targets: [shop]\ncapsule: S226\n"
    both = capsule(BLACK, open_lock) | {CAPSULE: head + chosen}
    number = team.open(both, "both")
    planned = team.plan(number)
    team.apply(team.merge(number))
    held = look_of(team, "arp-dress-ivory")
    other = chosen.replace("000330_editorial", "000001_hero_image")
    team.merged({CAPSULE: head + other}, "later")

    assert planned.conclusion == "success", planned.log
    assert "LOCKED" in team.comment(number, "plan")
    assert held != "S226_8301-000330_editorial.jpg"
    assert look_of(team, "arp-dress-ivory") == "S226_8301-000001_hero_image.jpg"


def look_of(team: Catalog, handle: str) -> str | None:
    """The file that the ledger says is its look image."""
    spec = team.ledger().get(f"product/{handle}/altuzarra.look_image", {})
    return spec.get("file")
