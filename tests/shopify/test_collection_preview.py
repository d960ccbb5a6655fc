"""What a plan foretells of a collection's products is what comes true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.shopify.sandbox.planting import metafield as planted
from providers.shopify.sandbox.shop import Shop
from reconciler.model.change import AnyChange, Membership
from reports.data import change_data
from tests.shopify import wide_shop
from tests.shopify.documents import collections
from tests.workshop import Workshop, problems_of

POLICY = {"adopt": True, "prune": True}


FEW = 60
"""Products with which it goes quickly; the longer tests take all."""


def filled(folder: Path, count: int) -> Workshop:
    shop = Workshop(folder, "shopify", "shop", POLICY)
    wide_shop.fill(shop, count)
    return shop


@pytest.fixture
def wide(tmp_path: Path) -> Workshop:
    return filled(tmp_path, FEW)


def rules(match: str, *conditions: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"rules": {"match": match, "conditions": list(conditions), **rest}}


def has(by: str, value: Any, relation: str = "is", **rest: Any) -> dict[str, Any]:
    return {by: value, "relation": relation, **rest}


def metafield(key: str, value: Any, relation: str = "is") -> dict[str, Any]:
    return {"metafield": f"wide.{key}", "value": value, "relation": relation}


TABLE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "one-tag": (rules("all", has("tag", "S226")), rules("all", has("tag", "S225"))),
    "tag-and-type": (
        rules("all", has("tag", "S226"), has("type", "Dresses")),
        rules("any", has("tag", "s226"), has("type", "dresses")),
    ),
    "several-values": (
        rules("all", has("tag", ["S226", "sale"], values="all")),
        rules("all", has("type", ["Bags", "Skirts"])),
    ),
    "texts": (
        rules("all", has("title", "arp", "contains"), has("vendor", "A", "starts_with")),
        rules("any", has("title", "Long", "ends_with"), has("type", "Dress", "does_not_contain")),
    ),
    "not-tagged": (
        rules("all", has("tag", "sale", "is_not"), has("status", "active")),
        rules("all", has("tag", "sale", "is_not"), has("status", "draft", "is_not")),
    ),
    "categories": (
        rules("all", has("category", "aa-1", below=True)),
        rules("all", has("category", ["aa-1-4", "aa-2"])),
    ),
    "prices": (
        rules("all", has("price", "250 USD", "less_than")),
        rules("all", has("compare_at_price", None, "is_not")),
    ),
    "stock": (
        rules("all", has("inventory", 0, "greater_than")),
        rules("any", has("inventory", 3), has("weight", "1500 g")),
    ),
    "weights": (
        rules("all", has("weight", "1.5 kg", "greater_than")),
        rules("all", has("variant_title", "black", "starts_with")),
    ),
    "metafields": (
        rules("all", metafield("fit", "Slim"), metafield("lined", True)),
        rules("any", metafield("pieces", 2, "greater_than"), metafield("rating", 4.0)),
    ),
    "lists": (
        rules("all", metafield("colours", "Red", "contains")),
        rules("all", metafield("colours", ["Blue", "Red"], "contains")),
    ),
    "excluding": (
        rules("all", has("tag", "S226"), excluding={"conditions": [has("tag", "sample")]}),
        rules(
            "all",
            has("tag", "S226"),
            excluding={
                "match": "all",
                "conditions": [has("vendor", "hand", "contains"), has("type", "Bags")],
                "products": ["p-001", "p-002", "p-003"],
            },
        ),
    ),
    "chosen": (
        {"products": ["p-000", "p-010"], **rules("all", has("tag", "S225"))},
        {"products": ["p-010", "p-020", "p-030"], **rules("all", has("tag", "S225"))},
    ),
    "collections": (
        {"collections": ["one-tag"]},
        {"collections": ["one-tag", "chosen"]},
    ),
    "without-collections": (
        rules("all", has("status", "active"), excluding={"collections": ["one-tag"]}),
        rules("any", has("status", "active"), excluding={"collections": ["one-tag", "prices"]}),
    ),
}


def foretold(changes: tuple[AnyChange, ...]) -> dict[str, Membership]:
    """All are; the reason why not would be in the message."""
    found = {c.address.key: c.effect for c in changes if c.address.kind == "collection"}
    unforeseen = {key: e.text for key, e in found.items() if e is None or e.members is None}
    assert unforeseen == {}
    return {key: e.members for key, e in found.items() if e and e.members}


def apply(shop: Workshop, *allow: str) -> None:
    shop.apply(allow)
    wide_shop.settle(shop)


@pytest.mark.parametrize(
    "count", [FEW, pytest.param(wide_shop.PRODUCTS, marks=pytest.mark.extended)]
)
def test_what_is_foretold_comes_true(count: int, tmp_path: Path) -> None:
    """Up to 300 products, fifteen collections, made and then changed: those that are foretold to
    enter and to leave are those that do, also where one collection decides about another."""
    shop = filled(tmp_path, count)
    for state in (0, 1):
        shop.write(wide_shop.document({key: pair[state] for key, pair in TABLE.items()}))
        before = wide_shop.members(shop, TABLE)
        applied = shop.apply([f"emptied=shop/collection/{key}" for key in TABLE])
        told = foretold(applied.plan.changes)
        wide_shop.settle(shop)
        after = wide_shop.members(shop, TABLE)

        assert not problems_of(applied), problems_of(applied)
        assert {key: (set(m.entering), set(m.leaving)) for key, m in told.items()} == {
            key: (after[key] - before[key], before[key] - after[key]) for key in TABLE
        }
        assert {key: (m.before, m.after) for key, m in told.items()} == {
            key: (len(before[key]), len(after[key])) for key in TABLE
        }
        assert all(0 < len(after[key]) < count for key in TABLE)


def test_the_plan_says_it(wide: Workshop) -> None:
    """In words, and as data, with how far the way of working it out was tried."""
    wide.write(wide_shop.document({"sale": rules("all", has("tag", "sale"))}))
    apply(wide)
    count = len(wide_shop.members(wide, ["sale"])["sale"])
    both = rules("all", has("tag", "sale"), has("tag", "S226"))
    wide.write(wide_shop.document({"sale": both}))
    (change,) = wide.plan().changes
    told = json.loads(json.dumps(change_data(change)))["members"]

    assert change.effect is not None
    assert change.effect.text.startswith(f"{count} → ")
    assert f"(replay {count}/{count}); " in change.effect.text
    assert " leave: p-" in change.effect.text
    assert (told["before"], told["replayed"]) == (count, count)
    assert told["entering"] == []
    assert len(told["leaving"]) == count - told["after"]


def test_a_collection_that_is_emptied_is_held(wide: Workshop) -> None:
    """A mistyped tag would empty it: nothing is written until that is allowed."""
    wide.write(wide_shop.document({"sale": rules("all", has("tag", "sale"))}))
    apply(wide)
    wide.write(wide_shop.document({"sale": rules("all", has("tag", "sael"))}))
    plan = wide.plan()
    (held,) = plan.holds.values()
    sent = len(wide.writes)
    wide.apply()

    assert held.reason == "emptied"
    assert "0 would be in it" in held.message
    assert len(wide.writes) == sent
    apply(wide, "emptied=shop/collection/sale")
    assert wide_shop.members(wide, ["sale"])["sale"] == set()


UNKNOWN = {"unknown": {"relation": "IS_RARE", "matchType": "ANY", "values": ["yes"]}}
TAGGED = {"productTag": {"relation": "TAGGED_WITH", "matchType": "ANY", "values": ["sale"]}}


def source(title: str, *conditions: Any, **inclusion: Any) -> dict[str, Any]:
    told = {"matchType": "ANY", "conditions": list(conditions), **inclusion}
    return {"title": title, "inclusion": told}


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (
            {"sources": [source("Planogram", TAGGED), source("Theirs", UNKNOWN)]},
            "[Unknown is_rare yes] can not be evaluated",
        ),
        (
            {"sources": [source("Planogram", TAGGED)], "products": ["gift-card"]},
            "the rules that it has now do not explain its products (replay ",
        ),
    ],
)
def test_what_is_not_understood_is_not_foretold(wide: Workshop, edit: Any, reason: str) -> None:
    """A condition of a later version; products that no rule explains."""
    wide.write(wide_shop.document({"sale": rules("any", has("tag", "sale"))}))
    apply(wide)
    wide.edit("collection", "sale", **edit)
    wide.write(wide_shop.document({"sale": rules("any", has("tag", "S226"))}))
    (change,) = wide.plan().changes

    assert change.effect is not None
    assert change.effect.members is None
    assert f"not predicted: {reason}" in change.effect.text
    assert change_data(change).get("members") is None


def test_what_the_vendor_leaves_open_is_not_guessed(wide: Workshop) -> None:
    """Two conditions on variants, met by different variants of a product: whether such a product
    belongs is not known for a new collection. For one that exists, its products tell."""
    both = rules("all", has("price", "100 USD"), has("variant_title", "Ivory", "starts_with"))
    wide.write(wide_shop.document({"both": both}))
    (made,) = wide.plan().changes
    apply(wide)
    more = rules("all", *both["rules"]["conditions"], has("tag", "sale", "is_not"))
    wide.write(wide_shop.document({"both": more}))
    told = foretold(wide.plan().changes)

    assert made.effect is not None
    assert "one variant must meet all" in made.effect.text
    assert told["both"].replayed == told["both"].before > 0


ONE_VARIANT = "whether one variant must meet all conditions"
NOT = 'what "not" means with several values'
ON_VARIANTS = (has("price", "100 USD"), has("variant_title", "Ivory", "starts_with"))
NEITHER_TYPE = has("type", ["Bags", "Skirts"], "is_not")


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ((NEITHER_TYPE,), f"{NOT} makes a difference, and is not known"),
        (ON_VARIANTS, f"{ONE_VARIANT} makes a difference, and is not known"),
        (
            (*ON_VARIANTS, NEITHER_TYPE),
            f"{NOT} and {ONE_VARIANT} make a difference, and are not known",
        ),
    ],
)
def test_the_open_question_that_makes_the_difference_is_told(
    wide: Workshop, conditions: tuple[dict[str, Any], ...], said: str
) -> None:
    """Of what the vendor leaves open, that which the readings of these very rules part by."""
    wide.write(wide_shop.document({"new": rules("all", *conditions)}))
    (made,) = wide.plan().changes

    assert made.effect is not None
    assert made.effect.text.endswith(f"not predicted: {said}")


@pytest.mark.parametrize(
    ("condition", "type_", "value"),
    [
        (metafield("pieces", 2, "greater_than"), "single_line_text_field", "three"),
        (metafield("colours", "Red", "contains"), "single_line_text_field", "Red, Blue"),
    ],
)
def test_a_value_that_does_not_fit_its_condition_is_told(
    wide: Workshop, condition: dict[str, Any], type_: str, value: str
) -> None:
    """A value that is older than its definition: nothing is predicted, and the product is named."""
    sandbox = wide.sandbox()
    with sandbox.store.transaction():
        store = Shop(sandbox.store)
        held = {"namespace": "wide", "key": condition["metafield"][5:], "type": type_}
        planted(store, store.find("Product", handle="p-007"), {**held, "value": value})
    wide.write(wide_shop.document({"new": rules("all", condition)}))
    (made,) = wide.plan().changes

    assert made.effect is not None
    assert "not predicted: p-007 has" in made.effect.text


def test_a_title_asks_for_no_products(shop: Workshop) -> None:
    """Who does not move the rules is not asked what they find."""
    one = {"title": "A", "rules": {"conditions": [{"tag": "S226"}]}}
    shop.write(collections(collections={"a": one}))
    shop.apply()
    asked = len(shop.requests)
    shop.write(collections(collections={"a": {**one, "title": "B"}}))
    (change,) = shop.plan().changes

    assert change.effect is None
    assert not any("ProductsOfRules" in request for request in shop.requests[asked:])


def test_a_search_reads_no_more_than_it_must(shop: Workshop) -> None:
    """One request for the products of a new collection's tag, whatever the catalog's size."""
    one = {"title": "A", "rules": {"conditions": [{"title": "Dress", "relation": "contains"},
                                                  {"tag": "S226"}]}}  # fmt: skip
    shop.write(collections(collections={"a": one}))
    shop.plan()
    (sent,) = [request for request in shop.requests if "ProductsOfRules" in request]

    assert json.loads(sent)["variables"]["search"] == 'tag:"S226"'


TEXT = st.sampled_from(["S226", "sale", "Dress", "Arp", "a", "Altuzarra", "Black"])
CONDITIONS = st.one_of(
    st.builds(has, st.just("tag"), st.sampled_from(wide_shop.TAGS),
              st.sampled_from(["is", "is_not"])),
    st.builds(has, st.sampled_from(["type", "vendor", "title", "variant_title"]), TEXT,
              st.sampled_from(["is", "is_not", "contains", "does_not_contain", "starts_with",
                               "ends_with"])),
    st.builds(has, st.just("status"), st.sampled_from(["active", "draft"]),
              st.sampled_from(["is", "is_not"])),
    st.builds(has, st.just("price"), st.sampled_from(["100 USD", "250 USD"]),
              st.sampled_from(["is", "is_not", "greater_than", "less_than"])),
    st.builds(has, st.just("inventory"), st.sampled_from([0, 3]),
              st.sampled_from(["is", "greater_than", "less_than"])),
    st.builds(metafield, st.just("pieces"), st.integers(1, 3),
              st.sampled_from(["is", "greater_than", "less_than"])),
)  # fmt: skip
HANDLES = st.lists(st.sampled_from([f"p-{n:03}" for n in range(40)]), unique=True, max_size=6)
EXCLUDED = st.one_of(
    st.builds(has, st.just("tag"), st.sampled_from(wide_shop.TAGS)),
    st.builds(has, st.sampled_from(["type", "vendor"]), TEXT, st.sampled_from(["is", "contains"])),
)
MATCH = st.sampled_from(["all", "any"])


@st.composite
def any_rules(draw: st.DrawFn) -> dict[str, Any]:
    conditions = draw(st.lists(CONDITIONS, min_size=1, max_size=3, unique_by=repr))
    excluded = draw(st.lists(EXCLUDED, max_size=2, unique_by=repr))
    products = draw(HANDLES)
    excluding = {"match": draw(MATCH), "conditions": excluded, "products": products}
    made = rules(draw(MATCH), *conditions)
    if excluded or products:
        made["rules"]["excluding"] = excluding
    chosen = draw(HANDLES)
    return {**made, **({"products": chosen} if chosen else {})}


SHELVES = st.lists(st.tuples(any_rules(), any_rules()), min_size=6, max_size=6)


def comes_true(shop: Workshop, shelves: list[Any]) -> None:
    """Whatever is foretold; what is not says why, and is about variants."""
    handles = [f"shelf-{n}" for n in range(len(shelves))]
    for state in (0, 1):
        wished = {handle: pair[state] for handle, pair in zip(handles, shelves, strict=True)}
        shop.write(wide_shop.document(wished))
        before = wide_shop.members(shop, handles)
        applied = shop.apply([f"emptied=shop/collection/{handle}" for handle in handles])
        changes = {c.address.key: c for c in applied.plan.changes}
        wide_shop.settle(shop)
        after = wide_shop.members(shop, handles)
        assert not problems_of(applied), problems_of(applied)
        for handle, change in changes.items():
            effect = change.effect
            if effect is None:
                assert after[handle] == before[handle]
            elif effect.members is None:
                assert "whether one variant" in effect.text
            else:
                assert set(effect.members.entering) == after[handle] - before[handle]
                assert set(effect.members.leaving) == before[handle] - after[handle]


def checked(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@given(shelves=SHELVES)
@checked(2)
def test_any_rules_come_true(shelves: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Conditions, exclusions and choices at random."""
    comes_true(filled(tmp_path_factory.mktemp("shop"), FEW), shelves)


@pytest.mark.extended
@given(shelves=SHELVES)
@checked(5)
def test_many_rules_come_true(shelves: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same, more of them, over 300 products."""
    comes_true(filled(tmp_path_factory.mktemp("shop"), wide_shop.PRODUCTS), shelves)
