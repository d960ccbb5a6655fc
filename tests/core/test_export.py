"""The history for a warehouse: each format read back, whole files only, no formula in a cell."""

from __future__ import annotations

import csv
import importlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.history import Run, Sort, observed
from reconciler.model.errors import PlanogramError
from reports.export import COLUMNS, Format, export, flattened
from tests.conftest import ROOT
from tests.core.test_reports import HOSTILE, many, planned

RUN = Run("20261126T031200-aaaaaa", "2026-11-26T03:12:00Z", Sort.DRIFT, None, "https://r")
ROWS: list[dict[str, Any]] = [
    *observed(RUN, planned(), ["toy"]),
    *observed(RUN, many(2, f'quo"te, comma {HOSTILE}'), ["toy"]),
]


def read_csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                name: int(value) if value and COLUMNS[name] == "whole" else value or None
                for name, value in row.items()
            }
            for row in csv.DictReader(file)
        ]


def read_ndjson(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def read_parquet(path: Path) -> list[dict[str, Any]]:
    table = importlib.import_module("pyarrow.parquet").read_table(path)
    return [row | {"at": row["at"].strftime("%Y-%m-%dT%H:%M:%SZ")} for row in table.to_pylist()]


READERS = {Format.CSV: read_csv, Format.NDJSON: read_ndjson, Format.PARQUET: read_parquet}


@pytest.mark.parametrize("form", list(Format))
def test_what_is_written_is_read_back(form: Format, tmp_path: Path) -> None:
    """Every row with every column, in its order, hostile texts included."""
    path = tmp_path / f"history.{form}"
    count = export(ROWS, form, path)
    back = READERS[form](path)

    assert count == len(back) == len(ROWS)
    assert back == [flattened(row) for row in ROWS]
    assert list(back[0]) == list(COLUMNS)
    assert json.loads(back[1]["fields"]) == ROWS[1]["fields"]
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_csv_is_as_the_standard_has_it(tmp_path: Path) -> None:
    """UTF-8 without a mark, a header, CR LF, quotes doubled."""
    export(ROWS, Format.CSV, tmp_path / "h.csv")
    content = (tmp_path / "h.csv").read_bytes()

    assert content.startswith(b"row,at,run,sort,target,commit,url,resources,counts,")
    assert content.endswith(b"\r\n")
    assert b'""path"": ""title""' in content


@pytest.mark.parametrize("begin", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(begin: str, tmp_path: Path) -> None:
    """A text that a spreadsheet would obey has an apostrophe before it, in CSV alone."""
    row = ROWS[1] | {"reason": begin}
    for form in (Format.CSV, Format.NDJSON):
        export([row], form, tmp_path / form)
    (told,) = read_csv(tmp_path / "csv")

    assert told["reason"] == f"'{begin}"
    assert read_ndjson(tmp_path / "ndjson")[0]["reason"] == begin


def test_parquet_has_types(tmp_path: Path) -> None:
    """A time is a time in UTC, a number a number."""
    export(ROWS, Format.PARQUET, tmp_path / "h.parquet")
    schema = importlib.import_module("pyarrow.parquet").read_schema(tmp_path / "h.parquet")
    table = importlib.import_module("pyarrow.parquet").read_table(tmp_path / "h.parquet")

    assert str(schema.field("at").type) == "timestamp[us, tz=UTC]"
    assert str(schema.field("resources").type) == "int64"
    assert table.to_pylist()[0]["at"] == datetime.fromisoformat("2026-11-26T03:12:00+00:00")


def test_without_its_library_parquet_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leaves the file that is there as it is."""

    def missing(name: str) -> Any:
        raise ImportError(name)

    (tmp_path / "h").write_text("as it was")
    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(PlanogramError, match=r"pip install 'planogram\[parquet\]'"):
        export(ROWS, Format.PARQUET, tmp_path / "h")

    assert (tmp_path / "h").read_text() == "as it was"
    assert [p.name for p in tmp_path.iterdir()] == ["h"]


def test_every_column_is_documented() -> None:
    """docs/history.md names each, in its order."""
    page = ROOT / "docs" / "history.md"
    told = page.read_text().split("## Columns")[1]
    places = [told.index(f"| `{name}` |") for name in COLUMNS]

    assert places == sorted(places)
