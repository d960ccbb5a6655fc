"""PyPI `ShopifyAPI`, Shopify's own for Python, against the served shop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from tests.serving import serving

shopify = pytest.importorskip("shopify", reason="ShopifyAPI is not installed: make setup")

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("clients-shopify-python")]

PRODUCTS = """
query Products($first: Int!, $query: String) {
  products(first: $first, query: $query) { nodes { id handle } }
}
query Shop { shop { name } }
"""
DEFINE = """
mutation Define($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) {
    createdDefinition { id pinnedPosition }
    userErrors { field message code }
  }
}
"""
SET = """
mutation Set($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) {
    metafields { value jsonValue }
    userErrors { field message code }
  }
}
"""
COLLECT = """
mutation Collect($input: CollectionInput!) {
  collectionCreate(input: $input) {
    collection { handle ruleSet { rules { column relation condition } } }
    userErrors { field message }
  }
}
"""


@pytest.fixture(scope="module")
def address(workspace: Path) -> Iterator[str]:
    with serving(workspace, "shop") as shop:
        yield shop.address


@pytest.fixture
def client(address: str) -> Iterator[Any]:
    with _visiting(address, "shpat_sandbox") as client:
        yield client


def _visiting(address: str, token: str) -> Any:
    """The client makes a shop's address of its name and a domain: here of 127 and 0.0.1."""
    parts = urlsplit(address)
    name, _, domain = str(parts.hostname).partition(".")
    shopify.Session.setup(protocol="http", myshopify_domain=domain, port=parts.port)
    return shopify.Session.temp(name, "2026-10", token)


def _asked(document: str, **variables: Any) -> dict[str, Any]:
    return dict(json.loads(shopify.GraphQL().execute(document, variables)))


def _product() -> str:
    document = '{ productByHandle(handle: "arp-dress-black") { id } }'
    return str(_asked(document)["data"]["productByHandle"]["id"])


@pytest.mark.usefixtures("client")
def test_one_operation_of_several_is_run_by_its_name() -> None:
    """With the variables that it has."""
    variables = {"first": 2, "query": "product_type:Dresses"}
    found = json.loads(shopify.GraphQL().execute(PRODUCTS, variables, "Products"))

    assert len(found["data"]["products"]["nodes"]) == 2
    assert found["extensions"]["cost"]["actualQueryCost"] > 0


@pytest.mark.usefixtures("client")
def test_a_definition_and_its_value_are_written() -> None:
    """A number is stored as a text in one form, and comes back as a number in `jsonValue`."""
    definition = {"namespace": "python", "key": "looks", "name": "Looks", "pin": True}
    definition |= {"type": "number_integer", "ownerType": "PRODUCT"}
    made = _asked(DEFINE, definition=definition)["data"]["metafieldDefinitionCreate"]
    row = {"ownerId": _product(), "namespace": "python", "key": "looks"}
    value = _asked(SET, metafields=[{**row, "value": "7.0"}])["data"]["metafieldsSet"]
    bad = _asked(SET, metafields=[{**row, "value": "seven"}])["data"]["metafieldsSet"]

    assert made["userErrors"] == []
    assert value["metafields"] == [{"value": "7", "jsonValue": 7}]
    assert bad["userErrors"][0]["code"] == "INVALID_VALUE"


@pytest.mark.usefixtures("client")
def test_a_number_is_no_text_and_a_fraction_no_whole_number() -> None:
    """Variables are taken as the vendor takes them, which is more strictly than JSON is typed."""
    row = {"ownerId": _product(), "namespace": "python", "key": "count", "value": 7}
    (text,) = _asked(SET, metafields=[row])["errors"]
    (number,) = _asked("query P($n: Int!) { products(first: $n) { nodes { id } } }", n=7.0)[
        "errors"
    ]

    assert text["extensions"]["problems"][0]["explanation"] == "Could not coerce value 7 to String"
    assert number["extensions"]["problems"][0]["explanation"] == "Could not coerce value 7.0 to Int"


@pytest.mark.usefixtures("client")
def test_a_collection_of_the_older_model_is_made() -> None:
    """By rules; a title that is blank is refused."""
    rules = [{"column": "TAG", "relation": "EQUALS", "condition": "S226"}]
    rule_set = {"appliedDisjunctively": False, "rules": rules}
    made = _asked(COLLECT, input={"title": "By Python", "ruleSet": rule_set})
    blank = _asked(COLLECT, input={"title": " "})

    assert made["data"]["collectionCreate"]["collection"]["ruleSet"]["rules"] == rules
    assert blank["data"]["collectionCreate"]["userErrors"] == [
        {"field": ["title"], "message": "Title can't be blank"}
    ]


@pytest.mark.usefixtures("client")
def test_what_the_schema_has_not_is_told() -> None:
    """At its place in the document."""
    (error,) = _asked("{ shop { colour } }")["errors"]

    assert error["message"] == "Field 'colour' doesn't exist on type 'Shop'"
    assert error["path"] == ["query", "shop", "colour"]


def test_a_wrong_token_is_turned_away(address: str) -> None:
    """With 401; the client raises it."""
    with _visiting(address, "wrong"), pytest.raises(HTTPError) as told:
        _asked("{ shop { name } }")

    assert told.value.code == 401
