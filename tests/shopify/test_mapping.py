"""What intents come to on Shopify, and what is refused with its place, cause and remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.shopify import PROVIDER
from providers.shopify.client import Settings
from reconciler.compile import Compiled, compile_for
from reconciler.intent.base import Intents
from reconciler.intent.collection import Collections
from reconciler.intent.images import Images
from reconciler.intent.metafields import Metafields
from reconciler.intent.yaml import read
from reconciler.model.address import Address
from reconciler.model.question import Answers, Question
from reconciler.model.spec import stated
from reconciler.provider import Target

TARGET = Target("shop", "shopify", "", "staging", "", Settings(), 30, 4, None, True)
MODELS = {"collections": Collections, "metafields": Metafields, "images": Images}


def compiled(answers: Answers | None = None, **folders: Any) -> Compiled:
    """What documents, one a folder, come to; written as JSON, which is YAML too."""
    documents = []
    for folder, parts in folders.items():
        text = json.dumps({"targets": ["shop"], **parts}, indent=1)
        document = read(f"desired/{folder}/shop.yaml", text.encode())
        documents.append(MODELS[folder].model_validate(document.data).placed(document.places))
    return compile_for(TARGET, PROVIDER, Intents(tuple(documents)), answers)


def fields(result: Compiled, kind: str, key: str) -> dict[str, Any]:
    assert not result.problems, [str(problem) for problem in result.problems]
    return stated(result.resources[Address("shop", kind, key)].spec)


def told(result: Compiled) -> list[str]:
    return [f"{p.cause} · {p.remedy}" for p in result.problems]


def metafields(answers: Answers | None = None, **parts: Any) -> Compiled:
    return compiled(answers, metafields={"namespace": "altuzarra", **parts})


RULES = {"conditions": [{"tag": "style_{style}"}]}
STYLES = {"styles": ["Harold_Sweater"], "handle": "style-{slug}",
          "collection": {"title": "style_{style}", "rules": RULES}}  # fmt: skip


def test_a_collection_per_style() -> None:
    """Style and slug stand in handle, title and conditions."""
    result = compiled(collections={"per_style": STYLES})

    assert fields(result, "collection", "style-harold-sweater") == {
        "title": "style_Harold_Sweater",
        "match": "all",
        "conditions": ["tag is style_Harold_Sweater"],
    }


def test_a_style_has_its_own_place() -> None:
    """An error or a plan points at the style's line."""
    result = compiled(collections={"per_style": STYLES})
    (resource,) = result.resources.values()

    assert resource.source is not None
    assert resource.source.line == 7


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"handle": "style-{name}"}, "{name} is no placeholder"),
        ({"handle": "style"}, "every style would have the same handle"),
        ({"styles": ["Harold", "harold"]}, "is said a second time"),
        ({"handle": "Style {style}"}, "is no handle"),
    ],
)
def test_a_template_that_does_not_work_is_explained(change: Any, cause: str) -> None:
    """Nothing is guessed."""
    (problem,) = told(compiled(collections={"per_style": STYLES | change}))

    assert cause in problem


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("best_selling", "BEST_SELLING"), ("title", "ALPHA_ASC"), ("price_low", "PRICE_ASC"),
        ("price_high", "PRICE_DESC"), ("newest", "CREATED_DESC"), ("oldest", "CREATED"),
    ],
)  # fmt: skip
def test_orders_have_shopifys_names(sort: str, order: str) -> None:
    """Every order that an intent can name."""
    one = {"title": "A", "sort": sort, "rules": {"conditions": [{"type": "Bags"}]}}
    result = compiled(collections={"collections": {"a": one}})

    assert fields(result, "collection", "a")["sort_order"] == order


DEFINITIONS = {
    "guide": {"type": "page_reference", "name": "Guide"},
    "fit": {"type": "single_line_text_field", "name": "Fit", "choices": ["Slim", "Wide"]},
    "pieces": {"type": "number_integer", "name": "Pieces"},
    "lined": {"type": "boolean", "name": "Lined"},
    "since": {"type": "date", "name": "Since"},
    "film": {"type": "url", "name": "Film"},
}
DRESSES, SALE = Question("type", "Dresses"), Question("tag", "sale")


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("guide", "about", {"type": "page_reference", "page": "about"}),
        ("fit", "Slim", {"type": "single_line_text_field", "value": "Slim"}),
        ("pieces", 3, {"type": "number_integer", "value": "3"}),
        ("lined", True, {"type": "boolean", "value": "true"}),
        ("since", "2026-09-01", {"type": "date", "value": "2026-09-01"}),
        ("film", "https://e.test/a", {"type": "url", "value": "https://e.test/a"}),
        ("pieces", None, {"value": None}),
        ("guide", None, {"value": None}),
    ],
)
def test_values_by_type(key: str, value: Any, expected: Any) -> None:
    """In Shopify's own form; null says only that there be nothing."""
    result = metafields(definitions=DEFINITIONS, values={"gown": {key: value}})

    assert fields(result, "metafield", f"product/gown/altuzarra.{key}") == expected


@pytest.mark.parametrize(
    ("key", "value", "cause"),
    [
        ("fit", "Loose", "Loose is not among the choices of altuzarra.fit"),
        ("fit", True, "true is not text"),
        ("fit", " ", "Shopify takes no blank value"),
        ("fit", "a\nb", "a single line of text has a line break"),
        ("pieces", "3", "'3' is text, not a whole number"),
        ("pieces", True, "true is no whole number"),
        ("lined", "yes", "yes is no flag"),
        ("since", "soon", "soon is no date"),
        ("film", "film.mp4", "film.mp4 is no address"),
        ("guide", 7, "7 is no page_reference"),
        ("colour", "red", "altuzarra.colour has no definition in desired/"),
    ],
)
def test_a_value_that_does_not_fit_is_explained(key: str, value: Any, cause: str) -> None:
    """At the value's own place."""
    result = metafields(definitions=DEFINITIONS, values={"gown": {key: value}})
    (problem,) = result.problems

    assert cause in problem.cause
    assert problem.place.line > 30


def test_a_type_that_is_not_written_is_explained() -> None:
    """With the nearest of those that are, or their list."""
    definitions = {"x1": {"type": "price", "name": "Price"}, "x2": {"type": "monney", "name": "P"}}
    listed, near = told(metafields(definitions=definitions))

    assert listed.startswith("price is no type that Planogram writes · use one of single_line_")
    assert near == "monney is no type that Planogram writes · did you mean money?"


def test_a_metafield_needs_its_product_and_definition() -> None:
    """Both come first, though no field points at them; null needs no definition."""
    values = {"gown": {"guide": "about", "fit": None}}
    result = metafields(definitions=DEFINITIONS, values=values)
    needs = {a.key: r.needs for a, r in result.resources.items() if a.kind == "metafield"}
    product = Address("shop", "product", "gown")
    definition = Address("shop", "metafield_definition", "product/altuzarra.guide")

    assert needs == {
        "product/gown/altuzarra.guide": (product, definition),
        "product/gown/altuzarra.fit": (product,),
    }


def selected(question: Question, value: str) -> dict[str, Any]:
    return {"products": {question.by: question.value}, "set": {"guide": value}}


def test_what_is_said_by_name_wins_over_selectors() -> None:
    """Values first, then the selectors, for the products that were found."""
    result = metafields(
        {DRESSES: ("gown", "frock")},
        definitions=DEFINITIONS,
        values={"gown": {"guide": None}},
        selectors=[selected(DRESSES, "sizes")],
    )

    assert fields(result, "metafield", "product/gown/altuzarra.guide") == {"value": None}
    assert fields(result, "metafield", "product/frock/altuzarra.guide")["page"] == "sizes"


def test_unasked_selectors_come_to_nothing() -> None:
    """`validate` asks nobody; a bad value is found all the same."""
    good = metafields(definitions=DEFINITIONS, selectors=[selected(DRESSES, "sizes")])
    bad = metafields(definitions=DEFINITIONS, selectors=[selected(DRESSES, "")])

    assert {address.kind for address in good.resources} == {"metafield_definition"}
    assert told(bad) == ['"" is no page_reference · write a page\'s handle']


def test_selectors_that_disagree_about_a_product_are_refused() -> None:
    """At the second's place; that they agree is no problem."""
    answers = {DRESSES: ("gown",), SALE: ("gown", "scarf")}
    selectors = [selected(DRESSES, "sizes"), selected(SALE, "outlet")]
    result = metafields(answers, definitions=DEFINITIONS, selectors=selectors)
    same = [selected(DRESSES, "sizes"), selected(SALE, "sizes")]

    assert (
        "gown is found by an earlier selector too, which sets guide to 'sizes'" in told(result)[0]
    )
    assert not metafields(answers, definitions=DEFINITIONS, selectors=same).problems


def test_intents_move_with_their_meaning_only() -> None:
    """The digest of a selected value moves with its selector, not with what it finds."""

    def intent(value: str, *found: str) -> set[str | None]:
        result = metafields(
            {DRESSES: found}, definitions=DEFINITIONS, selectors=[selected(DRESSES, value)]
        )
        return {r.intent for a, r in result.resources.items() if a.kind == "metafield"}

    assert intent("sizes", "gown") == intent("sizes", "frock", "dress")
    assert intent("sizes", "gown") != intent("other", "gown")


IMAGE = {"images": {"LOOK": {"file": "look.jpg"}}, "look": "LOOK"}


def images(product: Any, **into: str) -> Compiled:
    return compiled(images={"into": into, "products": {"gown": product}})


def test_a_look_refers_to_its_file() -> None:
    """In the metafield that the document names."""
    result = images(IMAGE, look="altuzarra.look_image")

    assert fields(result, "metafield", "product/gown/altuzarra.look_image") == {
        "type": "file_reference",
        "file": "look.jpg",
    }


BAGS = Question("type", "Bags")


@pytest.mark.parametrize(
    ("answers", "is_stated"),
    [
        (None, True),  # nobody was asked: to see whether documents are right
        ({BAGS: ("other",)}, True),
        ({BAGS: ("gown",)}, False),
        ({}, False),  # the catalog was asked of other documents only: nobody knows
    ],
)
def test_an_accessory_has_no_look(answers: Any, is_stated: bool) -> None:
    """Whether a product is one is the catalog's to say; where it did not say, none is stated."""
    into = {"look": "altuzarra.look_image", "accessories": ["Bags"]}
    document = {"into": into, "products": {"gown": IMAGE}}
    result = compiled(answers=answers, images=document)

    assert bool([a for a in result.resources if a.kind == "metafield"]) is is_stated


@pytest.mark.parametrize(
    ("product", "into", "cause"),
    [
        (IMAGE, {}, "the look has nowhere to go"),
        (IMAGE, {"look": "look_image"}, "look_image is no metafield"),
        (IMAGE, {"look": "altuzarra.look", "gallery": "g"}, "no attributes that hold images"),
        (IMAGE | {"thumbnail": "LOOK"}, {"look": "altuzarra.look"}, "is not ours here"),
        (
            {"images": {"LOOK": {"url": "https://e.test/a"}}, "look": "LOOK"},
            {"look": "altuzarra.look"},
            "does not end like a picture's name",
        ),
        (
            {"images": {"LOOK": {"file": "a.jpg", "alt": "a" * 513}}, "look": "LOOK"},
            {"look": "altuzarra.look"},
            "has 513 characters",
        ),
        (
            {"images": {"A": {"file": "a.jpg", "alt": "A"}, "B": {"file": "a.jpg", "alt": "B"}}},
            {"look": "altuzarra.look"},
            "the same picture is described otherwise",
        ),
    ],
)
def test_an_image_that_has_no_home_is_explained(product: Any, into: Any, cause: str) -> None:
    """An intent that Shopify can not honour is an error, never silence."""
    (problem,) = told(images(product, **into))

    assert cause in problem


def test_a_look_goes_into_no_metafield_of_another_type() -> None:
    """Shopify needs no definition, but holds every value to the one that there is."""
    document = {"into": {"look": "altuzarra.fit"}, "products": {"gown": IMAGE}}
    both = {"namespace": "altuzarra", "definitions": DEFINITIONS}
    (problem,) = compiled(metafields=both, images=document).problems

    assert problem.cause == (
        "altuzarra.fit is defined as single_line_text_field, which refers to no file"
    )
    assert problem.place.path.endswith("images/shop.yaml")
