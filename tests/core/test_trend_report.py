"""The history drawn: bars that are told apart without colours, in narrow terminals, as an SVG."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from rich.console import Console

from reports.trend import print_trend, trend_svg
from tests.core.test_reports import HOSTILE


def day(day: str, targets: int, drifted: int, held: int, pending: int) -> dict[str, Any]:
    counts = {"drifted": drifted, "held": held, "pending": pending}
    return {"day": day, "targets": targets, **counts}


TOLD = {
    "days": [
        day("2026-11-24", 0, 0, 0, 0),
        day("2026-11-25", 2, 0, 0, 0),
        day("2026-11-26", 2, 20, 10, 10),
    ],
    "runs": [],
    "longest": [
        {"address": f"shop/shelf/{HOSTILE}", "since": "2026-11-01T03:00:00Z", "days": 25},
    ],
}


@pytest.mark.parametrize(("width", "bar"), [(110, 40), (60, 14), (54, 8)])
def test_bars_fit_and_are_told_apart_without_colours(width: int, bar: int) -> None:
    """Half drifted, a quarter held, a quarter pending; nobody looked is not calm."""
    out = io.StringIO()
    print_trend(Console(file=out, width=width, no_color=True), TOLD)
    first, second, third = (
        line for line in out.getvalue().splitlines() if line.startswith("2026-11-2")
    )

    assert first.rstrip().endswith("nobody looked")
    assert second.rstrip().endswith("calm")
    assert (third.count("█"), third.count("▓")) == (bar // 2, -(-bar // 4))
    assert "\x1b" not in out.getvalue()


def test_the_svg_loads_nothing_and_runs_nothing() -> None:
    """It is well-formed, has no script, and no address but of its own parts."""
    text = trend_svg(TOLD)
    root = ET.fromstring(text)
    tags = {element.tag.rsplit("}", 1)[-1] for element in root.iter()}

    assert tags <= {"svg", "style", "defs", "clipPath", "rect", "g", "text", "circle"}
    assert "@import" not in text
    assert "@font-face" not in text
    assert "url(" not in text.replace("url(#", "")
