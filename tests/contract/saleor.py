"""Saleor: attributes, their values in both identities, what products carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

from tests.contract.case import Case, Files

SLUG: Final = "gsv_contract"
TERM: Final = "it_helpdesk"
PRODUCT: Final = "meeting-scheduler"
TOKEN: Final = {"Authorization-Bearer": "sandbox"}
STRANGER: Final = ("product", "credit-pack-100", {"name": "Another name"})


def ask(client: httpx.Client, query: str) -> Any:
    answer = client.post("/graphql/", json={"query": query}, headers=TOKEN).json()
    assert "errors" not in answer, answer
    return answer["data"]


def taxonomy(label: str, terms: str = "") -> Files:
    return {
        "taxonomies/contract.yaml": (
            f"targets: [market]\ntaxonomy: {SLUG}\nlabel: {label}\ninput: multiselect\n"
            f"terms:\n  other_term: {{label: Other}}\n{terms}"
        )
    }


def term(label: str) -> Files:
    return taxonomy("Contract", f'  {TERM}: {{label: "{label}"}}\n')


def attribute(client: httpx.Client) -> Mapping[str, Any] | None:
    found = ask(client, f'{{attribute(slug: "{SLUG}") {{name inputType}}}}')["attribute"]
    return found and {"name": found["name"], "input": found["inputType"].lower()}


def value(client: httpx.Client) -> Mapping[str, Any] | None:
    query = f"""{{attribute(slug: "{SLUG}") {{choices(first: 100) {{edges {{node {{
        name slug externalReference translation(languageCode: EN) {{name}} }}}}}}}}}}"""
    found_attribute = ask(client, query)["attribute"]
    edges = found_attribute["choices"]["edges"] if found_attribute else []
    nodes = [edge["node"] for edge in edges]
    ours = [n for n in nodes if n["externalReference"] == f"{SLUG}/{TERM}"] or [
        n for n in nodes if n["slug"].replace("-", "_") == TERM
    ]
    if not ours:
        return None
    (found,) = ours
    return {
        "name": found["name"],
        "slug": found["slug"],
        "external_reference": found["externalReference"],
        "label": found["translation"] and found["translation"]["name"],
    }


CATEGORY, ROLES, TRIAL = "gsv_category", "gsv_roles", "gsv_trial_available"


def offering(category: str, roles: str, trial: str) -> Files:
    """One product's fields, with the taxonomies that they speak of."""
    head = "targets: [market]\ntaxonomy: "
    return {
        "taxonomies/category.yaml": f"{head}{CATEGORY}\nlabel: Category\ninput: dropdown\n"
        "terms: {agent: {label: Agents}, app: {label: Apps}}\n",
        "taxonomies/roles.yaml": f"{head}{ROLES}\nlabel: Roles\ninput: multiselect\n"
        "terms:\n  hr: {label: HR}\n  marketing: {label: Marketing}\n"
        "  operations: {label: Operations}\n",
        "taxonomies/trial.yaml": f"{head}{TRIAL}\nlabel: Trial\ninput: boolean\n",
        "mappings/offering.yaml": "targets: [market]\nmapping: offering\nfields:\n"
        f"  category: {{attribute: {CATEGORY}}}\n  roles: {{attribute: {ROLES}}}\n"
        f"  trial: {{attribute: {TRIAL}}}\n",
        "offerings/one.yaml": f"targets: [market]\noffering: {PRODUCT}\nmapping: offering\n"
        f"fields: {{category: {category}, roles: {roles}, trial: {trial}}}\n",
    }


def product(client: httpx.Client) -> Mapping[str, Any] | None:
    query = f"""{{product(slug: "{PRODUCT}") {{attributes {{
        attribute {{slug inputType}} values {{slug externalReference boolean}} }}}}}}"""
    fields: dict[str, Any] = {}
    for row in ask(client, query)["product"]["attributes"]:
        slug = row["attribute"]["slug"]
        if row["attribute"]["inputType"] == "BOOLEAN":
            fields[f"booleans.{slug}"] = row["values"][0]["boolean"] if row["values"] else None
        else:
            fields[f"choices.{slug}"] = sorted(_term(slug, v) for v in row["values"])
    return fields


def _term(slug: str, found: Mapping[str, Any]) -> str:
    reference = found["externalReference"] or ""
    if reference.startswith(f"{slug}/"):
        return reference.removeprefix(f"{slug}/")
    return str(found["slug"]).replace("-", "_")


def value_case(identity: str) -> Case:
    slug = TERM if identity == "slug" else "it-helpdesk"
    edited = "attributeValue", f"{SLUG}/{slug}"
    drifts: dict[str, Any] = {
        "name": (*edited, {"name": "Something else"}),
        "external_reference": (*edited, {"externalReference": None}),
    }
    if identity == "slug":
        drifts |= {
            "slug": (*edited, {"name": "Something else"}),
            "label": (*edited, {"translations": {"EN": "Somebody's words"}}),
        }
    return Case(
        provider="saleor",
        target="market",
        kind="attribute_value",
        key=f"{SLUG}/{TERM}",
        states=(term("IT Helpdesk"), term("IT / Helpdesk & Support")),
        without=taxonomy("Contract"),
        raw=value,
        drifts=drifts,
        stranger=STRANGER,
        settings={"identity": identity},
        variant=identity,
    )


CASES: Final = [
    Case(
        provider="saleor",
        target="market",
        kind="attribute",
        key=SLUG,
        states=(taxonomy("Contract"), taxonomy("Contract, renamed")),
        without={},
        raw=attribute,
        drifts={
            "name": ("attribute", SLUG, {"name": "Somebody's name"}),
            "input": ("attribute", SLUG, {"inputType": "DROPDOWN"}),
        },
        immutable=frozenset({"input"}),
        stranger=STRANGER,
    ),
    value_case("slug"),
    value_case("external_reference"),
    Case(
        provider="saleor",
        target="market",
        kind="product_attributes",
        key=PRODUCT,
        states=(
            offering("agent", "[hr, marketing]", "true"),
            offering("app", "[operations]", "false"),
            offering("null", "[]", "null"),
        ),
        without={
            name: text
            for name, text in offering("agent", "[]", "true").items()
            if "one" not in name
        },
        raw=product,
        drifts={
            f"choices.{CATEGORY}": ("product", PRODUCT, {"attributes": {CATEGORY: ["app"]}}),
            f"choices.{ROLES}": ("product", PRODUCT, {"attributes": {ROLES: ["operations"]}}),
            f"booleans.{TRIAL}": ("product", PRODUCT, {"attributes": {TRIAL: False}}),
        },
        stranger=STRANGER,
        exists_before=True,
        settings={"identity": "slug"},
    ),
]
