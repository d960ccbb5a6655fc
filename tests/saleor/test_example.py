"""The living example from plan to plan: what is found, written, and left."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from reconciler.model.change import Action, Cause
from tests.saleor.shop import Shop, shop
from tests.workshop import problems_of

DESIRED = Path(__file__).parents[2] / "desired"
IDENTITIES = ["external_reference", "slug"]

both = pytest.mark.parametrize("identity", IDENTITIES)


def example(folder: Path, identity: str) -> Shop:
    at = shop(folder, identity)
    for name in ("taxonomies", "registries", "mappings", "offerings"):
        shutil.copytree(DESIRED / name, at.desired / name)
    return at


def test_the_first_plan(tmp_path: Path) -> None:
    """Something to make, something to take over, most of it as desired; nothing is held."""
    plan = example(tmp_path, "slug").plan()
    actions = Counter((change.action, change.address.kind) for change in plan.changes)

    assert {action for action, _ in actions} == {Action.CREATE, Action.ADOPT}
    assert actions[Action.CREATE, "attribute_value"] > 0
    assert actions[Action.ADOPT, "product_attributes"] > 0
    assert len(plan.recorded) > len(plan.changes)
    assert (plan.violations, dict(plan.holds)) == ((), {})


@both
def test_apply_and_plan_again(identity: str, tmp_path: Path) -> None:
    """Everything is done with no more requests than estimated; then nothing is left."""
    at = example(tmp_path, identity)
    estimated = at.plan().estimate.requests
    applied = at.apply()
    sent = len(at.writes)
    at.apply()

    assert problems_of(applied) == []
    assert 0 < sent <= estimated
    assert len(at.writes) == sent
    assert at.plan().is_empty
    assert at.plan().recorded == ()


def test_in_the_slug_identity_storefronts_find_the_keys(tmp_path: Path) -> None:
    """Raw: the slugs that a filter names are the keys, and the labels are English."""
    at = example(tmp_path, "slug")
    at.apply()
    support = at.carried("customer-support-agent")
    labels = {v["slug"]: v["translation"] for v in at.choices("gsv_roles")}

    assert support["gsv_roles"] == support["gsv_value_stream"] == ["customer_support"]
    assert sorted(support["gsv_integrations_required"]) == ["intercom", "slack", "zendesk"]
    assert labels["sales_sdr"] == "Sales / SDR"


@both
def test_an_edit_is_found_as_drift_and_put_back(identity: str, tmp_path: Path) -> None:
    """A name and what a product carries: two requests."""
    at = example(tmp_path, identity)
    at.apply()
    hr = next(
        v["slug"] for v in at.choices("gsv_roles") if v["externalReference"] == "gsv_roles/hr"
    )
    at.edit("attributeValue", f"gsv_roles/{hr}", name="Human stuff")
    at.edit("product", "slack-helpdesk", attributes={"gsv_maturity": []})
    changes = at.changes()
    at.writes.clear()
    at.apply()

    assert set(changes) == {"attribute_value/gsv_roles/hr", "product_attributes/slack-helpdesk"}
    assert {change.cause for change in changes.values()} == {Cause.DRIFT}
    assert len(at.writes) == 2
    assert at.plan().is_empty
