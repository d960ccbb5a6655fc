"""Taxonomies and offerings on Shopify: choices of definitions, and metafields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.shopify import PROVIDER
from providers.shopify.client import Settings
from reconciler.compile import Compiled, compile_for
from reconciler.intent.base import Intents
from reconciler.intent.mapping import Mapping
from reconciler.intent.metafields import Metafields
from reconciler.intent.offering import Offering
from reconciler.intent.taxonomy import Taxonomy
from reconciler.intent.yaml import read
from reconciler.model.address import Address
from reconciler.model.spec import stated
from reconciler.provider import Target
from tests.contract.shopify_offered import GROUND, HANDLE, offering, taxonomy
from tests.shopify import raw
from tests.workshop import Workshop, problems_of

MODELS = {
    "taxonomies": Taxonomy,
    "mappings": Mapping,
    "offerings": Offering,
    "metafields": Metafields,
}


def compiled(files: dict[str, str], **settings: Any) -> Compiled:
    documents = []
    for path, text in files.items():
        document = read(f"desired/{path}", text.encode())
        model = MODELS[path.split("/")[0]]
        documents.append(model.model_validate(document.data).placed(document.places))
    target = Target("shop", "shopify", "", "staging", "", Settings(**settings), 30, 4, None, True)
    return compile_for(target, PROVIDER, Intents(tuple(documents)), {})


def told(result: Compiled) -> list[str]:
    return [f"{problem.cause} · {problem.remedy}" for problem in result.problems]


def value(result: Compiled, key: str, namespace: str = "custom") -> Any:
    assert not result.problems, told(result)
    address = Address("shop", "metafield", f"product/{HANDLE}/{namespace}.{key}")
    return stated(result.resources[address].spec)


@pytest.mark.parametrize(
    ("fields", "key", "expected"),
    [
        ({"category": "agent"}, "of_kind", "agent"),
        ({"badges": ["new", "verified"]}, "badges", '["new","verified"]'),
        ({"verified": False}, "verified", "false"),
        ({"least": 3}, "credits_min", "3.0"),
        ({"least": 3, "most": 8, "unit": "message"}, "credits_label", "~3-8/message"),
        ({"picture": "/a.png"}, "picture_url", "https://cms.test/a.png"),
        ({"badges": []}, "badges", None),
        ({"category": None}, "of_kind", None),
    ],
)
def test_a_field_is_a_metafield(fields: Any, key: str, expected: str | None) -> None:
    """Of the taxonomy's type, or of the type of its metadata key."""
    assert value(compiled(offering(**fields)), key)["value"] == expected


def test_a_target_may_carry_labels_in_a_namespace_of_its_own() -> None:
    """Both are configuration."""
    result = compiled(offering(badges=["new"]), terms="label", namespace="market")
    definition = result.resources[Address("shop", "metafield_definition", "product/market.badges")]

    assert value(result, "badges", "market")["value"] == '["New"]'
    assert stated(definition.spec)["choices"] == ["Verified", "New", "Trending"]


@pytest.mark.parametrize(
    ("files", "settings", "cause"),
    [
        (offering(badges=["hot"]), {}, "the taxonomy badges has no term hot"),
        (offering(colour="red"), {}, "the mapping offering has no field colour"),
        (offering(least="three"), {}, "goes where a number is kept"),
        (offering(badges=["new"] * 129), {}, "badges: 129 entries are more than the 128"),
        ({**offering(badges=["new"]), **taxonomy("badges", "multiselect", new="Brand\nnew")},
         {"terms": "label"}, "badges: a single line of text has a line break"),
        (taxonomy("x", "dropdown", a="A"), {}, "x is no key of a metafield"),
        (taxonomy("flag", "boolean", a="A"), {}, "flag is a boolean, which has no terms"),
        (taxonomy("many", "dropdown", **{f"t{n}": f"T{n}" for n in range(129)}), {},
         "129 terms are more than the 128 choices"),
        (taxonomy("twice", "dropdown", a="Same", b="Same"), {"terms": "label"},
         "b has the label of a"),
        ({**GROUND, "offerings/o.yaml": json.dumps({
            "targets": ["shop"], "offering": "o", "mapping": "offering", "product": {"id": "7"},
            "fields": {"badges": ["new"]}})}, {}, "finds no product of Shopify by its id"),
    ],
)  # fmt: skip
def test_what_has_no_home_is_told_at_its_line(files: Any, settings: Any, cause: str) -> None:
    """With cause and remedy."""
    (problem,) = told(compiled(files, **settings))

    assert cause in problem
    assert " · " in problem


def test_a_label_moves_choices_and_values_in_one_plan(tmp_path: Any) -> None:
    """Where products carry labels, a renamed term is renamed on them too."""
    shop = Workshop(tmp_path, "shopify", "shop", {"adopt": True}, {"terms": "label"})
    for label in ("New", "Brand new"):
        files = {**offering(badges=["new"]), **taxonomy("badges", "multiselect", new=label)}
        shop.write(files)
        applied = shop.apply()

        assert not problems_of(applied), problems_of(applied)
        assert raw.metafield(shop, HANDLE, "custom.badges")["value"] == json.dumps([label])
        assert shop.plan().is_empty
