"""Collections and their rules, from an intent to what plain requests see in the shop."""

from __future__ import annotations

from typing import Any

import pytest

from providers.kit.sandbox import Fault
from providers.shopify.kinds.collection import CollectionKind
from providers.shopify.spoken import condition_words
from reconciler.model.change import Action, Cause
from reconciler.model.errors import InvalidDesiredState
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


CHOSEN = {"selections": ["play-bag-tan"]}


@pytest.mark.parametrize(
    ("extra", "more"),
    [
        (CHOSEN, "product play-bag-tan"),
        (
            {"exclusion": {"matchType": "ANY", "conditions": [tagged("vintage")]}},
            "without tag is vintage",
        ),
        ({"exclusion": {"matchType": "ANY", **CHOSEN}}, "without product play-bag-tan"),
    ],
)
def test_what_somebody_adds_to_our_source_is_taken_back(
    shop: Workshop, extra: Any, more: str
) -> None:
    """Products chosen or excluded by hand within our source are drift, told in words."""
    apply(shop, one())
    before = raw.collection(shop, HANDLE)
    inclusion = {"matchType": "ALL", "conditions": [tagged("S226")]}
    if "selections" in extra:
        inclusion |= extra
    theirs = {"title": "Planogram", **extra, "inclusion": inclusion}
    theirs.pop("selections", None)
    shop.edit("collection", HANDLE, sources=[theirs])
    (change,) = shop.drift().changes
    apply(shop, one())

    assert [(f.path, f.before) for f in change.fields] == [
        ("conditions", sorted(["tag is S226", more]))
    ]
    assert raw.collection(shop, HANDLE)["products"] == before["products"]
    assert shop.plan().is_empty


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([source("ALL", tagged("S226"), targetType="VARIANTS")], "single variants"),
        ([{**source("ALL", tagged(t)), "title": t} for t in ("a", "b")], "none of them the only"),
    ],
)
def test_what_can_not_be_changed_is_told(shop: Workshop, sources: Any, words: str) -> None:
    """Nothing is written, and the remedy is said."""
    apply(shop, one())
    shop.edit("collection", HANDLE, sources=sources)
    sent = len(shop.writes)
    (problem,) = problems_of(shop.apply())

    assert words in problem
    assert "give the source that shall be managed the title Planogram" in problem
    assert len(shop.writes) == sent


@pytest.mark.parametrize("asked", ["tag", "type", "vendor", "title", "variant_title"])
def test_a_text_may_be_the_word_null(shop: Workshop, asked: str) -> None:
    """A value that a careless import left behind is a value, and not the lack of one."""
    apply(shop, one(rules=rules("all", {asked: "null"})))
    (source,) = raw.collection(shop, HANDLE)["sources"]

    assert source["inclusion"]["conditions"][0].get("values", ["null"]) == ["null"]
    assert condition_words(f"{asked} is null") == {asked: "null"}
    assert shop.plan().is_empty


UNKNOWN = {"unknown": {"relation": "IS_RARE", "matchType": "ANY", "values": ["yes"]}}


def test_a_condition_without_words_does_not_come_back(shop: Workshop) -> None:
    """Of a later version, put there by hand and taken away by an apply: a rollback can not write
    it. It says so with what to do, and changes no rules."""
    apply(shop, one())
    shop.edit("collection", HANDLE, sources=[source("ALL", tagged("S226"), UNKNOWN)])
    apply(shop, one())
    sent = len(shop.writes)
    (problem,) = problems_of(shop.rollback(shop.last_run))

    assert "[Unknown is_rare yes] can not be written" in problem
    assert "put it back in the admin" in problem
    assert len(shop.writes) == sent


@pytest.mark.parametrize(
    ("said", "live"),
    [
        ({"file": "Größe.jpg"}, "Gr%C3%B6%C3%9Fe.jpg"),
        ({"url": "https://pictures.example.com/Gr%C3%B6%C3%9Fe.jpg"}, "Gr%C3%B6%C3%9Fe.jpg"),
        ({"url": "https://pictures.example.com/Größe.jpg"}, "Gr%C3%B6%C3%9Fe.jpg"),
        ({"file": "50%25 off#1.jpg"}, "50%2525%20off%231.jpg"),
        (
            {"file": "shelf.jpg"},
            "shelf_f238e3b4-042c-427e-8fbd-aea73446a102.jpg",
        ),
    ],
)
def test_a_picture_is_known_by_its_name_however_its_address_writes_it(
    shop: Workshop, said: dict[str, str], live: str
) -> None:
    """The picture that git states is there: an address has letters and signs in per cent, and the
    second of one name a UUID."""
    apply(shop, one())
    url = f"https://cdn.shopify.com/s/files/1/files/{live}?v=1"
    shop.edit("collection", HANDLE, image={"url": url, "altText": None})
    shop.write(one(image=said))

    assert shop.plan().changes == ()


def test_a_picture_that_shopify_could_never_fetch_is_told_by_the_plan(shop: Workshop) -> None:
    """Shopify itself fetches it: what is on a private network is told at its place."""
    shop.write(one(image={"url": "https://10.0.0.7/shelf.jpg"}))
    with pytest.raises(InvalidDesiredState) as error:
        shop.plan()

    assert "10.0.0.7 is no address of the public internet" in str(error.value)
    assert "where everybody can fetch it, or upload it and write file:" in str(error.value)


def test_many_choices_are_read_to_the_end(shop: Workshop) -> None:
    """More products chosen by hand than fit on a page: all are read, and the plan is empty."""
    every = [
        f"{style}-{colour}"
        for style, colours in (
            ("arp-dress", ("black", "ivory", "forest")),
            ("harold-sweater", ("camel", "navy", "grey")),
            ("karina-skirt", ("plaid", "black")),
            ("fenice-skirt", ("black", "sand")),
            ("play-bag", ("tan", "black")),
        )
        for colour in colours
    ]
    rule = {"conditions": [{"tag": "vintage"}], "excluding": {"products": every}}
    files = collections(collections={HANDLE: {"title": "A", "products": every, "rules": rule}})
    apply(shop, files)

    assert shop.plan().is_empty
    assert len(shop.drift().changes) == 0


def test_a_shared_source_is_nobodys_but_the_apps(shop: Workshop) -> None:
    """Where an app's shareable source is the only one, ours is made beside it."""
    apply(shop, one())
    shop.edit("collection", HANDLE, sources=[source("ALL", tagged("S226"), shareable=True)])
    (change,) = shop.drift().changes
    apply(shop, one())
    sources = raw.collection(shop, HANDLE)["sources"]

    assert [f.path for f in change.fields] == ["conditions", "match"]
    assert len(sources) == 2
    assert shop.plan().is_empty


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

    assert "are of the older model · write migrate: true" in problems_of(applied)[0]
    assert shop.writes == []


def test_rules_of_the_older_model_are_read(shop: Workshop) -> None:
    """Where they say what git says, the collection is recorded without a write."""
    rule = {"conditions": [{"tag": "accessory"}]}
    shop.write(collections(collections={"accessories": {"title": "Accessories", "rules": rule}}))
    plan = shop.plan()
    apply(shop, {})

    assert (plan.changes, [r.address.key for r in plan.recorded]) == ((), ["accessories"])
    assert shop.writes == []
    assert raw.collection(shop, "accessories")["sources"] == []


def test_the_older_model_is_left_when_git_says_so(shop: Workshop) -> None:
    """`migrate: true` shows the model as what would change, and brings the rules over."""
    accessories = {
        "title": "Accessories",
        "migrate": True,
        "rules": {"conditions": [{"tag": "accessory"}]},
    }
    before = raw.collection(shop, "accessories")["products"]
    shop.write(collections(collections={"accessories": accessories}))
    (change,) = shop.plan().changes
    apply(shop, {})

    assert [(f.path, f.before, f.after) for f in change.fields] == [("model", "ruleSet", "sources")]
    assert told(shop, "accessories") == ("ALL", [("TAGGED_WITH", "accessory")])
    assert raw.collection(shop, "accessories")["products"] == before
    assert shop.plan().is_empty


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
    assert shop.faults_left() == 0
    assert raw.collection(shop, HANDLE)["title"] == "New in"
    assert told(shop) == ("ALL", [("TAGGED_WITH", "S226")])
    assert raw.collection(shop, f"{HANDLE}-1") is None
    assert shop.plan().is_empty


def test_strangers_are_left_alone(shop: Workshop) -> None:
    """Collections that nobody declared are nobody's business."""
    apply(shop, one())
    shop.edit("collection", "frontpage", title="Welcome")

    assert shop.plan().is_empty
