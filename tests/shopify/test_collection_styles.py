"""Styles: a collection each from a committed list, what becomes of each, and which are missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reconciler.cli.app import app
from reconciler.cli.composition import open_workspace
from reconciler.intent.styling import styles_of
from reports.styles import lines, style_outcomes
from tests.shopify import raw
from tests.workshop import Workshop

STYLES = """\
targets: [shop]
per_style:
  styles:
    - Harold_Sweater  # there already, and equal
    - Arp_Dress
    - Fenice_Skirt
    # knitwear
    - Medina_Sweater
  handle: style-{slug}
  collection:
    title: style_{style}
    rules:
      conditions:
        - tag: style_{style}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A target that overwrites nothing which was there before, unless that is allowed."""
    workshop = Workshop(tmp_path, "shopify", "shop", {"prune": True})
    workshop.write({"collections/styles.yaml": STYLES})
    return workshop


def told(shop: Workshop, allow: list[str]) -> dict[str, tuple[str, str | None]]:
    intents = open_workspace(shop.desired, all_sandboxed=True).desired.intents
    applied = shop.apply(allow)
    found = style_outcomes(styles_of(intents), applied.plan, applied.outcomes)
    return {one.style: (one.word, one.why) for one in found}


def test_each_outcome_occurs_once(shop: Workshop) -> None:
    """A style whose collection is missing is created; one whose collection is equal is recorded
    without a write; one that differs is an adoption, carried out where it is allowed and skipped
    where it is not."""
    plan = shop.plan()
    adopted = {c.address.key: [f.path for f in c.fields] for c in plan.changes if c.before}
    found = told(shop, ["adopt=shop/collection/style-arp-dress"])
    held = raw.collection(shop, "style-fenice-skirt")

    assert adopted == {"style-arp-dress": ["title"], "style-fenice-skirt": ["conditions"]}
    assert {style: word for style, (word, _) in found.items()} == {
        "Harold_Sweater": "NOOP",
        "Arp_Dress": "ALLOW",
        "Fenice_Skirt": "SKIP",
        "Medina_Sweater": "CREATE",
    }
    assert "it was made elsewhere" in (found["Fenice_Skirt"][1] or "")
    assert not any("style-harold-sweater" in sent for sent in shop.writes)
    assert len(held["sources"][0]["inclusion"]["conditions"]) == 2
    assert raw.collection(shop, "style-medina-sweater")["title"] == "style_Medina_Sweater"


def test_the_outcome_is_told_in_a_line_each(shop: Workshop) -> None:
    """Those that moved, and the counts; of nothing that moved nothing."""
    intents = open_workspace(shop.desired, all_sandboxed=True).desired.intents
    applied = shop.apply(["adopt=shop/collection/style-arp-dress"])
    styles = styles_of(intents)
    said = list(lines(style_outcomes(styles, applied.plan, applied.outcomes)))
    again = shop.apply()

    assert said[-1] == "Styles: 1 CREATE, 1 ALLOW, 1 SKIP, 1 NOOP"
    assert said[0] == "ALLOW Arp_Dress (shop/collection/style-arp-dress)"
    assert [s.split(" ")[0] for s in said[1:-1]] == ["SKIP", "CREATE"]
    words = {one.word for one in style_outcomes(styles, again.plan, again.outcomes)}
    assert words == {"NOOP", "SKIP"}


def test_a_style_without_an_entry_is_a_warning(shop: Workshop) -> None:
    """Of live tags that the template's own rule would ask for; the plan stays what it is."""
    warnings = [text for text in shop.plan().warnings if "styles" in text]

    assert [text.split(",")[0] for text in warnings] == [
        "shop: products are tagged style_Karina_Skirt",
        "shop: products are tagged style_Minamoto_Dress",
    ]
    assert all("run planogram import styles" in text for text in warnings)


def test_a_tag_that_vanishes_deletes_nothing(shop: Workshop) -> None:
    """The list is committed: its collections stay."""
    shop.apply(["adopt=shop"])
    for colour in ("oat", "black"):
        shop.edit("product", f"medina-sweater-{colour}", tags=["S226"])

    assert shop.plan().is_empty


def run(shop: Workshop, monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    monkeypatch.chdir(shop.folder)
    return CliRunner().invoke(app, ["import", "styles", "--target", "shop", *words])


def test_import_adds_what_is_missing(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end of the list, and nothing else of the text is touched; a second import changes no
    byte."""
    first = run(shop, monkeypatch, "--dry-run", "--json")
    assert (shop.desired / "collections/styles.yaml").read_text() == STYLES
    result = run(shop, monkeypatch)
    text = (shop.desired / "collections/styles.yaml").read_text()
    again = run(shop, monkeypatch)

    assert [row["style"] for row in json.loads(first.stdout)["styles"]] == [
        "Karina_Skirt",
        "Minamoto_Dress",
    ]
    assert result.exit_code == 0, result.output
    assert text == STYLES.replace(
        "    - Medina_Sweater\n", "    - Medina_Sweater\n    - Karina_Skirt\n    - Minamoto_Dress\n"
    )
    assert "every style that products are tagged with has its entry" in again.stdout
    assert (shop.desired / "collections/styles.yaml").read_text() == text
    assert not [text for text in shop.plan().warnings if "styles" in text]
