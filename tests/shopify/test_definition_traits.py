"""Validations, access, capabilities, constraints and pins of definitions: said, refused, told."""

from __future__ import annotations

from typing import Any

import pytest

from providers.shopify.content import Misfit
from providers.shopify.types import SUPPORTED
from providers.shopify.validations import compared, names_of, said, sent, stored
from tests.shopify import raw
from tests.shopify.documents import line, metafields
from tests.shopify.test_mapping import metafields as compiled
from tests.shopify.test_mapping import told
from tests.workshop import Workshop, problems_of

CONTENTS: dict[str, Any] = {
    "regex": "^[A-Z]+$",
    "max_precision": 2,
    "allowed_domains": ("a.test", "b.test"),
    "scale_min": 1,
    "scale_max": 5.5,
    "schema": {"type": "object"},
    "file_type_options": ("Image", "Video"),
    "metaobject_definition_id": "gid://shopify/MetaobjectDefinition/1",
    "metaobject_definition_type": "designer",
    "metaobject_definition_ids": ("gid://shopify/MetaobjectDefinition/1",),
    "metaobject_definition_types": ("designer",),
    "product_taxonomy_attribute_handle": "color",
    "list.min": 1,
    "list.max": 9,
}
BOUNDS: dict[str, Any] = {
    "date": "2026-09-01",
    "date_time": "2026-09-01T10:00:00+02:00",
    "number_decimal": 0.5,
    "number_integer": 9,
}


@pytest.mark.parametrize("type_", SUPPORTED)
def test_every_validation_comes_out_alike(type_: str) -> None:
    """As it is stated, as Shopify would keep what is sent, and back into YAML."""
    base = type_.removeprefix("list.")
    for name in names_of(type_):
        bound = BOUNDS.get(base, 3 if "text" in base or base == "id" else None)
        content = CONTENTS.get(name, bound) or {"value": 10, "unit": _unit(base)}
        kept = stored(type_, name, content)
        assert kept is not None

        assert compared(type_, name, sent(type_, name, kept)) == kept
        assert stored(type_, name, said(type_, name, kept)) == kept


def _unit(base: str) -> str:
    from providers.shopify.measures import UNITS

    return UNITS[base][0]


@pytest.mark.parametrize(
    ("type_", "name", "content", "cause"),
    [
        ("boolean", "max", 1, "a boolean has no validation max · take it out"),
        ("url", "regex", "a", "a url has no validation regex · write one of allowed_domains"),
        ("single_line_text_field", "min", "2", "2 is no number of them"),
        ("date", "min", "soon", "soon is no date"),
        ("weight", "max", 10, "10 is not of that form"),
        ("json", "schema", "{}", "{} is no JSON schema"),
        ("list.date", "list.max", -1, "-1 is no number of them"),
    ],
)
def test_a_validation_that_does_not_fit_is_explained(
    type_: str, name: str, content: Any, cause: str
) -> None:
    """Before anything is sent."""
    with pytest.raises(Misfit) as misfit:
        stored(type_, name, content)

    assert cause in str(misfit.value)


@pytest.mark.parametrize(
    ("parts", "cause"),
    [
        ({"validations": {"scale_max": 5}}, "has no validation scale_max"),
        ({"access": {"admin": "merchant_read"}}, "lets nobody restrict the admin's access"),
        ({"pin": True, "constraints": {"category": ["ap-2"]}}, "pins no definition that is"),
    ],
)
def test_what_shopify_never_takes_is_told_at_its_line(parts: Any, cause: str) -> None:
    """With what to do instead."""
    (problem,) = told(compiled(definitions={"fit": line(**parts)}))

    assert cause in problem
    assert " · " in problem


def test_a_rating_may_leave_its_scale_to_the_definition(shop: Workshop) -> None:
    """One number, on the scale that the definition states."""
    stars = {
        "type": "rating",
        "name": "Stars",
        "validations": {"scale_min": 1, "scale_max": 5},
    }
    shop.write(metafields(definitions={"stars": stars}, values={"gift-card": {"stars": 4.5}}))
    applied = shop.apply()
    kept = raw.metafield(shop, "gift-card", "altuzarra.stars")["value"]

    assert not problems_of(applied)
    assert kept == '{"scale_min":"1.0","scale_max":"5.0","value":"4.5"}'
    assert shop.plan().is_empty


def test_what_git_does_not_state_of_a_definition_stays(shop: Workshop) -> None:
    """Validations, access, capabilities, categories: an update moves what is stated alone."""
    name = "product/altuzarra.fit"
    kept = [{"name": "max", "value": "20"}]
    shop.edit("metafieldDefinition", name, type="single_line_text_field", validations=kept)
    shop.edit("metafieldDefinition", name, access={"storefront": "PUBLIC_READ"})
    fit = line("Fit", validations={"min": 2}, capabilities={"admin_filterable": True})
    shop.write(metafields(definitions={"fit": fit}))
    applied = shop.apply()
    found = raw.ask(
        shop,
        """{ metafieldDefinition(identifier: {
            ownerType: PRODUCT, namespace: "altuzarra", key: "fit"}) {
          validations { name value } access { storefront }
          capabilities { adminFilterable { enabled } } } }""",
    )["metafieldDefinition"]

    assert not problems_of(applied)
    assert found == {
        "validations": [*kept, {"name": "min", "value": "2"}],
        "access": {"storefront": "PUBLIC_READ"},
        "capabilities": {"adminFilterable": {"enabled": True}},
    }


def test_more_pins_than_shopify_has_are_told_with_a_remedy(shop: Workshop) -> None:
    """Definitions that are too many fail; the others are made."""
    pinned = {f"fit_{n:02}": line(f"Fit {n}", pin=True) for n in range(51)}
    shop.write(metafields(definitions=pinned))
    problems = problems_of(shop.apply())
    query = """{ metafieldDefinitions(first: 60, ownerType: PRODUCT, pinnedStatus: PINNED) {
      nodes { id } } }"""

    assert problems
    for problem in problems:
        assert "Limit of 50 pinned definitions. (PINNED_LIMIT_REACHED)" in problem
        assert problem.endswith("· unpin another definition in the admin, or take pin out")
    assert len(raw.ask(shop, query)["metafieldDefinitions"]["nodes"]) == 50


def test_a_definition_that_a_collection_asks_for_stays(shop: Workshop) -> None:
    """Shopify refuses to delete it, and the outcome says what to do first."""
    fit = line("Fit", capabilities={"smart_collection_condition": True})
    shop.write(metafields(definitions={"fit": fit}))
    assert not problems_of(shop.apply())
    id_ = raw.definition(shop, "altuzarra.fit")["id"]
    asks = {"metafieldString": {"definitionId": id_, "relation": "EQUALS", "values": ["Slim"],
                               "matchType": "ANY"}}  # fmt: skip
    source = {"title": "Rule", "inclusion": {"matchType": "ALL", "conditions": [asks]}}
    shop.edit("collection", "knitwear", sources=[source])
    shop.write(metafields(definitions={}))
    (problem,) = problems_of(shop.apply([f"empty_set={shop.target}"]))

    assert "(METAFIELD_DEFINITION_IN_USE)" in problem
    assert problem.endswith("· take it out of the rules of the collections that ask for it")
    assert raw.definition(shop, "altuzarra.fit") is not None


def test_very_many_categories_are_read_to_their_end(shop: Workshop) -> None:
    """More than are told along with a definition: what was written is there."""
    names = [f"ap-2-{n}" for n in range(120)]
    shop.write(metafields(definitions={"fit": line("Fit", constraints={"category": names})}))
    applied = shop.apply()

    assert not problems_of(applied), problems_of(applied)
    assert shop.plan().is_empty
