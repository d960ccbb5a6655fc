"""Plain text of what was written in HTML."""

from __future__ import annotations

import html
import re


def plain(markup: str, longest: int | None = None) -> str:
    """Without tags, and cut off with dots where it is longer than was asked for."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", markup))
    text = re.sub(r"\s+", " ", text).strip()
    if longest is None or len(text) <= longest:
        return text
    return text[: max(longest - 3, 0)].rstrip() + "..."
