"""Looking at the emulated shop through plain requests, which the provider has no hand in."""

from __future__ import annotations

from typing import Any

from tests.workshop import Workshop

TOKEN = {"X-Shopify-Access-Token": "shpat_sandbox"}
PATH = "/admin/api/2026-10/graphql.json"


def ask(shop: Workshop, query: str, **variables: Any) -> Any:
    """The data of a query to the served sandbox."""
    with shop.served() as client:
        answer = client.post(PATH, json={"query": query, "variables": variables}, headers=TOKEN)
    body = answer.json()
    assert "errors" not in body, body["errors"]
    return body["data"]


def metafield(shop: Workshop, handle: str, name: str) -> Any:
    namespace, key = name.split(".")
    query = """query ($handle: String!, $namespace: String!, $key: String!) {
      productByIdentifier(identifier: {handle: $handle}) {
        metafield(namespace: $namespace, key: $key) {
          id type value
          reference {
            ... on Page { handle }
            ... on Product { handle }
            ... on MediaImage { image { url } }
          }
        }
      }
    }"""
    product = ask(shop, query, handle=handle, namespace=namespace, key=key)["productByIdentifier"]
    return product["metafield"]


def definition(shop: Workshop, name: str) -> Any:
    namespace, key = name.split(".")
    query = """query ($identifier: MetafieldDefinitionIdentifierInput!) {
      metafieldDefinition(identifier: $identifier) {
        id name description type { name } validations { name value } metafieldsCount
      }
    }"""
    identifier = {"ownerType": "PRODUCT", "namespace": namespace, "key": key}
    return ask(shop, query, identifier=identifier)["metafieldDefinition"]


def collection(shop: Workshop, handle: str) -> Any:
    query = """query ($handle: String!) {
      collectionByIdentifier(identifier: {handle: $handle}) {
        id handle title descriptionHtml sortOrder
        products(first: 50) { nodes { handle } }
        sources {
          id title
          ... on CollectionConditionsSource {
            inclusion {
              matchType
              conditions {
                id __typename
                ... on CollectionSourceInclusionConditionProductTag { values ofTag: relation }
                ... on CollectionSourceInclusionConditionProductType { values ofType: relation }
              }
            }
          }
        }
      }
    }"""
    return ask(shop, query, handle=handle)["collectionByIdentifier"]
