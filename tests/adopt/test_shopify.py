"""Shopify: overrides for what comes from a template or a selector, and what has no words."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from reconciler.intent.loader import files_under
from reconciler.model.errors import InvalidDesiredState
from tests.adopt.desk import adopt, changed_lines, refusals
from tests.workshop import Workshop, problems_of

STYLES = """\
targets: [shop]
per_style:
  # committed, so that a new one is reviewed
  styles:
    - Harold_Sweater
    - Medina_Sweater  # since spring
  handle: style-{slug}
  collection:
    title: style_{style}
    description: <p>Every colour.</p>
    rules:
      conditions:
        - tag: style_{style}
"""

OVERRIDDEN = (
    STYLES
    + """\
  overrides:
    Harold_Sweater: {title: "Harold!"}
"""
)

TAG = {"productTag": {"relation": "TAGGED_WITH", "values": ["S226"], "matchType": "ANY"}}
OURS = {
    "productTag": {
        "relation": "TAGGED_WITH",
        "values": ["style_Harold_Sweater"],
        "matchType": "ANY",
    }
}

HAROLD = "style-harold-sweater"


def shop_with(folder: Path, **files: str) -> Workshop:
    shop = Workshop(folder, "shopify", "shop", {"adopt": True, "prune": True})
    shop.write({f"{name}/shop.yaml": text for name, text in files.items()})
    applied = shop.apply()
    assert not problems_of(applied), problems_of(applied)
    return shop


def adopted(shop: Workshop, *addresses: str) -> list[str]:
    """The lines that changed, after which the plan is empty."""
    before = files_under(shop.desired)
    found = adopt(shop.desired, *addresses)
    assert refusals(found) == {}
    assert shop.plan().is_empty
    return [
        line
        for lines in changed_lines(before, files_under(shop.desired)).values()
        for line in lines
    ]


def rules(match: str, *conditions: Any) -> list[Any]:
    return [
        {"title": "Planogram", "inclusion": {"matchType": match, "conditions": list(conditions)}}
    ]


OF_STYLES: list[tuple[str, str, dict[str, Any], list[str]]] = [
    (
        "an override is begun",
        STYLES,
        {"descriptionHtml": ""},
        ["+  overrides:", "+    Harold_Sweater:", "+      description: null"],
    ),
    (
        "an override is changed",
        OVERRIDDEN,
        {"title": "Harold?"},
        [
            '-    Harold_Sweater: {title: "Harold!"}',
            '+    Harold_Sweater: {title: "Harold?"}',
        ],
    ),
    (
        "an override says more",
        OVERRIDDEN,
        {"descriptionHtml": "<p>One.</p>"},
        [
            '-    Harold_Sweater: {title: "Harold!"}',
            '+    Harold_Sweater: {title: "Harold!", description: <p>One.</p>}',
        ],
    ),
    (
        "rules are overridden whole, without placeholders",
        STYLES,
        {"sources": rules("ANY", OURS, TAG)},
        [
            "+  overrides:",
            "+    Harold_Sweater:",
            "+      rules:",
            "+        match: any",
            "+        conditions:",
            "+          - tag: style_Harold_Sweater",
            "+          - tag: S226",
        ],
    ),
    (
        "a style whose collection is gone leaves the list",
        STYLES,
        {"deleted": True},
        ["-    - Harold_Sweater"],
    ),
    (
        "and its override goes with it",
        OVERRIDDEN,
        {"deleted": True},
        [
            "-    - Harold_Sweater",
            "-  overrides:",
            '-    Harold_Sweater: {title: "Harold!"}',
            "+  overrides: {}",
        ],
    ),
]


@pytest.mark.parametrize(
    ("files", "fields", "lines"), [row[1:] for row in OF_STYLES], ids=[row[0] for row in OF_STYLES]
)
def test_the_template_stays_and_the_style_is_overridden(
    files: str, fields: dict[str, Any], lines: list[str], tmp_path: Path
) -> None:
    """Whatever moved in one style's collection: the rule is not edited, and the other style is
    as it was."""
    shop = shop_with(tmp_path, collections=files)
    shop.edit("collection", HAROLD, **fields)

    assert adopted(shop) == lines


def test_an_override_is_stated_where_it_stands(tmp_path: Path) -> None:
    """A change of an overridden style names the override's line, not the template's."""
    shop = shop_with(tmp_path, collections=OVERRIDDEN)
    shop.edit("collection", HAROLD, title="Another")
    (change,) = shop.plan().changes

    assert change.source is not None
    assert change.source.line == OVERRIDDEN.splitlines().index("  overrides:") + 2


def test_an_override_of_no_style_is_told(tmp_path: Path) -> None:
    """At its line, with what to do."""
    shop = Workshop(tmp_path, "shopify", "shop")
    shop.write({"collections/shop.yaml": OVERRIDDEN.replace("    Harold_Sweater:", "    Hrold:")})

    with pytest.raises(InvalidDesiredState, match="Hrold is overridden, and is not among"):
        shop.plan()


METAFIELDS = """\
targets: [shop]
namespace: contract
definitions:
  guide: {type: page_reference, name: Guide}
  fit: {type: single_line_text_field, name: Fit, choices: [Slim, Regular]}
values:
  arp-dress-black: {fit: Slim}
  arp-dress-ivory:
    guide: about   # by name
    fit: null
selectors:
  - products: {type: Dresses}
    set: {guide: size-guide-dresses}
"""

OF_VALUES: list[tuple[str, str, dict[str, Any], list[str]]] = [
    (
        "a selector's value is said by name",
        "arp-dress-black/contract.guide",
        {"page": "size-guide-skirts"},
        [
            "-  arp-dress-black: {fit: Slim}",
            "+  arp-dress-black: {fit: Slim, guide: size-guide-skirts}",
        ],
    ),
    (
        "a product of which nothing was said by name",
        "arp-dress-forest/contract.guide",
        {"page": "size-guide-skirts"},
        ["+  arp-dress-forest:", "+    guide: size-guide-skirts"],
    ),
    (
        "a selector's value that is gone is excluded by name",
        "arp-dress-black/contract.guide",
        {"deleted": True},
        ["-  arp-dress-black: {fit: Slim}", "+  arp-dress-black: {fit: Slim, guide: null}"],
    ),
    (
        "a value by name that a selector would say then",
        "arp-dress-ivory/contract.guide",
        {"deleted": True},
        ["-    guide: about   # by name", "+    guide: null   # by name"],
    ),
    (
        "a value by name that nobody else says",
        "arp-dress-black/contract.fit",
        {"deleted": True},
        ["-  arp-dress-black: {fit: Slim}", "+  arp-dress-black: {}"],
    ),
    (
        "what was to be empty is not",
        "arp-dress-ivory/contract.fit",
        {"type": "single_line_text_field", "value": "Regular"},
        ["-    fit: null", "+    fit: Regular"],
    ),
]


@pytest.mark.parametrize(
    ("key", "fields", "lines"), [row[1:] for row in OF_VALUES], ids=[row[0] for row in OF_VALUES]
)
def test_values_are_said_by_name(
    key: str, fields: dict[str, Any], lines: list[str], tmp_path: Path
) -> None:
    """The selectors stay as they are, and what they find besides is untouched."""
    shop = shop_with(tmp_path, metafields=METAFIELDS)
    shop.edit("metafield", f"product/{key}", **fields)

    assert adopted(shop) == lines


def test_a_value_that_does_not_fit_is_told_with_the_reason(tmp_path: Path) -> None:
    """It is none of the choices; the other value is written back all the same."""
    shop = shop_with(tmp_path, metafields=METAFIELDS)
    shop.edit("metafield", "product/arp-dress-black/contract.fit", value="Tight")
    shop.edit("metafield", "product/arp-dress-ivory/contract.guide", page="size-guide-skirts")
    before = files_under(shop.desired)
    found = adopt(shop.desired)
    (told,) = refusals(found).values()

    assert "Tight is not among the choices" in told
    assert told.startswith("desired/metafields/shop.yaml:7:")
    assert changed_lines(before, files_under(shop.desired))["desired/metafields/shop.yaml"] == [
        "-    guide: about   # by name",
        "+    guide: size-guide-skirts   # by name",
    ]


IMAGES = """\
targets: [shop]
into: {look: contract.look, swatch: contract.swatch}
products:
  arp-dress-black:
    images:
      MAIN: {file: S226_8301-000001_hero_image.jpg}
    look: MAIN
    swatch: MAIN
"""


def test_an_image_of_two_purposes_is_changed_for_one(tmp_path: Path) -> None:
    """The swatch moved, the look did not: the swatch gets an image of its own."""
    shop = shop_with(tmp_path, images=IMAGES)
    file = "S226_8301-000001_swatch.jpg"
    shop.edit("metafield", "product/arp-dress-black/contract.swatch", file=file)

    assert adopted(shop) == [
        "+      SWATCH: {file: S226_8301-000001_swatch.jpg}",
        "-    swatch: MAIN",
        "+    swatch: SWATCH",
    ]


def test_a_purpose_that_is_gone_is_taken_out(tmp_path: Path) -> None:
    """The image stays in the list; what it was for does not."""
    shop = shop_with(tmp_path, images=IMAGES)
    shop.edit("metafield", "product/arp-dress-black/contract.swatch", deleted=True)

    assert adopted(shop) == ["-    swatch: MAIN"]


SINGLE = """\
targets: [shop]
collections:
  contract-shelf:
    title: First
    rules: {conditions: [{tag: S226}, {type: Dresses, relation: is_not}]}
"""


def test_what_is_live_wins_a_conflict_and_what_only_git_moved_stays(tmp_path: Path) -> None:
    """Git moved title and rules, the admin the title: the title is adopted, the rules are not."""
    shop = shop_with(tmp_path, collections=SINGLE)
    shop.edit("collection", "contract-shelf", title="Live")
    moved = SINGLE.replace("First", "Git").replace("S226", "S227")
    shop.write({"collections/shop.yaml": moved})
    before = files_under(shop.desired)
    found = adopt(shop.desired, "shop/collection/contract-shelf")
    (change,) = shop.plan().changes

    assert refusals(found) == {}
    assert changed_lines(before, files_under(shop.desired)) == {
        "desired/collections/shop.yaml": ["-    title: Git", "+    title: Live"]
    }
    assert [field.path for field in change.fields] == ["conditions"]


def test_rules_are_changed_condition_by_condition(tmp_path: Path) -> None:
    """What stays keeps its words and its place."""
    shop = shop_with(tmp_path, collections=SINGLE)
    kept = {"productType": {"relation": "NOT_EQUALS", "values": ["Dresses"], "matchType": "ANY"}}
    other = {"productTag": {"relation": "TAGGED_WITH", "values": ["yes"], "matchType": "ANY"}}
    shop.edit("collection", "contract-shelf", sources=rules("ANY", kept, other))

    assert adopted(shop) == [
        "-    rules: {conditions: [{tag: S226}, {type: Dresses, relation: is_not}]}",
        '+    rules: {conditions: [{tag: "yes"}, {type: Dresses, relation: is_not}], match: any}',
    ]


def test_of_a_strangers_collection_what_it_has_is_taken_over(tmp_path: Path) -> None:
    """Never ours, other than git says: its title is adopted; its empty description says nothing,
    and git may fill it."""
    shop = shop_with(tmp_path, collections=SINGLE)
    shop.edit("collection", "contract-shelf", title="Theirs", descriptionHtml="")
    for part in ("ledger.git", "journal"):
        shutil.rmtree(shop.folder / ".planogram/sandboxes/shop" / part)
    told = SINGLE.replace("    rules", "    description: <p>Ours</p>\n    rules")
    shop.write({"collections/shop.yaml": told})
    before = files_under(shop.desired)
    adopt(shop.desired)
    (change,) = shop.plan().changes

    assert changed_lines(before, files_under(shop.desired)) == {
        "desired/collections/shop.yaml": ["-    title: First", "+    title: Theirs"]
    }
    assert [field.path for field in change.fields] == ["description_html"]


def test_a_key_is_never_rewritten_unasked(tmp_path: Path) -> None:
    """Somebody gave the collection another handle: the problem says which."""
    shop = shop_with(tmp_path, collections=SINGLE)
    shop.edit("collection", "contract-shelf", handle="another-shelf")
    (told,) = refusals(adopt(shop.desired)).values()

    assert "stands under another-shelf now" in told
