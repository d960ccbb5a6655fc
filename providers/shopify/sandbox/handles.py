"""Handles: made from titles, unique within their type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable


def slug(text: str) -> str:
    """Lower case, letters without accents, a dash for whatever is neither letter nor digit."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")


def free(wanted: str, taken: Iterable[str]) -> str:
    """As `unused`, where what is taken is a list."""
    return unused(wanted, set(taken).__contains__)


def unused(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """The handle itself, or the next one that is free: trailing digits are counted up, and a
    handle without any gets `-1`."""
    while is_taken(wanted):
        match = re.fullmatch(r"(.*-)(\d+)", wanted)
        wanted = f"{match[1]}{int(match[2]) + 1}" if match else f"{wanted}-1"
    return wanted
