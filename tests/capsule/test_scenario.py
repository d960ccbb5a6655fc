"""Seed 000's steps 1 to 10, in order, against the emulated shop: `season.json` says what each
comes to for each product, and raw requests find it."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.capsule.shop import CAPSULE, CHANNELS, EXPORT, House, season
from tests.shopify.raw import ask

pytestmark = [
    pytest.mark.skipif(not EXPORT.exists(), reason="the shared export is not beside the checkout"),
    pytest.mark.extended,
]

LOCAL_STEPS = (
    "inspect",
    "derive",
    "reconcile",
    "register-swatches",
    "promote-swatches",
    "enrich-tags",
    "promote-actions",
)
CSV = f"desired/capsules/{CAPSULE}/exports/shopify_export_post_upload.csv"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Seeded, with one product locked by people."""
    made = House(tmp_path, monkeypatch)
    made.step("seed")
    locked = [p["cpi"] for p in season()["products"].values() if p.get("locked")]
    made.step("lock", "--cpis", ",".join(locked), "--reason", "legal hold")
    return made


def prepared(house: House) -> None:
    """Steps 1 to 7, each as the table says."""
    for step in LOCAL_STEPS:
        options = ["--source-csv", CSV] if step == "enrich-tags" else []
        told = house.step(step, *options)
        for handle, expected in season()["steps"][step].items():
            assert told[handle].startswith(expected), (step, handle)


def apply(house: House, *parts: str) -> dict[str, Any]:
    """Carry out what of the plan has one of these in its address."""
    planned = json.loads(house.run("plan", "--json").stdout)
    rows = [*planned["changes"], *planned["held"]]
    addresses = [r["address"] for r in rows if any(part in r["address"] for part in parts)]
    only = [word for address in addresses for word in ("--only", address)]
    if not only:
        return {"outcomes": [], "counts": {}}
    result = house.run("apply", "--yes", *only, "--json", code=None)
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def look(house: House) -> dict[str, Any]:
    """What the shop shows of every product and collection, by raw requests."""
    fields = "\n".join(
        f'{key}: metafield(namespace: "altuzarra", key: "{key}") {{ reference {{'
        " ... on Page { handle } ... on MediaImage { image { url } } } }"
        for key in ("look_image", "swatch_image", "size_guide_page")
    )
    found = ask(
        house.shop,
        f"""{{ products(first: 10) {{ nodes {{ handle {fields} }} }}
        collections(first: 10) {{ nodes {{
          handle products(first: 10) {{ nodes {{ handle }} }}
          resourcePublicationsV2(first: 3) {{ nodes {{ publication {{ name }} }} }}
        }} }}
        }}""",
    )
    seen: dict[str, Any] = {
        key: {row["handle"]: _referred(row[key]) for row in found["products"]["nodes"]}
        for key in ("look_image", "swatch_image", "size_guide_page")
    }
    seen["collections"] = {
        row["handle"]: sorted(p["handle"] for p in row["products"]["nodes"])
        for row in found["collections"]["nodes"]
    }
    seen["channels"] = {row["handle"]: _channels(row) for row in found["collections"]["nodes"]}
    return seen


def _channels(collection: dict[str, Any]) -> list[str]:
    listed = collection["resourcePublicationsV2"]["nodes"]
    return sorted(one["publication"]["name"] for one in listed)


def _referred(metafield: Any) -> str | None:
    if metafield is None:
        return None
    reference = metafield["reference"]
    if "handle" in reference:
        return str(reference["handle"])
    name = str(reference["image"]["url"]).split("?")[0].rsplit("/", 1)[-1]
    return re.sub(r"_pg[0-9a-f]{12}(?=\.)", "", name)


def stages(house: House) -> dict[str, str]:
    return {h: p["promotion"]["stage"] for h, p in house.state()["products"].items()}


def run_all(house: House) -> set[str]:
    """Steps 1 to 10, whatever they say; what became of the changes."""
    for step in LOCAL_STEPS:
        house.step(step, *(["--source-csv", CSV] if step == "enrich-tags" else []))
    told = [apply(house, *parts) for parts in PARTS]
    return {outcome["status"] for one in told for outcome in one["outcomes"]}


PARTS = (
    ("look_image", "swatch_image"),
    ("shop/collection/", "shop/publication_listing/collection/"),
    ("size_guide_page",),
)
"""What steps 8, 9 and 10 write."""


def test_ten_steps_in_order(house: House) -> None:
    """Each step as the table says, by its own word and by raw requests; then a second run of all
    ten writes nothing and changes no byte."""
    prepared(house)
    expected = season()["writes"]
    written: list[str] = []
    for parts in PARTS:
        told = apply(house, *parts)
        seen = look(house)
        written += [part.rsplit("/", 2)[-2] if part.endswith("/") else part for part in parts]
        for name in ("look_image", "swatch_image", "size_guide_page"):
            wanted = expected[name] if name in written else dict.fromkeys(expected[name])
            assert seen[name] == wanted, (parts, name, told)
    collections = {k: v for k, v in expected["collections"].items() if v is not None}

    seen = look(house)
    assert seen["collections"] == collections
    assert seen["channels"] == dict.fromkeys(collections, sorted(CHANNELS))
    assert stages(house) == season()["stages"]
    assert [row["reason"] for row in house.log("manual_review_queue")] == [
        "AMBIGUOUS_HERO_CANDIDATES"
    ]
    assert [(row["cpi"], row["reason"]) for row in house.log("actions_swatch_queue")] == [
        ("1008-0001", "SWATCH_MISSING_LOCALLY")
    ]
    before, shop = house.files(), look(house)
    statuses = run_all(house)

    assert house.files() == before
    assert look(house) == shop
    assert statuses == {"held", "skipped", "failed"}, "the upload that fails is tried again"


@pytest.mark.parametrize("is_reviewed", [False, True], ids=["before the plan", "after the plan"])
def test_an_edit_between_derive_and_apply_is_caught(house: House, is_reviewed: bool) -> None:
    """Somebody chose another look image in the admin after ours was derived: the write is held,
    nothing is overwritten, and the next look at the shop logs what moved."""
    prepared(house)
    apply(house, "look_image")
    key = "product/ocean-blue-shirt/altuzarra.look_image"
    house.step("unlock", "--cpis", "1001-0001")
    house.shop.write({f"capsules/{CAPSULE}/capsule.yaml": OTHER_LOOK})
    house.step("inspect")
    derived = house.step("derive", "--cpis", "1001-0001")
    plan = ("plan", "--capsule", CAPSULE, "--out", "plan.json")
    edit = partial(house.shop.edit, "metafield", key, file="red_back.jpg")
    steps = [edit, partial(house.run, *plan)]
    for step in reversed(steps) if is_reviewed else steps:
        step()
    told = json.loads(house.run("apply", "--reviewed", "plan.json", "--json", code=None).stdout)
    (outcome,) = [o for o in told["outcomes"] if o["address"] == f"shop/metafield/{key}"]
    house.step("inspect")
    house.step("reconcile")
    rows = [row for row in house.log("asset_drift") if row["cpi"] == "1001-0001"]

    assert derived["ocean-blue-shirt"].startswith("ADOPT ocean_ghost.jpg")
    assert outcome["status"] == "held"
    assert look(house)["look_image"]["ocean-blue-shirt"] == "red_back.jpg"
    assert rows[-1]["observed"]["lost"] == ["look_image"]


OTHER_LOOK = f"""\
targets: [shop]
capsule: {CAPSULE}
decisions:
  1001-0001: {{look: ocean_ghost.jpg, note: the house prefers it}}
"""


def test_a_chosen_look_wins_and_is_recorded(house: House) -> None:
    """A person's word in capsule.yaml is adopted with its own reason, and written."""
    house.shop.write({f"capsules/{CAPSULE}/capsule.yaml": OTHER_LOOK})
    house.step("inspect")
    told = house.step("derive", "--cpis", "1001-0001")
    house.step("reconcile", "--cpis", "1001-0001")
    apply(house, "look_image")
    product = house.state()["products"]["ocean-blue-shirt"]

    assert told == {"ocean-blue-shirt": "ADOPT ocean_ghost.jpg (HUMAN_OVERRIDE)"}
    assert product["assets_provenance"]["look_image"]["selection_reason"] == "HUMAN_OVERRIDE"
    assert look(house)["look_image"]["ocean-blue-shirt"] == "ocean_ghost.jpg"


def test_what_is_held_has_a_code_and_a_remedy(house: House) -> None:
    """By address, and nothing else waits for it; the swatches to upload are told for people to look
    at, those that are held too."""
    prepared(house)
    made = json.loads(house.run("plan", "--json").stdout)
    held = {row["address"]: row["hold"] for row in made["held"]}
    pictures = [row["pictures"] or {} for row in (*made["changes"], *made["held"])]
    swatches = {path for one in pictures for path in one.get("files", ())}
    files = [address for address in held if address.startswith("shop/file/")]
    silk = held.pop(files[0])
    codes = {address: hold.get("code", hold["reason"]) for address, hold in held.items()}

    unauthorised = [
        f"shop/{where}"
        for style in ("collection/style-white", "collection/style-zip")
        for where in (style, *(f"publication_listing/{style}/{channel}" for channel in CHANNELS))
    ]
    assert codes == {
        **dict.fromkeys(unauthorised, "NO_AUTHORISING_PRODUCT"),
        "shop/metafield/product/silk-summer-top/altuzarra.swatch_image": "NOT_AUTHORISED",
        "shop/metafield/product/white-cotton-shirt/altuzarra.size_guide_page": "NOT_ELIGIBLE",
        "shop/metafield/product/zipped-jacket/altuzarra.size_guide_page": "LOCKED",
    }
    assert [files[0].split("_pg")[0], len(files)] == ["shop/file/S227_1003-0001_swatch", 1]
    assert silk["code"] == "NOT_AUTHORISED"
    assert swatches == {
        f"desired/capsules/{CAPSULE}/assets/swatches/{product['swatch']}"
        for product in season()["products"].values()
        if "swatch" in product and not product.get("locked") and product.get("eligible", True)
    }
    assert all(hold["remedy"] for hold in held.values())
