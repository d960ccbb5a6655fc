"""Shopify: metafield definitions, metafields of every sort of value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

from tests.contract.case import Case, Edit

HANDLE: Final = "arp-dress-black"
PATH: Final = "/admin/api/2026-10/graphql.json"
TOKEN: Final = {"X-Shopify-Access-Token": "shpat_sandbox"}

Raw = Callable[[httpx.Client], Mapping[str, Any] | None]


def ask(client: httpx.Client, query: str) -> Any:
    answer = client.post(PATH, json={"query": query}, headers=TOKEN).json()
    assert "errors" not in answer, answer
    return answer["data"]


# Definitions


def definition_document(name: str, description: str, choices: str) -> dict[str, str]:
    return {
        "metafields/contract.yaml": (
            "targets: [shop]\nnamespace: contract\ndefinitions:\n"
            "  fit: {type: single_line_text_field, "
            f"name: {name}, description: {description}, choices: {choices}}}\n"
        )
    }


def definition(client: httpx.Client) -> Mapping[str, Any] | None:
    query = """{metafieldDefinitions(
        first: 5, ownerType: PRODUCT, namespace: "contract", key: "fit"
      ) {nodes {name description type {name} validations {name value}}}}"""
    nodes = ask(client, query)["metafieldDefinitions"]["nodes"]
    if not nodes:
        return None
    choices = [v["value"] for v in nodes[0]["validations"] if v["name"] == "choices"]
    return {
        "name": nodes[0]["name"],
        "description": nodes[0]["description"],
        "type": nodes[0]["type"]["name"],
        "choices": json.loads(choices[0]) if choices else None,
    }


DEFINITION: Final = "product/contract.fit"


def definition_edit(**fields: Any) -> Edit:
    return "metafieldDefinition", DEFINITION, fields


# Metafields


def value_documents(type_: str, *values: str) -> tuple[dict[str, str], ...]:
    """The definition, and the product's value, in one document a state."""
    head = (
        "targets: [shop]\nnamespace: contract\ndefinitions:\n"
        f"  held: {{type: {type_}, name: Held}}\n"
    )
    return (
        *(
            {"metafields/contract.yaml": f"{head}values:\n  {HANDLE}: {{held: {value}}}\n"}
            for value in values
        ),
        {"metafields/contract.yaml": head},
    )


def metafield(client: httpx.Client) -> Mapping[str, Any] | None:
    query = f"""{{productByIdentifier(identifier: {{handle: "{HANDLE}"}}) {{
        metafield(namespace: "contract", key: "held") {{ type value reference {{
          ... on Page {{ handle }} ... on Product {{ productHandle: handle }}
          ... on MediaImage {{ image {{ url }} }} }} }} }} }}"""
    found = ask(client, query)["productByIdentifier"]["metafield"]
    if found is None:
        return None
    reference = found["reference"] or {}
    url = (reference.get("image") or {}).get("url") or ""
    return {
        "type": found["type"],
        "value": found["value"],
        "page": reference.get("handle"),
        "product": reference.get("productHandle"),
        "file": url.split("?")[0].rsplit("/", 1)[-1] or None,
    }


def metafield_case(
    variant: str, type_: str, values: tuple[str, str], field: str, other: str
) -> Case:
    *states, without = value_documents(type_, *values)
    key = f"product/{HANDLE}/contract.held"
    return Case(
        provider="shopify",
        target="shop",
        kind="metafield",
        key=key,
        states=tuple(states),
        without=without,
        raw=metafield,
        drifts={field: ("metafield", key, {field: other})}
        | (
            {"type": ("metafield", key, {"type": "multi_line_text_field", "value": values[0]})}
            if variant == "text"
            else {}
        ),
        stranger=("metafield", f"product/{HANDLE}/foreign.note", STRANGE),
        variant=variant,
    )


STRANGE: Final = {"type": "single_line_text_field", "value": "somebody's own"}


CASES: Final = [
    Case(
        provider="shopify",
        target="shop",
        kind="metafield_definition",
        key=DEFINITION,
        states=(
            definition_document("Fit", "How it falls", "[Slim, Regular]"),
            definition_document("Cut", "How it is cut", "[Regular, Slim, Loose]"),
        ),
        without={"metafields/other.yaml": "targets: [shop]\nnamespace: contract\n"},
        raw=definition,
        drifts={
            "name": definition_edit(name="Renamed"),
            "description": definition_edit(description="Something else"),
            "choices": definition_edit(validations=[{"name": "choices", "value": '["Tight"]'}]),
            "type": definition_edit(type="multi_line_text_field"),
        },
        immutable=frozenset({"type"}),
        stranger=(
            "metafieldDefinition",
            "product/foreign.note",
            {"name": "Note", "type": STRANGE["type"]},
        ),
    ),
    metafield_case("text", "single_line_text_field", ("Slim", "Regular"), "value", "Loose"),
    metafield_case("flag", "boolean", ("true", "false"), "value", "false"),
    metafield_case(
        "page", "page_reference", ("size-guide-dresses", "size-guide-skirts"), "page", "about"
    ),
    metafield_case(
        "file",
        "file_reference",
        ("S226_8301-000001_swatch.jpg", "S226_8301-000102_swatch.jpg"),
        "file",
        "S226_8301-000330_swatch.jpg",
    ),
    metafield_case(
        "product", "product_reference", ("gift-card", "watermill-belt"), "product", "play-bag-tan"
    ),
]
