"""Small images, made here: each colour is another content."""

from __future__ import annotations

import struct
import zlib


def png(red: int = 0, green: int = 0, blue: int = 0, side: int = 1) -> bytes:
    """A whole PNG of one colour. A side beyond what it holds makes one that claims too much."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    row = b"\x00" + bytes((red, green, blue)) * min(side, 4)
    data = zlib.compress(row * min(side, 4))
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    checked = name + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
