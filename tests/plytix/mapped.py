"""Mapping files, and accounts that have their products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from providers.kit.sandbox import Sandbox
from providers.plytix.sandbox.seed import new_product

HOST: Final = "https://m.media-amazon.com/images/I"
VIEWS: Final = ("MAIN", "PT01", "PT02", "PT03", "PT04", "SWATCH", "TOPP")


def sku(number: int) -> str:
    return f"AMZN-US-B{number:09}"


def link(number: int) -> str:
    return f"{HOST}/61img{number:06}L.jpg"


def of_the_seed() -> dict[str, Any]:
    """16 products, 108 image references, 12 unique images: twelve products show seven of them,
    four show six; four are parents of variations, and a third is not matched."""
    rows = []
    for number in range(16):
        views = VIEWS[: 7 if number < 12 else 6]
        images = [
            {"link": link(((number % 4) * 2 + position) % 12), "variant": view}
            for position, view in enumerate(views)
        ]
        kind = "VARIATION_PARENT" if number % 4 == 0 else "BASE_PRODUCT"
        rows.append(
            {
                "suggested_sku": sku(number),
                "asin": f"B{number:09}",
                "item_classification": kind,
                "amazon_images": images,
            }
        )
    return {"matched": rows[:11], "unmatched_amazon": rows[11:]}


def links(mapping: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    rows = [row for part in ("matched", "unmatched_amazon") for row in mapping.get(part, ())]
    return [image["link"] for row in rows for image in row["amazon_images"]]


def stock(sandbox: Sandbox, skus: Iterable[str]) -> None:
    """Let an account have these products, without images."""
    with sandbox.store.transaction() as store:
        for number in skus:
            row = {"sku": number, "label": number, "attributes": {}, "media": {}}
            new_product(store, row, {})
