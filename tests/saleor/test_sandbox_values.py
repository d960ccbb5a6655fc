"""Attributes and values behave as recorded: slugs follow names, references are unique."""

from __future__ import annotations

from typing import Any

import pytest

from providers.saleor.sandbox.slugs import slugify, unique_slug
from tests.saleor.counter import Counter

CREATE = """mutation($a: ID!, $i: AttributeValueCreateInput!) {
  attributeValueCreate(attribute: $a, input: $i) {
    attributeValue { id slug name externalReference } errors { field message code }
  }
}"""
RENAME = """mutation($id: ID, $i: AttributeValueUpdateInput!) {
  attributeValueUpdate(id: $id, input: $i) {
    attributeValue { slug name externalReference } errors { field message code }
  }
}"""
ADD = """mutation($id: ID, $i: AttributeUpdateInput!) {
  attributeUpdate(id: $id, input: $i) { attribute { slug } errors { field message code } }
}"""
NEW = """mutation($i: AttributeCreateInput!) {
  attributeCreate(input: $i) {
    attribute { slug inputType choices(first: 9) { edges { node { slug } } } }
    errors { field message code }
  }
}"""
LABEL = """mutation($id: ID!, $n: String) {
  attributeValueTranslate(id: $id, languageCode: EN, input: {name: $n}) {
    attributeValue { slug name translation(languageCode: EN) { name } } errors { code }
  }
}"""
LABELS = """mutation($t: [AttributeValueBulkTranslateInput!]!, $p: ErrorPolicyEnum) {
  attributeValueBulkTranslate(translations: $t, errorPolicy: $p) {
    count results { translation { name } errors { path code } } errors { code }
  }
}"""


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Sales / SDR", "sales-sdr"),
        ("sales_sdr", "sales_sdr"),
        ("Email (SMTP/IMAP)", "email-smtpimap"),
        ("Monitor & alert  on", "monitor-alert-on"),
        ("Größe Łódź", "grosse-lodz"),
        ("日本", "ri-ben"),
        ("++", ""),
        ("_x_", "x"),
    ],
)
def test_slugs_are_made_of_names(name: str, slug: str) -> None:
    """Transliterated, lower case, dashes for spaces, underscores kept inside."""
    assert slugify(name) == slug


def test_taken_slugs_are_numbered() -> None:
    """From 2 on, the first that is free."""
    assert unique_slug("a", ["a", "a-2", "a-4"]) == "a-3"


def create(counter: Counter, **given: Any) -> Any:
    payload = counter.data(CREATE, a=counter.id_of("colour"), i=given)["attributeValueCreate"]
    return payload["errors"] or payload["attributeValue"]


def test_a_second_value_of_one_name_is_made() -> None:
    """A repeated creation without a reference doubles the value."""
    counter = Counter()

    assert create(counter, name="Red")["slug"] == "red-2"
    assert create(counter, name="RED")["slug"] == "red-3"
    assert create(counter, name="++")["slug"] == "-"


def test_a_reference_is_unique_over_the_server() -> None:
    """Also across attributes; that is what makes a repeated creation harmless."""
    counter = Counter()
    words = "Attribute value with this External reference already exists."
    refusal = {"field": "externalReference", "message": words, "code": "UNIQUE"}
    given = {"name": "Any", "externalReference": "colour/red"}
    elsewhere = counter.data(CREATE, a=counter.id_of("care"), i=given)["attributeValueCreate"]

    assert create(counter, **given) == [refusal]
    assert elsewhere["errors"] == [refusal]
    assert len(counter.values("colour")) == 2


def test_renaming_moves_the_slug() -> None:
    """Also to the same name, which changes nothing; a reference alone leaves the slug."""
    counter = Counter()
    id_ = counter.id_of("colour", "red")
    renamed = counter.data(RENAME, id=id_, i={"name": "Deep red"})["attributeValueUpdate"]
    again = counter.data(RENAME, id=id_, i={"name": "Deep red"})["attributeValueUpdate"]
    referred = counter.data(RENAME, id=id_, i={"externalReference": "x"})["attributeValueUpdate"]

    assert renamed["attributeValue"]["slug"] == "deep-red"
    assert again["attributeValue"]["slug"] == "deep-red"
    assert referred["attributeValue"] == {
        "slug": "deep-red", "name": "Deep red", "externalReference": "x"
    }  # fmt: skip


def test_a_label_leaves_name_and_slug_alone() -> None:
    """A translation is beside the name."""
    counter = Counter()
    payload = counter.data(LABEL, id=counter.id_of("colour", "blue"), n="Sea blue")

    assert payload["attributeValueTranslate"]["attributeValue"] == {
        "slug": "blue",
        "name": "Blue",
        "translation": {"name": "Sea blue"},
    }


@pytest.mark.parametrize(
    ("policy", "count"), [("REJECT_EVERYTHING", 0), ("REJECT_FAILED_ROWS", 1), (None, 0)]
)
def test_labels_in_bulk_follow_the_policy(policy: str | None, count: int) -> None:
    """A row whose value is unknown fails alone, or with all others."""
    counter = Counter()
    rows = [
        {"externalReference": reference, "languageCode": "EN", "translationFields": {"name": "R"}}
        for reference in ("colour/red", "colour/unknown")
    ]
    told = counter.data(LABELS, t=rows, p=policy)["attributeValueBulkTranslate"]

    assert told["count"] == count
    assert told["results"][1]["errors"] == [{"path": "externalReference", "code": "NOT_FOUND"}]
    assert bool(told["results"][0]["translation"]) is bool(count)


def test_added_values_are_all_made_or_none() -> None:
    """`attributeUpdate` refuses names that are there, whatever their case."""
    counter = Counter()
    id_ = counter.id_of("colour")
    refused = counter.data(ADD, id=id_, i={"addValues": [{"name": "Green"}, {"name": "RED"}]})
    taken = counter.data(
        ADD, id=id_, i={"addValues": [{"name": "Gold", "externalReference": "colour/red"}]}
    )
    done = counter.data(ADD, id=id_, i={"addValues": [{"name": "Green"}, {"name": "Grey"}]})

    assert refused["attributeUpdate"]["errors"][0]["code"] == "ALREADY_EXISTS"
    assert taken["attributeUpdate"]["errors"][0]["field"] == "addValues"
    assert done["attributeUpdate"]["errors"] == []
    assert [slug for slug, _ in counter.values("colour")] == ["red", "blue", "green", "grey"]


ATTRIBUTES: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "a taken slug": ({"slug": "colour"}, ("slug", "UNIQUE")),
    "a malformed slug": ({"slug": "No Slug"}, ("slug", "INVALID")),
    "an empty slug": ({"slug": ""}, ("slug", "REQUIRED")),
    "no name": ({"slug": "n", "name": ""}, ("name", "REQUIRED")),
    "values of one name": ({"values": [{"name": "A"}, {"name": "a "}]}, ("values", "UNIQUE")),
    "values on a flag": (
        {"inputType": "BOOLEAN", "values": [{"name": "A"}]},
        ("values", "INVALID"),
    ),
    "a long name": ({"name": "n" * 256, "slug": "n"}, ("name", "INVALID")),
}


@pytest.mark.parametrize("case", ATTRIBUTES)
def test_attributes_are_refused_for(case: str) -> None:
    """Nothing is made, and the field is named."""
    given, (field, code) = ATTRIBUTES[case]
    counter = Counter()
    plain = {"name": "New", "type": "PRODUCT_TYPE", "inputType": "DROPDOWN"}
    told = counter.data(NEW, i=plain | given)["attributeCreate"]
    (error,) = told["errors"]

    assert (error["field"], error["code"]) == (field, code)
    assert counter.data("{ attributes { totalCount } }")["attributes"]["totalCount"] == 6


def test_bulk_creation_takes_no_slugs() -> None:
    """They are made of the names, without a word."""
    counter = Counter()
    row = {"name": "Bulk", "slug": "mine", "type": "PRODUCT_TYPE", "inputType": "DROPDOWN"}
    query = "mutation($a: [AttributeCreateInput!]!) { attributeBulkCreate(attributes: $a) {"
    told = counter.data(query + " results { attribute { slug } } } }", a=[row, row])

    made = [result["attribute"]["slug"] for result in told["attributeBulkCreate"]["results"]]
    assert made == ["bulk", "bulk-2"]


def test_an_input_type_can_not_be_changed() -> None:
    """It is no field of the update."""
    counter = Counter()
    answer = counter.send({"query": ADD, "variables": {"id": "x", "i": {"inputType": "BOOLEAN"}}})

    assert answer.status_code == 400
    assert 'In field "inputType": Unknown field.' in answer.json()["errors"][0]["message"]


def test_deleting_asks_nobody() -> None:
    """A value goes from the products that carry it, an attribute with all its values."""
    counter = Counter()
    value = counter.id_of("colour", "red")
    counter.data(f'mutation {{ attributeValueDelete(id: "{value}") {{ errors {{ code }} }} }}')
    after_value = counter.carried()
    care = counter.id_of("care")
    counter.data(f'mutation {{ attributeDelete(id: "{care}") {{ errors {{ code }} }} }}')

    assert after_value["colour"] == []
    assert "care" not in counter.carried()
