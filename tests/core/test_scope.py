"""A plan of what a pull request moves: it reads that, what that refers to, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.change import Action, Cause
from tests.workshop import Workshop, problems_of

HEAD = "targets: [shop]\nnamespace: scope\n"
DEFINED = "definitions:\n  fit: {type: single_line_text_field, name: Fit}\n"
SELECTED = """selectors:
  - {products: {type: Dresses}, set: {fit: slim}}
  - {products: {type: Skirts}, set: {fit: wide}}
"""
STYLES = """targets: [shop]
per_style:
  styles: [Harold_Sweater, Medina_Sweater, Minamoto_Dress]
  handle: style-{slug}
  collection: {title: "style_{style}", rules: {conditions: [{tag: "style_{style}"}]}}
"""
FILES = {
    "metafields/a.yaml": HEAD + DEFINED + "values: {harold-sweater-camel: {fit: loose}}\n",
    "metafields/b.yaml": HEAD + SELECTED,
    "collections/styles.yaml": STYLES,
}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A shop in which everything is as git says."""
    made = Workshop(tmp_path, "shopify", "shop", {"prune": True})
    made.write(FILES)
    assert not problems_of(made.apply())
    return made


def keys(plan) -> list[str]:  # type: ignore[no-untyped-def]
    return [change.address.key for change in plan.changes]


def test_only_what_moved_is_planned_and_read(shop: Workshop) -> None:
    """One style of three is new: two of the others are not read, no selector is asked, and the
    whole plan would have taken more requests."""
    base = shop.intents()
    shop.write({"collections/styles.yaml": STYLES.replace("Minamoto_Dress", "Karina_Skirt")})
    shop.requests.clear()
    plan = shop.plan(base=base)
    narrow = list(shop.requests)
    shop.requests.clear()
    shop.plan()

    assert keys(plan) == ["style-karina-skirt", "style-minamoto-dress"]
    assert [change.action for change in plan.changes] == [Action.CREATE, Action.DELETE]
    assert (plan.scope.planned, plan.scope.narrowed) == (2, True)
    assert plan.scope.total > 10
    assert "style-harold-sweater" not in "".join(narrow)
    assert "Dresses" not in "".join(narrow)
    assert len(narrow) < len(shop.requests)


def test_a_plan_of_nothing_reads_nothing(shop: Workshop) -> None:
    """Comments moved: the account is asked for its name, and that is all."""
    base = shop.intents()
    shop.write({"collections/styles.yaml": "# three styles\n" + STYLES})
    shop.requests.clear()
    plan = shop.plan(base=base)

    assert plan.is_empty
    assert plan.scope.planned == 0
    assert len(shop.requests) == 1


def test_a_selector_that_moved_is_asked_with_its_document(shop: Workshop) -> None:
    """What it sets moved: every product that it finds is planned, those of the other stay as
    they are."""
    base = shop.intents()
    shop.write({"metafields/b.yaml": HEAD + SELECTED.replace("slim", "straight")})
    plan = shop.plan(base=base)

    assert plan.changes
    assert {f.after for c in plan.changes for f in c.fields} == {"straight"}
    assert {change.cause for change in plan.changes} == {Cause.INTENT}
    assert plan.scope.planned == len(plan.changes) < plan.scope.total


def test_a_definition_that_moved_takes_along_what_selectors_of_other_documents_set(
    shop: Workshop,
) -> None:
    """The type of a value stands in another document than the selector that sets it."""
    base = shop.intents()
    moved = FILES["metafields/a.yaml"].replace("single_line", "multi_line")
    shop.write({"metafields/a.yaml": moved})
    plan = shop.plan(base=base)
    looked_at = {*plan.settled, *(change.address for change in plan.changes)}
    products = {a.key.split("/")[1] for a in looked_at if a.kind == "metafield"}

    assert {"harold-sweater-camel", "arp-dress-black", "karina-skirt-plaid"} <= products


def test_a_value_that_git_drops_falls_back_to_the_selector(shop: Workshop) -> None:
    """What was said by name is not said any more: the selector that finds the product speaks."""
    by_name = FILES["metafields/b.yaml"] + "values: {arp-dress-black: {fit: custom}}\n"
    shop.write({"metafields/b.yaml": by_name})
    shop.apply()
    base = shop.intents()
    shop.write({"metafields/b.yaml": FILES["metafields/b.yaml"]})
    plan = shop.plan(base=base)

    assert {f.after for c in plan.changes for f in c.fields} == {"slim"}
    assert keys(plan) == ["product/arp-dress-black/scope.fit"]


def test_drift_of_what_moved_is_shown_and_of_what_it_needs_is_counted(shop: Workshop) -> None:
    """A value moves in git; its definition's name was edited in the admin: it is read because
    the value needs it, and left alone."""
    base = shop.intents()
    shop.edit("metafieldDefinition", "product/scope.fit", name="Somebody's name")
    shop.edit("collection", "style-harold-sweater", title="Somebody's title")
    moved = FILES["metafields/a.yaml"].replace("loose", "tight")
    shop.write({"metafields/a.yaml": moved})
    plan = shop.plan(base=base)

    assert keys(plan) == ["product/harold-sweater-camel/scope.fit"]
    assert plan.scope.beside == 1


def test_what_the_scope_needs_and_is_not_there_is_created_with_it(shop: Workshop) -> None:
    """The definition was never applied: the value's plan brings it along."""
    shop.write({"metafields/c.yaml": HEAD.replace("scope", "other") + DEFINED})
    base = shop.intents()
    text = HEAD.replace("scope", "other") + DEFINED + "values: {arp-dress-black: {fit: x}}\n"
    shop.write({"metafields/c.yaml": text})
    plan = shop.plan(base=base)

    assert keys(plan) == ["product/other.fit", "product/arp-dress-black/other.fit"]
    assert plan.scope.planned == 2


def test_what_goes_and_was_never_applied_is_nobodys(tmp_path: Path) -> None:
    """Renamed before the first apply: the new one is planned, of the old one nothing is known."""
    shop = Workshop(tmp_path, "shopify", "shop")
    shop.write(FILES)
    base = shop.intents()
    shop.write({"collections/styles.yaml": STYLES.replace("style-{slug}", "styles-{slug}")})
    plan = shop.plan(base=base)

    assert {change.action for change in plan.changes} == {Action.CREATE}
    assert len(plan.changes) == 3
