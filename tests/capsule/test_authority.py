"""Where authorisations are read, and what a state withholds, in plans of the emulated shop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.advancing import advance_capsules
from reconciler.cli.composition import open_sites, open_workspace
from reconciler.intent.base import Intents
from reconciler.intent.capsule import Capsule
from reconciler.model.errors import Usage
from reconciler.model.plan import Plan
from reconciler.selection import Selection
from reconciler.withholding import Authority
from tests.capsule.example import NOW, record, state
from tests.workshop import Workshop, problems_of

EDITORIAL = "S226_8301-000330_editorial.jpg"
METAFIELDS = """\
targets: [shop]
namespace: altuzarra
definitions:
  look_image: {type: file_reference, name: Look image}
  fabric: {type: single_line_text_field, name: Fabric}
values:
  minamoto-dress-ink: {fabric: Silk}
"""
CHANNELS = """\
targets: [shop]
channels:
  Online Store:
    products: {minamoto-dress-ink: {published: false}}
"""
LOOK = "shop/metafield/product/minamoto-dress-ink/altuzarra.look_image"
FABRIC = "shop/metafield/product/minamoto-dress-ink/altuzarra.fabric"


def product(**parts: Any) -> dict[str, Any]:
    """A product whose look image is another file than the one that is live."""
    origin = {"source": "shopify", "derived_from": "x", "selection_reason": "HUMAN_OVERRIDE"}
    asset = {"file_name": EDITORIAL, "ids": parts.pop("ids", {})}
    return record(
        handle="minamoto-dress-ink",
        cpi="8317-000410",
        assets={"look_image": asset},
        assets_provenance={"look_image": {**origin, "derived_at": NOW}},
        **{"allowed_actions": {"metafield_write": True}, **parts},
    )


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path, "shopify", "shop", {"adopt": True})
    made.write({"metafields/shop.yaml": METAFIELDS})
    return made


def written(shop: Workshop, **parts: Any) -> Intents:
    """What git says with the product's record so."""
    above = "capsules/S226"
    shop.write(
        {
            f"{above}/capsule.yaml": "targets: [shop]\ncapsule: S226\n",
            f"{above}/state/product_state_S226.json": json.dumps(state(product(**parts))),
        }
    )
    return shop.intents()


def codes(plan: Plan) -> dict[str, str | None]:
    return {str(address): hold.code for address, hold in plan.holds.items()}


LOCKED = {"promotion__locked": True}
UNSAID: dict[str, Any] = {"allowed_actions": {}}
BOTH_EXCLUDED = dict.fromkeys((LOOK, FABRIC), "NOT_ELIGIBLE")

CASES: list[tuple[str, dict[str, Any], dict[str, Any] | None, dict[str, Any] | None, Any]] = [
    ("allowed", {}, None, None, {}),
    ("locked", LOCKED, None, None, {LOOK: "LOCKED", FABRIC: "LOCKED"}),
    ("allowed in the working tree alone", {}, UNSAID, None, {LOOK: "NOT_AUTHORISED"}),
    ("allowed at HEAD", UNSAID, {}, None, {}),
    ("unlocked with this merge", {}, None, LOCKED, {LOOK: "LOCKED", FABRIC: "LOCKED"}),
    ("allowed with this merge", {}, None, UNSAID, {}),
    ("excluded", {"import__eligible": False}, None, None, BOTH_EXCLUDED),
]


@pytest.mark.parametrize(("name", "now", "head", "base", "held"), CASES, ids=[c[0] for c in CASES])
def test_what_is_allowed_is_read_at_head_and_locks_before_and_after(
    shop: Workshop, name: str, now: Any, head: Any, base: Any, held: dict[str, str]
) -> None:
    """One row a place that the state can stand in."""
    at_head = written(shop, **head) if head is not None else None
    before = written(shop, **base) if base is not None else None
    written(shop, **now)
    plan = shop.plan(authority=Authority(at_head, before))

    assert codes(plan) == held


def test_what_is_not_committed_is_allowed_nothing(shop: Workshop) -> None:
    """A capsule that stands in the working tree alone."""
    written(shop)
    plan = shop.plan(authority=Authority(Intents()))

    assert codes(plan) == {LOOK: "NOT_COMMITTED", FABRIC: "NOT_COMMITTED"}


def test_another_file_under_the_adopted_name_is_not_written(shop: Workshop) -> None:
    """Adopted ids are verified live, by target; another target's say nothing here."""
    written(shop, ids={"shop": "gid://shopify/MediaImage/1"})
    other = codes(shop.plan())
    written(shop, ids={"outlet": "gid://shopify/MediaImage/1"})

    assert other == {LOOK: "ASSET_MOVED"}
    assert codes(shop.plan()) == {}


def test_a_product_off_its_channel_is_the_states_matter(shop: Workshop) -> None:
    """A NO-GO holds channels too; no `--allow` and no policy overrules it."""
    shop.write({"channels/shop.yaml": CHANNELS})
    written(shop, import__anomaly_accepted=False)
    held = codes(shop.plan())

    assert held == {
        LOOK: "PREFLIGHT_NO_GO",
        "shop/publication_listing/product/minamoto-dress-ink/Online Store": "PREFLIGHT_NO_GO",
    }


def test_what_stands_on_a_style_collection_is_not_written_without_it(shop: Workshop) -> None:
    """A collection that is there already is put on no channel while no product authorises it."""
    shop.write({"collections/styles.yaml": STYLE})
    written(shop, tags=["style_Ink"], allowed_actions={"collection_write": True})
    shop.apply()
    shop.write({"collections/styles.yaml": STYLE + "    channels: [Point of Sale]\n"})
    allowed = codes(shop.plan())
    written(shop, tags=["style_Ink"], **UNSAID)
    held = codes(shop.plan())

    assert LISTING not in allowed
    assert held[LISTING] == "NO_AUTHORISING_PRODUCT"


def test_a_lock_before_the_merge_holds_the_style_too(shop: Workshop) -> None:
    """Its product was locked until this merge: it authorises no collection yet."""
    shop.write({"collections/styles.yaml": STYLE})
    allowed = {"tags": ["style_Ink"], "allowed_actions": {"collection_write": True}}
    before = written(shop, **allowed, **LOCKED)
    written(shop, **allowed)
    plan = shop.plan(authority=Authority(None, before))

    assert codes(plan)["shop/collection/style-ink"] == "NO_AUTHORISING_PRODUCT"
    assert "shop/collection/style-ink" not in codes(shop.plan())


LISTING = "shop/publication_listing/collection/style-ink/Point of Sale"
STYLE = """\
targets: [shop]
collections:
  style-ink:
    title: style_Ink
    rules: {conditions: [{tag: style_Ink}]}
"""


def test_a_capsule_narrows_a_plan(shop: Workshop) -> None:
    """To what is about its products; an unknown CPI is told."""
    written(shop)
    rules = "{conditions: [{tag: x}]}"
    collection = f"targets: [shop]\ncollections: {{a: {{title: A, rules: {rules}}}}}\n"
    shop.write({"collections/c.yaml": collection})
    plan = shop.plan(selection=Selection(capsule="S226", cpis=("8317-000410",)))
    with pytest.raises(Usage, match="no product of S226"):
        shop.plan(selection=Selection(capsule="S226", cpis=("1-1",)))

    assert {str(c.address) for c in plan.changes} >= {LOOK, FABRIC}
    assert not any(c.address.kind == "collection" for c in plan.changes)


def test_an_accessory_by_its_type_gets_no_look_image(shop: Workshop) -> None:
    """What an `images/` document calls a type of accessories is one for a capsule too, though the
    product's state does not say so; also where a pull request moves nothing but the state."""
    written(shop, **UNSAID)
    shop.write({"images/shop.yaml": ACCESSORIES.format(type="Dresses")})
    base = shop.intents()
    written(shop)
    accessory = [str(c.address) for c in shop.plan(base=base).changes]
    shop.write({"images/shop.yaml": ACCESSORIES.format(type="Bags")})
    other = [str(c.address) for c in shop.plan(base=base).changes]

    assert LOOK not in accessory
    assert LOOK in other


ACCESSORIES = """\
targets: [shop]
into: {{look: altuzarra.look_image, accessories: [{type}]}}
products: {{}}
"""


def test_two_statements_of_one_look_image_are_told(shop: Workshop) -> None:
    """An `images/` document for what the state says already is an error."""
    written(shop)
    images = (
        "targets: [shop]\ninto: {look: altuzarra.look_image}\nproducts:\n"
        f"  minamoto-dress-ink: {{look: LOOK, images: {{LOOK: {{file: {EDITORIAL}}}}}}}\n"
    )
    shop.write({"images/shop.yaml": images})
    with pytest.raises(Exception, match="is said a second time"):
        shop.plan()


def test_what_a_platform_has_no_home_for_is_told_in_the_capsules_own_file(shop: Workshop) -> None:
    """Before there is a state, a capsule's images stand where `capsule.yaml` speaks of them."""
    into = "into:\n  look: altuzarra.look_image\n"
    shop.write({"capsules/S226/capsule.yaml": f"targets: [shop]\ncapsule: S226\n{into}"})
    (capsule,) = shop.intents().of(Capsule)

    assert str(capsule.images.at("into", "look")) == "desired/capsules/S226/capsule.yaml:4:3"


@pytest.mark.parametrize(("real", "moves"), [(False, True), (True, False)])
def test_what_is_tried_on_the_sandbox_of_a_real_shop_moves_no_state(
    shop: Workshop, real: bool, moves: bool
) -> None:
    """`apply --sandbox`: nothing of it is in the shop. Where the target is a sandbox by what git
    says, the apply is its progress."""
    written(shop)
    applied = shop.apply()
    if real:
        address = "https://x.myshopify.com"
        entry = {"provider": "shopify", "environment": "staging", "credentials": "SHOP"}
        shop.write({"targets.yaml": json.dumps({"shop": {**entry, "endpoint": address}})})
    workspace = open_workspace(shop.desired, all_sandboxed=True)
    path = shop.desired / "capsules/S226/outputs/write_results_S226.jsonl"

    assert not problems_of(applied)
    assert list(advance_capsules(workspace, open_sites(workspace), applied, "run")) == []
    assert path.exists() is moves
