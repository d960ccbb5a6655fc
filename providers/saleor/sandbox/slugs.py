"""Slugs, made as Saleor makes them: transliterated, slugified, numbered where taken.

Saleor transliterates with the tables of text-unidecode, and so does this.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from text_unidecode import unidecode  # type: ignore[import-untyped]


def slugify(text: str) -> str:
    """`Ébène 黒` → `ebene-hei`; empty where nothing of the text is left."""
    kept = re.sub(r"[^\w\s-]", "", unidecode(text).lower(), flags=re.ASCII)
    return re.sub(r"[-\s]+", "-", kept).strip("-_")


def unique_slug(slug: str, taken: Collection[str]) -> str:
    """The slug, or the first of `slug-2`, `slug-3`, … that is free."""
    number, candidate = 1, slug
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
