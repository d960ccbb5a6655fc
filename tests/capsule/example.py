"""A record of the schema's own document, and a capsule's folder around records."""

from __future__ import annotations

import copy
import io
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from reconciler.capsule.evidence import Row, Standing
from reconciler.capsule.folder import Folder
from reconciler.capsule.rules import Rules
from reconciler.capsule.working import Work
from reconciler.model.product import LiveProduct, Medium

NOW = "2026-11-27T18:00:00Z"
LATER = "2026-11-28T18:00:00Z"

RECORD: dict[str, Any] = {
    "handle": "arp-dress-black",
    "product_id": "S226-8301 KCS049 000001 BLACK",
    "cpi": "8301-000001",
    "product_type": "RTW",
    "is_accessory": False,
    "preflight": {
        "status": "NO-GO",
        "image_status": "IMAGE_SOFT_FAIL",
        "errors": ["Missing ghost image"],
        "warnings": [],
    },
    "import": {
        "eligible": True,
        "imported": True,
        "imported_at": "2025-12-21T20:14:05Z",
        "import_source": "combined_csv",
        "anomaly_accepted": True,
    },
    "images": {
        "expected": {"count": 5, "max_position": 5},
        "last_enriched_at": "2025-12-21T19:55:00Z",
    },
    "promotion": {
        "stage": "IMPORTED",
        "locked": False,
        "last_transition_at": "2025-12-21T20:14:05Z",
    },
    "overrides": {"manual_go": False, "notes": ""},
}
"""Field for field as the schema's document has it."""


def record(**parts: Any) -> dict[str, Any]:
    """The record with parts of it replaced; `import__eligible=False` reaches into a section."""
    made = copy.deepcopy(RECORD)
    for name, value in parts.items():
        *sections, last = name.split("__")
        part = made
        for section in sections:
            part = part.setdefault(section, {})
        part[last] = value
    return made


def state(*records: Mapping[str, Any], **head: Any) -> dict[str, Any]:
    return {
        "capsule": "S226",
        "schema_version": "1.0",
        "generated_at": "2025-12-21T20:30:00Z",
        "products": {one["handle"]: one for one in records},
        **head,
    }


def work(
    *records: Mapping[str, Any],
    files: Mapping[str, bytes] | None = None,
    rules: Mapping[str, Any] | None = None,
    now: str = NOW,
    cpis: Sequence[str] = (),
) -> Work:
    """A folder with these records and files, and work on it."""
    made = {
        "state/product_state_S226.json": json.dumps(state(*records), indent=2).encode() + b"\n",
        **(files or {}),
    }
    read = Rules.model_validate_json(json.dumps({"capsule": "S226", **(rules or {})}))
    return Work(Folder("S226", made), read, "shop", "shopify", now, tuple(cpis))


def again(done: Work, now: str = LATER) -> Work:
    """The next command, on the files that the last one left."""
    files = {**done.folder.files, **done.folder.changed}
    return Work(Folder("S226", files), done.rules, done.target, done.platform, now, done.cpis)


def product_of(done: Work, handle: str = "arp-dress-black") -> dict[str, Any]:
    text = done.folder.text(done.folder.state_path)
    assert text is not None
    found: dict[str, Any] = json.loads(text)["products"][handle]
    return found


def medium(name: str | None, position: int = 1, number: int | None = None, **more: Any) -> Medium:
    remote = f"gid://shopify/MediaImage/{number or position}"
    return Medium(remote, position, name, more.pop("is_image", True), "READY", **more)


def seen(
    *media: Medium,
    cpi: str = "8301-000001",
    handle: str = "arp-dress-black",
    stated: Sequence[str] = (),
    lost: Sequence[str] = (),
    **more: Any,
) -> Row:
    live = {
        "status": "ACTIVE",
        "is_active": True,
        "is_published": True,
        "type": "Dresses",
        "tags": ("S226",),
        **more,
    }
    product = LiveProduct(key=handle, remote="gid://shopify/Product/1", media=media, **live)
    return Row(cpi, handle, product, Standing(tuple(stated), tuple(lost)))


def picture(format_: str = "PNG", size: tuple[int, int] = (64, 64), **options: Any) -> bytes:
    """A real image file."""
    made = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.new(mode, size, options.pop("colour", 128)).save(made, format_, **options)
    return made.getvalue()


def vast() -> bytes:
    """A PNG of a few bytes that says that it has 400 million pixels."""
    head = struct.pack(">4s2I5B", b"IHDR", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
