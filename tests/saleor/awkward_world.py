"""A shop as people make one by hand: no references, and names of every sort."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from providers.kit.store import Store
from providers.saleor import sandbox
from providers.saleor.sandbox import SaleorSandbox
from reconciler.cli.composition import open_workspace
from tests.saleor.shop import Shop, shop

_EXAMPLE = Path(sandbox.__file__).parent / "seed.json"


def _values(*names: str) -> list[dict[str, Any]]:
    return [{"name": name} for name in names]


def _text(kind: str, **data: Any) -> dict[str, Any]:
    return {"blocks": [{"type": kind, "data": data}]}


PRODUCTS: list[dict[str, Any]] = [
    {
        "slug": "yes",
        "productType": "t-shirt",
        "attributes": {
            "color": ["sea-green"],
            "size": ["m", "extra-large"],
            "fit-type": ["slim"],
            "fit_type": ["loose"],
            "is-new": True,
            "related": ["12"],
        },
        "channels": [
            {"channel": "on", "publishedAt": "2026-01-01T10:30:15+00:00"},
            {
                "channel": "12",
                "publishedAt": "2026-03-01T10:30:00+00:00",
                "visibleInListings": False,
                "isAvailableForPurchase": True,
                "availableForPurchaseAt": "2026-04-01T02:00:00+02:00",
            },
        ],
    },
    {
        "slug": "12",
        "productType": "t-shirt",
        "attributes": {"color": ["3xl"], "size": ["m", "3xl"], "is-new": False},
        "channels": [{"channel": "on", "isPublished": False, "isAvailableForPurchase": False}],
    },
    {"slug": "ébène", "productType": "2024-edition", "attributes": {"color": ["ebene"]}},
    {"slug": "alike", "productType": "2024-edition", "attributes": {"color": ["a-b"]}},
    {"slug": "other-alike", "productType": "2024-edition", "attributes": {"color": ["a_b"]}},
    {"slug": "twin", "productType": "t_shirt", "attributes": {"color": ["red"]}},
    {"slug": "bare", "productType": "plain"},
]

WORLD: Mapping[str, Any] = {
    **{part: json.loads(_EXAMPLE.read_text())[part] for part in ("shop", "apps")},
    "channels": [
        {
            "name": name,
            "slug": name,
            "currencyCode": "EUR",
            "defaultCountry": {"code": "DE", "country": "Germany"},
        }
        for name in ("on", "12")
    ],
    "attributes": [
        {
            "name": "Colour: all # of them",
            "slug": "color",
            "inputType": "DROPDOWN",
            "values": [
                *_values("Red", "Sea Green", "3XL", "Ébène", "yes", "null", "12:30", "C++"),
                {"name": "A B", "slug": "a-b"},
                {"name": "A_B", "slug": "a_b"},
                {"name": "Blue", "externalReference": "erp-17"},
                {"name": "Grün", "externalReference": "color/green"},
                {"name": "Odd", "externalReference": "color/Odd One"},
                {"name": 'A "quoted", {braced} [one]: \\ yes'},
            ],
        },
        {
            "name": "Size",
            "slug": "size",
            "inputType": "MULTISELECT",
            "values": _values("M", "Extra-Large", "3XL"),
        },
        {"name": "Fit", "slug": "fit-type", "inputType": "DROPDOWN", "values": _values("Slim")},
        {"name": "Fit", "slug": "fit_type", "inputType": "MULTISELECT", "values": _values("Loose")},
        {"name": "3D", "slug": "3d", "inputType": "BOOLEAN"},
        {"name": "Größe", "slug": "größe", "inputType": "DROPDOWN", "values": _values("S")},
        {"name": "New", "slug": "is-new", "inputType": "BOOLEAN"},
        {"name": "Weight", "slug": "weight", "inputType": "NUMERIC"},
        {"name": "Notes", "slug": "notes", "inputType": "PLAIN_TEXT"},
        {"name": "Cut", "slug": "cut", "inputType": "DROPDOWN", "values": _values("V")},
        {"name": "Related", "slug": "related", "inputType": "REFERENCE", "entityType": "PRODUCT"},
        {
            "name": "Mood",
            "slug": "mood",
            "inputType": "DROPDOWN",
            "type": "PAGE_TYPE",
            "values": _values("Glad"),
        },
    ],
    "productTypes": [
        {
            "name": "T-shirt",
            "slug": "t-shirt",
            "productAttributes": [
                *("color", "size", "fit-type", "fit_type", "3d", "größe", "is-new", "weight"),
                "related",
            ],
        },
        {"name": "2024", "slug": "2024-edition", "productAttributes": ["color"]},
        {"name": "Twin", "slug": "t_shirt", "productAttributes": ["color"]},
        {"name": "Plain", "slug": "plain"},
    ],
    "categories": [{"name": "All", "slug": "all"}],
    "products": [{"name": p["slug"], "category": "all", **p} for p in PRODUCTS],
    "collections": [
        {
            "name": "12",
            "slug": "on",
            "products": ["yes", "12"],
            "description": _text("paragraph", text="Soft & <b>warm</b>: yes"),
            "channels": [{"channel": "on", "publishedAt": "2026-03-01T00:00:00+00:00"}],
        },
        {
            "name": "Nobody's # own",
            "slug": "empty",
            "description": _text("image", file={"url": "https://images.example/a.png"}),
        },
    ],
}


def awkward(folder: Path) -> Shop:
    at = shop(folder, adopt=False)
    place = open_workspace(at.desired, all_sandboxed=True).sandbox_folder(at.target)
    SaleorSandbox(Store(place / "store.sqlite"), WORLD)
    return at
