"""Shopify: collections, with every sort of condition, choices, exclusions and what they are shown
with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import httpx

from tests.contract.case import Case, Edit
from tests.contract.shopify import ask

HANDLE: Final = "contract-shelf"

FIT: Final = {
    "metafields/contract.yaml": (
        "targets: [shop]\nnamespace: contract\ndefinitions:\n"
        "  fit: {type: single_line_text_field, name: Fit}\n"
        "  pieces: {type: number_integer, name: Pieces}\n"
        "  lined: {type: boolean, name: Lined}\n"
    )
}


def document(**parts: Any) -> dict[str, str]:
    documents = {"targets": ["shop"], "collections": {HANDLE: parts}}
    return {**FIT, "collections/contract.yaml": json.dumps(documents)}


RULES: Final = (
    document(
        title="First",
        description="<p>First words</p>",
        sort="title",
        migrate=True,
        rules={"conditions": [{"tag": "S226"}, {"type": "Dresses"}]},
    ),
    document(
        title="Second",
        description="<p>Other words</p>",
        sort="newest",
        migrate=True,
        rules={
            "match": "any",
            "conditions": [
                {"tag": "S226", "relation": "is_not"}, {"type": "Dresses"}, {"type": "Skirts"},
            ],
        },
    ),
)  # fmt: skip

WIDE: Final = (
    document(
        title="Wide",
        template="landing",
        seo={"title": "All of it", "description": "Everything"},
        image={"url": "https://example.com/pictures/shelf.jpg?size=2", "alt": "A shelf"},
        products=["gift-card", "play-bag-tan"],
        collections=["knitwear"],
        rules={
            "match": "any",
            "conditions": [
                {"tag": ["S226", "sample"], "values": "all"},
                {"type": ["Dresses", "Skirts"]},
                {"vendor": "Altu", "relation": "starts_with"},
                {"title": "Bag", "relation": "does_not_contain"},
                {"status": "active", "relation": "is_not"},
                {"category": "aa-1-4", "below": True},
                {"variant_title": "Black", "relation": "ends_with"},
                {"price": "250.00 USD", "relation": "greater_than"},
                {"compare_at_price": None, "relation": "is_not"},
                {"weight": "1.50 kg", "relation": "less_than"},
                {"inventory": 3, "relation": "less_than"},
                {"metafield": "contract.fit", "value": ["Slim", "Wide"]},
                {"metafield": "contract.pieces", "value": 2, "relation": "greater_than"},
                {"metafield": "contract.lined", "value": True},
            ],
            "excluding": {
                "match": "all",
                "conditions": [{"tag": "sample"}, {"vendor": "Old", "relation": "contains"}],
                "products": ["watermill-belt"],
            },
        },
    ),
    document(
        title="Wide",
        template=None,
        seo={"title": None, "description": "Less"},
        image={"file": "home_banner.jpg", "alt": None},
        products=["gift-card"],
        collections=["knitwear", "second-hand"],
        rules={
            "match": "any",
            "conditions": [
                {"tag": "S226"},
                {"category": ["aa-1-4", "aa-2"]},
                {"price": "250 USD", "relation": "is_not"},
                {"compare_at_price": None},
                {"weight": "12 oz"},
                {"metafield": "contract.pieces", "value": 3},
            ],
            "excluding": {
                "match": "any",
                "conditions": [{"tag": "sample"}, {"type": "Belts"}],
                "products": ["watermill-belt", "play-bag-tan"],
            },
        },
    ),
)

BARE: Final = (
    document(title="Chosen", image=None, products=["gift-card"]),
    document(
        title="Chosen",
        rules={
            "conditions": [{"type": "Dresses"}],
            "excluding": {"collections": ["knitwear"]},
        },
    ),
    document(title="Chosen", collections=["knitwear"]),
    document(title="Chosen", products=["play-bag-tan"], collections=["knitwear"]),
)

_ON: Final = {
    "ProductTag": "tag",
    "ProductType": "type",
    "ProductVendor": "vendor",
    "ProductTitle": "title",
    "ProductStatus": "status",
    "ProductCategory": "category",
    "VariantTitle": "variant_title",
    "VariantInventory": "inventory",
    "VariantPrice": "price",
    "VariantCompareAtPrice": "compare_at_price",
    "VariantWeight": "weight",
    "MetafieldString": "text",
    "MetafieldInteger": "integer",
    "MetafieldBoolean": "boolean",
}
_INSIDE: Final = {
    "VariantPrice": "{amount currencyCode}",
    "VariantCompareAtPrice": "{amount currencyCode}",
    "VariantWeight": "{unit value}",
    "ProductCategory": "{category {id} includeDescendants}",
}


def _asked(side: str, name: str) -> str:
    inside = _INSIDE.get(name, "")
    is_single = name in ("VariantInventory", "MetafieldInteger", "MetafieldBoolean") or (
        name in _INSIDE and name != "ProductCategory"
    )
    many = (
        f"v{name}: value {inside}" if is_single else f"m{name}: matchType v{name}: values {inside}"
    )
    owner = "definition {namespace key}" if name.startswith("Metafield") else ""
    return f"... on CollectionSource{side}Condition{name} {{r{name}: relation {many} {owner}}}"


def _rules(side: str, names: Iterable[str], rest: str = "") -> str:
    asked = " ".join(_asked(side, name) for name in names)
    chosen = "selections(first: 9) {nodes {product {handle}}}"
    return f"{side.lower()} {{matchType {chosen} conditions {{__typename {asked} {rest}}}}}"


_COLLECTIONS: Final = (
    "... on CollectionSourceExclusionConditionCollection {collections: values {handle}}"
)
QUERY: Final = f"""{{collectionByIdentifier(identifier: {{handle: "{HANDLE}"}}) {{
  title descriptionHtml sortOrder templateSuffix seo {{title description}} image {{url altText}}
  ruleSet {{appliedDisjunctively}}
  sources {{ __typename title
    ... on CollectionSubCollectionsSource {{collections {{handle}}}}
    ... on CollectionConditionsSource {{
      {_rules("Inclusion", _ON)}
      {_rules("Exclusion", ("ProductTag", "ProductType", "ProductVendor"), _COLLECTIONS)}
    }}
  }}
}}}}"""

_WORDS: Final = {
    "EQUALS": "is", "TAGGED_WITH": "is", "NOT_EQUALS": "is_not", "NOT_TAGGED_WITH": "is_not",
    "INCLUDES": "contains", "IS_SET": "is_not", "IS_NOT_SET": "is",
}  # fmt: skip
_UNITS: Final = {"KILOGRAMS": "kg", "OUNCES": "oz"}


def collection(client: httpx.Client) -> Mapping[str, Any] | None:
    found = ask(client, QUERY)["collectionByIdentifier"]
    if found is None:
        return None
    picture = found["image"] or {"url": None, "altText": None}
    inclusion, exclusion = _side(found, "inclusion"), _side(found, "exclusion")
    return {
        "title": found["title"],
        "description_html": found["descriptionHtml"] or None,
        "sort_order": found["sortOrder"],
        "template_suffix": found["templateSuffix"],
        "seo_title": found["seo"]["title"],
        "seo_description": found["seo"]["description"],
        "image": picture["url"] and picture["url"].split("/")[-1].split("?")[0],
        "image_alt": picture["altText"],
        "model": "ruleSet" if found["ruleSet"] else "sources",
        "match": inclusion.get("matchType", "").lower() or None,
        "excluded_match": exclusion["matchType"].lower() if _joined(exclusion) else None,
        "conditions": sorted(_texts(found), key=json.dumps),
    }


def _joined(side: Mapping[str, Any]) -> bool:
    """Whether there are conditions to be joined: Shopify keeps the word when they are gone."""
    return len(side.get("conditions") or ()) > 1


def _side(found: Mapping[str, Any], side: str) -> Mapping[str, Any]:
    ours = [s for s in found["sources"] if s["__typename"] == "CollectionConditionsSource"]
    return (ours[0][side] if ours else None) or {}


def _texts(found: Mapping[str, Any]) -> Iterator[str]:
    for side, sign in (("inclusion", ""), ("exclusion", "without ")):
        rules = _side(found, side)
        for row in rules.get("conditions", ()):
            yield from (f"{sign}{text}" for text in _said(row))
        for node in rules.get("selections", {"nodes": ()})["nodes"]:
            yield f"{sign}product {node['product']['handle']}"
    for source in found["sources"]:
        yield from (f"collection {c['handle']}" for c in source.get("collections", ()))


def _said(row: Mapping[str, Any]) -> Iterator[str]:
    if "collections" in row:
        yield from (f"collection {c['handle']}" for c in row["collections"])
        return
    name = next(name for name in _ON if f"r{name}" in row)
    on = _ON[name]
    if name.startswith("Metafield"):
        on = f"metafield {row['definition']['namespace']}.{row['definition']['key']} ({on})"
    told, value = row[f"r{name}"], row[f"v{name}"]
    values = sorted(_value(v) for v in (value if isinstance(value, list) else [value]))
    match = row.get(f"m{name}", "ANY").lower()
    said = values[0] if len(values) == 1 else f"{match} of {json.dumps(values)}"
    yield f"{on} {_WORDS.get(told, told.lower())} {said}"


def _value(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case {"amount": amount, "currencyCode": currency}:
            return f"{amount.removesuffix('.0')} {currency}"
        case {"unit": unit, "value": number}:
            return f"{number:g} {_UNITS[unit]}"
        case {"category": {"id": id_}, "includeDescendants": below}:
            return id_.rsplit("/", 1)[-1] + ("/*" if below else "")
    return str(value)


def edit(**fields: Any) -> Edit:
    return "collection", HANDLE, fields


def source(match: str, *conditions: Mapping[str, Any], **parts: Any) -> list[Any]:
    inclusion = {"matchType": match, "conditions": list(conditions)}
    return [{"title": "Planogram", "inclusion": inclusion, **parts}]


TAG: Final = {"productTag": {"relation": "TAGGED_WITH", "values": ["S226"], "matchType": "ANY"}}
TYPE: Final = {"productType": {"relation": "EQUALS", "values": ["Dresses"], "matchType": "ANY"}}
EXCLUSION: Final = {"matchType": "ANY", "conditions": [TAG, TYPE]}
LEGACY: Final = {
    "appliedDisjunctively": False,
    "rules": [
        {"column": "TAG", "relation": "EQUALS", "condition": "S226"},
        {"column": "TYPE", "relation": "EQUALS", "condition": "Dresses"},
    ],
}
WITHOUT: Final = {**FIT, "collections/other.yaml": "targets: [shop]\n"}


def case(variant: str, states: tuple[Mapping[str, str], ...], drifts: Mapping[str, Edit]) -> Case:
    return Case(
        provider="shopify",
        target="shop",
        kind="collection",
        key=HANDLE,
        states=states,
        without=WITHOUT,
        raw=collection,
        drifts=drifts,
        stranger=("product", "gift-card", {"title": "Another name"}),
        unread=frozenset({"image_url", "redirect"}),
        variant=variant,
    )


CASES: Final = [
    case(
        "rules",
        RULES,
        {
            "title": edit(title="Renamed"),
            "description_html": edit(descriptionHtml="<p>Sale!</p>"),
            "sort_order": edit(sortOrder="MANUAL"),
            "match": edit(sources=source("ANY", TAG, TYPE)),
            "conditions": edit(sources=source("ALL", TAG)),
            "model": edit(sources=[], ruleSet=LEGACY),
        },
    ),
    case(
        "wide",
        WIDE,
        {
            "template_suffix": edit(templateSuffix="other"),
            "seo_title": edit(seo={"title": "Else", "description": "Everything"}),
            "seo_description": edit(seo={"title": "All of it", "description": None}),
            "image": edit(image={"url": "https://x/else.jpg", "altText": "A shelf"}),
            "image_alt": edit(image={"url": "https://x/shelf.jpg", "altText": None}),
            "excluded_match": edit(sources=source("ANY", TAG, exclusion=EXCLUSION)),
        },
    ),
    case("bare", BARE, {}),
]
