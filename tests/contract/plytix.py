"""Plytix: assets and galleries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import httpx

from tests.contract.case import Case

HOST: Final = "https://m.media-amazon.com/images/I"
SKU: Final = "AMZN-US-B09KMV7Q2D"
ASSET: Final = "61newImAgeL.jpg"
OTHER: Final = "61othErOneL.jpg"
STRANGER: Final = ("asset", "brand_logo.png", {"filename": "logo.png"})


def images(**variants: str) -> str:
    """One product's images, MAIN being its thumbnail."""
    lines = "".join(
        f'      {name}: {{url: "{HOST}/{image}"}}\n' for name, image in variants.items()
    )
    return (
        "targets: [pim]\ninto: {gallery: amazon_images}\nproducts:\n"
        f"  {SKU}:\n    images:\n{lines}"
    )


def documents(**variants: str) -> dict[str, str]:
    return {"images/pim.yaml": images(**variants)}


def token(client: httpx.Client) -> dict[str, str]:
    credentials = {"api_key": "sandbox", "api_password": "sandbox"}
    answer = client.post("/auth/api/get-token", json=credentials).json()
    return {"Authorization": f"Bearer {answer['data'][0]['access_token']}"}


def search(client: httpx.Client, path: str, *condition: Any, columns: list[str]) -> Any:
    field, operator, value = condition
    body = {
        "filters": [[{"field": field, "operator": operator, "value": value}]],
        "attributes": columns,
        "pagination": {"page": 1, "page_size": 100},
    }
    return client.post(path, json=body, headers=token(client)).json()["data"]


def asset(client: httpx.Client) -> Mapping[str, Any] | None:
    found = search(client, "/api/v1/assets/search", "filename", "like", ASSET, columns=["filename"])
    return {"filename": found[0]["filename"]} if found else None


def gallery(client: httpx.Client) -> Mapping[str, Any] | None:
    found = search(client, "/api/v1/products/search", "sku", "eq", SKU, columns=["sku"])
    path = f"/api/v2/products/{found[0]['id']}"
    product = client.get(path, headers=token(client)).json()["data"][0]
    ids = product["attributes"].get("amazon_images") or []
    thumbnail = (
        (product["thumbnail"] or [None])[0]
        if isinstance(product["thumbnail"], list)
        else product["thumbnail"]
    )
    if not ids and not thumbnail:
        return None
    names = _names(client, [*ids, thumbnail])
    return {"assets": sorted(names[id_] for id_ in ids), "thumbnail": names.get(thumbnail)}


def _names(client: httpx.Client, ids: list[str]) -> dict[str, str]:
    rows = search(client, "/api/v1/assets/search", "id", "in", ids, columns=["filename"])
    return {row["id"]: re.sub(r"^amazon_\d\d_[A-Z0-9]+_", "", row["filename"]) for row in rows}


CASES: Final = [
    Case(
        provider="plytix",
        target="pim",
        kind="asset",
        key=ASSET,
        states=(documents(MAIN=ASSET), documents(MAIN=OTHER, PT02=ASSET)),
        without=documents(MAIN=OTHER),
        raw=asset,
        drifts={
            "filename": ("asset", f"amazon_01_MAIN_{ASSET}", {"filename": f"renamed_{ASSET}"}),
        },
        stranger=STRANGER,
        unread=frozenset({"url"}),
    ),
    Case(
        provider="plytix",
        target="pim",
        kind="gallery",
        key=f"{SKU}/amazon_images",
        states=(documents(MAIN=ASSET, PT01=OTHER), documents(MAIN=OTHER, PT02="61thiRdOneL.jpg")),
        without={"images/pim.yaml": images(MAIN=OTHER).replace(SKU, "AMZN-US-B0BXT4N8JS")},
        raw=gallery,
        drifts={
            "assets": ("product", SKU, {"attributes.amazon_images": ["brand_logo.png"]}),
            "thumbnail": ("product", SKU, {"thumbnail": "brand_logo.png"}),
        },
        stranger=STRANGER,
    ),
]
