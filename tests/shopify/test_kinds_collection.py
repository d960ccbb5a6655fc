"""Collections and their rules, from an intent to what plain requests see in the shop."""

from __future__ import annotations

from typing import Any

import pytest

from providers.kit.sandbox import Fault
from providers.shopify.kinds.collection import CollectionKind
from reconciler.model.change import Action, Cause
from tests.shopify import raw
from tests.shopify.documents import collection, collections
from tests.workshop import Workshop, problems_of

HANDLE = "new-in"


def apply(shop: Workshop, files: dict[str, str]) -> None:
    shop.write(files)
    applied = shop.apply()
    assert not problems_of(applied), problems_of(applied)


def one(**parts: Any) -> dict[str, str]:
    return collections(collections={HANDLE: collection(**parts)})


def rules(match: str, *conditions: dict[str, str]) -> dict[str, Any]:
    return {"match": match, "conditions": list(conditions)}


def told(shop: Workshop, handle: str = HANDLE) -> tuple[Any, Any]:
    """How the conditions are joined, and the conditions, of the source that is ours."""
    (inclusion,) = [
        source["inclusion"]
        for source in raw.collection(shop, handle)["sources"]
        if source["title"] == "Planogram"
    ]
    return inclusion["matchType"], sorted(
        (c.get("ofTag") or c.get("ofType"), *c["values"]) for c in inclusion["conditions"]
    )


SEASON = one(
    description="<p>Fresh.</p>",
    sort="newest",
    rules=rules("any", {"tag": "S226"}, {"type": "Bags", "relation": "is_not"}),
)


def test_it_is_made_as_stated(shop: Workshop) -> None:
    """Texts, order and rules arrive, its products are those that meet them, and then there is
    nothing to do."""
    apply(shop, SEASON)
    found = raw.collection(shop, HANDLE)

    assert (found["title"], found["descriptionHtml"], found["sortOrder"]) == (
        "New in", "<p>Fresh.</p>", "CREATED_DESC",
    )  # fmt: skip
    assert told(shop) == ("ANY", [("NOT_EQUALS", "Bags"), ("TAGGED_WITH", "S226")])
    assert shop.plan().is_empty


def test_rules_change_by_their_difference(shop: Workshop) -> None:
    """A condition that stays keeps its id; what is missing is made, what is too much goes."""
    apply(shop, SEASON)
    (before,) = raw.collection(shop, HANDLE)["sources"]
    apply(shop, one(rules=rules("all", {"tag": "S226"}, {"type": "Bags"})))
    (after,) = raw.collection(shop, HANDLE)["sources"]
    kept = [c["id"] for c in before["inclusion"]["conditions"] if c["values"] == ["S226"]]

    assert told(shop) == ("ALL", [("EQUALS", "Bags"), ("TAGGED_WITH", "S226")])
    assert [c["id"] for c in after["inclusion"]["conditions"] if c["values"] == ["S226"]] == kept
    assert before["id"] == after["id"]
    assert shop.plan().is_empty


def test_null_empties_the_description(shop: Workshop) -> None:
    """Left out it is not managed; null is managed and empty."""
    apply(shop, SEASON)
    apply(shop, one())
    kept = raw.collection(shop, HANDLE)["descriptionHtml"]
    apply(shop, one(description=None))

    assert kept == "<p>Fresh.</p>"
    assert raw.collection(shop, HANDLE)["descriptionHtml"] == ""
    assert shop.plan().is_empty


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        ({"title": "Else"}, "title"),
        ({"descriptionHtml": "<p>Else.</p>"}, "description_html"),
        ({"sortOrder": "MANUAL"}, "sort_order"),
    ],
)
def test_each_text_drifts_and_comes_back(shop: Workshop, edit: Any, path: str) -> None:
    """An edit in the admin shows as drift of just that field, and is restored."""
    apply(shop, SEASON)
    shop.edit("collection", HANDLE, **edit)
    (change,) = shop.drift().changes

    assert [(f.path, f.cause) for f in change.fields] == [(path, Cause.DRIFT)]
    apply(shop, SEASON)
    assert shop.plan().is_empty


def source(match: str, *conditions: Any, **parts: Any) -> dict[str, Any]:
    inclusion = {"matchType": match, "conditions": list(conditions)}
    return {"title": "Planogram", "inclusion": inclusion, **parts}


def tagged(*values: str, match: str = "ANY") -> dict[str, Any]:
    return {"productTag": {"relation": "TAGGED_WITH", "matchType": match, "values": list(values)}}


VENDOR = {"productVendor": {"relation": "EQUALS", "matchType": "ANY", "values": ["Altuzarra"]}}


@pytest.mark.parametrize(
    ("sources", "paths"),
    [
        ([source("ANY", tagged("S226"))], ["match"]),
        ([source("ALL", tagged("vintage"))], ["conditions"]),
        ([source("ALL", tagged("S226"), VENDOR)], ["conditions"]),
        ([source("ALL", tagged("S226", "vintage"))], ["conditions"]),
        ([], ["conditions", "match"]),
    ],
)
def test_rules_drift_and_come_back(shop: Workshop, sources: Any, paths: list[str]) -> None:
    """Whatever somebody does to the conditions shows, foreign kinds of conditions too, and is
    put right."""
    apply(shop, one())
    shop.edit("collection", HANDLE, sources=sources)
    (change,) = shop.drift().changes

    assert [field.path for field in change.fields] == paths
    apply(shop, one())
    assert told(shop) == ("ALL", [("TAGGED_WITH", "S226")])
    assert shop.plan().is_empty


@pytest.mark.parametrize(
    "extra",
    [
        {"selections": ["play-bag-tan"]},
        {"exclusion": {"matchType": "ANY", "conditions": [tagged("vintage")]}},
    ],
)
def test_what_conditions_can_not_take_away_is_told(shop: Workshop, extra: Any) -> None:
    """Products chosen or excluded by hand show as a difference, and fail with a remedy; they are
    neither overlooked nor deleted."""
    apply(shop, one())
    shop.edit("collection", HANDLE, sources=[source("ALL", tagged("S226"), **extra)])
    (change,) = shop.drift().changes
    sent = len(shop.writes)

    assert [field.path for field in change.fields] == ["conditions"]
    assert "does not take away" in problems_of(shop.apply())[0]
    assert len(shop.writes) == sent


def test_other_sources_are_left_alone(shop: Workshop) -> None:
    """A source that somebody adds beside ours is theirs."""
    apply(shop, one())
    theirs = {"title": "Picks", "inclusion": {"matchType": "ANY", "conditions": [VENDOR]}}
    shop.edit("collection", HANDLE, sources=[source("ALL", tagged("S226")), theirs])
    plan = shop.plan()
    apply(shop, one(rules=rules("all", {"tag": "vintage"})))
    titles = [found["title"] for found in raw.collection(shop, HANDLE)["sources"]]

    assert plan.is_empty
    assert sorted(titles) == ["Picks", "Planogram"]
    assert told(shop) == ("ALL", [("TAGGED_WITH", "vintage")])


def test_a_collection_of_the_older_model_is_not_overwritten(shop: Workshop) -> None:
    """Its rule set can not be changed by sources: that is told, and nothing is written."""
    rule = {"match": "all", "conditions": [{"tag": "S226"}]}
    shop.write(collections(collections={"accessories": {"title": "Accessories", "rules": rule}}))
    applied = shop.apply()

    assert "a rule set of the older model" in problems_of(applied)[0]
    assert shop.writes == []


def test_a_renamed_collection_gets_its_handle_back(shop: Workshop) -> None:
    """Found by its id under another handle it is renamed, not made a second time."""
    apply(shop, one())
    id_ = raw.collection(shop, HANDLE)["id"]
    shop.edit("collection", HANDLE, handle="fresh")
    (change,) = shop.drift().changes
    apply(shop, one())

    assert change.renamed_from == "fresh"
    assert raw.collection(shop, HANDLE)["id"] == id_
    assert raw.collection(shop, "fresh") is None
    assert shop.plan().is_empty


def test_a_handle_that_was_taken_meanwhile_is_a_failure(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody is quicker: Shopify makes `new-in-1`, which is told, and kept as the one that is
    ours; the other's collection is not touched."""
    write = CollectionKind.write

    async def overtaken(self: Any, session: Any, batch: Any) -> Any:
        shop.sandbox().admin_edit("collection", "frontpage", {"handle": HANDLE})
        return await write(self, session, batch)

    shop.write(one())
    monkeypatch.setattr(CollectionKind, "write", overtaken)
    (problem,) = problems_of(shop.apply())
    ours = raw.collection(shop, f"{HANDLE}-1")

    assert "the platform gave it the handle new-in-1 · free new-in" in problem
    assert shop.entries()["collection", HANDLE].remote == ours["id"]
    assert raw.collection(shop, HANDLE)["title"] == "Home page"


def test_dropped_it_is_deleted(shop: Workshop) -> None:
    """What Planogram made goes when git no longer states it."""
    apply(shop, one())
    shop.write({"collections/shop.yaml": None})
    (change,) = shop.plan().changes
    applied = shop.apply()

    assert change.action is Action.DELETE
    assert not problems_of(applied)
    assert raw.collection(shop, HANDLE) is None
    assert shop.plan().is_empty


def test_deleted_by_hand_it_is_made_again(shop: Workshop) -> None:
    """That somebody deleted it is drift."""
    apply(shop, one())
    shop.edit("collection", HANDLE, deleted=True)
    (change,) = shop.drift().changes
    apply(shop, one())

    assert (change.action, change.cause) == (Action.CREATE, Cause.DRIFT)
    assert shop.plan().is_empty


def test_ten_collections_take_ten_writes(shop: Workshop) -> None:
    """A write each, and no more requests in the plan's estimate than that."""
    made = {f"drop-{n}": collection(f"Drop {n}") for n in range(10)}
    shop.write(collections(collections=made))
    estimated = shop.plan().estimate.requests
    shop.apply()

    assert len(shop.writes) == estimated == 10


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("field", ["collectionCreate", "collectionUpdate"])
def test_a_lost_answer_doubles_nothing(shop: Workshop, fault: Fault, field: str) -> None:
    """Whatever happens to the request, there is one collection as stated, and no `new-in-1`."""
    if field == "collectionUpdate":
        apply(shop, one(title="Before", rules=rules("any", {"tag": "vintage"})))
    shop.write(one())
    shop.inject(fault, matching=field)

    assert not problems_of(shop.apply())
    assert raw.collection(shop, HANDLE)["title"] == "New in"
    assert told(shop) == ("ALL", [("TAGGED_WITH", "S226")])
    assert raw.collection(shop, f"{HANDLE}-1") is None
    assert shop.plan().is_empty


def test_strangers_are_left_alone(shop: Workshop) -> None:
    """Collections that nobody declared are nobody's business."""
    apply(shop, one())
    shop.edit("collection", "frontpage", title="Welcome")

    assert shop.plan().is_empty
