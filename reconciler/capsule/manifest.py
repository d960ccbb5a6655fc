"""The images manifest: a log of the images that stand for products, the newest row winning; and
the map from CPI to the platform's id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.capsule.folder import PRODUCT_MAP, Folder
from reconciler.capsule.swatches import Swatch

SWATCH = "swatch"
_FILE = ("file", "sha256")


def newest_swatches(lines: Mapping[int, Mapping[str, Any]]) -> dict[str, int]:
    """The line of each CPI's last row that says which file it is about: one that was written by
    another program, without path or hash, counts for nothing until it is promoted again.

    lines: the manifest's rows by the lines that they stand in.
    """
    return {
        str(row.get("cpi")): line
        for line, row in lines.items()
        if row.get("role") == SWATCH and all(isinstance(row.get(name), str) for name in _FILE)
    }


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
