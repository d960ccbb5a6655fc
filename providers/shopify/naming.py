"""What the shop's files are called.

A picture that Planogram uploads bears in its name what it is: `hero_pg3fa9c2d1e0b4.jpg` is the
stem of its source and the first 12 digits of a sha256, of the content of a picture below
`desired/`, of the address of one on the web. So the name alone says whether a picture is there
already, to every machine and without a ledger; another content has another name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from reconciler.intent.assets import ending
from reconciler.model.address import Key

_DIGITS: Final = 12
_LONGEST_STEM: Final = 100

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_COPY: Final = re.compile(rf"_{_UUID}(?=\.\w+$)")
_OURS: Final = re.compile(rf"(.+_pg([0-9a-f]{{{_DIGITS}}}))(_{_UUID})?\.(\w+)")


def name_for_content(path: str, digest: str) -> Key:
    """The name of a picture below `desired/`, by the sha256 of its content."""
    return _name(PurePosixPath(path).name, digest)


def name_for_address(url: str) -> Key:
    """The name of a picture on the web; its path must end like a picture's name."""
    return _name(last_of(url), hashlib.sha256(url.encode()).hexdigest())


def last_of(url: str) -> str:
    """What an address calls its picture; nothing where it is no address."""
    try:
        return unquote(PurePosixPath(urlsplit(url).path).name)
    except ValueError:
        return ""


def file_name(file: Mapping[str, Any]) -> Key | None:
    """The key of a file as the API tells it. None while the shop has not processed it, or for a
    sort of file without address."""
    url = (file.get("image") or file).get("url")
    return known_as(last_of(url)) if url else None


def original_of(name: str) -> str:
    """The name of which Shopify made this one for a second file, where it did."""
    return _COPY.sub("", name)


def _name(called: str, digest: str) -> Key:
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", PurePosixPath(called).stem)[:_LONGEST_STEM]
    return f"{stem.strip('_') or 'picture'}_pg{digest[:_DIGITS]}.{ending(called)}"


def known_as(name: str) -> Key:
    """The key of a file that is called so. Where a name was taken Shopify appends a UUID; ours
    means the same picture all the same."""
    found = _OURS.fullmatch(name)
    return f"{found[1]}.{found[4]}" if found and found[3] else name


def marked_with(name: Key) -> str | None:
    """The digits of the content or address that a name of ours stands for."""
    found = _OURS.fullmatch(name)
    return found[2] if found else None


def is_content(name: Key, content: bytes) -> bool:
    """Whether a content is the one that its name says."""
    return hashlib.sha256(content).hexdigest()[:_DIGITS] == marked_with(name)
