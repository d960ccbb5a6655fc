"""A living shop written down: what is written is what is there, and what is not is told."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from providers.shopify.sandbox.publications import add_publication
from providers.shopify.sandbox.shop import Shop
from reconciler.cli.adopting import write
from reconciler.cli.composition import open_sites, open_workspace, targets_with_providers
from reconciler.intent.loader import files_under
from reconciler.takeover import TakenOver
from reconciler.transcribing import transcribe
from reconciler.workflow import validate
from tests.conftest import ROOT
from tests.recorded import recordings
from tests.shopify.starting_shop import StartingShop
from tests.virtual_time import run_in_virtual_time
from tests.workshop import Workshop, problems_of


@pytest.fixture
def at(tmp_path: Path) -> Workshop:
    """The example shop under the strictest policy."""
    return Workshop(tmp_path, "shopify", "shop")


def imported(at: Workshop, *folders: str) -> TakenOver:
    """The shop written down, into its files."""
    (site,) = open_sites(open_workspace(at.desired, all_sandboxed=True), [at.target])
    found = run_in_virtual_time(partial(transcribe, site, files_under(at.desired), folders))
    write(at.desired, found.files)
    return found


def content(at: Workshop) -> Mapping[str, bytes]:
    return files_under(at.desired)


def problems(at: Workshop) -> list[str]:
    workspace = open_workspace(at.desired, all_sandboxed=True)
    return [str(p) for p in validate(targets_with_providers(workspace), workspace.desired.intents)]


def text(at: Workshop, path: str) -> str:
    return (at.desired / path).read_text()


PICTURES = ("S226_6120-000215_swatch.jpg", "S226_6120-000215_hero_image.jpg")
PINNED = {
    "name": "Fit", "type": "number_integer", "pin": True,
    "validations": [{"name": "min", "value": "34"}, {"name": "max", "value": "48"}],
    "access": {"storefront": "PUBLIC_READ"},
}  # fmt: skip


def with_everything(at: Workshop) -> None:
    """Of the sorts of things that the example shop lacks, one each."""
    at.edit("bundle", "gift-card", components={"watermill-belt": 2, "silk-scarf-vintage": 1})
    at.edit("product", "fenice-skirt-sand", media=list(PICTURES))
    at.edit("metafieldDefinition", "product/altuzarra.fit", **PINNED)
    key = "product/fenice-skirt-sand/altuzarra.fit"
    at.edit("metafield", key, type="number_integer", value="40")


def test_a_plan_after_it_has_nothing_to_do(at: Workshop) -> None:
    """Into an empty folder: rows are recorded, nothing is held."""
    with_everything(at)
    found = imported(at)
    plan = at.plan()

    assert set(found.written) == {
        "metafields", "images", "collections", "tags", "channels", "bundles",
    }  # fmt: skip
    assert problems(at) == []
    assert (plan.changes, dict(plan.holds), plan.violations) == ((), {}, ())
    assert len(plan.recorded) > 60


def test_a_second_import_changes_no_byte(at: Workshop) -> None:
    """Nor does it find anything to write."""
    with_everything(at)
    first = imported(at)
    before = content(at)
    second = imported(at)

    assert content(at) == before
    assert (dict(second.files), second.written) == ({}, {})
    assert second.stated == first.written
    assert second.left_out == first.left_out


EDITS: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "metafield",
        "product/arp-dress-black/altuzarra.fabric",
        {"value": "Wool"},
        "metafield/product/arp-dress-black/altuzarra.fabric",
    ),
    (
        "metafieldDefinition",
        "product/altuzarra.fabric",
        {"name": "Cloth"},
        "metafield_definition/product/altuzarra.fabric",
    ),
    ("collection", "second-hand", {"title": "Third hand"}, "collection/second-hand"),
    ("product", "play-bag-tan", {"tags": ["accessory"]}, "product_tags/play-bag-tan"),
    (
        "publication",
        "product/gift-card/Point of Sale",
        {"deleted": True},
        "publication_listing/product/gift-card/Point of Sale",
    ),
    (
        "metafieldDefinition",
        "product/altuzarra.fit",
        {"pin": False},
        "metafield_definition/product/altuzarra.fit",
    ),
    (
        "product",
        "fenice-skirt-sand",
        {"media": [PICTURES[1], PICTURES[0]]},
        "media_order/fenice-skirt-sand",
    ),
    ("bundle", "gift-card", {"components": {"watermill-belt": 3}}, "bundle/gift-card"),
    (
        "metafield",
        "product/harold-sweater-navy/altuzarra.look_image",
        {"file": "home_banner.jpg"},
        "metafield/product/harold-sweater-navy/altuzarra.look_image",
    ),
]


@pytest.mark.parametrize(("thing", "key", "fields", "changed"), EDITS)
def test_whatever_is_edited_after_it_is_seen(
    at: Workshop, thing: str, key: str, fields: dict[str, Any], changed: str
) -> None:
    """The apply after it writes nothing, and an edit of any kind is the one change of a plan."""
    with_everything(at)
    imported(at)
    applied = at.apply()
    wrote = list(at.writes)
    at.edit(thing, key, **fields)

    assert (problems_of(applied), wrote) == ([], [])
    assert [f"{c.address.kind}/{c.address.key}" for c in at.plan().changes] == [changed]


FIT = """
  fit:
    type: number_integer
    name: Fit
    validations: {min: 34, max: 48}
    access: {storefront: public_read}
    pin: true
"""


def test_all_that_a_definition_asks_is_written(at: Workshop) -> None:
    """And of a gallery its order."""
    with_everything(at)
    imported(at)

    assert FIT in text(at, "metafields/altuzarra.yaml")
    assert text(at, "images/shop.galleries.yaml").endswith(
        f"      PICTURE_01: {{file: {PICTURES[0]}}}\n"
        f"      PICTURE_02: {{file: {PICTURES[1]}}}\n"
        "    thumbnail: PICTURE_01\n"
    )


def test_a_namespace_may_be_called_like_the_target(at: Workshop) -> None:
    """Its swatches are written, and so are the galleries."""
    at.edit("product", "fenice-skirt-sand", media=list(PICTURES))
    reference = {"type": "file_reference"}
    at.edit("metafieldDefinition", "product/shop.swatch_image", name="Swatch", **reference)
    key = "product/play-bag-tan/shop.swatch_image"
    at.edit("metafield", key, file=PICTURES[0], **reference)
    imported(at)

    assert "swatch: shop.swatch_image" in text(at, "images/shop.yaml")
    assert "media: true" in text(at, "images/shop.galleries.yaml")
    assert at.plan().is_empty


NO_SAMPLES = {
    "title": "Planogram",
    "inclusion": {"matchType": "ALL", "conditions": [], "selections": ["play-bag-tan"]},
    "exclusion": {
        "matchType": "ANY",
        "conditions": [
            {"productTag": {"relation": "TAGGED_WITH", "matchType": "ANY", "values": ["sample"]}}
        ],
        "selections": ["gift-card"],
    },
}


def test_exclusions_that_git_can_not_say_are_told(at: Workshop) -> None:
    """They stand beside conditions in git: where there are none, the collection is left out, and
    an apply does not take them out of the shop."""
    at.edit("collection", "second-hand", sources=[NO_SAMPLES])
    found = imported(at)
    (told,) = [line for line in found.left_out if line.startswith("collection second-hand: ")]

    assert "it has without tag is sample, without product gift-card ·" in told
    assert "second-hand:" not in text(at, "collections/shop.yaml")
    assert at.plan().is_empty


def size_guides(at: Workshop, *handles: str, page: str = "size-guide-sweaters") -> None:
    for handle in handles:
        key = f"product/{handle}/altuzarra.size_guide_page"
        at.edit("metafield", key, type="page_reference", page=page)


SWEATERS = ("harold-sweater-camel", "harold-sweater-navy", "harold-sweater-grey",
            "medina-sweater-oat", "medina-sweater-black")  # fmt: skip


def test_what_a_whole_type_has_is_said_once(at: Workshop) -> None:
    """By a selector; what one of them lacks, or has otherwise, is said by name."""
    size_guides(at, *SWEATERS)
    imported(at)
    whole = text(at, "metafields/altuzarra.yaml")
    size_guides(at, "medina-sweater-oat", page="about")
    for path in at.desired.glob("metafields/*"):
        path.unlink()
    imported(at)
    by_name = text(at, "metafields/altuzarra.yaml")

    assert "{products: {type: Sweaters}, set: {size_guide_page: size-guide-sweaters}}" in whole
    assert "harold-sweater-camel" not in whole
    assert "selectors" not in by_name
    assert "medina-sweater-oat: {size_guide_page: about}" in by_name
    assert at.plan().is_empty


def test_a_selector_that_git_states_in_part_is_told(at: Workshop) -> None:
    """And not written beside it."""
    size_guides(at, *SWEATERS)
    at.write(
        {
            "metafields/ours.yaml": "targets: [shop]\nnamespace: altuzarra\ndefinitions:\n"
            "  size_guide_page: {type: page_reference, name: Size guide}\n"
            "values: {harold-sweater-camel: {size_guide_page: size-guide-sweaters}}\n"
        }
    )
    found = imported(at)
    told = [line for line in found.left_out if "selectors" in line]

    assert len(told) == 1
    assert "git states 1 of the 5 values that it sets" in told[0]
    assert problems(at) == []
    assert at.plan().is_empty


def test_what_git_says_already_stays_git_s(at: Workshop) -> None:
    """Into the living example: files that were there keep every byte, what was planned before is
    planned still, and all is valid."""
    shutil.copytree(ROOT / "desired", at.desired, dirs_exist_ok=True)
    before, planned = content(at), _planned(at)
    found = imported(at)
    after = content(at)

    assert found.files
    assert {path: after[path] for path in before} == before
    assert problems(at) == []
    assert _planned(at) == planned


def _planned(at: Workshop) -> set[str]:
    sites = open_sites(open_workspace(at.desired, all_sandboxed=True), ["shop"])
    assert [site.name for site in sites] == ["shop"]
    return {str(c.address) for c in at.plan().changes if c.address.target == "shop"}


def test_parts_are_added_to_a_document_of_the_same_namespace(at: Workshop) -> None:
    """What it says stays, its comments too; the others come beside it."""
    ours = (
        "# Ours\ntargets: [shop]\nnamespace: custom\ndefinitions:\n"
        "  care_notes: {type: multi_line_text_field, name: Care}  # for the label\n"
    )
    at.write({"metafields/custom.yaml": ours})
    imported(at, "metafields")

    assert text(at, "metafields/custom.yaml").startswith(ours)
    assert "play-bag-tan" in text(at, "metafields/custom.yaml")
    assert {str(c.address) for c in at.plan().changes} == {
        "shop/metafield_definition/product/custom.care_notes"
    }


def awkward(at: Workshop) -> None:
    """A shop as people make one by hand: names of every sort, and things that nobody can say."""
    at.edit("product", "gift-card", handle="yes", tags=["No", "0x1f", "12:30", "a: b", "Ébène"])
    at.edit("product", "play-bag-tan", handle="12", title="null")
    at.edit("channel", "on")
    at.edit("channel", "Online Store!", supportsFuturePublishing=True)
    at.edit("publication", "product/yes/on")
    at.edit("publication", "product/12/Online Store!", publishDate="2026-12-24T18:00:00Z")
    at.edit("publication", "product/yes/Online Store!", publishDate="2026-12-24T18:00:05Z")
    line = {"type": "single_line_text_field"}
    at.edit("metafieldDefinition", "product/odd.note", name="Note: #1", **line)
    at.edit("metafieldDefinition", "product/app--12345.state", name="State", **line)
    at.edit("metafield", "product/yes/odd.note", value="- yes", **line)
    at.edit("metafield", "product/12/odd.note", value=' "quoted"\\ ', **line)
    at.edit("metafield", "product/12/loose.end", value="undefined", **line)
    at.edit("metafield", "product/watermill-belt/altuzarra.fabric", value="Leather", **line)
    at.edit("collection", "second-hand", title="null", handle="on")


AWKWARD_CHANNEL = """targets: [shop]
channels:
  Online Store!:
    products:
      "12": {published: true, since: "2026-12-24T18:00Z"}
      "yes": {published: true}
"""


def test_an_awkward_shop_plans_empty(at: Workshop) -> None:
    """Names that read as flags and numbers, letters of other alphabets, moments to the second."""
    awkward(at)
    imported(at)
    plan = at.plan()

    assert problems(at) == []
    assert (plan.changes, dict(plan.holds), plan.violations) == ((), {}, ())
    stored = sorted(p.name for p in (at.desired / "channels").iterdir())
    assert stored == ["on.yaml", "online-store-2.yaml", "online-store.yaml", "point-of-sale.yaml"]
    assert text(at, "channels/online-store-2.yaml") == AWKWARD_CHANNEL


def tell_apart(shop: Shop) -> None:
    """Each scenario has an Online Store of its own; in one shop they need names of their own."""
    for number, publication in enumerate(list(shop.all("Publication"))):
        shop.change(publication, name=f"{publication['name']} {number}", catalog=None)


@pytest.mark.extended
def test_the_shops_of_the_recordings_plan_empty(at: Workshop) -> None:
    """All that ninety scenarios took for granted, in one shop: what people and programs really
    made, with its namespaces, older collections and values without definitions."""
    sandbox = at.sandbox()
    with sandbox.store.transaction():
        for _, steps in groupby(recordings("shopify.jsonl"), key=lambda row: str(row["file"])):
            StartingShop(Shop(sandbox.store)).open(list(steps))
        tell_apart(Shop(sandbox.store))
    found = imported(at)
    plan = at.plan()

    assert problems(at) == []
    assert (plan.changes, dict(plan.holds)) == ((), {})
    assert len(plan.recorded) > 80
    assert all(" · " in text for text in found.left_out)


def test_a_channel_whose_name_two_publications_have_is_left_out(at: Workshop) -> None:
    """No plan could tell them apart: the others are written down, and the plan is empty."""
    sandbox = at.sandbox()
    with sandbox.store.transaction():
        add_publication(Shop(sandbox.store), {"name": "Online Store", "catalog": "Online Store"})
    told = imported(at).left_out

    assert [text for text in told if text.startswith("channel ")] == [
        "channel Online Store: several publications are called so"
        " · rename all but one of them in the admin"
    ]
    assert sorted(p.name for p in (at.desired / "channels").iterdir()) == ["point-of-sale.yaml"]
    assert (at.plan().changes, problems(at)) == ((), [])


def test_what_is_left_out_is_told(at: Workshop) -> None:
    """Each with its place, why, and what to do; and nothing of it is written."""
    awkward(at)
    told = imported(at).left_out

    assert sorted(told) == sorted(LEFT_OUT)


LEFT_OUT = [
    "collection frontpage: it has no rules that are told · leave it to the admin",
    "collection knitwear: it has [2 sources, none of them the only one] · leave it to the admin",
    "metafield app--12345.state: it belongs to an app, which alone may change it"
    " · leave it to the app",
    "metafield loose.end of 12: it has no definition that is written down · define it in the admin",
    "metafield altuzarra.fabric of watermill-belt: it is not among the choices of its definition"
    " · correct it",
]


def test_a_value_that_breaks_its_definition_is_told(at: Workshop) -> None:
    """Shopify keeps what was there before the definition asked; git could not say it."""
    line = {"type": "single_line_text_field"}
    rule = {"name": "max", "value": "3"}
    at.edit("metafieldDefinition", "product/odd.note", name="Note", validations=[rule], **line)
    at.edit("metafield", "product/gift-card/odd.note", value="four", **line)
    told = [text for text in imported(at).left_out if "odd" in text]

    assert told == [
        "metafields/odd.yaml values.gift-card.note: it has 4 characters, more than odd.note allows"
        " (max: 3) · write another one, or change max where it is defined"
    ]
    assert problems(at) == []
    assert at.plan().is_empty


def test_only_a_folder_is_written(at: Workshop) -> None:
    """`--only`, and nothing is told of the others."""
    found = imported(at, "channels")

    assert list(found.written) == ["channels"]
    assert found.left_out == ()
