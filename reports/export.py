"""The history as flat rows for a warehouse: CSV, NDJSON or Parquet, written whole or not at all.

The columns are a contract: new ones come at the end. A column that holds JSON holds it as text.
In CSV a text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from reconciler.model.errors import PlanogramError

Flat = dict[str, Any]

COLUMNS: Final[Mapping[str, str]] = {
    "row": "text",
    "at": "time",
    "run": "text",
    "sort": "text",
    "target": "text",
    "commit": "text",
    "url": "text",
    "resources": "whole",
    "counts": "json",
    "estimate": "json",
    "actual": "json",
    "address": "text",
    "kind": "text",
    "action": "text",
    "cause": "text",
    "status": "text",
    "reason": "text",
    "fields": "json",
    "digest": "text",
    "link": "text",
    "cut": "whole",
}
"""Name → what it holds: text, a time (ISO 8601, UTC), a whole number, or JSON."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


def export(rows: Iterable[Mapping[str, Any]], form: Format, path: Path) -> int:
    """Write history rows to a file, which is there when it is whole; how many. Raises
    `PlanogramError` where Parquet is asked for and its library is not installed."""
    flat = [flattened(row) for row in rows]
    write: Mapping[Format, Callable[[list[Flat], Path], None]] = {
        Format.CSV: _write_csv,
        Format.NDJSON: _write_ndjson,
        Format.PARQUET: _write_parquet,
    }
    _whole(path, lambda part: write[form](flat, part))
    return len(flat)


def flattened(row: Mapping[str, Any]) -> Flat:
    """One history row in the columns of the contract."""
    return {name: _cell(row.get(name), holds) for name, holds in COLUMNS.items()}


def _cell(value: Any, holds: str) -> Any:
    """Nothing is nothing, and so is an empty text, which CSV can not tell from it."""
    if value is None or value == "":
        return None
    if holds == "json":
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside the file, and take its place when it is done."""
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_csv(rows: list[Flat], path: Path) -> None:
    """RFC 4180: comma, quotes doubled, lines end with CR LF; UTF-8, with a header."""
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(_harmless(row) for row in rows)


def _harmless(row: Flat) -> Flat:
    return {name: f"'{v}" if _is_formula(v) else v for name, v in row.items()}


def _is_formula(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(_FORMULA)


def _write_ndjson(rows: list[Flat], path: Path) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write_parquet(rows: list[Flat], path: Path) -> None:
    arrow, parquet = _parquet()
    types = {
        "text": arrow.string(),
        "json": arrow.string(),
        "time": arrow.timestamp("us", tz="UTC"),
        "whole": arrow.int64(),
    }
    schema = arrow.schema([(name, types[holds]) for name, holds in COLUMNS.items()])
    table = arrow.Table.from_pylist(list(_typed(rows)), schema=schema)
    parquet.write_table(table, path)


def _typed(rows: Iterable[Flat]) -> Iterator[Flat]:
    return (row | {"at": datetime.fromisoformat(row["at"])} for row in rows)


def _parquet() -> tuple[Any, Any]:
    """pyarrow is large, and imported here alone."""
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise PlanogramError(
            "Parquet needs pyarrow, which is not installed"
            " · pip install 'planogram[parquet]', or use --format csv or ndjson"
        ) from error
