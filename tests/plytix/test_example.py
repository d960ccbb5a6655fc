"""The living example from plan to plan, through the core: what is found, written, and left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from providers.plytix import PROVIDER
from providers.plytix.filenames import image_of
from reconciler import workflow
from reconciler.intent.base import Intents
from reconciler.intent.images import Images
from reconciler.intent.loader import files_under, load
from reconciler.intent.targets import Policy
from reconciler.ledger import Ledger
from reconciler.model.change import Action, Cause
from reconciler.model.outcome import Status
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from reconciler.repository import own_repository
from reconciler.site import Site
from tests.plytix.account import TARGET, Account
from tests.virtual_time import run_in_virtual_time

DESIRED = Path(__file__).parents[2] / "desired"


@pytest.fixture
def intents() -> Intents:
    """The example's images, and nothing of the other platforms."""
    loaded = load(files_under(DESIRED)).intents.for_target("pim")
    return Intents.made_of(loaded.of(Images))


@pytest.fixture
def site(account: Account, tmp_path: Path) -> Site:
    ledger = Ledger(own_repository(tmp_path / "ledger"), "pim")
    policy = Policy(adopt=True, prune=True)
    return Site(TARGET, PROVIDER, policy, ledger, tmp_path / "journals", account.wire)


def _plan(site: Site, intents: Intents) -> Plan:
    return run_in_virtual_time(lambda: workflow.plan([site], intents, Wishes()))


def _apply(site: Site, intents: Intents, run: str = "one") -> dict[str, Status]:
    applied = run_in_virtual_time(
        lambda: workflow.apply([site], intents, Wishes(), run, "2026-11-20T00:00:00+00:00")
    )
    return {f"{a.kind}/{a.key}": outcome.status for a, outcome in applied.outcomes.items()}


def _told(plan: Plan) -> set[tuple[Action, str]]:
    return {(c.action, f"{c.address.kind}/{c.address.key}") for c in plan.changes}


FIRST_PLAN = {
    (Action.CREATE, "asset/61bQkTpV2qL.jpg"),
    (Action.CREATE, "asset/61bQkBtX8wL.jpg"),
    (Action.CREATE, "asset/71c+KitMn5L.jpg"),
    (Action.ADOPT, "asset/41nAvYsw0cL.jpg"),
    (Action.ADOPT, "gallery/AMZN-US-B07X8YQ1LM/amazon_images"),
    (Action.ADOPT, "gallery/AMZN-US-B07X91C4RW/amazon_images"),
    (Action.ADOPT, "gallery/AMZN-US-B07XB2D9KJ/amazon_images"),
    (Action.CREATE, "gallery/AMZN-US-B09KMV7Q2D/amazon_images"),
    (Action.CREATE, "gallery/AMZN-US-B0BXT4N8JS/amazon_images"),
}


def test_the_first_plan(account: Account, site: Site, intents: Intents) -> None:
    """Creations, adoptions, and what is equal already; made of searches only."""
    plan = _plan(site, intents)

    assert _told(plan) == FIRST_PLAN
    assert len(plan.recorded) == 11
    assert (plan.violations, dict(plan.holds)) == ((), {})
    assert account.writes == []
    assert len(account.asked) == 6


def test_apply_and_plan_again(account: Account, site: Site, intents: Intents) -> None:
    """Everything is done; then nothing is left, and nothing is held. Raw: every product of the
    example has its images under the right names, and its MAIN image as thumbnail."""
    statuses = _apply(site, intents)
    writes = account.writes
    again = _plan(site, intents)

    assert set(statuses.values()) == {Status.DONE}
    assert (again.changes, again.recorded, dict(again.holds)) == ((), (), {})
    # 3 uploads, of which one was there and is renamed; 1 renamed; 1 link; 1 unlinked and linked
    # again elsewhere; 1 thumbnail; 4 + 1 and 2 + 1 links of the new galleries.
    assert len(writes) == 3 + 1 + 1 + 1 + 2 + 1 + 5 + 3
    (document,) = intents.of(Images)
    for sku, product in document.products.items():
        links = run_in_virtual_time(lambda sku=sku: account.links(sku))  # type: ignore[misc]
        urls = {slot: image.url or "" for slot, image in product.images.items()}
        names = {slot: url.rpartition("/")[2].replace("%2B", "+") for slot, url in urls.items()}
        assert sorted(map(image_of, links["amazon_images"])) == sorted(names.values())
        assert links["thumbnail"] == [f"amazon_01_MAIN_{names['MAIN']}"]


def test_a_second_apply_writes_nothing(account: Account, site: Site, intents: Intents) -> None:
    """Not one request that could change something."""
    _apply(site, intents)
    account.sent.clear()
    _apply(site, intents, "two")

    assert account.writes == []


def test_an_edit_is_found_as_drift_and_put_back(
    account: Account, site: Site, intents: Intents
) -> None:
    """An asset was renamed, a thumbnail changed: one PATCH and one link, whatever the renamed
    asset looks like in its galleries meanwhile."""
    _apply(site, intents)
    account.edit("asset", "amazon_10_SWATCH_41hV9xSWk3L.jpg", filename="swatch.jpg")
    account.edit("product", "AMZN-US-B07X8Z63ZL", thumbnail="brand_logo.png")
    plan = _plan(site, intents)
    account.sent.clear()
    statuses = _apply(site, intents, "two")

    assert {c.cause for c in plan.changes} == {Cause.DRIFT}
    assert {f"{c.address.kind}/{c.address.key}" for c in plan.changes} == {
        "asset/41hV9xSWk3L.jpg",
        "gallery/AMZN-US-B07X8YQ1LM/amazon_images",
        "gallery/AMZN-DE-B07X8YQ1LM/amazon_images",
        "gallery/AMZN-US-B07X8Z63ZL/amazon_images",
    }
    assert set(statuses.values()) == {Status.DONE, Status.CONVERGED}
    assert len(account.writes) == 2
    assert _plan(site, intents).changes == ()


def test_a_dropped_product_loses_the_gallery_that_was_made_for_it(
    account: Account, site: Site, intents: Intents
) -> None:
    """Its assets are forgotten and stay; an adopted gallery is forgotten too."""
    _apply(site, intents)
    (document,) = intents.of(Images)
    dropped = ("AMZN-US-B09KMV7Q2D", "AMZN-US-B07X8YQ1LM")
    fewer: dict[str, Any] = {s: p for s, p in document.products.items() if s not in dropped}
    smaller = Intents.made_of([document.model_copy(update={"products": fewer})])
    plan = _plan(site, smaller)
    _apply(site, smaller, "two")

    gallery = "gallery/AMZN-US-B09KMV7Q2D/amazon_images"
    assert {told for told in _told(plan) if told[0] is Action.DELETE} == {(Action.DELETE, gallery)}
    assert (Action.FORGET, "gallery/AMZN-US-B07X8YQ1LM/amazon_images") in _told(plan)
    assert run_in_virtual_time(lambda: account.links(dropped[0])) == {"thumbnail": []}
    kept = run_in_virtual_time(lambda: account.links(dropped[1]))
    assert len(kept["amazon_images"]) == 4
    assert account.asset_id("amazon_11_TOPP_61bQkTpV2qL.jpg")
    assert _plan(site, smaller).changes == ()


def test_without_leave_what_somebody_made_is_not_overwritten(
    account: Account, site: Site, intents: Intents
) -> None:
    """The strictest policy holds the adoptions that would overwrite; the rest goes on."""
    plan = _plan(replace(site, policy=Policy()), intents)

    held = {(a.kind, plan.holds[a].reason) for a in plan.holds}
    assert held == {("asset", "adopt"), ("gallery", "adopt")}
    assert len(plan.holds) == 4
    assert account.writes == []
