"""How an image is called in Plytix: `amazon_<priority>_<slot>_<image>`.

Gallery order can not be set through the API, and the account sorts by file name: so the name
carries the position. What is left without the prefix is the image's own name, which is its key.
"""

from __future__ import annotations

import re
from typing import Final

SLOTS: Final = ("MAIN", *(f"PT{number:02}" for number in range(1, 9)), "SWATCH", "TOPP", "BOTT")
"""By priority: the first is 1."""

_CONVENTION: Final = re.compile(r"amazon_\d\d_([A-Z0-9]+)_(.+)")


def filename(slot: str, image: str) -> str:
    """The file name of an image whose best slot this is."""
    return f"amazon_{priority(slot):02}_{slot}_{image}"


def priority(slot: str) -> int:
    return SLOTS.index(slot) + 1


def image_of(name: str) -> str:
    """The image's own name; a file name that does not follow the convention is its own."""
    followed = _CONVENTION.fullmatch(name)
    return followed.group(2) if followed else name


def follows_convention(name: str) -> bool:
    return _CONVENTION.fullmatch(name) is not None


def by_convention(name: str) -> tuple[str, str] | None:
    """The slot and the image that a file name tells; None where it tells none."""
    followed = _CONVENTION.fullmatch(name)
    if followed is None or filename_or_none(followed.group(1), followed.group(2)) != name:
        return None
    return followed.group(1), followed.group(2)


def filename_or_none(slot: str, image: str) -> str | None:
    return filename(slot, image) if slot in SLOTS else None
