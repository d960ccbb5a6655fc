"""Pictures of image changes as a table, before and after.

GitHub fetches them through its own proxy, which keeps what it has seen: an address without a
query gets one that follows from the change, so that an old picture is not shown for a new one.
A picture of the repository is shown from the commit that is planned; of a private repository
GitHub shows it to those who are logged in and may see the repository.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from reconciler.model.change import Pictures
from reconciler.model.public import is_public
from reports.markdown import Block, address, attribute, section
from reports.view import Entry

MOST_CHANGES: Final = 12
MOST_IN_A_CELL: Final = 6
WIDTH: Final = 120

_TABLE: Final = ("<table>\n<tr><th>before</th><th>after</th></tr>\n", "</table>\n")


def thumbnails(entries: Iterable[Entry], room: int, *, files_at: str | None = None) -> str:
    """At most `MOST_CHANGES` of the changes that have pictures; the rest is counted. files_at: the
    address below which the repository's files are found."""
    blocks = [
        Block(_row(where, pictures, entry.digest, files_at))
        for entry in entries
        for where, pictures in zip(entry.addresses, entry.pictures, strict=True)
        if pictures and (pictures.files or any(map(is_public, (*pictures.before, *pictures.after))))
    ]
    more = max(0, len(blocks) - MOST_CHANGES)
    return section("Pictures", blocks[:MOST_CHANGES], room, more=more, around=_TABLE)


def _row(where: str, pictures: Pictures, digest: str, files_at: str | None) -> str:
    before = "".join(_drawn(pictures.before, digest)) or "–"
    after = "".join((*_drawn(pictures.after, digest), *_filed(pictures.files, files_at))) or "–"
    return (
        f'<tr><td colspan="2"><code>{attribute(where)}</code></td></tr>\n'
        f"<tr><td>{before}</td><td>{after}</td></tr>\n"
    )


def _drawn(urls: tuple[str, ...], digest: str) -> Iterator[str]:
    shown = [url for url in urls if is_public(url)]
    for url in shown[:MOST_IN_A_CELL]:
        yield f'<img src="{attribute(_fresh(url, digest))}" width="{WIDTH}" alt="">'
    if len(shown) > MOST_IN_A_CELL:
        yield f" and {len(shown) - MOST_IN_A_CELL} more"


def _filed(paths: tuple[str, ...], files_at: str | None) -> Iterator[str]:
    """Files of the repository, whose path at a commit tells their content."""
    for path in paths[:MOST_IN_A_CELL]:
        if files_at is not None:
            url = f"{files_at}/{quote(path)}"
            yield f'<img src="{attribute(url)}" width="{WIDTH}" alt=""><br>'
        yield f"<code>{attribute(path)}</code>"
    if len(paths) > MOST_IN_A_CELL:
        yield f" and {len(paths) - MOST_IN_A_CELL} more"


def _fresh(url: str, digest: str) -> str:
    whole = address(url.partition("#")[0])
    if "?" in whole:
        return whole
    return f"{whole}?v={hashlib.sha256(f'{digest} {url}'.encode()).hexdigest()[:8]}"
