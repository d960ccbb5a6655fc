"""The example account: attributes, assets and products of `seed.json`, in the order written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from providers.kit.store import Document, Store
from providers.plytix.sandbox.assets import new_asset

WHEN = "2026-09-21T08:00:00.000000+00:00"


def plant(store: Store) -> None:
    """Put the example into an empty store."""
    seed = json.loads((Path(__file__).parent / "seed.json").read_text())
    store.put("account", "account", seed["account"])
    for attribute in seed["attributes"]:
        new_attribute(store, attribute)
    ids = {
        row["filename"]: new_asset(store, row["filename"], row["source"], WHEN)["id"]
        for row in seed["assets"]
    }
    for row in seed["products"]:
        new_product(store, row, ids)


def new_attribute(store: Store, row: dict[str, Any]) -> None:
    id_ = f"69b0{store.next_number('attribute'):020x}"
    empty: Document = {"description": "", "groups": [], "options": []}
    store.put("attribute", id_, empty | row | {"id": id_})


def new_product(store: Store, row: dict[str, Any], assets: dict[str, str]) -> None:
    """`assets` gives the id of each file name that the row links to."""
    id_ = f"69c0{store.next_number('product'):020x}"
    parent = row.get("parent")
    media = {label: [assets[name] for name in names] for label, names in row["media"].items()}
    product = {
        "id": id_,
        "sku": row["sku"],
        "label": row["label"],
        "gtin": None,
        "status": row.get("status", "Completed"),
        "created": WHEN,
        "modified": WHEN,
        "product_type": "VARIANT" if parent else "SINGLE",
        "parent_id": None,
        "num_variations": 0,
        "categories": [],
        "attributes": row.get("attributes", {}),
        "media": media,
        "thumbnail": assets[row["thumbnail"]] if row.get("thumbnail") else None,
    }
    if parent:
        product["parent_id"] = _adopted_by(store, parent)
    store.put("product", id_, product)


def _adopted_by(store: Store, sku: str) -> str:
    """Count one more variant of a product, and tell its id."""
    parent = next(p for p in store.all("product").values() if p["sku"] == sku)
    grown = parent | {"product_type": "PARENT", "num_variations": parent["num_variations"] + 1}
    store.put("product", parent["id"], grown)
    return str(parent["id"])
