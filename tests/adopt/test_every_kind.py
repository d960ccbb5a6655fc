"""What adopting promises for every kind of every provider, on the cases of the contract suite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from reconciler.intent.loader import files_under
from tests.adopt.desk import adopt, changed_lines, refusals
from tests.contract.case import Case
from tests.contract.life import CASES, at_work, desired_in

NO_WAY_BACK: Final[Mapping[tuple[str, str], str]] = {
    ("shopify-metafield-text", "type"): "follows from something else in desired/",
    ("shopify-collection-wide", "image"): "does not tell where it came from",
    ("shopify-media_order", "files"): "in another order",
    ("shopify-media_order", "first"): "not among the product's images",
    ("saleor-attribute_value-slug", "name"): "follows from the term's key",
    ("saleor-attribute_value-slug", "slug"): "follows from the term's key",
    ("saleor-attribute_value-slug", "external_reference"): "follows from the term's key",
    ("saleor-attribute_value-external_reference", "external_reference"): "from the term's key",
    ("plytix-asset", "filename"): "follows from the image's slot",
    ("plytix-gallery", "assets"): "does not tell where it was fetched from",
    ("plytix-gallery", "thumbnail"): "not one of its images",
    ("plytix-options", "order"): "are not moved unasked",
    ("saleor-value_order", "terms"): "are not moved unasked",
    ("saleor-attribute_assignment", "on"): "no attribute of the products",
    ("saleor-collection", "products"): "other products are in it than the rules find",
}
"""Drifts of the contract's cases that can not be written back, and the words that say why."""


@pytest.mark.parametrize(
    ("case", "path"),
    [(case, path) for case in CASES for path in case.drifts],
    ids=lambda part: str(part),
)
def test_each_field_is_adopted_or_says_why_not(case: Case, path: str, tmp_path: Path) -> None:
    """Somebody edits just this field. Adopted, the plan has nothing for it any more. Where there
    is no way back, no byte changes, and a problem tells place and remedy."""
    state = next(
        (n for n in range(len(case.states)) if path in desired_in(case, n, tmp_path / str(n))), 0
    )
    shop = at_work(case, tmp_path / "shop", state)
    thing, key, fields = case.drifts[path]
    shop.edit(thing, key, **fields)
    before = files_under(shop.desired)
    found = adopt(shop.desired, str(case.address))
    changed = changed_lines(before, files_under(shop.desired))

    if (str(case), path) in NO_WAY_BACK:
        (told,) = refusals(found).values()
        assert NO_WAY_BACK[str(case), path] in told
        assert " · " in told
        assert changed == {}
        return
    assert refusals(found) == {}
    assert changed
    assert shop.plan().is_empty


def test_the_list_of_what_has_no_way_back_names_real_drifts() -> None:
    """A case that is renamed does not leave its excuse behind."""
    known = {(str(case), path) for case in CASES for path in case.drifts}

    assert NO_WAY_BACK.keys() <= known


Removal = Callable[[Case], tuple[str, str, Mapping[str, object]]]

GONE: Final[Mapping[str, Removal]] = {
    "shopify-metafield_definition": lambda case: ("metafieldDefinition", case.key, DELETED),
    "shopify-metafield-text": lambda case: ("metafield", case.key, DELETED),
    "shopify-metafield-page": lambda case: ("metafield", case.key, DELETED),
    "shopify-collection-rules": lambda case: ("collection", case.key, DELETED),
    "saleor-product_media": lambda case: ("product", case.key.partition("/")[0], {"media": []}),
    "saleor-collection": lambda case: ("collection", case.key, DELETED),
    "saleor-channel_listing-product": lambda case: ("channelListing", case.key, DELETED),
    "saleor-channel_listing-collection": lambda case: ("channelListing", case.key, DELETED),
    "plytix-asset": lambda case: ("asset", f"amazon_01_MAIN_{case.key}", MARKED),
    "plytix-gallery": lambda case: (
        "product",
        case.key.partition("/")[0],
        {"attributes.amazon_images": [], "thumbnail": None},
    ),
}
DELETED: Final = {"deleted": True}
MARKED: Final = {"mark_as_deleted": True}


@pytest.mark.parametrize("case", [c for c in CASES if str(c) in GONE], ids=str)
def test_what_somebody_deleted_leaves_git(case: Case, tmp_path: Path) -> None:
    """Its lines go, what is stated beside it stays, and nothing is made again."""
    shop = at_work(case, tmp_path)
    thing, key, fields = GONE[str(case)](case)
    shop.edit(thing, key, **fields)
    before = files_under(shop.desired)
    found = adopt(shop.desired)
    changed = changed_lines(before, files_under(shop.desired))

    assert refusals(found) == {}
    came = [line for lines in changed.values() for line in lines if line.startswith("+")]
    assert [line for line in came if "{}" not in line] == []
    assert changed
    assert case.address not in {change.address for change in shop.plan().changes}
