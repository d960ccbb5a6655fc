"""Everything that the provider owns can be edited past it, and the shop begins again."""

from __future__ import annotations

from typing import Any

import pytest

from providers.kit.sandbox import UnknownThing
from tests.saleor.counter import Counter

ATTRIBUTE = '{ attribute(slug: "SLUG") { name slug inputType externalReference valueRequired } }'
VALUE = """{ attribute(slug: "colour") { choices(first: 9) { edges { node {
  name slug externalReference translation(languageCode: EN) { name } } } } } }"""

EDITS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "name": ("attribute", "colour", {"name": "Hue"}),
    "slug": ("attribute", "colour", {"slug": "hue"}),
    "externalReference": ("attribute", "colour", {"externalReference": "hue"}),
    "inputType": ("attribute", "colour", {"inputType": "MULTISELECT"}),
    "valueRequired": ("attribute", "colour", {"valueRequired": True}),
}


@pytest.mark.parametrize("field", EDITS)
def test_every_field_of_an_attribute_can_be_edited(field: str) -> None:
    """And only that field moves."""
    counter = Counter()
    before = counter.data(ATTRIBUTE.replace("SLUG", "colour"))["attribute"]
    thing, key, fields = EDITS[field]
    counter.sandbox.admin_edit(thing, key, fields)
    after = counter.data(ATTRIBUTE.replace("SLUG", fields.get("slug", "colour")))["attribute"]

    assert after == before | fields


def first_value(counter: Counter) -> Any:
    return counter.data(VALUE)["attribute"]["choices"]["edges"][0]["node"]


@pytest.mark.parametrize(
    ("fields", "moved"),
    [
        ({"name": "Deep red"}, {"name": "Deep red", "slug": "deep-red"}),
        ({"externalReference": None}, {"externalReference": None}),
        ({"translations": {"EN": "Rot"}}, {"translation": {"name": "Rot"}}),
        ({"translations": {"EN": None}}, {"translation": None}),
    ],
)
def test_every_field_of_a_value_can_be_edited(
    fields: dict[str, Any], moved: dict[str, Any]
) -> None:
    """A new name brings a new slug, in the admin too."""
    counter = Counter()
    before = first_value(counter)
    counter.sandbox.admin_edit("attributeValue", "colour/red", fields)

    assert first_value(counter) == before | moved


@pytest.mark.parametrize(
    ("attribute", "content", "carried"),
    [
        ("colour", ["blue"], ["blue"]),
        ("colour", [], []),
        ("care", ["no-iron", "wash-30"], ["no-iron", "wash-30"]),
        ("handmade", None, []),
    ],
)
def test_what_a_product_carries_can_be_edited(
    attribute: str, content: Any, carried: list[str]
) -> None:
    """By value slugs, by a flag, or by null."""
    counter = Counter()
    before = counter.carried()
    counter.sandbox.admin_edit("product", "desk-lamp", {"attributes": {attribute: content}})

    assert counter.carried() == before | {attribute: carried}


@pytest.mark.parametrize(
    ("thing", "key", "fields"),
    [
        ("chair", "x", {}),
        ("attribute", "nope", {"name": "x"}),
        ("attributeValue", "colour/nope", {"name": "x"}),
        ("product", "nope", {"name": "x"}),
        ("product", "desk-lamp", {"price": 1}),
        ("product", "desk-lamp", {"media": [{"at": 0}]}),
        ("product", "desk-lamp", {"attributes": ["colour"]}),
        ("product", "desk-lamp", {"metadata": "wide"}),
        ("attribute", "colour", {"order": ["nope"]}),
        ("productType", "lamp", {"attributes": ["nope"]}),
        ("collection", "nope", {"name": "x"}),
        ("channelListing", "desk-lamp", {}),
        ("channelListing", "product/nope/one", {}),
        ("channelListing", "product/desk-lamp/three", {}),
    ],
)
def test_an_edit_of_nothing_says_what_there_is(
    thing: str, key: str, fields: dict[str, Any]
) -> None:
    """The message holds the names that would have done."""
    with pytest.raises(UnknownThing, match=" · "):
        Counter().sandbox.admin_edit(thing, key, fields)


def test_values_can_be_put_in_another_order() -> None:
    """Those that are not named stay behind."""
    counter = Counter()
    counter.sandbox.admin_edit("attribute", "care", {"order": ["no-iron"]})

    assert [slug for slug, _ in counter.values("care")] == ["no-iron", "wash-30"]


def test_a_product_type_can_be_given_other_attributes() -> None:
    """The whole list; what products carry of the others is hidden with them."""
    counter = Counter()
    counter.sandbox.admin_edit("productType", "lamp", {"attributes": ["loose", "colour"]})

    assert counter.carried() == {"loose": [], "colour": ["red"]}


def test_a_reset_forgets_everything() -> None:
    """Back to the seed, whatever happened."""
    counter = Counter()
    counter.sandbox.admin_edit("attribute", "colour", {"name": "Hue"})
    counter.sandbox.reset()

    assert counter.data(ATTRIBUTE.replace("SLUG", "colour"))["attribute"]["name"] == "Colour"


def test_the_example_holds_what_the_living_example_speaks_of() -> None:
    """Ten offerings with their type's attributes, and things that nobody declared."""
    counter = Counter(None)
    query = "{ products(first: 100) { edges { node { slug productType { slug } } } } }"
    nodes = [edge["node"] for edge in counter.data(query)["products"]["edges"]]
    offerings = [node for node in nodes if node["productType"]["slug"] == "offering"]

    assert len(offerings) == 10
    assert {node["productType"]["slug"] for node in nodes} == {"offering", "creditpack", "giftcard"}
    assert ("summer-sale", "Summer sale") in counter.values("gsv_badges")
    assert counter.values("season") != []


def test_the_example_has_something_of_everything() -> None:
    """An offering that points at others, in two channels, with images and in a collection."""
    counter = Counter(None)
    query = """{ product(slug: "customer-support-agent") {
      attribute(slug: "works_with") { values { name reference } }
      channelListings { channel { slug } isPublished isAvailableForPurchase }
      media { alt } collections { slug } } }"""
    product = counter.data(query)["product"]

    assert [value["name"] for value in product["attribute"]["values"]] == [
        "Slack Helpdesk",
        "Knowledge Base Assistant",
    ]
    assert product["channelListings"] == [
        {
            "channel": {"slug": slug},
            "isPublished": is_open,
            "isAvailableForPurchase": is_open,
        }
        for slug, is_open in (("default-channel", True), ("partners", False))
    ]
    assert [media["alt"] for media in product["media"]] == ["A conversation in the chat window", ""]
    assert product["collections"] == [{"slug": "featured"}]
