"""Listings, from an intent to what plain requests see in the shop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from providers.shopify.sandbox.publications import add_publication
from providers.shopify.sandbox.shop import Shop
from reconciler.model.change import Action, Cause
from reconciler.model.outcome import Status
from reconciler.provider import PlatformError
from tests.shopify import raw
from tests.shopify.documents import channels, collection, collections
from tests.workshop import Workshop, problems_of

STORE, COUNTER = "Online Store", "Point of Sale"
HANDLE = "arp-dress-black"


def listings(shop: Workshop, sort: str, handle: str) -> dict[str, str]:
    query = f"""query ($handle: String!) {{ {sort}ByIdentifier(identifier: {{handle: $handle}}) {{
      resourcePublicationsV2(first: 20, onlyPublished: false) {{
        nodes {{ publishDate publication {{ name }} }} }} }} }}"""
    found = raw.ask(shop, query, handle=handle)[f"{sort}ByIdentifier"]
    rows = found["resourcePublicationsV2"]["nodes"]
    return {row["publication"]["name"]: row["publishDate"] for row in rows}


def apply(shop: Workshop, files: dict[str, str]) -> None:
    shop.write(files)
    applied = shop.apply()
    assert not problems_of(applied), problems_of(applied)


def test_the_styles_collections_are_published_where_they_are_sold(shop: Workshop) -> None:
    """Per style, made and published to Online Store and Point of Sale in one apply; each thing
    that is published is one mutation of few requests."""
    styles = ["Harold_Sweater", "Medina_Sweater", "Minamoto_Dress"]
    per_style = {"styles": styles, "handle": "by-{slug}", "collection": collection("style_{style}")}
    handles = [f"by-{style.lower().replace('_', '-')}" for style in styles]
    stated = {"collections": {key: {"published": True} for key in handles}}
    shop.write(collections(per_style=per_style))
    apply(shop, channels(Online_Store=stated, Point_of_Sale=stated))
    publishing = [text for text in shop.writes if "publishablePublish" in text]

    assert len(publishing) == 1
    for handle in handles:
        assert set(listings(shop, "collection", handle)) == {STORE, COUNTER}
    assert shop.plan().is_empty


def test_a_name_that_two_publications_have_is_told(shop: Workshop) -> None:
    """Nobody knows which is meant: nothing is published to either, and the remedy is said."""
    sandbox = shop.sandbox()
    with sandbox.store.transaction():
        add_publication(Shop(sandbox.store), {"name": STORE, "catalog": STORE})
    shop.write(channels(Online_Store={"products": {HANDLE: {"published": True}}}))
    with pytest.raises(PlatformError, match="2 publications are called Online Store · rename"):
        shop.plan()


def test_a_day_to_come_schedules(shop: Workshop) -> None:
    """Told in UTC; a day is its first moment."""
    apply(
        shop,
        channels(Online_Store={"products": {HANDLE: {"published": True, "since": "2027-01-05"}}}),
    )

    assert listings(shop, "product", HANDLE)[STORE] == "2027-01-05T00:00:00Z"
    assert shop.plan().is_empty


def test_a_moment_where_none_can_be_set_is_refused_alone(shop: Workshop) -> None:
    """In the vendor's words, and the other listing of the same request is published."""
    shop.edit("publication", f"product/gift-card/{COUNTER}", deleted=True)
    shop.write(
        channels(
            Point_of_Sale={
                "products": {
                    HANDLE: {"published": True, "since": "2027-01-05"},
                    "gift-card": {"published": True},
                }
            }
        )
    )
    outcomes = {a.key: o for a, o in shop.apply().outcomes.items()}

    refused = outcomes[f"product/{HANDLE}/{COUNTER}"]
    assert refused.status is Status.FAILED
    assert "Publish date can't be set" in (refused.message or "")
    assert outcomes[f"product/gift-card/{COUNTER}"].status is Status.DONE
    assert COUNTER in listings(shop, "product", "gift-card")


def test_hiding_what_somebody_published_is_held(tmp_path: Path) -> None:
    """It would take from people what they see; publishing takes from nobody."""
    shop = Workshop(tmp_path, "shopify", "shop")
    shop.edit("publication", f"product/gift-card/{STORE}", deleted=True)
    stated = {HANDLE: {"published": False}, "gift-card": {"published": True}}
    shop.write(channels(Online_Store={"products": stated}))
    plan = shop.plan()

    assert [a.key for a in plan.holds] == [f"product/{HANDLE}/{STORE}"]
    assert {c.action for c in plan.changes} == {Action.ADOPT}


def test_what_is_unpublished_by_hand_is_drift(shop: Workshop) -> None:
    apply(shop, channels(Point_of_Sale={"products": {HANDLE: {"published": True}}}))
    shop.edit("publication", f"product/{HANDLE}/{COUNTER}", deleted=True)
    (change,) = shop.drift().changes

    assert (change.action, change.cause) == (Action.UPDATE, Cause.DRIFT)
    apply(shop, {})
    assert COUNTER in listings(shop, "product", HANDLE)


def test_a_channel_that_is_not_there_is_told(shop: Workshop) -> None:
    shop.write(channels(Instagram={"products": {HANDLE: {"published": True}}}))
    plan = shop.plan()

    (hold,) = plan.holds.values()
    assert "publication/Instagram" in hold.message


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"visible": True}, "no visible by channel"),
        ({"purchasable_since": "2026-12-01"}, "no purchasable_since by channel"),
        ({"published": None}, "published is null"),
        ({"since": "2026-12-01"}, "not that it is"),
        ({"published": False, "since": "2026-12-01"}, "not that it is"),
    ],
)
def test_what_shopify_can_not_say_is_an_error_at_its_place(
    shop: Workshop, said: dict[str, Any], words: str
) -> None:
    shop.write(channels(Online_Store={"products": {HANDLE: said}}))

    with pytest.raises(Exception, match=words):
        shop.plan()


def test_more_publications_than_a_page_are_read(shop: Workshop) -> None:
    """None of them is missed."""
    for number in range(60):
        shop.edit("channel", f"Market {number:02}")
        shop.edit("publication", f"product/{HANDLE}/Market {number:02}")
    stated = {"products": {HANDLE: {"published": True}}}
    shop.write(channels(Market_59=stated, Market_00=stated))

    assert shop.plan().is_empty
