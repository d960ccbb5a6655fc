"""The shop after a client's upload: products of the shared export with galleries, pages, files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from providers.kit.store import Store
from providers.shopify.sandbox import media, publications
from providers.shopify.sandbox.planting import plant
from providers.shopify.sandbox.seed import open_shop
from providers.shopify.sandbox.shop import Shop
from reconciler.cli.app import app
from reconciler.cli.composition import open_sandbox, open_workspace
from tests.capsule.example import picture
from tests.conftest import ROOT
from tests.workshop import Workshop

CAPSULE: Final = "S227"
EXPORT: Final = ROOT.parent / "shared" / "data" / "shopify-csv" / "apparel.csv"
NAMESPACE: Final = "altuzarra"
CHANNELS: Final = ("Online Store", "Point of Sale")

CAPSULE_YAML: Final = f"targets: [shop]\ncapsule: {CAPSULE}\nswatches: {{largest: 6000}}\n"
METAFIELDS: Final = """\
targets: [shop]
namespace: altuzarra
definitions:
  look_image: {type: file_reference, name: Look image}
  swatch_image: {type: file_reference, name: Swatch}
  size_guide_page: {type: page_reference, name: Size guide}
selectors:
  - products: {type: Shirts}
    set: {size_guide_page: size-guide-shirts}
  - products: {type: Tops}
    set: {size_guide_page: size-guide-tops}
"""


@cache
def season() -> dict[str, Any]:
    """The table: products, and what each step comes to."""
    table = Path(__file__).parent / "season.json"
    data: dict[str, Any] = json.loads(table.read_text(encoding="utf-8"))
    return data


def extended() -> str:
    """The shared export's rows of these products, with the type, the tags and the images that the
    season gives them: as the shop exports them after the upload."""
    products = season()["products"]
    rows = list(csv.DictReader(io.StringIO(EXPORT.read_text(encoding="utf-8-sig"), newline="")))
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for handle, product in products.items():
        first = next(row for row in rows if row["Handle"] == handle)
        for position, name in enumerate(product["media"], start=1):
            row = first if position == 1 else dict.fromkeys(first, "")
            said = {"Handle": handle, "Image Position": str(position)}
            said["Image Src"] = f"https://cdn.example.com/files/{name}"
            if position == 1:
                said |= {"Type": product["type"], "Tags": ", ".join(tags_of(product))}
            writer.writerow({**row, **said})
    return out.getvalue()


def tags_of(product: Mapping[str, Any]) -> list[str]:
    accessory = ["accessory"] if product.get("accessory") else []
    return [CAPSULE, f"cpi_{product['cpi']}", product["style"], *accessory]


def titles() -> dict[str, str]:
    text = EXPORT.read_text(encoding="utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return {row["Handle"]: row["Title"] for row in rows if row["Title"]}


def masterfile() -> str:
    """What the house's own list says of the products."""
    out = io.StringIO()
    names = (
        "handle,product_id,cpi,product_type,is_accessory,eligible,anomaly_accepted,status,"
        "image_status,errors,expected_count"
    )
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names.split(","))
    for handle, product in season()["products"].items():
        no_go = product.get("no_go", False)
        writer.writerow(
            [
                handle,
                f"{CAPSULE}-{product['cpi']}",
                product["cpi"],
                product["type"],
                "yes" if product.get("accessory") else "no",
                "yes" if product.get("eligible", True) else "no",
                "yes" if product.get("anomaly_accepted") else "no",
                "NO-GO" if no_go else "GO",
                "IMAGE_SOFT_FAIL" if no_go else "IMAGE_OK",
                "Missing ghost image" if no_go else "",
                len(product["media"]),
            ]
        )
    return out.getvalue()


class House:
    """A workspace with the capsule, the shop behind it, and the command line."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.shop = Workshop(folder, "shopify", "shop", {"adopt": True})
        self.capsule = self.shop.desired / "capsules" / CAPSULE
        patch.chdir(folder)
        self._write_intents()
        self._plant()

    def _write_intents(self) -> None:
        products = season()["products"].values()
        styles = dict.fromkeys(p["style"].removeprefix("style_") for p in products)
        listed = "".join(f"    - {style}\n" for style in styles)
        collections = (
            f"targets: [shop]\nper_style:\n  styles:\n{listed}  handle: style-{{slug}}\n"
            "  collection:\n    title: style_{style}\n"
            f"    channels: [{', '.join(CHANNELS)}]\n"
            "    rules: {conditions: [{tag: 'style_{style}'}]}\n"
        )
        above = f"capsules/{CAPSULE}"
        self.shop.write(
            {
                f"{above}/capsule.yaml": CAPSULE_YAML,
                f"{above}/inputs/{CAPSULE}_masterfile.csv": masterfile(),
                f"{above}/exports/shopify_export_post_upload.csv": extended(),
                f"{above}/outputs/poc_shopify_import_enriched.csv": extended(),
                "metafields/sizes.yaml": METAFIELDS,
                "collections/styles.yaml": collections,
            }
        )
        for number, product in enumerate(products):
            if name := product.get("swatch"):
                path = self.capsule / "assets" / "swatches" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                size = (5001, 40) if product.get("upload_fails") else (64, 64)
                path.write_bytes(picture(size=size, colour=number))

    def _plant(self) -> None:
        """A shop with nothing but what the client uploaded, and one collection made by hand."""
        sandbox = open_sandbox(open_workspace(self.shop.desired, all_sandboxed=True), "shop")
        store: Store = sandbox.store
        store.clear()
        store.put("sandbox", "seeded", {"by": "the client"})
        shop = Shop(store)
        open_shop(shop, "House", "house.myshopify.com")
        online, _ = (plant(shop, "Publication", {"name": name}) for name in CHANNELS)
        for handle, product in season()["products"].items():
            images = [plant(shop, "MediaImage", {"name": name}) for name in product["media"]]
            made = plant(
                shop,
                "Product",
                {
                    "handle": handle,
                    "title": titles()[handle],
                    "productType": product["type"],
                    "tags": tags_of(product),
                },
            )
            media.set_gallery(shop, made, [image["id"] for image in images])
        for kind in ("shirts", "tops"):
            plant(shop, "Page", {"handle": f"size-guide-{kind}", "title": f"Sizes of {kind}"})
        tagged = {"relation": "TAGGED_WITH", "values": ["style_Varsity"], "matchType": "ANY"}
        source = {"title": "Planogram", "inclusion": {"conditions": [{"productTag": tagged}]}}
        there = {"handle": "style-varsity", "title": "style_Varsity", "sources": [source]}
        plant(shop, "Collection", there)
        publications.publish_everything(shop, online)

    def run(self, *arguments: str, code: int | None = 0) -> Result:
        """code: the exit code to insist on; None: any."""
        result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert code is None or result.exit_code == code, result.output
        return result

    def step(self, name: str, *options: str) -> dict[str, str]:
        """What a step said, by handle."""
        told = json.loads(self.run("capsule", name, CAPSULE, *options, "--json").stdout)
        assert not told.get("error"), told
        return {t["handle"]: f"{t['verdict']} {t['text']}" for t in told["steps"][name]}

    def state(self) -> dict[str, Any]:
        path = self.capsule / "state" / f"product_state_{CAPSULE}.json"
        data: dict[str, Any] = json.loads(path.read_text())
        return data

    def log(self, name: str) -> list[dict[str, Any]]:
        path = self.capsule / "outputs" / f"{name}_{CAPSULE}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def files(self) -> dict[str, bytes]:
        """Every file below desired/."""
        found = (path for path in self.shop.desired.rglob("*") if path.is_file())
        return {str(path.relative_to(self.shop.desired)): path.read_bytes() for path in found}
