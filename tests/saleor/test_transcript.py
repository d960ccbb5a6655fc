"""A living shop written down: what is written is what is there, and what is not is told."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from reconciler.cli.adopting import write
from reconciler.cli.composition import open_sites, open_workspace, targets_with_providers
from reconciler.intent.loader import files_under
from reconciler.model.change import Action
from reconciler.takeover import TakenOver
from reconciler.transcribing import transcribe
from reconciler.workflow import validate
from tests.conftest import ROOT
from tests.saleor.awkward_world import awkward
from tests.saleor.shop import Shop, shop
from tests.virtual_time import run_in_virtual_time

both = pytest.mark.parametrize("identity", ["external_reference", "slug"])


def imported(at: Shop, *folders: str) -> TakenOver:
    """The shop written down, into its files."""
    (site,) = open_sites(open_workspace(at.desired, all_sandboxed=True), [at.target])
    found = run_in_virtual_time(partial(transcribe, site, files_under(at.desired), folders))
    write(at.desired, found.files)
    return found


def content(at: Shop) -> Mapping[str, bytes]:
    return files_under(at.desired)


def problems(at: Shop) -> list[str]:
    workspace = open_workspace(at.desired, all_sandboxed=True)
    return [str(p) for p in validate(targets_with_providers(workspace), workspace.desired.intents)]


def text(at: Shop, path: str) -> str:
    return (at.desired / path).read_text()


AWKWARD_COLOURS = r"""targets: [market]
taxonomy: color
label: "Colour: all # of them"
input: dropdown
terms:
  red: {label: Red, unreferenced: true}
  sea_green: {label: Sea Green, unreferenced: true}
  ebene: {label: Ébène, unreferenced: true}
  "yes": {label: "yes", unreferenced: true}
  "null": {label: "null", unreferenced: true}
  c: {label: C++, unreferenced: true}
  a_b: {label: A_B, unreferenced: true}
  blue: {label: Blue, unreferenced: true}
  green: {label: Grün}
  a_quoted_braced_one_yes: {label: "A \"quoted\", {braced} [one]: \\ yes", unreferenced: true}
"""
AWKWARD_OFFERING = """targets: [market]
offering: "yes"
mapping: t_shirt
fields:
  color: sea_green
  fit_type: slim
  is_new: true
  size: [m, extra_large]
"""
AWKWARD_CHANNEL = """targets: [market]
channels:
  "on":
    products:
      "12": {published: false, visible: true, purchasable: false}
      "yes": {published: true, visible: true, purchasable: true, purchasable_since: "2026-01-01"}
    collections:
      "on": {published: true, since: "2026-03-01"}
"""
LETTERS = "lowercase letters, digits and underscores, a letter first"
LEFT_OUT = {
    **{
        f"attribute {slug}": "its slug can be no taxonomy's key"
        f" · give it a slug of {LETTERS}; dashes may be in it"
        for slug in ("3d", "größe")
    },
    **{
        f"attribute {attribute}, value {value!r}": f"{reads} can be no term's key"
        f" · give it the external reference {attribute}/KEY, KEY being {LETTERS}"
        for attribute, value, reads in (
            ("color", "3XL", "3xl"),
            ("color", "12:30", "1230"),
            ("color", "Odd", "Odd One"),
            ("size", "3XL", "3xl"),
        )
    },
    "attribute color, value 'A B'": "another value reads like a_b too"
    " · give it the external reference color/KEY",
    "2 attributes of other types (numeric, plain_text)": "no intent is about them",
    "attribute fit_type": "its field would be called as that of fit-type"
    " · add it to the mapping by another name",
    "product type t_shirt": "its mapping would be called as that of t-shirt · write one by hand",
    "attribute color": "not stated of 2 products, with a value that is left out",
    "attribute size": "not stated of 12, with a value that is left out",
    "collection empty": "its description is more than paragraphs, headings and lists"
    " · write one to manage it",
}


def with_another(at: Shop) -> str:
    """The targets, and a second shop."""
    another = '"other": {"provider": "saleor", "environment": "staging", "sandbox": true}'
    return f"{text(at, 'targets.yaml')[:-1]}, {another}}}"


@both
def test_a_plan_after_it_has_nothing_to_do(identity: str, tmp_path: Path) -> None:
    """Into an empty folder, under the strictest policy: rows are recorded, nothing is held."""
    at = shop(tmp_path, identity, adopt=False, prune=False)
    found = imported(at)
    plan = at.plan()

    assert {"taxonomies", "mappings", "offerings", "collections", "channels", "bundles"} == set(
        found.written
    )
    assert problems(at) == []
    assert (plan.changes, dict(plan.holds), plan.violations) == ((), {}, ())
    assert len(plan.recorded) > 100


@both
def test_a_second_import_changes_no_byte(identity: str, tmp_path: Path) -> None:
    """Nor does it find anything to write."""
    at = shop(tmp_path, identity)
    first = imported(at)
    before = content(at)
    second = imported(at)

    assert content(at) == before
    assert (dict(second.files), second.written) == ({}, {})
    assert second.stated == first.written


@both
def test_an_apply_after_it_writes_nothing_and_an_edit_is_drift(
    identity: str, tmp_path: Path
) -> None:
    """The ledger knows the shop; what somebody edits then is the one change of a plan."""
    at = shop(tmp_path, identity, adopt=False)
    imported(at)
    at.applied()
    wrote = list(at.writes)
    at.edit("product", "slack-helpdesk", attributes={"gsv_category": ["agent"]})

    assert wrote == []
    assert list(at.changes()) == ["product_attributes/slack-helpdesk"]


@pytest.mark.parametrize(
    ("thing", "key", "fields", "changed"),
    [
        ("attribute", "season", {"name": "Saison"}, "attribute/season"),
        ("collection", "featured", {"products": []}, "collection/featured"),
        (
            "product",
            "slack-helpdesk",
            {"attributes": {"gsv_roles": []}},
            "product_attributes/slack-helpdesk",
        ),
        (
            "product",
            "customer-support-agent",
            {"attributes": {"works_with": []}},
            "bundle/customer-support-agent/works_with",
        ),
        (
            "productType",
            "giftcard",
            {"attributes": []},
            "attribute_assignment/giftcard/gsv_category",
        ),
        (
            "channelListing",
            "product/slack-helpdesk/default-channel",
            {"visibleInListings": False},
            "channel_listing/product/slack-helpdesk/default-channel",
        ),
    ],
)
def test_whatever_is_edited_before_an_apply_is_seen(
    thing: str, key: str, fields: dict[str, object], changed: str, tmp_path: Path
) -> None:
    """Of every kind that is written down: exactly what was edited since."""
    at = shop(tmp_path)
    imported(at)
    at.edit(thing, key, **fields)

    assert changed in at.changes()
    assert len(at.changes()) == 1


def test_an_awkward_shop_plans_empty(tmp_path: Path) -> None:
    """No references, names that read as flags and numbers, letters of other alphabets."""
    at = awkward(tmp_path)
    imported(at)
    plan = at.plan()

    assert problems(at) == []
    assert (plan.changes, dict(plan.holds), plan.violations) == ((), {}, ())
    assert text(at, "taxonomies/color.yaml") == AWKWARD_COLOURS
    assert text(at, "offerings/yes.yaml") == AWKWARD_OFFERING
    assert text(at, "channels/on.yaml") == AWKWARD_CHANNEL


def test_what_is_left_out_of_an_awkward_shop_is_told(tmp_path: Path) -> None:
    """Each with its place, why, and what to do; and nothing of it is written."""
    at = awkward(tmp_path)
    told = imported(at).left_out

    assert {place: why for place, _, why in (text.partition(": ") for text in told)} == LEFT_OUT
    assert len(told) == len(LEFT_OUT)


def test_what_git_says_already_stays_git_s(tmp_path: Path) -> None:
    """Into the living example: files that were there keep every byte, what was planned before is
    planned still, and all is valid."""
    at = shop(tmp_path, "slug")
    shutil.copytree(ROOT / "desired", at.desired, dirs_exist_ok=True)
    before, planned = content(at), {c.address for c in at.plan().changes}
    found = imported(at)
    after = content(at)

    assert found.files
    assert {path: after[path] for path in before} == before
    assert problems(at) == []
    assert {change.address for change in at.plan().changes} == planned


def test_parts_are_added_to_a_document_that_speaks_of_others(tmp_path: Path) -> None:
    """A collection that git has stays as it says, its comments too; the others come beside it."""
    at = shop(tmp_path)
    ours = "# Ours\ntargets: [market]\ncollections:\n  featured: {title: Best, products: []}\n"
    at.write({"collections/market.yaml": ours})
    found = imported(at, "collections")

    assert text(at, "collections/market.yaml") == (
        f"{ours}  new-in-spring: {{title: New in spring, products: [code-review-agent]}}\n"
    )
    assert (found.written, found.stated) == ({"collections": 1}, {"collections": 1})


def test_another_target_s_file_is_left_alone(tmp_path: Path) -> None:
    """The new document stands beside it."""
    at = shop(tmp_path)
    theirs = "targets: [other]\ntaxonomy: season\nlabel: Time of year\ninput: dropdown\n"
    at.write({"taxonomies/season.yaml": theirs, "targets.yaml": with_another(at)})
    imported(at, "taxonomies")

    assert text(at, "taxonomies/season.yaml") == theirs
    assert "targets: [market]" in text(at, "taxonomies/season-market.yaml")


def test_offerings_speak_the_words_of_a_mapping_that_git_has(tmp_path: Path) -> None:
    """Fields are named as there; what it has no field for, and what its taxonomy does not know,
    is told and not written."""
    at = shop(tmp_path)
    at.write(
        {
            "mappings/ours.yaml": "targets: [market]\nmapping: giftcard\nfields:\n"
            "  sort: {attribute: gsv_category}\n",
            "taxonomies/ours.yaml": "targets: [market]\ntaxonomy: gsv_category\n"
            "label: Category\ninput: dropdown\nterms:\n  app: {label: app}\n",
        }
    )
    at.edit("product", "gift-card-50", attributes={"gsv_category": ["app"]})
    imported(at)
    plan = at.plan()

    assert "fields:\n  sort: app\n" in text(at, "offerings/gift-card-50.yaml")
    assert problems(at) == []
    assert {change.action for change in plan.changes} <= {Action.ADOPT}


def test_terms_that_git_does_not_have_are_left_out_of_offerings(tmp_path: Path) -> None:
    """The taxonomy is git's; the rest of the offering is written."""
    at = shop(tmp_path)
    ours = "targets: [market]\ntaxonomy: gsv_category\nlabel: Category\ninput: dropdown\n"
    at.write({"taxonomies/gsv_category.yaml": ours})
    told = imported(at).left_out

    assert "gsv_category" not in text(at, "offerings/slack-helpdesk.yaml")
    assert "gsv_roles" in text(at, "offerings/slack-helpdesk.yaml")
    assert (
        "offerings/slack-helpdesk.yaml fields.gsv_category:"
        " the taxonomy gsv_category has no term app · known: there are none yet"
    ) in told
    assert at.plan().is_empty


def test_only_a_folder_is_written(tmp_path: Path) -> None:
    """`--only`, and nothing is told of the others."""
    at = shop(tmp_path, "slug")
    found = imported(at, "channels")

    assert list(found.written) == ["channels"]
    assert found.left_out == ()


def test_offerings_alone_need_a_mapping(tmp_path: Path) -> None:
    """Without one in git each is told; with it they are written, and nothing else is."""
    at = shop(tmp_path)
    lone = imported(at, "offerings")
    imported(at, "taxonomies", "mappings")
    found = imported(at, "offerings")

    assert (lone.files, len(lone.left_out)) == ({}, 11)
    assert "there is no mapping offering on market" in lone.left_out[0]
    assert found.written == {"offerings": 11}
    assert at.plan().is_empty


def test_a_document_that_speaks_to_others_too_is_left_alone(tmp_path: Path) -> None:
    """What this shop has is nothing to say of another one: it goes into a file beside it."""
    at = shop(tmp_path)
    theirs = "targets: [market, other]\ncollections: {mine: {title: Mine, products: []}}\n"
    at.write({"collections/market.yaml": theirs, "targets.yaml": with_another(at)})
    imported(at, "collections")

    assert text(at, "collections/market.yaml") == theirs
    assert "featured:" in text(at, "collections/market-market.yaml")


def test_what_a_product_carries_of_a_value_that_is_left_out_is_not_said(tmp_path: Path) -> None:
    """Two values read like one term: the product of the other one says nothing of it, though its
    own reading would take it for the term."""
    at = awkward(tmp_path)
    imported(at)

    assert "color: a_b" in text(at, "offerings/other-alike.yaml")
    assert not (at.desired / "offerings" / "alike.yaml").exists()


def test_attributes_of_variants_are_no_fields(tmp_path: Path) -> None:
    """A mapping would assign them to the products."""
    at = shop(tmp_path)
    at.edit("productType", "creditpack", variantAttributes=["season"])
    imported(at)

    assert "season" not in text(at, "mappings/creditpack.yaml")
    assert at.plan().is_empty


def test_a_moment_that_is_no_whole_minute_is_not_stated(tmp_path: Path) -> None:
    """The others are, days as days; nothing of it is a change."""
    at = shop(tmp_path)
    place = "product/slack-helpdesk/default-channel"
    at.edit("channelListing", place, isPublished=True, publishedAt="2026-02-03T04:05:06+00:00")
    at.edit(
        "channelListing",
        place,
        isAvailableForPurchase=True,
        availableForPurchaseAt="2026-02-03T06:05:00+02:00",
    )
    imported(at, "channels")
    written = text(at, "channels/default-channel.yaml").partition("slack-helpdesk:")[2]

    assert "since" not in written.partition("visible")[0]
    assert 'purchasable_since: "2026-02-03T04:05Z"' in written
    assert at.plan().is_empty
