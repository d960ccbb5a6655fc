"""Pictures that lie under `desired/` beside the documents: what they are, not what is in them.

A picture is told by the digest of its content, so that git, a plan and a platform speak of the
same one whatever it is called. In the working tree it stands among the files as a git-lfs
pointer does (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md): thousands of them are
never in memory. At another commit it may be such a pointer itself, or the whole content.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

ENDINGS: Final = ("jpg", "jpeg", "png", "gif", "webp")
"""What a picture may be called."""

LARGEST: Final = 20 * 1024 * 1024
"""Bytes that a picture may have, the same on every platform."""

_FIRST_BYTES: Final = (
    (rb"\xff\xd8\xff", "jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"GIF8[79]a", "gif"),
    (rb"RIFF....WEBP", "webp"),
)
_POINTER: Final = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n"
    rb"(?:[^\n]+\n)*?oid sha256:([0-9a-f]{64})\nsize (\d+)\n(?:x-picture (\w*)\n)?"
)


@dataclass(frozen=True, slots=True)
class Asset:
    """digest: sha256 of the content. size: bytes. sort: what its first bytes say that it is, ""
    for no picture, None where only a pointer is known."""

    digest: str
    size: int
    sort: str | None = None


def is_asset(name: str) -> bool:
    """Whether a file is called like a picture."""
    return ending(name) in ENDINGS


def ending(name: str) -> str:
    return PurePosixPath(name).suffix[1:].lower()


def pointer(path: Path) -> bytes:
    """What stands for a picture of the working tree. A link is none: it may lead anywhere."""
    if path.is_symlink() or not path.is_file():
        return b""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        head = file.read(1024)
        if _POINTER.match(head):
            return head
        digest.update(head)
        while part := file.read(1 << 20):
            digest.update(part)
    return (
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{digest.hexdigest()}\nsize {path.stat().st_size}\nx-picture {sort_of(head)}\n"
    ).encode()


def is_pointer(content: bytes) -> bool:
    """Whether a content only stands for a picture."""
    return _POINTER.match(content) is not None


def asset(content: bytes) -> Asset | None:
    """What a pointer tells, or a content itself; None for nothing at all."""
    if not content:
        return None
    told = _POINTER.match(content)
    if told is None:
        return Asset(hashlib.sha256(content).hexdigest(), len(content), sort_of(content))
    sort = told[3].decode() if told[3] is not None else None
    return Asset(told[1].decode(), int(told[2]), sort)


def sort_of(content: bytes) -> str:
    """`jpeg`, `png`, `gif` or `webp` by the first bytes; "" for anything else."""
    return next((s for p, s in _FIRST_BYTES if re.match(p, content, re.DOTALL)), "")


def fits(name: str, sort: str) -> bool:
    """Whether a content of this sort may be called so."""
    called = ending(name)
    return sort == ("jpeg" if called == "jpg" else called)


def why_unfit(name: str, found: Asset | None) -> tuple[str, str] | None:
    """What is wrong with a picture, and what to do; None where nothing is."""
    if found is None or found.size == 0:
        return f"{name} is empty, or a link", "commit the picture itself"
    if found.size > LARGEST:
        size = f"{found.size / 1_048_576:.1f} MB"
        return f"{name} has {size}, and a picture may have 20 MB", "make it smaller"
    if found.sort is not None and not fits(name, found.sort):
        really = f"a {found.sort}" if found.sort else "no picture"
        return f"{name} is {really} by its content", "rename it, or commit the right file"
    return None
