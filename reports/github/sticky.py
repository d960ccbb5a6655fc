"""One comment (or issue) of ours that is found again: by a hidden header, and by its author.

Anybody may write a comment that copies the header; only one that our own token wrote counts.
What an earlier version of the comment came to is folded under the newest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reports.comment import code
from reports.github.api import GitHub, Row

LIMIT: Final = 65_536
"""Characters that a comment or an issue may have."""

MOST_EARLIER: Final = 10

_HEADER: Final = re.compile(r"\A<!-- planogram:([a-z-]+) (\{.*\}) -->\n")


@dataclass(frozen=True, slots=True)
class Sticky:
    """name: which of our comments it is. facts: what it says, for programs (digest, head, …).
    headline: what it comes to in one line. body: Markdown, without header."""

    name: str
    headline: str
    body: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def text(self, earlier: list[Row]) -> str:
        """The whole comment. The body is the report's own concern; of the earlier ones as many
        are told as there is room for."""
        facts = {**self.facts, "headline": self.headline, "earlier": earlier}
        text = f"<!-- planogram:{self.name} {_hidden(facts)} -->\n{self.body}{_folded(earlier)}"
        if len(text) > LIMIT and earlier:
            return self.text(earlier[:-1])
        if len(text) > LIMIT:
            raise ValueError(f"a comment of {len(text)} characters, and GitHub takes {LIMIT}")
        return text


def facts_of(text: str | None, name: str) -> Row | None:
    """What a comment's header says, if it is the one of that name."""
    found = _HEADER.match((text or "").replace("\r\n", "\n"))
    if found is None or found[1] != name:
        return None
    try:
        facts = json.loads(found[2])
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None


async def ours(github: GitHub, number: int, name: str) -> Row | None:
    """Our comment of that name on an issue or pull request."""
    async for comment in github.pages(f"issues/{number}/comments"):
        author = (comment.get("user") or {}).get("login")
        if author == github.login and facts_of(comment.get("body"), name) is not None:
            return comment
    return None


async def stick(github: GitHub, number: int, sticky: Sticky) -> Row:
    """Write the comment, or bring the one that is there up to date; the comment."""
    there = await ours(github, number, sticky.name)
    if there is None:
        return await github.post(f"issues/{number}/comments", body=sticky.text([]))
    text = sticky.text(_earlier(there, sticky))
    return await github.patch(f"issues/comments/{there['id']}", body=text)


def _earlier(there: Row, now: Sticky) -> list[Row]:
    """What came before, newest first; the same thing told again is not listed."""
    before = facts_of(there["body"], now.name) or {}
    earlier = [row for row in before.pop("earlier", ()) if isinstance(row, dict)]
    if {k: v for k, v in before.items() if k != "headline"} == dict(now.facts):
        return earlier
    return [before, *earlier][:MOST_EARLIER]


def _folded(earlier: list[Row]) -> str:
    if not earlier:
        return ""
    lines = "\n".join(f"- {_line(row)}" for row in earlier)
    return f"\n<details><summary>Earlier: {len(earlier)}</summary>\n\n{lines}\n</details>\n"


def _line(row: Row) -> str:
    head = code(str(row.get("head") or "?")[:12])
    return f"{head} {code(str(row.get('headline', '')))}"


def _hidden(facts: Row) -> str:
    """JSON in which nothing can end an HTML comment."""
    text = json.dumps(facts, ensure_ascii=True, separators=(",", ":"))
    return text.replace("-", "\\u002d").replace(">", "\\u003e").replace("<", "\\u003c")
