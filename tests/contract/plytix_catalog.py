"""Plytix: attributes, options, values, categories and relations of products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

from tests.contract.case import Case, Files
from tests.contract.plytix import STRANGER, search, token

SKU: Final = "MCA0032-M-13"
OTHER: Final = "MCA0032-W-07.5"
PARENT: Final = "MCA0032"


def attribute(client: httpx.Client, label: str = "material") -> Mapping[str, Any] | None:
    columns = ["name", "type_class", "description", "options"]
    found = search(
        client, "/api/v1/attributes/product/search", "label", "eq", label, columns=columns
    )
    if not found:
        return None
    row = found[0]
    return {
        "name": row["name"],
        "type_class": row["type_class"],
        "description": row["description"] or None,
    }


def options(client: httpx.Client) -> Mapping[str, Any] | None:
    found = search(
        client, "/api/v1/attributes/product/search", "label", "eq", "material", columns=["options"]
    )
    if not found:
        return None
    ours = [one for one in found[0]["options"] if one != "Mesh"]
    return {"options": sorted(ours), "order": ours}


def product(client: httpx.Client, sku: str = SKU) -> Mapping[str, Any]:
    found = search(client, "/api/v1/products/search", "sku", "eq", sku, columns=["sku"])
    answer = client.get(f"/api/v2/products/{found[0]['id']}", headers=token(client))
    row: Mapping[str, Any] = answer.json()["data"][0]
    return row


def values(client: httpx.Client) -> Mapping[str, Any]:
    told = {}
    for label, value in product(client)["attributes"].items():
        told[f"values.{label}"] = sorted(value) if isinstance(value, list) else value
    return {path: None if value == [] else value for path, value in told.items()}


def category(client: httpx.Client) -> Mapping[str, Any] | None:
    path = "/api/v1/categories/product/search"
    found = search(client, path, "name", "eq", "Sneakers", columns=["name"])
    if not found:
        return None
    id_ = found[0]["id"]
    members = [s for s in (SKU, OTHER, PARENT) if id_ in product(client, s)["categories"]]
    return {"products": sorted(members)}


def relationship(client: httpx.Client) -> Mapping[str, Any] | None:
    path = "/api/v1/relationships/search"
    found = search(client, path, "label", "eq", "goes_with", columns=["name"])
    return {"name": found[0]["name"]} if found else None


def bundle(client: httpx.Client) -> Mapping[str, Any] | None:
    ids = {product(client, sku)["id"]: sku for sku in (SKU, OTHER)}
    for row in product(client, PARENT)["relationships"]:
        related = {ids[one["product_id"]]: one["quantity"] for one in row["related_products"]}
        if row["relationship_label"] == "goes_with" and related:
            counts = {f"quantities.{sku}": count for sku, count in related.items()}
            return {"components": sorted(related), **counts}
    return None


def taxonomy(label: str, *terms: str, description: str = "", ordered: bool = True) -> Files:
    said = f"description: {description}\n" if description else ""
    lines = "".join(f"  {term.lower()}: {{label: {term}}}\n" for term in terms)
    return {
        "taxonomies/material.yaml": f"targets: [pim]\ntaxonomy: material\nlabel: {label}\n{said}"
        f"input: multiselect\nordered: {str(ordered).lower()}\n"
        + (f"terms:\n{lines}" if terms else "terms: {}\n")
    }


def offering(sizes: str, season: str, months: str, vegan: str, text: str) -> Files:
    return {
        "taxonomies/sizes.yaml": "targets: [pim]\ntaxonomy: sizes\nlabel: Sizes\n"
        "input: multiselect\nterms: {s: {label: S}, m: {label: M}, l: {label: L}}\n",
        "taxonomies/season.yaml": "targets: [pim]\ntaxonomy: season\nlabel: Season\n"
        "input: dropdown\nterms: {summer: {label: Summer}, winter: {label: Winter}}\n",
        "taxonomies/vegan.yaml": "targets: [pim]\ntaxonomy: vegan\nlabel: Vegan\ninput: boolean\n",
        "mappings/shoe.yaml": "targets: [pim]\nmapping: shoe\nfields:\n"
        "  sizes: {attribute: sizes}\n  season: {attribute: season}\n  vegan: {attribute: vegan}\n"
        "  months: {metadata: warranty.months, type: number}\n  tagline: {metadata: tagline}\n",
        "offerings/one.yaml": f"targets: [pim]\noffering: {SKU}\nmapping: shoe\nfields:\n"
        f"  sizes: {sizes}\n  season: {season}\n  vegan: {vegan}\n  months: {months}\n"
        f"  tagline: {text}\n",
    }


def metafields(waterproof: str, day: str, depth: str) -> Files:
    return {
        "metafields/care.yaml": "targets: [pim]\nnamespace: care\ndefinitions:\n"
        "  waterproof: {type: boolean, name: Waterproof}\n"
        "  since: {type: date, name: Since}\n  depth: {type: number_decimal, name: Depth}\n"
        f"values:\n  {SKU}: {{waterproof: {waterproof}, since: {day}, depth: {depth}}}\n"
    }


def collection(*products: str) -> Files:
    listed = ", ".join(products)
    return {
        "collections/one.yaml": "targets: [pim]\ncollections:\n"
        f"  sneakers: {{title: Sneakers, products: [{listed}]}}\n"
    }


def bundles(label: str, *components: str, quantities: str = "") -> Files:
    listed = ", ".join(components)
    counts = f", quantities: {{{quantities}}}" if quantities else ""
    return {
        "bundles/one.yaml": "targets: [pim]\n"
        f"into: {{attribute: goes_with, label: {label}}}\n"
        f"bundles:\n  {PARENT}: {{components: [{listed}]{counts}}}\n"
    }


def _edit(**values: Any) -> tuple[str, str, dict[str, Any]]:
    return ("product", SKU, {f"attributes.{label}": value for label, value in values.items()})


CASES: Final = [
    Case(
        provider="plytix",
        target="pim",
        kind="attribute",
        key="material",
        states=(
            taxonomy("Material", "Canvas"),
            taxonomy("What it is made of", "Canvas", description="For filters"),
        ),
        without={},
        raw=attribute,
        drifts={
            "name": ("attribute", "material", {"name": "Somebody's name"}),
            "description": ("attribute", "material", {"description": "Somebody's words"}),
            "type_class": ("attribute", "material", {"type_class": "DropdownAttribute"}),
        },
        immutable=frozenset({"type_class"}),
        unread=frozenset({"made_as"}),
        stranger=STRANGER,
    ),
    Case(
        provider="plytix",
        target="pim",
        kind="options",
        key="material",
        states=(
            taxonomy("Material", "Canvas", "Leather"),
            taxonomy("Material", "Suede", "Canvas", "Leather"),
            taxonomy("Material", "Leather", "Suede"),
        ),
        without=taxonomy("Material", ordered=False),
        raw=options,
        drifts={
            "options": ("attribute", "material", {"options": ["Leather"]}),
            "order": ("attribute", "material", {"options": ["Leather", "Mesh", "Canvas"]}),
        },
        stranger=STRANGER,
    ),
    Case(
        provider="plytix",
        target="pim",
        kind="product_attributes",
        key=SKU,
        states=(
            offering("[s, m]", "summer", "24", "true", "Light"),
            offering("[l]", "winter", "2.5", "false", "Warm"),
            offering("[]", "null", "null", "null", "null"),
        ),
        without={
            n: t for n, t in offering("[s]", "null", "1", "null", "x").items() if "one" not in n
        },
        raw=values,
        drifts={
            "values.sizes": _edit(sizes=["L"]),
            "values.season": _edit(season="Winter"),
            "values.vegan": _edit(vegan=False),
            "values.warranty_months": _edit(warranty_months=3),
            "values.tagline": _edit(tagline=None),
        },
        stranger=STRANGER,
        exists_before=True,
    ),
    Case(
        provider="plytix",
        target="pim",
        kind="product_values",
        key=f"{SKU}/care",
        states=(metafields("true", '"2026-03-01"', "2"), metafields("false", "null", "3")),
        without={
            "metafields/care.yaml": metafields("true", "null", "1")["metafields/care.yaml"].split(
                "values:"
            )[0]
        },
        raw=values,
        drifts={
            "values.care_waterproof": _edit(care_waterproof=False),
            "values.care_since": _edit(care_since="2025-01-01"),
            "values.care_depth": _edit(care_depth=9.5),
        },
        stranger=STRANGER,
        exists_before=True,
    ),
    Case(
        provider="plytix",
        target="pim",
        kind="category",
        key="Sneakers",
        states=(collection(SKU), collection(OTHER, PARENT), collection(SKU, OTHER)),
        without={"collections/one.yaml": "targets: [pim]\ncollections: {}\n"},
        raw=category,
        drifts={"products": ("category", "Sneakers", {"products": [OTHER, PARENT]})},
        stranger=STRANGER,
    ),
    Case(
        provider="plytix",
        target="pim",
        kind="relationship",
        key="goes_with",
        states=(bundles("Goes with", SKU), bundles("Often bought with", SKU)),
        without={},
        raw=relationship,
        drifts={"name": ("relationship", "goes_with", {"name": "Somebody's name"})},
        stranger=STRANGER,
    ),
    Case(
        provider="plytix",
        target="pim",
        kind="bundle",
        key=f"{PARENT}/goes_with",
        states=(
            bundles("Goes with", SKU, quantities=f'"{SKU}": 2'),
            bundles("Goes with", SKU, quantities=f'"{SKU}": 3'),
            bundles("Goes with", OTHER),
            bundles("Goes with", SKU, OTHER),
        ),
        without={
            "bundles/one.yaml": "targets: [pim]\ninto: {attribute: goes_with, label: Goes with}\n"
            f"bundles:\n  {SKU}: {{components: []}}\n"
        },
        raw=bundle,
        drifts={
            "components": (
                "relationship",
                f"{PARENT}/goes_with",
                {"quantities": {SKU: 2, OTHER: 1}},
            ),
            f"quantities.{SKU}": (
                "relationship",
                f"{PARENT}/goes_with",
                {"quantities": {SKU: 5}},
            ),
        },
        stranger=STRANGER,
    ),
]
