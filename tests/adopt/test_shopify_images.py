"""Shopify: what somebody did to pictures in the admin, written back where git says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adopt.desk import adopt, refusals
from tests.adopt.test_shopify import adopted, shop_with

HANDLE = "fenice-skirt-sand"
A, B, C = "S226_6120-000215_hero_image.jpg", "S226_6120-000215_swatch.jpg", "home_banner.jpg"

GALLERY = f"""\
targets: [shop]
into: {{media: true}}
products:
  {HANDLE}:
    images:
      MAIN: {{file: {A}, alt: A skirt}}  # as shot
      BACK: {{file: {B}}}
      SIDE: {{file: {C}}}
    thumbnail: MAIN
"""
PRODUCT = ("product", HANDLE)


@pytest.mark.parametrize(
    ("edit", "fields", "address", "lines"),
    [
        (
            ("file", A),
            {"alt": "A skirt, worn"},
            f"shop/file/{A}",
            [
                f"-      MAIN: {{file: {A}, alt: A skirt}}  # as shot",
                f"+      MAIN: {{file: {A}, alt: 'A skirt, worn'}}  # as shot",
            ],
        ),
        (
            PRODUCT,
            {"media": [A, C]},
            f"shop/product_media/{HANDLE}/{B}",
            [f"-      BACK: {{file: {B}}}"],
        ),
        (
            PRODUCT,
            {"media": [B, A, C]},
            f"shop/media_order/{HANDLE}",
            ["-    thumbnail: MAIN", "+    thumbnail: BACK"],
        ),
    ],
)
def test_an_admins_edit_of_pictures_is_written_back(
    edit: tuple[str, str],
    fields: dict[str, Any],
    address: str,
    lines: list[str],
    tmp_path: Path,
) -> None:
    """At the picture itself; comments and all else stay."""
    shop = shop_with(tmp_path, images=GALLERY)
    shop.edit(*edit, **fields)
    found = [line.replace('"', "'") for line in adopted(shop, address)]

    assert found == lines


def test_another_order_is_told_as_it_is_to_be_written(tmp_path: Path) -> None:
    """The order of a document's lines is people's own."""
    shop = shop_with(tmp_path, images=GALLERY)
    shop.edit(*PRODUCT, media=[A, C, B])
    (refusal,) = refusals(adopt(shop.desired)).values()

    assert "in another order: MAIN, SIDE, BACK" in refusal


def test_a_look_of_the_web_becomes_the_file_that_was_chosen(tmp_path: Path) -> None:
    """Its address is given up for the name of the file in the shop."""
    document = (
        "targets: [shop]\ninto: {look: altuzarra.look_image}\nproducts:\n"
        f"  {HANDLE}:\n    images:\n"
        '      LOOK: {url: "https://pictures.example.com/look.jpg"}\n    look: LOOK\n'
    )
    shop = shop_with(tmp_path, images=document)
    shop.edit("metafield", f"product/{HANDLE}/altuzarra.look_image", file=A)
    adopt(shop.desired)
    text = (shop.desired / "images" / "shop.yaml").read_text()

    assert "url" not in text
    assert f"file: {A}" in text
    assert {(c.address.kind, c.action.value) for c in shop.plan().changes} == {("file", "forget")}
