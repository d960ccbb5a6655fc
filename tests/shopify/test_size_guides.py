"""Size guides: pages that the products of a type refer to (seed 000, step 10).

Each outcome occurs once: attached, already so, held, failed, and a type of products that nobody
thought of.
"""

from __future__ import annotations

from typing import Any

from reconciler.model.outcome import Status
from tests.shopify import raw
from tests.shopify.documents import collections, metafields
from tests.workshop import Workshop

GUIDE = {"type": "page_reference", "name": "Size guide"}
NAME = "altuzarra.size_guide_page"


def guides(*selectors: tuple[str, str | None], **values: dict[str, Any]) -> dict[str, str]:
    return metafields(
        definitions={"size_guide_page": GUIDE},
        selectors=[
            {"products": {"type": type_}, "set": {"size_guide_page": page}}
            for type_, page in selectors
        ],
        values=values,
        every_type=["size_guide_page"],
    )


def page_of(shop: Workshop, handle: str) -> str | None:
    found = raw.metafield(shop, handle, NAME)
    return found and found["reference"] and found["reference"].get("handle")


def test_each_outcome_occurs_once(shop: Workshop) -> None:
    """Skirts get their page; one has it already; the page of bags is not there, so they are held
    and keep what they have; belts have no selector, which is told."""
    fenice, karina = "fenice-skirt-black", "karina-skirt-plaid"
    page = {"type": "page_reference", "page": "size-guide-skirts"}
    shop.edit("metafield", f"product/{karina}/{NAME}", **page)
    shop.write(
        guides(
            ("Skirts", "size-guide-skirts"),
            ("Bags", "size-guide-purses"),
            ("Gift Cards", None),
            ("Evening Dresses", "size-guide-dresses"),
        )
    )
    plan = shop.plan()
    applied = shop.apply()
    outcome = {
        address.key.split("/")[1]: found
        for address, found in applied.outcomes.items()
        if address.kind == "metafield"
    }

    assert outcome[fenice].status is Status.DONE
    assert page_of(shop, fenice) == "size-guide-skirts"
    assert karina not in outcome
    assert outcome["play-bag-tan"].status is Status.HELD
    assert page_of(shop, "play-bag-tan") == "size-guide-bags"
    assert any(
        "sets altuzarra.size_guide_page for products of type Belts, Dresses, Sweaters" in text
        for text in plan.warnings
    )
    assert page_of(shop, "gift-card") is None


def test_one_products_refusal_stops_no_other(shop: Workshop) -> None:
    """Somebody restricted what the definition takes: the call of 25 is all or nothing, so the
    refused row is taken out and the others are sent again."""
    pieces = {"type": "number_integer", "name": "Pieces"}
    documents = metafields(
        definitions={"pieces": pieces},
        values={"gift-card": {"pieces": 9}},
        selectors=[{"products": {"type": "Skirts"}, "set": {"pieces": 1}}],
    )
    shop.edit(
        "metafieldDefinition",
        "product/altuzarra.pieces",
        type="number_integer",
        validations=[{"name": "max", "value": "5"}],
    )
    shop.write(documents)
    applied = shop.apply()
    told = {
        address.key.split("/")[1]: outcome
        for address, outcome in applied.outcomes.items()
        if address.kind == "metafield"
    }

    assert told["gift-card"].status is Status.FAILED
    assert "Value has a maximum of 5." in (told["gift-card"].message or "")
    others = [outcome for handle, outcome in told.items() if handle != "gift-card"]
    assert others
    assert {outcome.status for outcome in others} == {Status.DONE}


def test_what_is_said_by_name_wins_over_its_types_page(shop: Workshop) -> None:
    """And null leaves one product of a type without."""
    shop.write(
        guides(
            ("Skirts", "size-guide-skirts"),
            **{
                "karina-skirt-plaid": {"size_guide_page": "size-guide-dresses"},
                "karina-skirt-black": {"size_guide_page": None},
            },
        )
    )
    shop.apply()

    assert page_of(shop, "karina-skirt-plaid") == "size-guide-dresses"
    assert page_of(shop, "karina-skirt-black") is None
    assert page_of(shop, "fenice-skirt-sand") == "size-guide-skirts"
    assert shop.plan().is_empty


def test_selectors_that_find_nothing_are_told_once_a_document(shop: Workshop) -> None:
    """At the first of them, in a full plan and in one of what moved. A tag that git itself gives or
    gathers may be nobody's yet."""
    before = shop.intents()
    found = [
        {"products": {by: name}, "set": {"size_guide_page": None}}
        for by, names in (("type", ("Sweaters", "Sweters")), ("tag", ("S262", "NEW", "in")))
        for name in names
    ]
    shop.write(metafields(definitions={"size_guide_page": GUIDE}, selectors=found))
    shop.write({"tags/new.yaml": "targets: [shop]\ntags: {watermill-belt: [new]}\n"})
    shop.write(
        collections(collections={"i": {"title": "I", "rules": {"conditions": [{"tag": "IN"}]}}})
    )
    plans = shop.plan(), shop.plan(base=before)

    for plan in plans:
        (warning,) = [text for text in plan.warnings if "is found by" in text]
        assert warning.startswith("shop: desired/metafields/shop.yaml:1:")
        assert "no product is found by type: Sweters, tag: S262 · correct" in warning
