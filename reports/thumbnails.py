"""Pictures of image changes as a table, before and after.

GitHub fetches them through its own proxy, which keeps what it has seen: an address without a
query gets one that follows from the change, so that an old picture is not shown for a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.model.change import Pictures
from reconciler.model.public import is_public
from reports.markdown import Block, address, attribute, section
from reports.view import Entry

MOST_CHANGES: Final = 12
MOST_IN_A_CELL: Final = 6
WIDTH: Final = 120

_TABLE: Final = ("<table>\n<tr><th>before</th><th>after</th></tr>\n", "</table>\n")


def thumbnails(entries: Iterable[Entry], room: int) -> str:
    """At most `MOST_CHANGES` of the changes that have pictures; the rest is counted."""
    blocks = [
        Block(_row(where, pictures, entry.digest))
        for entry in entries
        for where, pictures in zip(entry.addresses, entry.pictures, strict=True)
        if pictures and any(map(is_public, (*pictures.before, *pictures.after)))
    ]
    more = max(0, len(blocks) - MOST_CHANGES)
    return section("Pictures", blocks[:MOST_CHANGES], room, more=more, around=_TABLE)


def _row(where: str, pictures: Pictures, digest: str) -> str:
    before, after = _cell(pictures.before, digest), _cell(pictures.after, digest)
    return (
        f'<tr><td colspan="2"><code>{attribute(where)}</code></td></tr>\n'
        f"<tr><td>{before}</td><td>{after}</td></tr>\n"
    )


def _cell(urls: tuple[str, ...], digest: str) -> str:
    shown = [url for url in urls if is_public(url)]
    return "".join(_drawn(shown, digest)) or "–"


def _drawn(urls: list[str], digest: str) -> Iterator[str]:
    for url in urls[:MOST_IN_A_CELL]:
        yield f'<img src="{attribute(_fresh(url, digest))}" width="{WIDTH}" alt="">'
    if len(urls) > MOST_IN_A_CELL:
        yield f" and {len(urls) - MOST_IN_A_CELL} more"


def _fresh(url: str, digest: str) -> str:
    whole = address(url.partition("#")[0])
    if "?" in whole:
        return whole
    return f"{whole}?v={hashlib.sha256(f'{digest} {url}'.encode()).hexdigest()[:8]}"
