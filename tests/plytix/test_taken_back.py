"""What git drops is taken back once, whatever happens to the answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from providers.kit.sandbox import Fault
from reconciler.model.outcome import Status
from tests.workshop import Workshop, problems_of

POLICY = {"adopt": True, "prune": True, "create": "attributes"}
SHOE, OTHER, AMAZON = "MCA0032-M-13", "MCA0032-W-07.5", "AMZN-US-B09KMV7Q2D"
HOST = "https://m.media-amazon.com/images/I"

DROPPED: list[tuple[str, Mapping[str, str], Mapping[str, str], str]] = [
    (
        "category",
        {"collections/one.yaml": f"collections: {{a: {{title: Sneakers, products: [{SHOE}]}}}}\n"},
        {"collections/one.yaml": "collections: {}\n"},
        "/categories/product/69d0",
    ),
    (
        "bundle",
        {
            "bundles/one.yaml": "into: {attribute: goes_with, label: Goes with}\n"
            f"bundles: {{MCA0032: {{components: [{SHOE}]}}, {SHOE}: {{components: [{OTHER}]}}}}\n"
        },
        {
            "bundles/one.yaml": "into: {attribute: goes_with, label: Goes with}\n"
            f"bundles: {{{SHOE}: {{components: [{OTHER}]}}}}\n"
        },
        "/unlink",
    ),
    (
        "gallery",
        {
            "images/one.yaml": "into: {gallery: amazon_images}\nproducts:\n"
            f"  {AMAZON}: {{images: {{MAIN: {{url: '{HOST}/61dropPedL.jpg'}}}}}}\n"
        },
        {"images/one.yaml": "into: {gallery: amazon_images}\nproducts: {}\n"},
        "/assets/6",
    ),
]


@pytest.mark.parametrize(
    ("kind", "files", "without", "matching"), DROPPED, ids=[row[0] for row in DROPPED]
)
@pytest.mark.parametrize("fault", list(Fault))
def test_what_git_drops_is_taken_back_once(
    tmp_path: Path,
    kind: str,
    files: Mapping[str, str],
    without: Mapping[str, str],
    matching: str,
    fault: Fault,
) -> None:
    """Refused for a while, or done without an answer: it is gone in the same run, and nothing is
    left to do."""
    shop = Workshop(tmp_path, "plytix", "pim", POLICY)
    shop.write({name: f"targets: [pim]\n{text}" for name, text in files.items()})
    assert not problems_of(shop.apply())
    shop.write({name: f"targets: [pim]\n{text}" for name, text in without.items()})
    shop.inject(fault, matching=matching)
    applied = shop.apply(["empty_set=pim", "mass_change=pim"])
    dropped = [o.status for a, o in applied.outcomes.items() if a.kind == kind]

    assert shop.faults_left() == 0
    assert dropped == [Status.DONE]
    assert not problems_of(applied), problems_of(applied)
    assert shop.plan().is_empty
