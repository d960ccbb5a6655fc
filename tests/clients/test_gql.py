"""PyPI `gql`, a general GraphQL client: it reads the market's schema and holds its own documents
against it before it sends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from gql import Client, GraphQLRequest
from gql.client import SyncClientSession
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport
from graphql import GraphQLError

from tests.serving import serving

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("clients-gql")]

Body = dict[str, Any]

REFERENCE = "customer-support-agent-001"


class Visit:
    """A session of the client's, and the statuses of what it was answered."""

    def __init__(self, session: SyncClientSession, statuses: list[int]) -> None:
        self.session, self.statuses = session, statuses

    def ask(self, document: str, **variables: Any) -> Body:
        return dict(self.session.execute(GraphQLRequest(document, variable_values=variables)))

    def refusal(self, document: str, **variables: Any) -> TransportQueryError:
        with pytest.raises(TransportQueryError) as told:
            self.ask(document, **variables)
        return told.value


@contextmanager
def visiting(address: str, token: str) -> Iterator[Visit]:
    statuses: list[int] = []

    def note(response: httpx.Response) -> None:
        statuses.append(response.status_code)

    transport = HTTPXTransport(
        url=f"{address}/graphql/",
        headers={"Authorization": f"Bearer {token}"},
        event_hooks={"response": [note]},
    )
    with Client(transport=transport, fetch_schema_from_transport=True) as session:
        yield Visit(session, statuses)


@pytest.fixture(scope="module")
def address(workspace: Path) -> Iterator[str]:
    with serving(workspace, "market") as market:
        yield market.address


@pytest.fixture
def visit(address: str) -> Iterator[Visit]:
    with visiting(address, "sandbox") as visit:
        yield visit


def test_the_schema_is_read_and_holds_documents_back(visit: Visit) -> None:
    """By introspection; what the schema has not is never sent."""
    schema = visit.session.client.schema
    assert schema is not None
    with pytest.raises(GraphQLError, match="Cannot query field 'colour' on type 'Shop'"):
        visit.ask("{ shop { colour } }")

    assert {"Attribute", "Product", "ProductType"} <= schema.type_map.keys()
    assert visit.statuses == [200]


def test_the_caller_is_told_who_it_is(visit: Visit) -> None:
    """The app of the token, with its permissions."""
    app = visit.ask("{ app { name permissions { code } } }")["app"]

    assert app["name"] == "Planogram"
    assert {"code": "MANAGE_PRODUCTS"} in app["permissions"]


ATTRIBUTES = """
query Attributes($after: String) {
  attributes(first: 2, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node { slug choices(first: 3) { totalCount edges { node { name } } } } }
  }
}
"""


def test_attributes_are_listed_by_pages(visit: Visit) -> None:
    """Every one of them once, each with the first of its choices."""
    pages = list(_pages(visit, ATTRIBUTES, "attributes"))
    nodes = [edge["node"] for page in pages for edge in page["edges"]]
    slugs = [node["slug"] for node in nodes]
    choices = next(node["choices"] for node in nodes if node["slug"] == "gsv_roles")

    assert len(pages) > 2
    assert len(set(slugs)) == len(slugs) == pages[0]["totalCount"]
    assert (choices["totalCount"], len(choices["edges"])) == (8, 3)


CHOICES = """
query Choices($slug: String!, $after: String) {
  attribute(slug: $slug) {
    choices(first: 3, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { name } }
    }
  }
}
"""


def test_choices_are_listed_by_pages(visit: Visit) -> None:
    """Within an attribute too, a cursor leads on to the rest."""
    pages = list(_pages(visit, CHOICES, "attribute", "choices", slug="gsv_roles"))
    names = [edge["node"]["name"] for page in pages for edge in page["edges"]]

    assert [len(page["edges"]) for page in pages] == [3, 3, 2]
    assert len(set(names)) == 8


def _pages(visit: Visit, document: str, *path: str, **variables: Any) -> Iterator[Body]:
    after = None
    while True:
        page = visit.ask(document, **variables, **({"after": after} if after else {}))
        for step in path:
            page = page[step]
        yield page
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


CREATE = """
mutation Create($input: AttributeCreateInput!) {
  attributeCreate(input: $input) {
    attribute { id slug externalReference choices(first: 9) { edges { node { id name } } } }
    errors { field code message }
  }
}
"""
ADD = """
mutation Add($attribute: ID!, $input: AttributeValueCreateInput!) {
  attributeValueCreate(attribute: $attribute, input: $input) {
    attributeValue { id slug }
    errors { field code message }
  }
}
"""
RENAME = """
mutation Rename($reference: String, $input: AttributeValueUpdateInput!) {
  attributeValueUpdate(externalReference: $reference, input: $input) {
    attributeValue { name slug }
    errors { field code message }
  }
}
"""
ASSIGN = """
mutation Assign($type: ID!, $operations: [ProductAttributeAssignInput!]!) {
  productAttributeAssign(productTypeId: $type, operations: $operations) {
    productType { productAttributes { slug } }
    errors { field code message }
  }
}
"""
GIVE = """
mutation Give($reference: String, $input: ProductInput!) {
  productUpdate(externalReference: $reference, input: $input) {
    product { slug }
    errors { field code message }
  }
}
"""
CARRIED = """
query Carried($reference: String!, $slug: String!) {
  product(externalReference: $reference) {
    attribute(slug: $slug) { values { name externalReference } }
  }
}
"""
DELETE = """
mutation Delete($reference: String) {
  attributeDelete(externalReference: $reference) { errors { field code message } }
}
"""


def test_an_attribute_lives_and_dies(visit: Visit) -> None:
    """Created with a value, given another, renamed, assigned, carried by a product, deleted."""
    created = _done(visit, CREATE, input=_finish("finish"))["attribute"]
    glossy = {"name": "Glossy", "externalReference": "finish/glossy"}
    _done(visit, ADD, attribute=created["id"], input=glossy)
    renamed = _done(visit, RENAME, reference="finish/glossy", input={"name": "Shiny"})
    operation = {"id": created["id"], "type": "PRODUCT"}
    assigned = _done(visit, ASSIGN, type=_offering(visit), operations=[operation])
    given = {"id": created["id"], "dropdown": {"externalReference": "finish/glossy"}}
    _done(visit, GIVE, reference=REFERENCE, input={"attributes": [given]})
    carried = visit.ask(CARRIED, reference=REFERENCE, slug="finish")
    _done(visit, DELETE, reference="finish")
    bare = visit.ask(CARRIED, reference=REFERENCE, slug="finish")

    assert [edge["node"]["name"] for edge in created["choices"]["edges"]] == ["Matte"]
    assert renamed["attributeValue"] == {"name": "Shiny", "slug": "shiny"}
    assert {"slug": "finish"} in assigned["productType"]["productAttributes"]
    assert carried["product"]["attribute"]["values"] == [
        {"name": "Shiny", "externalReference": "finish/glossy"}
    ]
    assert bare["product"]["attribute"] is None
    assert set(visit.statuses) == {200}


def test_a_business_error_is_no_error_of_the_request(visit: Visit) -> None:
    """HTTP 200 and the payload's own errors, by field and code."""
    _done(visit, CREATE, input=_finish("twice"))
    again = visit.ask(CREATE, input=_finish("twice"))["attributeCreate"]

    assert again["attribute"] is None
    assert {error["code"] for error in again["errors"]} == {"UNIQUE"}
    assert visit.statuses[-1] == 200


FIVE = "mutation Five($id: ID!, $input: [MetadataInput!]!) {"
FIVE += " ".join(
    f"m{n}: updateMetadata(id: $id, input: $input) {{ errors {{ code }} }}" for n in "01234"
)
FIVE += " }"
FIFTH = "query Fifth($reference: String) {"
FIFTH += ' product(externalReference: $reference) { id metafield(key: "five") } }'


def test_five_mutations_in_a_request_are_refused(visit: Visit) -> None:
    """HTTP 400 in the vendor's words, and none of them is done."""
    product = visit.ask(FIFTH, reference=REFERENCE)["product"]
    told = visit.refusal(FIVE, id=product["id"], input=[{"key": "five", "value": "times"}])

    assert visit.statuses[-1] == 400
    assert [error["message"] for error in told.errors or ()] == [
        "Number of mutations exceed the limit of 4"
    ]
    assert visit.ask(FIFTH, reference=REFERENCE)["product"]["metafield"] is None


def test_a_page_of_101_is_null_beside_the_rest(visit: Visit) -> None:
    """Partial data: what could be answered is."""
    told = visit.refusal("{ shop { name } attributes(first: 101) { edges { node { id } } } }")

    assert told.data == {"shop": {"name": "Agent Market"}, "attributes": None}
    assert "exceeds the `first` limit of 100" in (told.errors or [])[0]["message"]


def test_a_wrong_token_is_a_visitor(address: str) -> None:
    """Never 401: it reads what anybody may, and what an app may is refused beside the data."""
    with visiting(address, "wrong") as visitor:
        shop = visitor.ask("{ shop { name } }")
        who = visitor.refusal("{ app { name } }")
        made = visitor.refusal(CREATE, input=_finish("forbidden"))

    assert shop == {"shop": {"name": "Agent Market"}}
    assert (who.data, made.data) == ({"app": None}, {"attributeCreate": None})
    for told in (who, made):
        assert (told.errors or [])[0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert set(visitor.statuses) == {200}


def _finish(slug: str) -> Body:
    return {
        "name": slug.capitalize(),
        "slug": slug,
        "externalReference": slug,
        "type": "PRODUCT_TYPE",
        "inputType": "DROPDOWN",
        "values": [{"name": "Matte"}],
    }


def _offering(visit: Visit) -> str:
    found = visit.ask(
        '{ productTypes(first: 1, filter: {slugs: ["offering"]}) { edges { node { id } } } }'
    )
    return str(found["productTypes"]["edges"][0]["node"]["id"])


def _done(visit: Visit, document: str, **variables: Any) -> Body:
    """The payload of the document's one mutation, which went well."""
    (payload,) = visit.ask(document, **variables).values()
    assert payload["errors"] == []
    return dict(payload)
