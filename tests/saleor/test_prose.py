"""Descriptions: what people write, and what is read back of it, come to one text."""

from __future__ import annotations

import json

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.saleor.prose import canonical, document_of, html_of
from providers.saleor.sandbox.editorjs import stored

TAGS = sorted(nh3.ALLOWED_TAGS)
PIECES = [*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), " a ", "&", "&amp;", "<"]


def read_back(html: str) -> str | None:
    """As the server keeps it, and tells it later."""
    return html_of(json.dumps(stored(json.loads(document_of(html)))))


@pytest.mark.parametrize("tag", TAGS)
def test_every_tag_is_read_back_as_it_is_compared(tag: str) -> None:
    """Else a description would differ for ever."""
    html = f"<p>before</p><{tag}>in <b>it</b></{tag}><p>after</p>"

    assert read_back(html) == canonical(html)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_html_is_read_back_as_it_is_compared(html: str) -> None:
    """However it is nested or broken; and the canonical form of a canonical form is itself."""
    once = canonical(html)

    assert read_back(html) == once
    assert canonical(once) == once


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("Shoes & boots", "<p>Shoes &amp; boots</p>"),
        ("<h2>A</h2><p>b <i>c</i></p>", "<h2>A</h2><p>b <i>c</i></p>"),
        ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ('<a href="javascript:x">k</a>', '<p><a rel="noopener noreferrer">k</a></p>'),
        ("<p>a<script>x</script></p>", "<p>a</p>"),
        ("", None),
    ],
)
def test_what_is_told(html: str, told: str | None) -> None:
    """Blocks, with what stands within them as the server cleans it."""
    assert canonical(html) == told
