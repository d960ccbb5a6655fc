"""Attributes that point at products: whole lists in their order, and nothing that is not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.saleor.counter import LITTLE, Counter

CREATE = """mutation($i: AttributeCreateInput!) {
  attributeCreate(input: $i) { attribute { entityType } errors { field message code } }
}"""
UPDATE = """mutation($id: ID, $i: ProductInput!) {
  productUpdate(id: $id, input: $i) {
    product { id } errors { field message code attributes }
  }
}"""
READ = """query($s: String) { product(slug: $s) { id attribute(slug: "parts") {
  values { slug name reference } } } }"""


def pointing(**more: Any) -> Counter:
    """A lamp that may point at products."""
    parts = {"name": "Parts", "slug": "parts", "inputType": "REFERENCE", "entityType": "PRODUCT"}
    (lamp,) = LITTLE["productTypes"]
    return Counter(
        {
            **LITTLE,
            "attributes": [*LITTLE["attributes"], parts | more],
            "productTypes": [lamp | {"productAttributes": ["colour", "parts"]}],
            "products": [
                {"name": name, "slug": name, "productType": "lamp", "attributes": {"parts": to}}
                for name, to in {"set": ["shade", "foot"], "shade": [], "foot": []}.items()
            ],
        }
    )


def id_of(counter: Counter, product: str) -> str:
    return str(counter.data(READ, s=product)["product"]["id"])


def point(counter: Counter, *ids: str, **given: Any) -> Any:
    attributes = [{"id": counter.id_of("parts"), "references": list(ids), **given}]
    answer = counter.ask(UPDATE, id=id_of(counter, "set"), i={"attributes": attributes})
    payload = answer["data"]["productUpdate"]
    return payload["errors"] if payload else answer["errors"]


def pointed_at(counter: Counter) -> list[str]:
    values = counter.data(READ, s="set")["product"]["attribute"]["values"]
    return [value["name"] for value in values]


def test_references_are_a_whole_list_in_the_given_order() -> None:
    """Each is a value with the two primary keys for a slug; what is listed twice counts once."""
    counter = pointing()
    before = pointed_at(counter)
    shade, foot = id_of(counter, "shade"), id_of(counter, "foot")

    assert before == ["shade", "foot"]
    assert point(counter, foot, shade, foot) == []
    assert counter.data(READ, s="set")["product"]["attribute"]["values"] == [
        {"slug": "1_3", "name": "foot", "reference": foot},
        {"slug": "1_2", "name": "shade", "reference": shade},
    ]
    assert point(counter) == []
    assert pointed_at(counter) == []


def test_what_points_at_nothing_is_refused() -> None:
    """An id of another type or of nothing; a list of which some is there crashes the server.
    Nothing is changed by either."""
    counter = pointing()
    unknown, foreign = "UHJvZHVjdDo5OTk=", counter.id_of("colour")
    errors = [point(counter, id_)[0] for id_ in (unknown, foreign, "abc")]
    (crash,) = point(counter, id_of(counter, "foot"), unknown)

    assert {(e["message"], e["code"]) for e in errors} == {("Invalid reference type.", "INVALID")}
    assert errors[0]["attributes"] == [counter.id_of("parts")]
    assert crash["extensions"]["exception"]["code"] == "AssertionError"
    assert pointed_at(counter) == ["shade", "foot"]


def test_a_required_reference_must_be_given() -> None:
    """In its own words."""
    (error,) = point(pointing(valueRequired=True))

    assert (error["message"], error["code"]) == (
        "A reference is required for this attribute.",
        "REQUIRED",
    )


def test_a_single_reference_looks_at_its_own_key() -> None:
    """`references` is as good as none."""
    counter = pointing(inputType="SINGLE_REFERENCE")
    foot = id_of(counter, "foot")

    assert point(counter, foot, reference=foot) == []
    assert pointed_at(counter) == ["foot"]
    assert point(counter, foot) == []
    assert pointed_at(counter) == []


@pytest.mark.parametrize("kind", ["REFERENCE", "SINGLE_REFERENCE"])
def test_references_must_say_what_they_point_at(kind: str) -> None:
    """An entity type is demanded when the attribute is made."""
    counter = Counter()
    given = {"name": "Parts", "type": "PRODUCT_TYPE", "inputType": kind}
    refused = counter.data(CREATE, i=given)["attributeCreate"]
    made = counter.data(CREATE, i=given | {"entityType": "PRODUCT"})["attributeCreate"]

    assert refused["attribute"] is None
    assert [(e["field"], e["code"]) for e in refused["errors"]] == [("entityType", "REQUIRED")]
    assert made == {"attribute": {"entityType": "PRODUCT"}, "errors": []}


def test_what_a_product_points_at_can_be_edited() -> None:
    """By the slugs of what is pointed at."""
    counter = pointing()
    counter.sandbox.admin_edit("product", "set", {"attributes": {"parts": ["foot"]}})

    assert pointed_at(counter) == ["foot"]
