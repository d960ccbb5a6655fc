"""Shopify: metafields of the sorts that `shopify.py` leaves out. Every type of value is written,
changed and emptied in `tests/shopify/test_types.py`, also under faults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx

from tests.contract.case import Case
from tests.contract.shopify import HANDLE, PATH, STRANGE, TOKEN, ask, value_documents

KEY: Final = f"product/{HANDLE}/contract.held"


def metafield(client: httpx.Client) -> Mapping[str, Any] | None:
    """By ids, so that lists and single references look alike."""
    query = f"""{{productByIdentifier(identifier: {{handle: "{HANDLE}"}}) {{
        metafield(namespace: "contract", key: "held") {{ type value }} }} }}"""
    found = ask(client, query)["productByIdentifier"]["metafield"]
    if found is None:
        return None
    is_list = found["type"].startswith("list.")
    ids = json.loads(found["value"]) if is_list else [found["value"]]
    names = [_name(client, id_) for id_ in ids] if "gid://" in found["value"] else []
    told = [name for _, name in names]
    referred = {names[0][0]: told if is_list else told[0]} if names else {}
    return {"type": found["type"], "value": found["value"], **referred}


def _name(client: httpx.Client, id_: str) -> tuple[str, str]:
    query = """query($id: ID!) { node(id: $id) { __typename
        ... on Page { handle } ... on Product { handle } ... on Collection { handle }
        ... on ProductVariant { title product { handle } } ... on Metaobject { type handle }
        ... on MediaImage { image { url } } } }"""
    body = {"query": query, "variables": {"id": id_}}
    node = client.post(PATH, json=body, headers=TOKEN).json()["data"]["node"]
    match node["__typename"]:
        case "ProductVariant":
            return "variant", f"{node['product']['handle']}/{node['title']}"
        case "Metaobject":
            return "metaobject", f"{node['type']}/{node['handle']}"
        case "MediaImage":
            return "file", node["image"]["url"].split("?")[0].rsplit("/", 1)[-1]
    return node["__typename"].lower(), node["handle"]


def case(variant: str, type_: str, values: tuple[Any, ...], drift: Mapping[str, Any]) -> Case:
    *states, without = value_documents(type_, *(json.dumps(value) for value in values))
    field = next(iter(drift))
    return Case(
        provider="shopify",
        target="shop",
        kind="metafield",
        key=KEY,
        states=tuple(states),
        without=without,
        raw=metafield,
        drifts={field: ("metafield", KEY, drift)},
        stranger=("metafield", f"product/{HANDLE}/foreign.note", STRANGE),
        variant=variant,
    )


# Definitions


def described(client: httpx.Client) -> Mapping[str, Any] | None:
    query = """{metafieldDefinition(
        identifier: {ownerType: PRODUCT, namespace: "contract", key: "fit"}
      ) { name type {name} validations {name value} pinnedPosition
        access {storefront customerAccount}
        capabilities {adminFilterable {enabled} smartCollectionCondition {enabled}}
        constraints {values(first: 9) {nodes {value}}} } }"""
    found = ask(client, query)["metafieldDefinition"]
    if found is None:
        return None
    able = found["capabilities"]
    nodes = found["constraints"]["values"]["nodes"]
    return {
        "name": found["name"],
        "type": found["type"]["name"],
        "access.storefront": found["access"]["storefront"].lower(),
        "access.customer_account": found["access"]["customerAccount"].lower(),
        "capabilities.admin_filterable": able["adminFilterable"]["enabled"],
        "capabilities.smart_collection_condition": able["smartCollectionCondition"]["enabled"],
        "categories": sorted(node["value"].rpartition("/")[2] for node in nodes) or None,
        "pinned": found["pinnedPosition"] is not None,
        **{f"validations.{rule['name']}": rule["value"] for rule in found["validations"]},
    }


def definition(**parts: Any) -> dict[str, str]:
    fit = {"type": "single_line_text_field", "name": "Fit", **parts}
    document = {"targets": ["shop"], "namespace": "contract", "definitions": {"fit": fit}}
    return {"metafields/contract.yaml": json.dumps(document)}


DEFINITION: Final = "product/contract.fit"


def edited(**fields: Any) -> tuple[str, str, dict[str, Any]]:
    return "metafieldDefinition", DEFINITION, fields


SECOND: Final = {
    "validations": {"min": None, "max": 30, "regex": "^[A-Z]"},
    "access": {"storefront": "none", "customer_account": "read"},
    "capabilities": {"admin_filterable": False, "smart_collection_condition": True},
}

TRAITS: Final = Case(
    provider="shopify",
    target="shop",
    kind="metafield_definition",
    key=DEFINITION,
    states=(
        definition(
            validations={"min": 2, "max": 20},
            access={"storefront": "public_read"},
            capabilities={"admin_filterable": True},
            constraints={"category": ["ap-2"]},
        ),
        definition(**SECOND, constraints={"category": ["ap-2-1", "ap-2-2"]}),
        definition(**SECOND, constraints={"category": None}, pin=True),
        definition(**SECOND, pin=False),
    ),
    without={"metafields/contract.yaml": "targets: [shop]\nnamespace: contract\n"},
    raw=described,
    drifts={
        "validations.max": edited(
            validations=[{"name": "min", "value": "2"}, {"name": "max", "value": "9"}]
        ),
        "access.storefront": edited(access={"storefront": "NONE"}),
        "capabilities.admin_filterable": edited(
            capabilities={"adminFilterable": {"enabled": False}}
        ),
        "categories": edited(
            constraintsUpdates={"values": [{"create": "gid://shopify/TaxonomyCategory/sg"}]}
        ),
        "pinned": edited(pin=False),
    },
    stranger=(
        "metafieldDefinition",
        "product/foreign.note",
        {"name": "N", "type": STRANGE["type"]},
    ),
    variant="traits",
)

CASES: Final = [
    TRAITS,
    case(
        "measure",
        "weight",
        ({"value": 1.5, "unit": "kg"}, {"value": 900, "unit": "g"}),
        {"value": '{"value":2.0,"unit":"KILOGRAMS"}'},
    ),
    case(
        "variant",
        "variant_reference",
        ("gift-card/Default Title", "watermill-belt/Default Title"),
        {"variant": "play-bag-tan/Default Title"},
    ),
    case(
        "collection",
        "collection_reference",
        ("knitwear", "second-hand"),
        {"collection": "accessories"},
    ),
    case(
        "metaobject",
        "metaobject_reference",
        ("designer/vera", "designer/joseph"),
        {"metaobject": "designer/paul"},
    ),
    case(
        "pages",
        "list.page_reference",
        (["size-guide-dresses", "size-guide-skirts"], ["size-guide-skirts", "about", "contact"]),
        {"page": ["size-guide-skirts", "size-guide-dresses"]},
    ),
]
