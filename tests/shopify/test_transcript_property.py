"""Whatever a shop's names and texts are: written down, it plans empty."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shopify.test_transcript import imported, problems
from tests.workshop import Workshop

_ODD = st.sampled_from(
    ["yes", "null", "~", "0x1f", "12:30", "2026-11-27", "1e3", ".inf", "- a", "a: b", "#c",
     "{x}", "[y]", "&z", "*z", "!t", "|", ">", "@at", "`b`", '"q"', "'s'", "\\n", "Ébène", "Ü",
     "日本", "👗 dress", "a\u00a0b", "x" * 200, "a/b", "{style}", "<p>&amp;</p>"]
)  # fmt: skip
_TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co")), min_size=1, max_size=30
)
NAMES = st.lists((_ODD | _TEXT).map(str.strip).filter(bool), min_size=5, max_size=5, unique=True)


@pytest.mark.extended
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(names=NAMES)
def test_an_import_of_any_shop_plans_empty(names: list[str]) -> None:
    """Tags, values, choices, names of definitions, titles and channels of every sort."""
    tag, value, choice, title, channel = names
    with tempfile.TemporaryDirectory() as folder:
        at = Workshop(Path(folder), "shopify", "shop")
        at.edit("product", "gift-card", tags=[tag, "plain"])
        at.edit("collection", "second-hand", title=title)
        at.edit("channel", channel)
        if "/" not in channel:
            at.edit("publication", f"product/gift-card/{channel}")
        line = {"type": "single_line_text_field", "name": title}
        choices = [{"name": "choices", "value": f'["{choice}"]'.replace("\\", "\\\\")}]
        at.edit("metafieldDefinition", "product/odd.free", **line)
        if '"' not in choice:
            at.edit("metafieldDefinition", "product/odd.chosen", validations=choices, **line)
            at.edit("metafield", "product/gift-card/odd.chosen", value=choice, type=line["type"])
        at.edit("metafield", "product/gift-card/odd.free", value=value, type=line["type"])
        imported(at)
        plan = at.plan()

        assert problems(at) == []
        assert (plan.changes, dict(plan.holds)) == ((), {})
