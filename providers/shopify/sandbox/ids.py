"""Global ids: `gid://shopify/<Type>/<number>`."""

from __future__ import annotations

import re
from typing import Final

_GID: Final = re.compile(r"gid://shopify/(\w+)/([^/?\s]+)")


def gid(sort: str, number: int | str) -> str:
    return f"gid://shopify/{sort}/{number}"


def parts(text: str) -> tuple[str, str] | None:
    """Type and number of a global id, or None where it is none."""
    match = _GID.fullmatch(text)
    return (match.group(1), match.group(2)) if match else None


def number(text: str) -> int:
    """The number of an id, for sorting; 0 where it has none."""
    tail = text.rsplit("/", 1)[-1]
    return int(tail) if tail.isdigit() else 0
