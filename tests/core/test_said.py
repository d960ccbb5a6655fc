"""What a metafields document says of each product."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.intent.loader import load
from reconciler.intent.metafields import Metafields
from reconciler.intent.said import said_of_products
from reconciler.model.question import Question

TARGETS = b"shop:\n  provider: shopify\n  environment: staging\n  sandbox: true\n"
HEAD = "targets: [shop]\nnamespace: care\n"
DRESSES = "  - {products: {type: Dresses}, set: {wash: cold, iron: low}}\n"
SALE = "  - {products: {tag: sale}, set: {wash: %s}}\n"
ANSWERS = {Question("type", "Dresses"): ("gown", "robe"), Question("tag", "sale"): ("gown",)}
BOTH = {"wash": "cold", "iron": "low"}

SAID: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("by a selector", DRESSES, {"gown": BOTH, "robe": BOTH}, []),
    ("by two that agree", DRESSES + SALE % "cold", {"gown": BOTH, "robe": BOTH}, []),
    (
        "by two that disagree",
        DRESSES + SALE % "hot",
        {"gown": BOTH, "robe": BOTH},
        [
            "desired/metafields/m.yaml:5:35  gown is found by an earlier selector too, which sets"
            " wash to 'cold' · let one selector find it, or say its wash under values"
        ],
    ),
    (
        "by name",
        DRESSES + SALE % "hot" + "values: {gown: {wash: never}}\n",
        {"gown": {"wash": "never", "iron": "low"}, "robe": BOTH},
        [],
    ),
]


@pytest.mark.parametrize(
    ("name", "selectors", "values", "problems"), SAID, ids=[row[0] for row in SAID]
)
def test_no_selector_wins_over_another(
    name: str, selectors: str, values: dict[str, Any], problems: list[str]
) -> None:
    """By name before selectors; where two selectors disagree about a product people decide."""
    text = f"{HEAD}selectors:\n{selectors}".encode()
    loaded = load({"desired/targets.yaml": TARGETS, "desired/metafields/m.yaml": text})
    (intent,) = loaded.intents.of(Metafields)
    said, found = said_of_products(intent, ANSWERS)

    assert loaded.problems == ()
    assert {product: one.values for product, one in said.items()} == values
    assert [str(problem) for problem in found] == problems


def test_unasked_selectors_say_nothing() -> None:
    """As offline, where no catalog answers."""
    files = {
        "desired/targets.yaml": TARGETS,
        "desired/metafields/m.yaml": f"{HEAD}selectors:\n{DRESSES}".encode(),
    }
    (intent,) = load(files).intents.of(Metafields)

    assert said_of_products(intent, None) == ({}, [])
