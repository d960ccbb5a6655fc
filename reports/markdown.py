"""Markdown that says what it is given and does nothing else, in sections that fold.

Whatever comes from a platform, from YAML or from people stands in a code span, in a link's
address or in an attribute, escaped for that place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

LIMIT: Final = 60_000
"""Characters; GitHub's own limit is 65,536, and a header is put before it."""

FRAME: Final = 240
"""Characters that the frame of a section may take: its line, and what is not shown in it."""

OPEN_UP_TO: Final = 10
"""Things in a section that is not folded away."""

_OF_A_URL: Final = ":/?#&+,;=%-._~"
"""What may stand in an address, without brackets, quotes and other marks of Markdown's."""


def code(text: str) -> str:
    """Text as a code span, in which Markdown, HTML and @mentions mean nothing."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def link(word: str, url: str) -> str:
    """A link under a word of ours, or nothing where the address is none of the web's."""
    return f"[{word}]({address(url)})" if urlsplit(url).scheme in ("https", "http") else ""


def address(url: str) -> str:
    """A URL in which nothing ends the place that it stands in."""
    return quote(url, safe=_OF_A_URL)


def attribute(text: str) -> str:
    """Text between an HTML attribute's quotation marks, or between tags."""
    return html.escape(text, quote=True)


def shortened(text: str, most: int = 300) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a section that is shown in whole or counted: it tells of so many things."""

    text: str
    things: int = 1


def section(
    title: str,
    blocks: Iterable[Block],
    room: int,
    *,
    more: int = 0,
    around: tuple[str, str] = ("", ""),
    elsewhere: str = "the plan file has them all",
) -> str:
    """A section of at most `room` characters that folds away when it tells of many things.

    Its line always says how many there are; what does not fit is counted, and so are `more`
    that there are besides. `around` is put before and after what is shown.
    """
    blocks = list(blocks)
    total = sum(block.things for block in blocks) + more
    if not total:
        return ""
    opened = "<details open>" if total <= OPEN_UP_TO else "<details>"
    begin, end = f"{opened}<summary>{title}: {total:,}</summary>\n\n", "\n</details>\n"
    kept = _fitting(blocks, room - FRAME - sum(map(len, around)))
    rest = total - sum(block.things for block in kept)
    shown = around[0] + "".join(block.text for block in kept) + around[1] if kept else ""
    tail = f"\n… and {rest:,} more, not shown here: {elsewhere}\n" if rest else ""
    return begin + shown + tail + end


def _fitting(blocks: Iterable[Block], room: int) -> list[Block]:
    """Those that fit, in order; one that is too long makes no room for none after it."""
    kept: list[Block] = []
    for block in blocks:
        if len(block.text) <= room:
            kept.append(block)
            room -= len(block.text)
    return kept
