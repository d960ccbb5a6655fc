"""The seed's image synchronisation through the command line, as its users would: a mapping file
comes in, is applied, and is told in the report that they know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import typer.testing

from providers.kit.sandbox import Sandbox
from reconciler.cli.app import app
from reconciler.cli.composition import open_sandbox, open_workspace
from tests.plytix import mapped
from tests.plytix.account import PLENTY

KEYS = [
    "total_products",
    "products_with_images",
    "total_image_refs",
    "unique_images",
    "images_uploaded",
    "images_skipped",
    "links_created",
    "errors",
    "main_image_links",
    "parent_links_created",
    "parent_main_image_links",
    "metadata",
]
TARGETS = {
    name: {
        "provider": "plytix",
        "environment": "staging",
        "sandbox": True,
        "policy": {"adopt": True, "prune": True},
    }
    for name in ("pim", "pim-eu")
}


class Desk:
    """A repository with two accounts, of which `pim` has the products of the seed."""

    def __init__(self, folder: Path) -> None:
        self.desired = folder / "desired"
        self.desired.mkdir(parents=True)
        (self.desired / "targets.yaml").write_text(json.dumps(TARGETS))
        (folder / "data").mkdir()
        self.mapping = folder / "data" / "mca0032_mapping.json"
        self.document = self.desired / "images" / "mca0032-mapping.yaml"
        self.out = folder / "report.json"

    def sandbox(self, name: str = "pim") -> Sandbox:
        return open_sandbox(open_workspace(self.desired, all_sandboxed=True), name)

    def stock(self, name: str = "pim") -> None:
        sandbox = self.sandbox(name)
        sandbox.admin_edit("account", "", {"rate_limit": PLENTY})
        mapped.stock(sandbox, map(mapped.sku, range(16)))

    def run(self, *arguments: str, code: int = 0) -> Any:
        """The one JSON object of a command."""
        given = [*arguments, "--desired", str(self.desired), "--json"]
        result = typer.testing.CliRunner().invoke(app, given)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def take(self, data: Mapping[str, Any], *options: str) -> Any:
        """Import a mapping file."""
        self.mapping.write_text(json.dumps(data))
        target = () if "--target" in options else ("--target", "pim")
        return self.run("import", "plytix-mapping", str(self.mapping), *target, *options)

    def apply(self, *, code: int = 0, target: str = "pim") -> dict[str, Any]:
        """Apply, and the report of the images."""
        told = ("--image-report", str(self.out), "--target", target)
        self.run("apply", "--yes", *told, code=code)
        report: dict[str, Any] = json.loads(self.out.read_text())
        return report

    def product(self, sku: str, name: str = "pim") -> dict[str, Any]:
        with self.sandbox(name).store.transaction() as store:
            products = store.all("product").values()
            return dict(next(product for product in products if product["sku"] == sku))

    def count(self, sort: str, name: str = "pim") -> int:
        with self.sandbox(name).store.transaction() as store:
            return len(store.all(sort))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.stock()
    return desk


def test_first_run_uploads_and_links_everything(desk: Desk) -> None:
    """12 uploaded, 0 skipped, 108 links, 16 thumbnails; told with exactly the seed's keys."""
    desk.take(mapped.of_the_seed())
    before = desk.count("asset")
    report = desk.apply()

    assert list(report) == KEYS
    assert list(report["metadata"]) == ["source_file", "sync_date", "dry_run", "skip_existing"]
    assert report["metadata"]["source_file"] == "data/mca0032_mapping.json"
    assert {k: v for k, v in report.items() if k != "metadata"} == {
        "total_products": 16,
        "products_with_images": 16,
        "total_image_refs": 108,
        "unique_images": 12,
        "images_uploaded": 12,
        "images_skipped": 0,
        "links_created": 108,
        "errors": [],
        "main_image_links": 16,
        "parent_links_created": 0,
        "parent_main_image_links": 0,
    }
    products = [desk.product(mapped.sku(number)) for number in range(16)]
    assert desk.count("asset") - before == 12
    assert sum(len(product["media"]["amazon_images"]) for product in products) == 108
    assert all(product["thumbnail"] for product in products)


def test_second_run_finds_everything_and_writes_nothing(desk: Desk) -> None:
    """0 uploaded, 12 skipped, 108 links; no product and no asset was touched."""
    data = mapped.of_the_seed()
    desk.take(data)
    desk.apply()
    with desk.sandbox().store.transaction() as store:
        before = json.dumps([store.all("product"), store.all("asset")])
    text = desk.document.read_bytes()
    again = desk.take(data)
    report = desk.apply()

    assert (again["written"], desk.document.read_bytes()) == ([], text)
    assert (report["images_uploaded"], report["images_skipped"]) == (0, 12)
    assert (report["links_created"], report["main_image_links"]) == (108, 16)
    with desk.sandbox().store.transaction() as store:
        assert json.dumps([store.all("product"), store.all("asset")]) == before


def test_dry_run_tells_what_would_be(desk: Desk) -> None:
    """A plan's report has the same keys and numbers, and nothing was written."""
    desk.take(mapped.of_the_seed())
    before = desk.count("asset")
    desk.run("plan", "--image-report", str(desk.out), "--target", "pim")
    report = json.loads(desk.out.read_text())

    assert list(report) == KEYS
    assert report["metadata"]["dry_run"] is True
    assert (report["images_uploaded"], report["links_created"]) == (12, 108)
    assert desk.count("asset") == before


def test_uploaded_before_counts_as_there(desk: Desk) -> None:
    """An upload that answers 409 with the existing id is success: the asset is linked, named by
    the convention, and not counted as uploaded."""
    known = {"filename": "unnamed.jpg", "source": mapped.link(0)}
    with desk.sandbox().store.transaction() as store:
        from providers.plytix.sandbox.assets import new_asset

        id_ = new_asset(store, known["filename"], known["source"], "2026-01-01T00:00:00Z")["id"]
    desk.take(mapped.of_the_seed())
    report = desk.apply()

    assert (report["images_uploaded"], report["images_skipped"]) == (11, 1)
    assert id_ in desk.product(mapped.sku(0))["media"]["amazon_images"]
    with desk.sandbox().store.transaction() as store:
        assert store.all("asset")[id_]["filename"] == "amazon_01_MAIN_61img000000L.jpg"


BROKEN = f"{mapped.HOST}/61gone00000L.jpg"


def test_what_can_not_be_used_is_told_and_the_rest_goes_on(desk: Desk) -> None:
    """A URL that is none, one into a private network, one that can not be fetched, a product that
    is not there, one without SKU and a canonical one: each is a row of `errors`, and every other
    image of the very same products is linked."""
    data = mapped.of_the_seed()
    images = data["matched"][0]["amazon_images"]
    images[1]["link"] = "ftp:/nowhere"
    images[2]["link"] = "http://10.0.0.7/61inside000L.jpg"
    images[3]["link"] = BROKEN
    data["matched"] += [
        {"suggested_sku": "AMZN-US-B0UNKNOWN1", "amazon_images": [{"link": mapped.link(1)}]},
        {"suggested_sku": "MCA0032", "amazon_images": [{"link": mapped.link(1)}]},
        {"amazon_images": [{"link": mapped.link(1)}]},
    ]
    canonical = desk.product("MCA0032")
    desk.sandbox().admin_edit("account", "", {"gone": [BROKEN]})
    desk.take(data)
    report = desk.apply(code=5)

    told = {(row["product_sku"], row["url"]) for row in report["errors"]}
    assert told == {
        (mapped.sku(0), "ftp:/nowhere"),
        (mapped.sku(0), "http://10.0.0.7/61inside000L.jpg"),
        (mapped.sku(0), BROKEN),
        ("AMZN-US-B0UNKNOWN1", None),
        ("MCA0032", None),
        (None, None),
    }
    assert all(list(row) == ["url", "error", "product_sku"] for row in report["errors"])
    assert any("matched[0].amazon_images[2]" in row["error"] for row in report["errors"])
    assert report["links_created"] == 108 - 3
    assert len(desk.product(mapped.sku(0))["media"]["amazon_images"]) == 4
    assert desk.product("MCA0032") == canonical


def test_products_that_have_images_are_left_alone(desk: Desk) -> None:
    """With --skip-existing, unless git states them already."""
    held = mapped.sku(3)
    desk.sandbox().admin_edit("product", held, {"attributes.amazon_images": ["brand_logo.png"]})
    taken = desk.take(mapped.of_the_seed(), "--skip-existing")
    report = desk.apply()
    again = desk.take(mapped.of_the_seed(), "--skip-existing")

    assert taken["skipped"] == again["skipped"] == [held]
    assert again["written"] == []
    assert report["metadata"]["skip_existing"] is True
    assert report["links_created"] == 108 - 7
    assert len(desk.product(held)["media"]["amazon_images"]) == 1


def test_an_account_is_a_target(desk: Desk) -> None:
    """One file for two accounts: `--plytix-account` is another word for `--target`. Each is
    applied and reported by itself."""
    desk.stock("pim-eu")
    desk.take(mapped.of_the_seed(), "--target", "pim", "--plytix-account", "pim-eu")
    reports = [desk.apply(target=name) for name in ("pim", "pim-eu")]

    assert [report["images_uploaded"] for report in reports] == [12, 12]
    assert len(desk.product(mapped.sku(0), "pim-eu")["media"]["amazon_images"]) == 7


def test_a_parent_is_known_by_its_variants(desk: Desk) -> None:
    """A parent that no row names has its first variant's images, and is counted apart."""
    variants = ("AMZN-US-MCA0032-M-13", "AMZN-US-MCA0032-W-07.5")
    mapped.stock(desk.sandbox(), ["AMZN-US-MCA0032", *variants])
    images = [{"link": mapped.link(n), "variant": f"PT0{n}" if n else "MAIN"} for n in range(3)]
    rows = [
        {"suggested_sku": sku, "amazon_images": images[: 2 + n]} for n, sku in enumerate(variants)
    ]
    taken = desk.take({"matched": rows})
    report = desk.apply()

    assert taken["derived_parents"] == ["AMZN-US-MCA0032"]
    assert (report["total_image_refs"], report["links_created"]) == (5, 5)
    assert (report["parent_links_created"], report["parent_main_image_links"]) == (3, 1)
    assert report["main_image_links"] == 2
    assert len(desk.product("AMZN-US-MCA0032")["media"]["amazon_images"]) == 3
