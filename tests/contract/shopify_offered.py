"""Shopify: what taxonomies and offerings come to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

from tests.contract.case import Case
from tests.contract.shopify import STRANGE, ask

HANDLE: Final = "gift-card"

MAPPING: Final = {
    "category": {"attribute": "of_kind"},
    "badges": {"attribute": "badges"},
    "verified": {"attribute": "verified"},
    "least": {"metadata": "credits_min", "type": "number"},
    "most": {},
    "unit": {},
    "estimate": {
        "metadata": "credits_label",
        "estimate": {"min": "least", "max": "most", "unit": "unit"},
    },
    "picture": {"metadata": "picture_url", "type": "url", "base": "https://cms.test/"},
}


def taxonomy(key: str, input_: str, **terms: str) -> dict[str, str]:
    document: dict[str, Any] = {
        "targets": ["shop"], "taxonomy": key, "label": key.title(), "input": input_,
    }  # fmt: skip
    if terms:
        document["terms"] = {term: {"label": label} for term, label in terms.items()}
    return {f"taxonomies/{key}.yaml": json.dumps(document)}


GROUND: Final = {
    **taxonomy("of_kind", "dropdown", agent="Agents", app="Apps"),
    **taxonomy("badges", "multiselect", verified="Verified", new="New", trending="Trending"),
    **taxonomy("verified", "boolean"),
    "mappings/offering.yaml": json.dumps(
        {"targets": ["shop"], "mapping": "offering", "fields": MAPPING}
    ),
}


def offering(**fields: Any) -> dict[str, str]:
    document = {
        "targets": ["shop"], "offering": HANDLE, "mapping": "offering", "fields": fields,
    }  # fmt: skip
    return {**GROUND, "offerings/gift.yaml": json.dumps(document)}


def raw_definition(client: httpx.Client) -> Mapping[str, Any] | None:
    query = """{ metafieldDefinition(identifier: {
        ownerType: PRODUCT, namespace: "custom", key: "badges"
      }) { name type {name} description validations {name value} } }"""
    found = ask(client, query)["metafieldDefinition"]
    if found is None:
        return None
    choices = {v["name"]: json.loads(v["value"]) for v in found["validations"]}
    return {
        "name": found["name"],
        "description": found["description"],
        "type": found["type"]["name"],
        "choices": choices.get("choices"),
    }


def raw_value(key: str) -> Callable[[httpx.Client], Mapping[str, Any] | None]:
    def raw(client: httpx.Client) -> Mapping[str, Any] | None:
        query = f"""{{ productByIdentifier(identifier: {{handle: "{HANDLE}"}}) {{
            metafield(namespace: "custom", key: "{key}") {{ type value }} }} }}"""
        found: Mapping[str, Any] | None = ask(client, query)["productByIdentifier"]["metafield"]
        return found

    return raw


def case(variant: str, key: str, states: tuple[dict[str, Any], ...], drift: str) -> Case:
    address = f"product/{HANDLE}/custom.{key}"
    return Case(
        provider="shopify",
        target="shop",
        kind="metafield",
        key=address,
        states=tuple(offering(**fields) for fields in states),
        without=GROUND,
        raw=raw_value(key),
        drifts={"value": ("metafield", address, {"value": drift})},
        stranger=("metafield", f"product/{HANDLE}/foreign.note", STRANGE),
        variant=variant,
    )


BADGES: Final = "product/custom.badges"

CASES: Final = [
    Case(
        provider="shopify",
        target="shop",
        kind="metafield_definition",
        key=BADGES,
        states=(
            taxonomy("badges", "multiselect", verified="Verified", new="New"),
            taxonomy("badges", "multiselect", new="New", trending="Trending"),
        ),
        without={"taxonomies/other.yaml": next(iter(taxonomy("other", "boolean").values()))},
        raw=raw_definition,
        drifts={
            "name": ("metafieldDefinition", BADGES, {"name": "Marks"}),
            "choices": (
                "metafieldDefinition",
                BADGES,
                {"validations": [{"name": "choices", "value": '["verified"]'}]},
            ),
        },
        stranger=(
            "metafieldDefinition",
            "product/foreign.note",
            {"name": "Note", "type": STRANGE["type"]},
        ),
        variant="taxonomy",
    ),
    case(
        "offering-list",
        "badges",
        ({"badges": ["verified", "new"]}, {"badges": ["trending"]}, {"badges": []}),
        '["new"]',
    ),
    case(
        "offering-estimate",
        "credits_label",
        ({"least": 3, "most": 8, "unit": "message"}, {"least": 4, "unit": "run"}),
        "~9/run",
    ),
]
