"""`planogram import live`: what it says, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import planogram

TARGETS = """\
market: {provider: saleor, environment: staging, sandbox: true}
shop: {provider: shopify, environment: staging, sandbox: true}
pim: {provider: plytix, environment: staging, sandbox: true}
"""

LIVE = ("import", "live", "--target", "market")


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A workspace that says which shops there are, and nothing of them."""
    (tmp_path / "desired").mkdir()
    (tmp_path / "desired" / "targets.yaml").write_text(TARGETS)
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in (folder / "desired").rglob("*") if p.is_file()}


def test_a_shop_is_written_down_and_its_plan_is_empty(empty: Path) -> None:
    """From nothing to valid intents that say what is there, in one command; then nothing."""
    told = planogram(empty, *LIVE)
    valid, plan = planogram(empty, "validate"), planogram(empty, "plan", "--target", "market")
    before = files(empty)
    again = planogram(empty, *LIVE)

    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("written: 12 in taxonomies, 3 in mappings, 11 in offerings, ")
    assert "! left out: 1 attribute of other types (numeric)" in told.stderr
    assert valid.returncode == 0, valid.stdout
    assert (plan.returncode, plan.stdout.splitlines()[-1]) == (0, "Plan: nothing to do")
    assert again.stdout.splitlines()[-1] == "nothing written: all that can be said is there"
    assert files(empty) == before


@pytest.mark.extended
def test_a_shop_of_another_platform_is_written_down_too(empty: Path) -> None:
    """The one command for all platforms that can be."""
    told = planogram(empty, "import", "live", "--target", "shop")
    plan = planogram(empty, "plan", "--target", "shop")

    assert "in metafields" in told.stdout
    assert "! left out: collection knitwear" in told.stderr
    assert (plan.returncode, plan.stdout.splitlines()[-1]) == (0, "Plan: nothing to do")


def test_one_json_object(empty: Path) -> None:
    """With all that is told, of one folder, and nothing written where it is only asked."""
    told = planogram(empty, *LIVE, "--only", "collections", "--dry-run", "--json")

    assert json.loads(told.stdout) == {
        "files": ["collections/market.yaml"],
        "written": {"collections": 2},
        "stated": {},
        "left_out": [],
        "dry_run": True,
    }
    assert list(files(empty)) == [str(empty / "desired" / "targets.yaml")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--target", "market", "--only", "colections"), "did you mean collections?"),
        (("--target", "markt"), "did you mean market?"),
    ],
)
def test_refusals_say_what_to_do(arguments: tuple[str, ...], said: str, empty: Path) -> None:
    """Nothing is read, nothing is written."""
    told = planogram(empty, "import", "live", *arguments)

    assert told.returncode == 2
    assert said in told.stderr
    assert len(files(empty)) == 1


def test_files_that_are_not_valid_are_not_added_to(empty: Path) -> None:
    """Nothing is written beside a problem, be it one of the platform's own."""
    (empty / "desired" / "taxonomies").mkdir()
    flag = "targets: [market]\ntaxonomy: new\nlabel: New\ninput: boolean\nterms: {a: {label: A}}\n"
    (empty / "desired" / "taxonomies" / "new.yaml").write_text(flag)
    told = planogram(empty, *LIVE)

    assert told.returncode == 3
    assert "new is a boolean, which has no terms" in told.stderr
    assert len(files(empty)) == 2
