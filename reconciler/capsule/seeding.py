"""The first record of each product, from a masterfile or a product export.

An imported record is never rewritten; one that is not imported yet takes a new preflight.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reconciler.capsule import invariants
from reconciler.capsule.authorisation import frozen
from reconciler.capsule.record import Draft
from reconciler.capsule.state import (
    CPI,
    IMAGE_STATUSES,
    IMPORT_SOURCES,
    STATUSES,
    VERSION,
    Broken,
    BrokenState,
    Stage,
    validated,
)
from reconciler.capsule.text import OURS
from reconciler.capsule.working import ADOPT, NOOP, SKIP, Prerequisite, Told, Verdict, Work

MASTER_COLUMNS: Final = ("handle", "product_id", "cpi", "product_type", "is_accessory")
EXPORT_COLUMNS: Final = ("Handle", "Type", "Tags")
_CPI_TAG: Final = re.compile(rf"cpi_({CPI})")
_TRUE: Final = ("true", "yes", "1")
_FALSE: Final = ("false", "no", "0")


@dataclass
class Row:
    """What a source says of one product."""

    handle: str
    cpi: str
    product_id: str
    product_type: str
    is_accessory: bool
    eligible: bool = True
    anomaly_accepted: bool = False
    import_source: str | None = None
    images: int = 0
    max_position: int = 0
    preflight: dict[str, Any] | None = None


def read(name: str, content: bytes, capsule: str) -> tuple[list[Row], list[str]]:
    """The products of a source in its order, and what of it is passed over. Raises
    `Prerequisite` for what is neither a masterfile nor an export."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Prerequisite(f"{name} is not UTF-8 text · save it again as CSV UTF-8") from error
    table = csv.DictReader(io.StringIO(text, newline=""))
    columns = table.fieldnames or ()
    if all(column in columns for column in MASTER_COLUMNS):
        return _masterfile(name, table), []
    if all(column in columns for column in EXPORT_COLUMNS):
        return _export(name, table, capsule)
    raise Prerequisite(
        f"{name} is no source of products · a masterfile has the columns"
        f" {', '.join(MASTER_COLUMNS)}, an export {', '.join(EXPORT_COLUMNS)}"
    )


def _masterfile(name: str, table: csv.DictReader[str]) -> list[Row]:
    """Raises `Prerequisite` with what is wrong, line by line."""
    rows, wrong = [], []
    for row in table:
        try:
            rows.append(_master({c: (cell or "").strip() for c, cell in row.items() if c}))
        except ValueError as error:
            wrong.append(f"{name}:{table.line_num}  {error}")
    if wrong:
        raise Prerequisite("\n".join(wrong))
    return rows


def _master(cells: Mapping[str, str]) -> Row:
    """Raises `ValueError` with column and remedy."""
    for column in MASTER_COLUMNS[:4]:
        if not cells[column]:
            raise ValueError(f"{column} is empty · fill it in")
    if not re.fullmatch(CPI, cells["cpi"]):
        raise ValueError(f"cpi is {cells['cpi']!r} · write style-colour, like 3004-416689")
    count = _number(cells, "expected_count", 0)
    return Row(
        handle=cells["handle"],
        cpi=cells["cpi"],
        product_id=cells["product_id"],
        product_type=cells["product_type"],
        is_accessory=_truth(cells, "is_accessory", "false"),
        eligible=_truth(cells, "eligible", "true"),
        anomaly_accepted=_truth(cells, "anomaly_accepted", "false"),
        import_source=_word(cells, "import_source", IMPORT_SOURCES),
        images=count,
        max_position=_number(cells, "max_position", count),
        preflight=_judged(cells),
    )


def _number(cells: Mapping[str, str], column: str, unsaid: int) -> int:
    cell = cells.get(column) or str(unsaid)
    if not cell.isdecimal():
        raise ValueError(f"{column} is {cell!r} · write a whole number")
    return int(cell)


def _truth(cells: Mapping[str, str], column: str, unsaid: str) -> bool:
    cell = (cells.get(column) or unsaid).lower()
    if cell not in (*_TRUE, *_FALSE):
        raise ValueError(f"{column} is {cell!r} · write true or false")
    return cell in _TRUE


def _word(cells: Mapping[str, str], column: str, known: Sequence[str]) -> str | None:
    cell = cells.get(column) or None
    if cell is not None and cell not in known:
        raise ValueError(f"{column} is {cell!r} · write {' or '.join(known)}")
    return cell


def _judged(cells: Mapping[str, str]) -> dict[str, Any] | None:
    status = _word(cells, "status", STATUSES)
    if status is None:
        return None
    return {
        "status": status,
        "image_status": _word(cells, "image_status", IMAGE_STATUSES) or "IMAGE_OK",
        "errors": _listed(cells.get("errors")),
        "warnings": _listed(cells.get("warnings")),
    }


def _listed(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").split(";") if part.strip()]


def _export(name: str, table: csv.DictReader[str], capsule: str) -> tuple[list[Row], list[str]]:
    """A product over several rows; its CPI stands in a tag, `cpi_3004-416689`."""
    found: dict[str, Row] = {}
    images: dict[str, set[str]] = {}
    passed_over: list[str] = []
    for row in table:
        handle = (row.get("Handle") or "").strip()
        if handle and handle not in found and handle not in passed_over:
            product = _exported(handle, row, capsule)
            if product is None:
                passed_over.append(handle)
                continue
            found[handle] = product
        image = (row.get("Image Src") or "").strip()
        if image and handle in found:
            images.setdefault(handle, set()).add(image)
            position = (row.get("Image Position") or "").strip()
            if position and not position.isdecimal():
                raise Prerequisite(
                    f"{name}:{table.line_num}  the image position {position!r} is no whole number"
                    " · export the products again"
                )
            found[handle].max_position = max(found[handle].max_position, int(position or 1))
    for handle, addresses in images.items():
        found[handle].images = len(addresses)
    return list(found.values()), [f"{handle} has no cpi_ tag" for handle in passed_over]


def _exported(handle: str, row: Mapping[str, str | None], capsule: str) -> Row | None:
    tags = [tag.strip() for tag in (row.get("Tags") or "").split(",")]
    cpi = next((m[1] for tag in tags if (m := _CPI_TAG.fullmatch(tag))), None)
    if cpi is None:
        return None
    sku = (row.get("Variant SKU") or "").strip()
    kind = (row.get("Type") or "").strip() or "unknown"
    accessory = any(tag.casefold() == "accessory" for tag in tags)
    return Row(handle, cpi, sku or f"{capsule}-{cpi}", kind, accessory)


def preflights(contents: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """The judgements of `preflight_outputs/*.json` by handle; the last file, by name, wins."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(p for p in contents if p.startswith("preflight_outputs/")):
        if not path.endswith(".json"):
            continue
        try:
            data = json.loads(contents[path])
            listed = data.values() if isinstance(data, dict) else data
            for one in listed:
                more = {n: one[n] for n in ("image_status", "errors", "warnings") if n in one}
                found[str(one["handle"])] = {"status": one["status"], **more}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Prerequisite(
                f"{path} holds no judgements by handle ({error}) · run the preflight again"
            ) from error
    return found


def seed(work: Work, rows: list[Row], judged: Mapping[str, Mapping[str, Any]]) -> list[Told]:
    """Make the records that are missing; the state file too where there is none."""
    if work.folder.text(work.folder.state_path) is None:
        work.folder.write(work.folder.state_path, OURS.text(_empty(work)))
    draft, told = work.draft(), []
    chosen = [row for row in rows if not work.cpis or row.cpi in work.cpis]
    if missing := [c for c in work.cpis if c not in {row.cpi for row in rows}]:
        raise Prerequisite(f"--cpis {missing[0]}: the source has no such product")
    for row in chosen:
        told.append(Told(row.cpi, row.handle, *_seeded(work, draft, row, judged.get(row.handle))))
    if wrong := _identity(draft):
        raise BrokenState(wrong)
    work.keep(draft)
    return told


def _empty(work: Work) -> dict[str, Any]:
    head = {"capsule": work.capsule, "schema_version": VERSION}
    return {**head, "generated_at": work.now, "products": {}}


def _identity(draft: Draft) -> list[Broken]:
    return invariants.broken(validated(draft.data))


def _seeded(
    work: Work, draft: Draft, row: Row, judged: Mapping[str, Any] | None
) -> tuple[Verdict, str]:
    preflight = dict(judged or row.preflight or _by_images(row))
    if row.handle not in draft.data["products"]:
        draft.data["products"][row.handle] = _record(row, preflight)
        return ADOPT, f"{row.product_type}, {preflight['status']}"
    product = draft.product(row.handle)
    for name in ("cpi", "product_id", "product_type", "is_accessory"):
        if getattr(product, name) != getattr(row, name):
            return SKIP, f"IDENTITY_IMMUTABLE: {name} is {getattr(product, name)!r} here"
    if product.import_.imported:
        return SKIP, "imported: it does not enter enrichment again"
    if refusal := frozen(product, work.capsule):
        return SKIP, refusal.code
    moved = draft.set(row.handle, ("preflight",), preflight) if judged or row.preflight else False
    return (ADOPT, "a new preflight") if moved else (NOOP, "seeded already")


def _by_images(row: Row) -> dict[str, Any]:
    if row.images:
        return {"status": "GO", "image_status": "IMAGE_OK", "errors": [], "warnings": []}
    return {
        "status": "NO-GO",
        "image_status": "IMAGE_SOFT_FAIL",
        "errors": ["No image in the source"],
        "warnings": [],
    }


def _record(row: Row, preflight: dict[str, Any]) -> dict[str, Any]:
    return {
        "handle": row.handle,
        "product_id": row.product_id,
        "cpi": row.cpi,
        "product_type": row.product_type,
        "is_accessory": row.is_accessory,
        "preflight": preflight,
        "import": {
            "eligible": row.eligible,
            "imported": False,
            "imported_at": None,
            "import_source": row.import_source,
            "anomaly_accepted": row.anomaly_accepted,
        },
        "images": {
            "expected": {"count": row.images, "max_position": row.max_position},
            "last_enriched_at": None,
        },
        "promotion": {
            "stage": Stage.PRE_FLIGHT.value,
            "locked": False,
            "last_transition_at": None,
        },
        "overrides": {"manual_go": False, "notes": ""},
        "assets": {},
        "assets_provenance": {},
        "allowed_actions": {"metafield_write": False, "collection_write": False},
        "tags": [],
        "observed": {},
    }


def handles_in(content: bytes) -> Iterator[str]:
    """The handles that an import CSV has rows of."""
    text = content.decode("utf-8-sig", "replace")
    for row in csv.DictReader(io.StringIO(text, newline="")):
        handle = (row.get("Handle") or row.get("handle") or "").strip()
        if handle:
            yield handle
