"""Shopify: choices, offerings, definitions' traits and values of types back into their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.intent.loader import files_under
from tests.adopt.desk import adopt, changed_lines, refusals
from tests.workshop import Workshop, problems_of

BADGES = """\
targets: [shop]
taxonomy: badges
label: Badges
input: multiselect
terms:
  verified: {label: Verified}  # by us
  new: {label: New}
"""
MAPPING = """\
targets: [shop]
mapping: contract
fields:
  badges: {attribute: badges}
  least: {metadata: credits_min, type: number}
"""
OFFERING = """\
targets: [shop]
offering: gift-card
mapping: contract
fields:
  badges: [verified]
  least: 3  # measured in May
"""
METAFIELDS = """\
targets: [shop]
namespace: altuzarra
definitions:
  heft: {type: weight, name: Heft, pin: false, access: {storefront: none}}
  care: {type: rich_text_field, name: Care}
  pair: {type: list.product_reference, name: Pair}
values:
  gift-card:
    heft: {value: 1.5, unit: kg}  # with its box
    care: |
      By hand.

      Cold.
    pair: [play-bag-tan]
"""
FILES = {
    "taxonomies/badges.yaml": BADGES,
    "mappings/contract.yaml": MAPPING,
    "offerings/gift.yaml": OFFERING,
    "metafields/shop.yaml": METAFIELDS,
}
DEFINITION, CARRIED = "product/custom.badges", "product/gift-card/custom.badges"
VALUE = "product/gift-card/altuzarra"

Edit = tuple[str, str, dict[str, Any]]


def choices(*terms: str) -> Edit:
    text = "[" + ",".join(f'"{term}"' for term in terms) + "]"
    return "metafieldDefinition", DEFINITION, {"validations": [{"name": "choices", "value": text}]}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    shop = Workshop(tmp_path, "shopify", "shop", {"adopt": True, "prune": True})
    shop.write(FILES)
    applied = shop.apply()
    assert not problems_of(applied), problems_of(applied)
    return shop


@pytest.mark.parametrize(
    ("edit", "lines"),
    [
        (choices("verified", "new", "hot"), ["+  hot: {label: hot}"]),
        (choices("verified"), ["-  new: {label: New}"]),
        (("metafieldDefinition", DEFINITION, {"name": "Marks"}),
         ["-label: Badges", "+label: Marks"]),
        (("metafield", CARRIED, {"value": '["new","verified"]'}),
         ["-  badges: [verified]", "+  badges: [new, verified]"]),
        (("metafield", "product/gift-card/custom.credits_min", {"value": "4.0"}),
         ["-  least: 3  # measured in May", "+  least: 4  # measured in May"]),
        (("metafield", CARRIED, {"deleted": True}), ["-  badges: [verified]"]),
        (("metafieldDefinition", "product/altuzarra.heft", {"pin": True}),
         ["-  heft: {type: weight, name: Heft, pin: false, access: {storefront: none}}",
          "+  heft: {type: weight, name: Heft, pin: true, access: {storefront: none}}"]),
        (("metafield", f"{VALUE}.heft", {"value": '{"value":900.0,"unit":"GRAMS"}'}),
         ["-    heft: {value: 1.5, unit: kg}  # with its box",
          "+    heft: {value: 900, unit: g}  # with its box"]),
        (("metafield", f"{VALUE}.pair", {"product": ["play-bag-black", "play-bag-tan"]}),
         ["-    pair: [play-bag-tan]", "+    pair: [play-bag-black, play-bag-tan]"]),
    ],
)  # fmt: skip
def test_what_somebody_moved_is_written_back(shop: Workshop, edit: Edit, lines: list[str]) -> None:
    """Just these lines, comments and all; a plan afterwards is empty."""
    thing, key, fields = edit
    before = files_under(shop.desired)
    shop.edit(thing, key, **fields)
    found = adopt(shop.desired)
    changed = changed_lines(before, files_under(shop.desired))

    assert refusals(found) == {}
    assert [line for one in changed.values() for line in one] == lines
    assert shop.plan().is_empty


@pytest.mark.parametrize(
    ("edit", "cause"),
    [
        (choices("new", "verified"), "the live choices stand in another order"),
        (choices("verified", "new", "So Hot"), "So Hot is no key of a term"),
        (("metafield", CARRIED, {"value": '["hot"]'}), "the product carries hot, no term of"),
    ],
)
def test_what_has_no_words_says_so(shop: Workshop, edit: Edit, cause: str) -> None:
    """With what to do, and without a line changed."""
    thing, key, fields = edit
    before = files_under(shop.desired)
    shop.edit(thing, key, **fields)
    (told,) = refusals(adopt(shop.desired)).values()

    assert cause in told
    assert files_under(shop.desired) == before
