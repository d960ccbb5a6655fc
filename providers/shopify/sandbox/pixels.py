"""How large an image is, from the first bytes of its file: PNG, GIF, JPEG and WebP."""

from __future__ import annotations

from typing import Final

LONGEST_SIDE: Final = 4472
MOST: Final = 20_000_000
"""Pixels that an image may have."""

_FRAMES: Final = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
"""The JPEG segments that tell a frame's size."""


def size(content: bytes) -> tuple[int, int] | None:
    """Width and height; None for what is no whole image of these sorts."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return _big(content[16:20]), _big(content[20:24])
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return _little(content[6:8]), _little(content[8:10])
    if content.startswith(b"\xff\xd8"):
        return _of_jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _of_webp(content)
    return None


def _of_jpeg(content: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(content):
        if content[place] != 0xFF:
            return None
        marker, length = content[place + 1], _big(content[place + 2 : place + 4])
        if marker in _FRAMES:
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return _big(width), _big(height)
        place += 2 + length
    return None


def _of_webp(content: bytes) -> tuple[int, int] | None:
    sort = content[12:16]
    if sort == b"VP8X" and len(content) >= 30:
        return _little(content[24:27]) + 1, _little(content[27:30]) + 1
    if sort == b"VP8 " and len(content) >= 30:
        return _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF
    if sort == b"VP8L" and len(content) >= 25:
        bits = _little(content[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


def _big(part: bytes) -> int:
    return int.from_bytes(part, "big")


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")
