"""How fast much is written and read: in virtual time on the sandbox's own limits, and in real
time without them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from providers.kit.store import Store
from tests.conftest import ROOT
from tests.serving import serving
from tests.shopify.documents import line
from tests.workshop import Workshop, problems_of

MANY = 10_000
LARGE = 100_000
BUCKET, RATE = 2_000, 100


def handles(count: int) -> list[str]:
    return [f"product-{number:06}" for number in range(count)]


def planted_products(
    folder: Path, count: int, settings: dict[str, Any], *, with_values: bool = False
) -> Workshop:
    """A shop with so many products more, put there without a request; `with_values`: they have
    what git will say of them, all but the first, which fits otherwise."""
    made = Workshop(folder, "shopify", "shop", {"adopt": True}, settings)
    store = made.sandbox().store
    with store.transaction():
        for number, handle in enumerate(handles(count), 8_000_000_000_000):
            _plant(store, "Product", number, product(handle))
            if with_values:
                is_first = number == 8_000_000_000_000
                text = "Fits nobody" if is_first else f"Fits {handle}"
                fields = value(f"gid://shopify/Product/{number}", text)
                _plant(store, "Metafield", number, fields)
    return made


def _plant(store: Store, sort: str, number: int, fields: dict[str, Any]) -> None:
    dates = dict.fromkeys(("createdAt", "updatedAt"), "2026-11-01T00:00:00Z")
    named = {"__typename": sort, "id": f"gid://shopify/{sort}/{number}"}
    store.put(sort, str(number), {**dates, **fields, **named})


def value(owner_id: str, text: str) -> dict[str, Any]:
    return {
        "owner_id": owner_id, "ownerType": "PRODUCT", "namespace": "figures", "key": "fit",
        "type": "single_line_text_field", "value": text,
    }  # fmt: skip


def product(handle: str) -> dict[str, Any]:
    return {
        "title": handle, "handle": handle, "vendor": "", "productType": "", "status": "ACTIVE",
        "descriptionHtml": "", "tags": [], "was": None, "changed_at": float("-inf"),
    }  # fmt: skip


def values(count: int, text: str = "Fits") -> dict[str, str]:
    """One value a product, in documents of at most 20,000."""
    head = {"targets": ["shop"], "namespace": "figures"}
    defined = {**head, "definitions": {"fit": line()}}
    files = {"metafields/definitions.yaml": json.dumps(defined)}
    for number, part in enumerate(_parts(handles(count), 20_000)):
        said = {handle: {"fit": f"{text} {handle}"} for handle in part}
        files[f"metafields/values-{number}.yaml"] = json.dumps({**head, "values": said})
    return files


def _parts(things: list[str], most: int) -> Iterator[list[str]]:
    for start in range(0, len(things), most):
        yield things[start : start + most]


@pytest.mark.extended
def test_ten_thousand_metafields_are_written_as_fast_as_the_bucket_allows(tmp_path: Path) -> None:
    """At least 95 % of its speed, in at most 400 requests that write and 25 that read."""
    made = planted_products(tmp_path, MANY, {})
    made.write(values(MANY))
    applied = made.apply()
    writes = sum("mutation SetMetafields" in request for request in made.requests)
    reads = len(made.requests) - len(made.writes)
    allowed = (applied.actual.points - BUCKET) / RATE

    assert not problems_of(applied)
    assert len(applied.outcomes) == MANY + 1
    assert writes <= 400
    assert reads <= 25
    assert allowed / applied.actual.seconds >= 0.95, (allowed, applied.actual)


@pytest.mark.extended
def test_a_hundred_thousand_products_are_planned_in_bulk(tmp_path: Path) -> None:
    """In real time, served by another process: in under 30 requests and under 400 MB."""
    shop = planted_products(tmp_path / "shop", LARGE, {}, with_values=True)
    shop.edit("app", "", isLimited=False)
    shop.edit("bulk", "", nodes=LARGE, begins=0, ends=0)
    files = values(LARGE)
    with serving(tmp_path / "shop", "shop") as served:
        told = planned(tmp_path / "planner", served.address, files)

    assert (told["changes"], told["equal"]) == (2, LARGE - 1)
    assert told["bulk"] == 2
    assert told["requests"] < 30
    assert told["megabytes"] < 400, told


def planned(folder: Path, address: str, files: dict[str, str]) -> dict[str, Any]:
    """What a plan of these files took, in a process of its own."""
    entry = {
        "provider": "shopify",
        "environment": "staging",
        "endpoint": address,
        "credentials": "FIGURES",
        "limits": {"timeout": 300},
    }
    files = {**files, "targets.yaml": json.dumps({"shop": entry})}
    for name, text in files.items():
        path = folder / "desired" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run(["git", "init", "-q", folder], check=True)
    told = subprocess.run(
        [sys.executable, "-m", "tests.shopify.planning", folder],
        cwd=ROOT,
        env={**os.environ, "FIGURES_ADMIN_TOKEN": "shpat_sandbox"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-2_000:]
    result: dict[str, Any] = json.loads(told.stdout)
    return result
