"""Tags in one form, whatever way they are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LONGEST: Final = 255


def normal(tags: Iterable[str]) -> list[str]:
    """Split at commas, trimmed, each once whatever its case (the first casing stays), sorted."""
    kept: dict[str, str] = {}
    for tag in tags:
        for piece in tag.split(","):
            if piece.strip():
                kept.setdefault(piece.strip().casefold(), piece.strip())
    return [kept[key] for key in sorted(kept)]
