"""Metafields and definitions in the sandbox: rules, words, and what is stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shopify.emulated import Emulated

SET = """mutation($rows: [MetafieldsSetInput!]!) {metafieldsSet(metafields: $rows)
    {metafields {id key type value compareDigest} userErrors {field message code elementIndex}}}"""
DELETE = """mutation($rows: [MetafieldIdentifierInput!]!) {metafieldsDelete(metafields: $rows)
    {deletedMetafields {ownerId namespace key} userErrors {field message}}}"""
CREATE = """mutation($d: MetafieldDefinitionInput!) {metafieldDefinitionCreate(definition: $d)
    {createdDefinition {id name} userErrors {field message code}}}"""
UPDATE = """mutation($d: MetafieldDefinitionUpdateInput!) {metafieldDefinitionUpdate(definition: $d)
    {updatedDefinition {name description validations {name value}} validationJob {id done}
    userErrors {field message code}}}"""
REMOVE = """mutation($i: MetafieldDefinitionIdentifierInput!, $all: Boolean!)
    {metafieldDefinitionDelete(identifier: $i, deleteAllAssociatedMetafields: $all)
    {deletedDefinitionId userErrors {field message code}}}"""

FABRIC = {"ownerType": "PRODUCT", "namespace": "altuzarra", "key": "fabric"}


@pytest.fixture
def shop() -> Emulated:
    return Emulated()


def product_id(shop: Emulated, handle: str) -> str:
    query = "query($h: String!) {productByIdentifier(identifier: {handle: $h}) {id}}"
    return str(shop.data(query, h=handle)["productByIdentifier"]["id"])


def row(shop: Emulated, value: str, **fields: Any) -> dict[str, Any]:
    return {
        "ownerId": product_id(shop, "gift-card"),
        "namespace": "notes",
        "key": "first",
        "type": "single_line_text_field",
        "value": value,
        **fields,
    }


def test_one_bad_row_keeps_all_others_out(shop: Emulated) -> None:
    """The call is atomic; the row is told by the field's second part only."""
    nobody = row(shop, "b", ownerId="gid://shopify/Product/1")
    answer = shop.data(SET, rows=[row(shop, "a"), nobody])["metafieldsSet"]
    again = shop.data(SET, rows=[row(shop, "a", compareDigest=None)])["metafieldsSet"]

    assert answer == {
        "metafields": [],
        "userErrors": [
            {
                "field": ["metafields", "1", "ownerId"],
                "message": "Owner does not exist.",
                "code": "INVALID_VALUE",
                "elementIndex": None,
            }
        ],
    }
    assert again["userErrors"] == []


def test_compare_and_set(shop: Emulated) -> None:
    """null creates only, a digest changes only what was read, and no digest asks nothing."""
    made = shop.data(SET, rows=[row(shop, "a", compareDigest=None)])["metafieldsSet"]
    old = made["metafields"][0]["compareDigest"]
    codes = []
    for sent in (
        row(shop, "b", compareDigest=None),
        row(shop, "b", compareDigest=old),
        row(shop, "c", compareDigest=old),
        row(shop, "b", compareDigest=old),
        row(shop, "d"),
    ):
        errors = shop.data(SET, rows=[sent])["metafieldsSet"]["userErrors"]
        codes.append(errors[0]["code"] if errors else None)

    assert codes == ["STALE_OBJECT", None, "STALE_OBJECT", None, None]


@pytest.mark.parametrize(
    ("type_", "sent", "stored"),
    [
        ("boolean", "t", "true"),
        ("boolean", "0", "false"),
        ("number_integer", "12", "12"),
        ("number_decimal", "1.12345678999", "1.123456789"),
        ("date_time", "2026-11-20T10:00:00.123", "2026-11-20T10:00:00+00:00"),
        ("list.single_line_text_field", '["a", "b"]', '["a","b"]'),
    ],
)
def test_values_are_stored_in_one_form(shop: Emulated, type_: str, sent: str, stored: str) -> None:
    """The answer already has it."""
    answer = shop.data(SET, rows=[row(shop, sent, type=type_)])["metafieldsSet"]

    assert answer["metafields"][0]["value"] == stored


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"value": "  "}, "INVALID_VALUE"),
        ({"type": "number_integer", "value": "many"}, "INVALID_VALUE"),
        ({"type": "page_reference", "value": "gid://shopify/Page/1"}, "INVALID_VALUE"),
        ({"type": "page_reference", "value": "about"}, "INVALID_VALUE"),
        ({"type": "nonsense", "value": "x"}, "INVALID_TYPE"),
        ({"type": None, "value": "x"}, "BLANK"),
        ({"namespace": "n", "value": "x"}, "TOO_SHORT"),
        ({"namespace": "altuzarra", "key": "fabric", "value": "Steel"}, "INVALID_VALUE"),
        (
            {"namespace": "altuzarra", "key": "fabric", "type": "boolean", "value": "true"},
            "INVALID_TYPE",
        ),
    ],
)
def test_what_does_not_fit_is_refused(shop: Emulated, fields: dict[str, Any], code: str) -> None:
    """By type, by definition, by name."""
    answer = shop.data(SET, rows=[row(shop, **fields)])["metafieldsSet"]

    assert answer["userErrors"][0]["code"] == code


def test_a_deletion_of_nothing_is_no_error(shop: Emulated) -> None:
    """What was there is named, what was not is null."""
    shop.data(SET, rows=[row(shop, "a")])
    there = {"ownerId": product_id(shop, "gift-card"), "namespace": "notes", "key": "first"}
    answer = shop.data(DELETE, rows=[there, there | {"key": "second"}])["metafieldsDelete"]

    assert answer == {"deletedMetafields": [there, None], "userErrors": []}


def test_an_array_has_250_items_at_most(shop: Emulated) -> None:
    """Told at the top, without data."""
    there = {"ownerId": product_id(shop, "gift-card"), "namespace": "notes", "key": "first"}
    body = shop.ask(DELETE, rows=[there] * 251)

    assert "data" not in body
    assert body["errors"][0]["extensions"] == {"code": "MAX_INPUT_SIZE_EXCEEDED"}
    assert body["errors"][0]["path"] == ["metafieldsDelete", "metafields"]


def test_keys_are_asked_and_answered_by_full_name(shop: Emulated) -> None:
    """In the order asked for; a bare key matches nothing."""
    query = """query($k: [String!]) {productByIdentifier(identifier: {handle: "arp-dress-black"})
        {metafields(first: 9, keys: $k) {nodes {namespace key}}}}"""
    keys = ["altuzarra.size_guide_page", "fabric", "altuzarra.look_image"]
    found = shop.data(query, k=keys)["productByIdentifier"]["metafields"]["nodes"]

    assert [node["key"] for node in found] == [keys[0], keys[2]]


def test_a_reference_to_what_is_gone_is_null(shop: Emulated) -> None:
    """Its value stays."""
    query = """{productByIdentifier(identifier: {handle: "arp-dress-black"})
        {metafield(namespace: "altuzarra", key: "size_guide_page")
        {value reference {... on Page {handle}}}}}"""
    before = shop.data(query)["productByIdentifier"]["metafield"]
    shop.edit("page", "size-guide-dresses", deleted=True)
    after = shop.data(query)["productByIdentifier"]["metafield"]

    assert before["reference"] == {"handle": "size-guide-dresses"}
    assert after == {"value": before["value"], "reference": None}


def test_a_definition_is_made_once(shop: Emulated) -> None:
    """A second one of the same name is taken."""
    given = FABRIC | {"name": "Fabric", "type": "single_line_text_field"}
    answer = shop.data(CREATE, d=given)["metafieldDefinitionCreate"]

    assert answer["createdDefinition"] is None
    assert answer["userErrors"][0]["code"] == "TAKEN"
    assert answer["userErrors"][0]["field"] == ["definition", "key"]


def test_validations_that_are_given_replace_all(shop: Emulated) -> None:
    """What is not given stays; a job looks at the values afterwards."""
    rules = [{"name": "choices", "value": '["Silk"]'}, {"name": "max", "value": "9"}]
    first = shop.data(UPDATE, d=FABRIC | {"validations": rules})["metafieldDefinitionUpdate"]
    second = shop.data(UPDATE, d=FABRIC | {"description": "Of what"})["metafieldDefinitionUpdate"]

    assert first["updatedDefinition"] == {
        "name": "Fabric",
        "description": None,
        "validations": rules,
    }
    assert first["validationJob"]["done"] is False
    assert second["updatedDefinition"]["validations"] == rules
    assert second["validationJob"] is None


def test_an_unknown_definition_is_not_found(shop: Emulated) -> None:
    """Neither by update nor by deletion."""
    nobody = FABRIC | {"key": "nobody"}
    updated = shop.data(UPDATE, d=nobody)["metafieldDefinitionUpdate"]
    deleted = shop.data(REMOVE, i=nobody, all=False)["metafieldDefinitionDelete"]

    assert updated["userErrors"][0]["code"] == "NOT_FOUND"
    assert deleted["userErrors"][0]["code"] == "NOT_FOUND"


def test_values_outlive_their_definition(shop: Emulated) -> None:
    """Unless they are references, which must be deleted with it."""
    count = """{metafieldDefinition(identifier: {ownerType: PRODUCT, namespace: "altuzarra",
        key: "fabric"}) {metafieldsCount}}"""
    value = """{productByIdentifier(identifier: {handle: "arp-dress-black"})
        {metafield(namespace: "altuzarra", key: "fabric") {value}}}"""
    counted = shop.data(count)["metafieldDefinition"]["metafieldsCount"]
    shop.data(REMOVE, i=FABRIC, all=False)
    refused = shop.data(REMOVE, i=FABRIC | {"key": "look_image"}, all=False)

    assert counted == 2
    assert shop.data(value)["productByIdentifier"]["metafield"] == {"value": "Silk"}
    assert refused["metafieldDefinitionDelete"]["userErrors"][0]["code"] == (
        "REFERENCE_TYPE_DELETION_ERROR"
    )
