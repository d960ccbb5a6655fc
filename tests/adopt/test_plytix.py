"""Plytix: images that came into a gallery, and those that left it."""

from __future__ import annotations

from pathlib import Path

from reconciler.intent.loader import files_under
from tests.adopt.desk import adopt, changed_lines, refusals
from tests.contract.plytix import HOST, SKU
from tests.workshop import Workshop, problems_of

OTHER = "AMZN-US-B0BXT4N8JS"

IMAGES = f"""\
targets: [pim]
into: {{gallery: amazon_images}}
products:
  {SKU}:  # insoles
    images:
      MAIN: {{url: "{HOST}/61newImAgeL.jpg"}}
      PT01: {{url: "{HOST}/61othErOneL.jpg"}}  # from behind
  {OTHER}:
    images:
      MAIN: {{url: "{HOST}/61thiRdOneL.jpg"}}
      PT02: {{url: "{HOST}/61fouRthL.jpg"}}
"""

FILE = "desired/images/pim.yaml"


def shop_with(folder: Path) -> Workshop:
    shop = Workshop(folder, "plytix", "pim", {"adopt": True, "prune": True})
    shop.write({"images/pim.yaml": IMAGES})
    applied = shop.apply()
    assert not problems_of(applied), problems_of(applied)
    return shop


def edited(shop: Workshop, *assets: str, **fields: object) -> list[str]:
    """The lines that change when the gallery is so."""
    fields = {"attributes.amazon_images": list(assets)} | fields
    shop.edit("product", SKU, **fields)
    before = files_under(shop.desired)
    found = adopt(shop.desired, f"pim/gallery/{SKU}/amazon_images")
    assert refusals(found) == {}
    return changed_lines(before, files_under(shop.desired)).get(FILE, [])


MAIN = "amazon_01_MAIN_61newImAgeL.jpg"
PT01 = "amazon_02_PT01_61othErOneL.jpg"
THIRD = "amazon_01_MAIN_61thiRdOneL.jpg"
FOURTH = "amazon_03_PT02_61fouRthL.jpg"


def test_an_image_that_left_takes_its_slot_along(tmp_path: Path) -> None:
    """Its line goes; its asset is not git's any more, which the report says."""
    shop = shop_with(tmp_path)

    assert edited(shop, MAIN) == [f'-      PT01: {{url: "{HOST}/61othErOneL.jpg"}}  # from behind']
    assert [str(c.address) for c in shop.plan().changes] == ["pim/asset/61othErOneL.jpg"]
    assert [c.action.value for c in shop.plan().changes] == ["forget"]


def test_an_image_of_another_product_comes_in_with_its_url(tmp_path: Path) -> None:
    """Into a slot that leaves its file name as it is."""
    shop = shop_with(tmp_path)

    assert edited(shop, MAIN, PT01, FOURTH) == [f'+      PT02: {{url: "{HOST}/61fouRthL.jpg"}}']
    assert shop.plan().is_empty


def test_a_better_slot_that_is_free_is_left_free(tmp_path: Path) -> None:
    """In PT01 the image would be called otherwise, and the asset would have to be renamed."""
    shop = shop_with(tmp_path)

    assert edited(shop, MAIN, FOURTH) == [
        f'-      PT01: {{url: "{HOST}/61othErOneL.jpg"}}  # from behind',
        f'+      PT02: {{url: "{HOST}/61fouRthL.jpg"}}',
    ]
    assert {c.action.value for c in shop.plan().changes} == {"forget"}


def test_the_thumbnail_is_named_by_its_slot(tmp_path: Path) -> None:
    """One of the product's own images."""
    shop = shop_with(tmp_path)

    assert edited(shop, MAIN, PT01, thumbnail=PT01) == ["+    thumbnail: PT01"]
    assert shop.plan().is_empty


def test_a_gallery_without_a_main_image_has_no_thumbnail_to_keep(tmp_path: Path) -> None:
    """Image and thumbnail are gone: the slot goes, and the thumbnail is not git's any more."""
    shop = shop_with(tmp_path)

    assert edited(shop, PT01, thumbnail=None) == [f'-      MAIN: {{url: "{HOST}/61newImAgeL.jpg"}}']
    assert [c.action.value for c in shop.plan().changes] == ["forget"]


def test_a_gallery_that_is_empty_takes_its_product_along(tmp_path: Path) -> None:
    """Nothing is left of it, so nothing is stated of it."""
    shop = shop_with(tmp_path)
    lines = edited(shop, thumbnail=None)

    assert lines[0] == f"-  {SKU}:  # insoles"
    assert len(lines) == 4
    assert {c.action.value for c in shop.plan().changes} == {"forget"}
