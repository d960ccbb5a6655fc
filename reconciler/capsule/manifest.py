"""The images manifest: a log of the images that stand for products, the newest row winning; and
the map from CPI to the platform's id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.capsule.folder import PRODUCT_MAP, Folder
from reconciler.capsule.swatches import Swatch

SWATCH = "swatch"
_FILE = ("file", "sha256")


def newest(rows: Sequence[Mapping[str, Any]], cpi: str, role: str) -> Mapping[str, Any] | None:
    """The last row of a product's role that says which file it is about: one that was written by
    another program, without path or hash, counts for nothing until it is promoted again."""
    found = (r for r in reversed(rows) if r.get("cpi") == cpi and r.get("role") == role)
    return next((r for r in found if all(isinstance(r.get(n), str) for n in _FILE)), None)


def row(capsule: str, handle: str, swatch: Swatch, now: str) -> dict[str, Any]:
    """A swatch as the manifest has it: paths below the capsule's folder, names in full."""
    width, height = swatch.size or (0, 0)
    return {
        "capsule": capsule,
        "cpi": swatch.cpi,
        "handle": handle,
        "role": SWATCH,
        "file": swatch.path,
        "file_name": swatch.file_name,
        "sha256": swatch.sha256,
        "format": swatch.format,
        "width": width,
        "height": height,
        "profile": swatch.profile,
        "added_at": now,
    }


def says(known: Mapping[str, Any] | None, swatch: Swatch) -> bool:
    """Whether the manifest has this very file already."""
    return known is not None and known["sha256"] == swatch.sha256 and known["file"] == swatch.path


def mapped(folder: Folder, ids: Mapping[str, str]) -> bool:
    """Add the ids of CPIs to the map; whether anything moved."""
    known: dict[str, str] = folder.json(PRODUCT_MAP) or {}
    return folder.write_json(PRODUCT_MAP, {**known, **ids})
