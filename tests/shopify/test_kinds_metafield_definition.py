"""Definitions of metafields, from an intent to what plain requests see in the shop."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.kit.sandbox import Fault
from reconciler.model.change import Action, Cause
from tests.shopify import raw
from tests.shopify.documents import line, metafields
from tests.workshop import Workshop, problems_of


def apply(shop: Workshop, files: dict[str, str], allow: tuple[str, ...] = ()) -> None:
    shop.write(files)
    applied = shop.apply(allow)
    assert not problems_of(applied), problems_of(applied)


def fit(**parts: Any) -> dict[str, str]:
    return metafields(definitions={"fit": line(**parts)})


def test_it_is_made_and_changed_as_stated(shop: Workshop) -> None:
    """Name, description and choices, in their order, through two states."""
    apply(shop, fit(name="Fit", description="How it sits.", choices=["Slim", "Wide"]))
    first = raw.definition(shop, "altuzarra.fit")
    apply(shop, fit(name="Cut", description=None, choices=["Wide", "Slim", "Loose"]))
    second = raw.definition(shop, "altuzarra.fit")

    assert (first["name"], first["description"], first["type"]["name"]) == (
        "Fit", "How it sits.", "single_line_text_field",
    )  # fmt: skip
    assert json.loads(first["validations"][0]["value"]) == ["Slim", "Wide"]
    assert (second["name"], second["description"] or None) == ("Cut", None)
    assert json.loads(second["validations"][0]["value"]) == ["Wide", "Slim", "Loose"]
    assert first["id"] == second["id"]
    assert shop.plan().is_empty


def test_other_validations_stay(shop: Workshop) -> None:
    """Choices come and go; a length that somebody set in the admin is left alone."""
    apply(shop, fit(choices=["Slim"]))
    kept = {"name": "max", "value": "20"}
    choices = {"name": "choices", "value": '["Slim"]'}
    shop.edit("metafieldDefinition", "product/altuzarra.fit", validations=[kept, choices])
    apply(shop, fit(choices=None))

    assert raw.definition(shop, "altuzarra.fit")["validations"] == [kept]


def test_what_is_not_stated_is_not_managed(shop: Workshop) -> None:
    """A description and choices that git leaves out may be anything."""
    apply(shop, fit())
    choices = [{"name": "choices", "value": '["A"]'}]
    shop.edit("metafieldDefinition", "product/altuzarra.fit", description="x", validations=choices)

    assert shop.plan().is_empty


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        ({"name": "Else"}, "name"),
        ({"description": "Else"}, "description"),
        ({"validations": [{"name": "choices", "value": '["Wide","Slim"]'}]}, "choices"),
    ],
)
def test_each_field_drifts_and_comes_back(shop: Workshop, edit: Any, path: str) -> None:
    """An edit in the admin shows as drift of just that field, and is restored."""
    files = fit(description="How it sits.", choices=["Slim", "Wide"])
    apply(shop, files)
    shop.edit("metafieldDefinition", "product/altuzarra.fit", **edit)
    (change,) = shop.drift().changes

    assert [(f.path, f.cause) for f in change.fields] == [(path, Cause.DRIFT)]
    apply(shop, files)
    assert shop.plan().is_empty


def test_another_type_is_refused_with_a_remedy(shop: Workshop) -> None:
    """A type never changes on Shopify: nothing is deleted to make it so, nothing is written."""
    apply(shop, fit())
    shop.write(metafields(definitions={"fit": {"type": "number_integer", "name": "Fit"}}))
    sent = len(shop.writes)
    applied = shop.apply()

    assert "Shopify never changes the type of a definition" in problems_of(applied)[0]
    assert len(shop.writes) == sent
    assert raw.definition(shop, "altuzarra.fit")["type"]["name"] == "single_line_text_field"


def test_dropped_it_is_deleted_and_its_values_stay(shop: Workshop) -> None:
    """Unused it goes. In use it is held, and when that is overruled the values stay."""
    valued = metafields(definitions={"fit": line()}, values={"gift-card": {"fit": "Slim"}})
    apply(shop, valued)
    shop.write(metafields())
    plan = shop.plan()
    (deletion,) = [c for c in plan.changes if c.action is Action.DELETE]
    address = str(deletion.address)
    apply(shop, metafields(), (f"in_use={address}", f"empty_set={deletion.address.target}"))

    assert deletion.effect is not None
    assert deletion.effect.in_use == 1
    assert deletion.address in plan.holds
    assert raw.definition(shop, "altuzarra.fit") is None
    assert raw.metafield(shop, "gift-card", "altuzarra.fit")["value"] == "Slim"
    assert shop.plan().is_empty


def test_a_reference_definition_is_never_deleted_with_its_values(shop: Workshop) -> None:
    """Shopify deletes it only with all values, so the vendor's refusal is told and all stays."""
    page = {"guide": {"type": "page_reference", "name": "Guide"}}
    apply(shop, metafields(definitions=page, values={"gift-card": {"guide": "about"}}))
    shop.write(metafields())
    applied = shop.apply(["in_use=shop/metafield_definition/product/altuzarra.guide"])

    assert "REFERENCE_TYPE_DELETION_ERROR" in " ".join(problems_of(applied))
    assert raw.definition(shop, "altuzarra.guide") is not None
    assert raw.metafield(shop, "gift-card", "altuzarra.guide") is not None


@pytest.mark.parametrize("fault", list(Fault))
def test_a_lost_answer_doubles_nothing(shop: Workshop, fault: Fault) -> None:
    """Whatever happens to the creation, one definition is there and nothing is left to do."""
    shop.write(fit(choices=["Slim"]))
    shop.inject(fault, matching="metafieldDefinitionCreate")

    assert not problems_of(shop.apply())
    assert shop.faults_left() == 0
    assert raw.definition(shop, "altuzarra.fit")["name"] == "Fit"
    assert shop.plan().is_empty


def test_strangers_are_left_alone(shop: Workshop) -> None:
    """Definitions that nobody declared are nobody's business."""
    apply(shop, fit())
    shop.edit("metafieldDefinition", "product/custom.care_notes", name="Care")

    assert shop.plan().is_empty
