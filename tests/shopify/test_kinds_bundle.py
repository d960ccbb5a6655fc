"""Bundles, from an intent to what plain requests see in the shop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from providers.kit.sandbox import Fault
from providers.shopify.sandbox import bundles as emulated
from providers.shopify.sandbox.shop import Shop
from reconciler.model.outcome import Status
from tests.shopify import raw
from tests.shopify.documents import bundles
from tests.workshop import Workshop, problems_of

KEY = "summer-set"
BY_HANDLE = "query ($handle: String!) { productByIdentifier(identifier: {handle: $handle}) { id } }"


def live(shop: Workshop, handle: str = KEY) -> Any:
    query = """query ($handle: String!) {
      productByIdentifier(identifier: {handle: $handle}) { title
        bundleComponents(first: 30) { nodes { quantity componentProduct { handle }
          optionSelections { parentOption { name } values { value selectionStatus } } } } } }"""
    return raw.ask(shop, query, handle=handle)["productByIdentifier"]


def quantities(shop: Workshop) -> dict[str, int]:
    nodes = live(shop)["bundleComponents"]["nodes"]
    return {node["componentProduct"]["handle"]: node["quantity"] for node in nodes}


def apply(shop: Workshop, files: Mapping[str, str | None]) -> None:
    shop.write(files)
    applied = shop.apply()
    assert not problems_of(applied), problems_of(applied)
    assert shop.plan().is_empty


def test_it_is_made_under_its_handle_whatever_its_title(shop: Workshop) -> None:
    """Shopify makes handles of titles; the bundle gets the one that git states, and its title."""
    apply(shop, bundles(title="Sommer-Set für zwei", quantities={"gift-card": 2}))

    assert live(shop)["title"] == "Sommer-Set für zwei"
    assert quantities(shop) == {"gift-card": 2, "watermill-belt": 1}


def test_a_title_that_comes_to_the_handle_takes_one_mutation(shop: Workshop) -> None:
    apply(shop, bundles())

    assert len(shop.writes) == 1


@pytest.mark.parametrize("title", ["Summer set", "Sommer-Set"])
def test_an_answer_that_is_lost_makes_no_second_one(shop: Workshop, title: str) -> None:
    """The product is found again under its handle, and finished."""
    shop.inject(Fault.TIMEOUT_AFTER_COMMIT, times=1, matching="mutation CreateBundle")
    apply(shop, bundles(title=title))
    found = raw.ask(shop, '{ productsCount(query: "title:Summer*") { count } }')

    assert shop.faults_left() == 0
    assert live(shop)["title"] == title
    assert found["productsCount"]["count"] == (1 if title == "Summer set" else 0)
    assert live(shop, f"{KEY}-1") is None


def test_what_somebody_chose_for_a_component_stays_chosen(shop: Workshop) -> None:
    """Shopify replaces components as a whole; the options of those that stay go with them."""
    apply(shop, bundles())
    narrowed(shop)
    apply(shop, bundles(quantities={"gift-card": 4}))
    chosen = {
        node["componentProduct"]["handle"]: [
            value["value"]
            for selection in node["optionSelections"]
            for value in selection["values"]
            if value["selectionStatus"] == "SELECTED"
        ]
        for node in live(shop)["bundleComponents"]["nodes"]
    }

    assert chosen == {"gift-card": ["50"], "watermill-belt": ["Default Title"]}


def narrowed(shop: Workshop) -> None:
    """The gift card gets two amounts, of which an admin chose one for the bundle."""
    ids = {
        handle: raw.ask(
            shop,
            "query ($h: String!) { productByIdentifier(identifier: {handle: $h}) { id } }",
            h=handle,
        )["productByIdentifier"]["id"]
        for handle in ("gift-card", KEY)
    }
    option = {"id": "gid://shopify/ProductOption/900", "name": "Amount"}
    values = [{"id": f"gid://shopify/ProductOptionValue/90{n}", "name": n} for n in ("50", "100")]
    sandbox = shop.sandbox()
    with sandbox.store.transaction():
        inside = Shop(sandbox.store)
        card, bundle = inside.get(ids["gift-card"]), inside.get(ids[KEY])
        assert card is not None
        assert bundle is not None
        inside.change(card, options=[{**option, "values": values}])
        parts = emulated.components_of(inside, bundle)
        chosen = [{"option": option["id"], "name": "Amount", "values": ["50"]}]
        narrowed = [
            {**part, "selections": chosen} if part["product"] == card["id"] else part
            for part in parts
        ]
        emulated.put_together(inside, bundle, narrowed)


def test_a_choice_of_the_buyer_does_not_come_back(shop: Workshop) -> None:
    """An apply puts a quantity in the place of one that the buyer chose: a rollback can not write
    that, and says so; nothing is written in its place."""
    apply(shop, bundles(quantities={"gift-card": 2}))
    sandbox = shop.sandbox()
    with sandbox.store.transaction():
        inside = Shop(sandbox.store)
        bundle = inside.find("Product", handle=KEY)
        assert bundle is not None
        option = {"name": "How many", "values": [{"name": "1", "quantity": 1}]}
        parts = emulated.components_of(inside, bundle)
        free = [{**part, "quantity": None, "quantityOption": option} for part in parts]
        emulated.put_together(inside, bundle, free)
    apply(shop, bundles(quantities={"gift-card": 2}))
    sent = len(shop.writes)
    (problem,) = problems_of(shop.rollback(shop.last_run))

    assert "the buyer chose how often gift-card, watermill-belt" in problem
    assert "set it in the admin" in problem
    assert len(shop.writes) == sent


def test_its_product_is_tagged_and_published_in_the_same_run(shop: Workshop) -> None:
    """Though it is there only since the bundle is."""
    listing = {"Online Store": {"products": {KEY: {"published": True}}}}
    shop.write(bundles())
    shop.write({"tags/t.yaml": json.dumps({"targets": ["shop"], "tags": {KEY: ["sets"]}})})
    apply(shop, {"channels/c.yaml": json.dumps({"targets": ["shop"], "channels": listing})})
    query = """query ($handle: String!) { productByIdentifier(identifier: {handle: $handle}) {
      tags resourcePublicationsCount(onlyPublished: false) { count } } }"""
    found = raw.ask(shop, query, handle=KEY)["productByIdentifier"]

    assert found == {"tags": ["sets"], "resourcePublicationsCount": {"count": 1}}


def test_a_product_that_is_no_bundle_is_left_alone(shop: Workshop) -> None:
    """Told with a remedy, without a write."""
    document = {"play-bag-tan": {"title": "Set", "components": ["gift-card"]}}
    shop.write({"bundles/shop.yaml": json.dumps({"targets": ["shop"], "bundles": document})})
    (outcome,) = shop.apply().outcomes.values()

    assert outcome.status is Status.FAILED
    assert "is no bundle" in (outcome.message or "")
    assert shop.writes == []


def test_what_goes_wrong_after_the_answer_is_told(shop: Workshop) -> None:
    """The operation's own errors, in the vendor's words: a bundle is no component."""
    apply(shop, bundles())
    document = {"sets": {"title": "Sets", "components": [KEY]}}
    shop.write({"bundles/more.yaml": json.dumps({"targets": ["shop"], "bundles": document})})
    outcomes = {a.key: o for a, o in shop.apply().outcomes.items()}

    assert outcomes["sets"].status is Status.FAILED
    assert "can't be a component" in (outcomes["sets"].message or "")


def test_an_operation_that_can_not_be_looked_at_is_looked_up(shop: Workshop) -> None:
    """It was accepted, and nobody knows how it went on: the bundle that comes is found."""
    shop.inject(Fault.TOO_MANY, times=100, matching="query Operation(")
    shop.write(bundles())
    applied = shop.apply()

    assert shop.faults_left() < 100
    assert not problems_of(applied), problems_of(applied)
    assert quantities(shop) == {"gift-card": 1, "watermill-belt": 1}


def test_a_title_that_is_refused_loses_no_bundle(shop: Workshop) -> None:
    """It is made, and its id is kept: the next run gives it its title."""
    shop.write(bundles(title="Sommer-Set"))
    shop.inject(Fault.TOO_MANY, times=100, matching="mutation UpdateBundle(")
    (outcome,) = shop.apply().outcomes.values()

    assert outcome.status is Status.FAILED
    assert outcome.remote == raw.ask(shop, BY_HANDLE, handle=KEY)["productByIdentifier"]["id"]
    assert "it was made, and not called so" in (outcome.message or "")


def test_the_product_stays_when_git_states_the_bundle_no_more(shop: Workshop) -> None:
    apply(shop, bundles())
    apply(shop, {"bundles/shop.yaml": None, "collections/o.yaml": "targets: [shop]\n"})

    assert quantities(shop) == {"gift-card": 1, "watermill-belt": 1}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"components": []}, "can not be emptied"),
        ({"components": ["gift-card"] * 2}, "stands there twice"),
        ({"components": [KEY]}, "can not be one itself"),
        ({"components": [f"p-{n}" for n in range(31)]}, "31 components"),
        ({"quantities": {"gift-card": 2001}}, "2001 times gift-card"),
        ({"quantities": {"gift-card": 0}}, "gift-card is 0 · write 1 or more"),
        ({"quantities": {"play-bag-tan": 2}}, "not among the components"),
    ],
)
def test_what_shopify_can_not_put_together_is_an_error(
    shop: Workshop, parts: dict[str, Any], words: str
) -> None:
    shop.write(bundles(**parts))

    with pytest.raises(Exception, match=words):
        shop.plan()


def test_attributes_are_for_other_platforms(shop: Workshop) -> None:
    document = {
        "targets": ["shop"],
        "into": {"attribute": "parts"},
        "bundles": {KEY: {"components": ["gift-card"]}},
    }
    shop.write({"bundles/shop.yaml": json.dumps(document)})

    with pytest.raises(Exception, match="take into out"):
        shop.plan()
