"""A collection that git says has moved is renamed: it keeps its id, its old address leads on."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.change import Action, Cause
from tests.shopify import raw
from tests.shopify.documents import channels, collections
from tests.workshop import Workshop, problems_of

RULES = {"conditions": [{"tag": "S226"}]}
OLD, NEW = "new-in", "fresh"


def stated(handle: str, **moved: Any) -> dict[str, str]:
    one = {handle: {"title": "New in", "rules": RULES}}
    return collections(collections=one, **({"moved": moved} if moved else {}))


def redirects(shop: Workshop) -> list[tuple[str, str]]:
    nodes = raw.ask(shop, "{urlRedirects(first: 9) {nodes {path target}}}")["urlRedirects"]["nodes"]
    return [(node["path"], node["target"]) for node in nodes]


@pytest.fixture
def there(shop: Workshop) -> Workshop:
    shop.write(stated(OLD))
    shop.apply()
    return shop


def test_it_is_renamed(there: Workshop) -> None:
    """One update, caused by intent; the id stays, the old address leads to the new one, and there
    is nothing left to do, with or without the line."""
    before = raw.collection(there, OLD)
    there.write(stated(NEW, **{OLD: {"to": NEW}}))
    (change,) = there.plan().changes
    applied = there.apply()
    after = raw.collection(there, NEW)

    assert (change.action, change.cause, change.renamed_from) == (Action.UPDATE, Cause.INTENT, OLD)
    assert not problems_of(applied), problems_of(applied)
    assert (after["id"], raw.collection(there, OLD)) == (before["id"], None)
    assert redirects(there) == [(f"/collections/{OLD}", f"/collections/{NEW}")]
    assert there.plan().is_empty
    there.apply()
    assert [key for kind, key in there.entries() if kind == "collection"] == [NEW]
    there.write(stated(NEW))
    assert there.plan().is_empty


def test_no_redirect_where_git_says_so(there: Workshop) -> None:
    """`redirect: false` leaves the old address to nobody."""
    there.write(stated(NEW, **{OLD: {"to": NEW, "redirect": False}}))
    there.apply()

    assert raw.collection(there, NEW) is not None
    assert redirects(there) == []


def test_the_line_may_go_before_the_ledger_is_tidied(there: Workshop) -> None:
    """The old row is found to be the new collection: nothing is deleted."""
    there.write(stated(NEW, **{OLD: {"to": NEW}}))
    there.apply()
    there.write(stated(NEW))

    assert there.plan().is_empty
    assert not problems_of(there.apply())
    assert raw.collection(there, NEW) is not None


def test_one_that_was_never_ours_is_adopted_under_its_new_handle(shop: Workshop) -> None:
    """It is found under its old handle; not made a second time."""
    id_ = raw.collection(shop, "knitwear")["id"]
    rules = {"conditions": [{"type": "Sweaters"}]}
    one = {"sweaters": {"title": "Knitwear", "rules": rules}}
    shop.edit("collection", "knitwear", sources=[])
    shop.write(collections(collections=one, moved={"knitwear": {"to": "sweaters"}}))
    (change,) = shop.plan().changes
    shop.apply()

    assert (change.action, change.renamed_from) == (Action.ADOPT, "knitwear")
    assert raw.collection(shop, "sweaters")["id"] == id_
    assert shop.plan().is_empty


def test_without_a_word_it_is_another_collection(there: Workshop) -> None:
    """A handle that vanishes beside one that comes is a deletion and a creation."""
    there.write(stated(NEW))

    assert {c.action for c in there.plan().changes} == {Action.CREATE, Action.DELETE}


def test_one_that_was_never_there_is_told(shop: Workshop) -> None:
    """It is made new, and no redirect is promised; once it is there, the line is as good as one
    whose move is done."""
    shop.write(stated(NEW, **{"new-inn": {"to": NEW}}))
    plan = shop.plan()
    shop.apply()

    (change,) = plan.changes
    assert change.action is Action.CREATE
    assert "redirect" not in change.after_values
    (warning,) = plan.warnings
    assert warning.startswith("desired/collections/shop.yaml:1:")
    assert f"shop/collection/new-inn is to have moved to {NEW}, and there is none" in warning
    assert redirects(shop) == []
    assert (shop.plan().warnings, shop.plan().is_empty) == ((), True)


def test_one_that_was_deleted_in_the_admin_is_made_again_without_a_word(there: Workshop) -> None:
    """It was ours: that it is gone is drift, and told as such."""
    there.edit("collection", OLD, deleted=True)
    there.write(stated(NEW, **{OLD: {"to": NEW}}))
    plan = there.plan()

    assert [(c.action, c.cause) for c in plan.changes] == [(Action.CREATE, Cause.DRIFT)]
    assert plan.warnings == ()


def test_its_listings_go_along(shop: Workshop) -> None:
    """They are Shopify's own work, whoever states them: nothing is planned, forgotten or published
    for them, and the requests are as many as predicted."""
    listed = {"collections": {OLD: {"published": True, "since": "2026-12-01"}}}
    shop.write({**stated(OLD), **channels(Online_Store=listed)})
    shop.apply()
    moved = {"collections": {NEW: listed["collections"][OLD]}}
    shop.write({**stated(NEW, **{OLD: {"to": NEW}}), **channels(Online_Store=moved)})
    plan = shop.plan()
    applied = shop.apply()
    took, predicted = applied.actual.requests, plan.estimate.range

    assert [str(c.address) for c in plan.changes] == [f"shop/collection/{NEW}"]
    assert plan.warnings == ()
    assert not problems_of(applied), problems_of(applied)
    assert predicted.low.requests <= took <= predicted.high.requests
    assert shop.plan().is_empty
    shop.apply()
    assert [key for kind, key in shop.entries() if kind == "publication_listing"] == [
        f"collection/{NEW}/Online Store"
    ]


def test_a_listing_that_comes_with_the_move_is_written(there: Workshop) -> None:
    """As on a collection that stays where it is: an empty place is filled, after the move."""
    listed = {"collections": {NEW: {"published": True}}}
    there.write({**stated(NEW, **{OLD: {"to": NEW}}), **channels(Point_of_Sale=listed)})
    plan = there.plan()
    applied = there.apply()

    assert [(c.address.kind, c.action.value) for c in plan.changes] == [
        ("collection", "update"), ("publication_listing", "adopt"),
    ]  # fmt: skip
    assert plan.warnings == ()
    assert not problems_of(applied), problems_of(applied)
    assert there.plan().is_empty
