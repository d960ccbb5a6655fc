"""Tags, from an intent to what plain requests see in the shop."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.shopify import PROVIDER
from providers.shopify.kinds.product_tags import ProductTags
from providers.shopify.sandbox.tags import normal
from reconciler.compare import differences
from reconciler.compile import compile_for
from reconciler.intent.base import Intents
from reconciler.intent.tags import Tags
from reconciler.model.change import Cause
from tests.shopify import raw
from tests.shopify.test_mapping import TARGET
from tests.workshop import Workshop, problems_of

HANDLE = "play-bag-tan"
"""It carries `accessory` and `S226`."""


def tags(**by_product: Any) -> dict[str, str]:
    content = {handle.replace("_", "-"): list(said) for handle, said in by_product.items()}
    return {"tags/shop.yaml": json.dumps({"targets": ["shop"], "tags": content})}


def live(shop: Workshop, handle: str = HANDLE) -> list[str]:
    query = """query ($handle: String!) {
      productByIdentifier(identifier: {handle: $handle}) { tags } }"""
    found: list[str] = raw.ask(shop, query, handle=handle)["productByIdentifier"]["tags"]
    return found


def apply(shop: Workshop, files: dict[str, str]) -> None:
    shop.write(files)
    applied = shop.apply()
    assert not problems_of(applied), problems_of(applied)
    assert shop.plan().is_empty


def test_tags_are_added_and_taken_off_among_others(shop: Workshop) -> None:
    """What somebody else put there stays, whatever git states and states no more."""
    apply(shop, tags(play_bag_tan=["style_Play_Bag", "Drop 2"]))
    shop.edit("product", HANDLE, tags=[*live(shop), "by hand"])
    apply(shop, tags(play_bag_tan=["Drop 2", "last"]))

    assert set(live(shop)) == {"accessory", "S226", "by hand", "Drop 2", "last"}


def test_cases_are_not_told_apart(shop: Workshop) -> None:
    """A tag that is there in another case is there: nothing to write. It is taken off in any."""
    shop.write(tags(play_bag_tan=["s226"]))
    plan = shop.plan()
    apply(shop, tags(play_bag_tan=["s226"]))
    written = len(shop.writes)
    apply(shop, tags(play_bag_tan=[]))

    assert plan.changes == ()
    assert written == 0
    assert live(shop) == ["accessory"]


def test_a_tag_that_somebody_took_off_is_drift(shop: Workshop) -> None:
    """And one that somebody added is none."""
    apply(shop, tags(play_bag_tan=["style_Play_Bag"]))
    shop.edit("product", HANDLE, tags=["accessory", "new"])
    (change,) = shop.drift().changes

    assert [(f.path, f.before, f.after, f.cause) for f in change.fields] == [
        ("tags", [], ["style_Play_Bag"], Cause.DRIFT)
    ]


def test_what_leaves_the_document_keeps_its_tags(shop: Workshop) -> None:
    apply(shop, tags(play_bag_tan=["style_Play_Bag"], gift_card=["gift"]))
    apply(shop, tags(gift_card=["gift"]))

    assert "style_Play_Bag" in live(shop)


def test_many_products_go_in_one_request(shop: Workshop) -> None:
    """Each with its own mutations; a product that is not there stops no other."""
    handles = ["gift-card", "watermill-belt", "play-bag-black", "nobody"]
    shop.write({"tags/shop.yaml": json.dumps({
        "targets": ["shop"], "tags": {handle: ["sale"] for handle in handles}})})  # fmt: skip
    applied = shop.apply()

    assert len(shop.writes) == 1
    assert [a.key for a, o in applied.outcomes.items() if not o.status.is_fine] == ["nobody"]
    assert all("sale" in live(shop, handle) for handle in handles[:3])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([" sale"], "space around it"),
        (["a,b"], "holds a comma"),
        (["x" * 256], "256 characters"),
        (["Sale", "sale"], "stands there twice"),
        ([str(n) for n in range(251)], "251 tags"),
    ],
)
def test_what_shopify_would_not_keep_is_an_error(
    shop: Workshop, said: list[str], words: str
) -> None:
    """At its place, before anything is asked of the shop."""
    shop.write(tags(play_bag_tan=said))

    with pytest.raises(Exception, match=words):
        shop.plan()


TAGS = st.lists(st.text(min_size=1, max_size=12) | st.sampled_from(["S226", "s226", "ß", "SS"]))


@given(stated=TAGS, others=TAGS)
def test_what_shopify_keeps_of_a_tag_compares_equal(stated: list[str], others: list[str]) -> None:
    """Whatever is taken from desired/, beside whatever tags a product has already."""
    intent = Tags(targets=("shop",), tags={HANDLE: tuple(stated)})
    found = compile_for(TARGET, PROVIDER, Intents((intent,)), {})
    for wanted in found.resources.values():
        kept = normal([*normal(others), *stated])
        assert differences(wanted, replace(wanted, spec=ProductTags(tags=tuple(kept)))) == ()
