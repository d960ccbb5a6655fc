"""Products take values as recorded: by the key of the attribute's own type, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.saleor.counter import Counter

UPDATE = """mutation($id: ID, $i: ProductInput!) {
  productUpdate(id: $id, input: $i) {
    product { id } errors { field message code attributes }
  }
}"""


def update(counter: Counter, attribute: str, **given: Any) -> Any:
    """Write one attribute of the lamp: errors of the payload, or of the whole answer."""
    lamp = counter.data('{ product(slug: "desk-lamp") { id } }')["product"]["id"]
    attributes = [{"id": counter.id_of(attribute), **given}]
    answer = counter.ask(UPDATE, id=lamp, i={"attributes": attributes})
    payload = answer["data"]["productUpdate"]
    return payload["errors"] if payload else answer["errors"]


def test_values_are_given_by_id_or_reference() -> None:
    """A multiselect is replaced whole, and keeps the given order."""
    counter = Counter()
    ids = [{"id": counter.id_of("care", slug)} for slug in ("no-iron", "wash-30")]
    update(counter, "care", multiselect=ids)
    update(counter, "colour", dropdown={"id": counter.id_of("colour", "blue")})
    by_id = counter.carried()
    update(counter, "colour", dropdown={"externalReference": "colour/red"})

    assert by_id["care"] == ["no-iron", "wash-30"]
    assert by_id["colour"] == ["blue"]
    assert counter.carried()["colour"] == ["red"]


def test_a_text_that_is_not_found_becomes_a_choice() -> None:
    """A typo is kept for ever; a slug or a name that is there is found."""
    counter = Counter()
    update(counter, "colour", dropdown={"value": "Blue"})
    found = counter.carried()["colour"]
    update(counter, "colour", dropdown={"value": "Bleu"})

    assert found == ["blue"]
    assert ("bleu", "Bleu") in counter.values("colour")


@pytest.mark.parametrize(
    "given",
    [
        {"boolean": True},
        {"multiselect": [{"value": "Blue"}]},
        {"plainText": "Blue"},
        {"dropdown": None},
        {"dropdown": {}},
        {"values": []},
        {},
    ],
)
def test_a_key_of_another_type_empties_without_a_word(given: dict[str, Any]) -> None:
    """As null and an empty input do."""
    counter = Counter()

    assert update(counter, "colour", **given) == []
    assert counter.carried()["colour"] == []


@pytest.mark.parametrize(("given", "kept"), [("yes", "true"), ("false", "true"), (False, "false")])
def test_any_text_is_a_true_flag(given: object, kept: str) -> None:
    """`"false"` is true."""
    counter = Counter()
    update(counter, "handmade", boolean=given)
    (slug,) = counter.carried()["handmade"]

    assert slug.endswith(f"_{kept}")


def test_what_can_not_be_found_is_refused() -> None:
    """Unknown ids and references, values and attributes of somebody else."""
    counter = Counter()
    unknown = "QXR0cmlidXRlVmFsdWU6OTk5OTk="
    dropdown = update(counter, "colour", dropdown={"id": unknown})
    multiselect = update(counter, "care", multiselect=[{"externalReference": "none"}])
    foreign = update(counter, "colour", dropdown={"id": counter.id_of("care", "wash-30")})
    unassigned = update(counter, "loose", dropdown={"value": "A"})

    assert dropdown[0]["message"] == "Attribute value with given ID can't be found"
    assert multiselect[0]["message"] == (
        "Attribute value(s) with given external reference(s) can't be found: none"
    )
    assert foreign[0]["message"] == "Some values are not from the provided attribute."
    assert unassigned[0]["code"] == "NOT_FOUND"
    assert counter.carried() == Counter().carried()


def test_a_refused_update_changes_nothing_of_it() -> None:
    """Neither the good part of the input, nor a choice that it would have made."""
    counter = Counter()
    lamp = counter.data('{ product(slug: "desk-lamp") { id } }')["product"]["id"]
    attributes = [
        {"id": counter.id_of("colour"), "dropdown": {"value": "Green"}},
        {"id": counter.id_of("weight"), "numeric": "heavy"},
    ]
    payload = counter.data(UPDATE, id=lamp, i={"attributes": attributes, "name": "Other"})

    (error,) = payload["productUpdate"]["errors"]
    assert error["message"] == "Numeric value is required."
    assert error["attributes"] == [counter.id_of("weight")]
    assert len(counter.values("colour")) == 2
    assert counter.data('{ product(slug: "desk-lamp") { name } }')["product"]["name"] == "Desk lamp"


def test_products_are_found_by_what_they_carry() -> None:
    """Values of one attribute are alternatives; a flag is asked for as a flag."""
    counter = Counter()
    query = "query($f: ProductFilterInput) { products(filter: $f) { totalCount } }"
    conditions: list[dict[str, Any]] = [
        {"slug": "colour", "values": ["red", "blue"]},
        {"slug": "colour", "values": ["blue"]},
        {"slug": "handmade", "boolean": True},
        {"slug": "handmade", "boolean": False},
        {"slug": "unknown", "values": ["red"]},
    ]
    counts = [
        counter.data(query, f={"attributes": [c]})["products"]["totalCount"] for c in conditions
    ]

    assert counts == [1, 0, 1, 0, 0]


def test_a_description_is_kept_otherwise_than_it_is_echoed() -> None:
    """Sanitised, and its keys in another order: only a later read tells."""
    counter = Counter()
    lamp = counter.data('{ product(slug: "desk-lamp") { id } }')["product"]["id"]
    text = '<script>x</script><b>k</b> <a href=\\"javascript:y\\">l</a>'
    given = f'{{"blocks": [{{"type": "paragraph", "data": {{"text": "{text}"}}}}], "time": 1}}'
    query = "mutation($id: ID, $i: ProductInput!) { productUpdate(id: $id, input: $i) {"
    echoed = counter.data(query + " product { description } } }", id=lamp, i={"description": given})
    kept = counter.data('{ product(slug: "desk-lamp") { description } }')["product"]["description"]

    assert echoed["productUpdate"]["product"]["description"] == given
    assert kept == (
        '{"time": 1, "blocks": [{"data":'
        ' {"text": "<b>k</b> <a rel=\\"noopener noreferrer\\">l</a>"}, "type": "paragraph"}]}'
    )


def test_assigning_is_all_or_nothing() -> None:
    """An attribute that is assigned already refuses the others with it."""
    counter = Counter()
    query = "mutation($t: ID!, $o: [ProductAttributeAssignInput!]!) {"
    query += " productAttributeAssign(productTypeId: $t, operations: $o) { errors { code } } }"
    types = counter.data("{ productTypes(first: 1) { edges { node { id } } } }")
    lamp = types["productTypes"]["edges"][0]["node"]["id"]
    operations = [{"id": counter.id_of(slug), "type": "PRODUCT"} for slug in ("loose", "colour")]
    both = counter.data(query, t=lamp, o=operations)["productAttributeAssign"]
    refused = "loose" in counter.carried()
    one = counter.data(query, t=lamp, o=operations[:1])["productAttributeAssign"]

    assert both["errors"] == [{"code": "ATTRIBUTE_ALREADY_ASSIGNED"}]
    assert not refused
    assert one["errors"] == []
    assert "loose" in counter.carried()
