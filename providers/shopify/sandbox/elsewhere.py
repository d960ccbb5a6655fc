"""The rest of the internet, imagined: a picture behind every address that ends like one's.

Each address shows another picture of one pixel. One called `missing.*` is not there; behind one
called `broken.*` lies something else than a picture.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

_TYPES: Final = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
}


def is_picture(request: Request) -> bool:
    return request.method == "GET" and _ending(request.url.path) in _TYPES


def picture(request: Request) -> Response:
    name, ending = request.url.path.rsplit("/", 1)[-1], _ending(request.url.path)
    if name.startswith("missing"):
        return Response(status_code=404)
    said = str(request.url).encode()
    content = b"<html>no picture</html>" if name.startswith("broken") else _drawn(ending, said)
    return Response(content, media_type=_TYPES[ending])


def _ending(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    return f".{name.rsplit('.', 1)[-1].lower()}" if "." in name else ""


def _drawn(ending: str, said: bytes) -> bytes:
    if ending == ".png":
        return _png(said)
    if ending == ".gif":
        return b"GIF89a\x01\x00\x01\x00\x00\x00\x00!\xfe" + bytes([len(said[:250])]) + said[:250]
    return _jpeg(said)


def _png(said: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = (
        (b"IHDR", head),
        (b"tEXt", b"Comment\x00" + said),
        (b"IDAT", zlib.compress(b"\x00\x80")),
        (b"IEND", b""),
    )
    parts = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", _sum(n, c)) for n, c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _sum(name: bytes, content: bytes) -> int:
    return zlib.crc32(name + content)


def _jpeg(said: bytes) -> bytes:
    """A comment and a frame: enough for who asks how large it is."""
    comment = b"\xff\xfe" + struct.pack(">H", len(said) + 2) + said
    frame = b"\xff\xc0" + struct.pack(">HBHHBBBB", 11, 8, 1, 1, 1, 1, 0x11, 0)
    return (
        b"\xff\xd8"
        + b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        + (comment + frame + b"\xff\xd9")
    )
