"""What people are asked, and what was seen to have moved: logs of which rows are only added.

A row of a queue is told apart by CPI and reason; it is asked once, until it is resolved. That is
a row of its own (`resolved_at`), so that nothing that was written is written over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reconciler.capsule.text import without

SWATCH_MISSING: Final = "SWATCH_MISSING_LOCALLY"

RESOLVING: Final = frozenset({"WROTE", "NOOP_ALREADY_SET"})
"""Results of a write that answer what was asked."""

NEEDED: Final = ("cpi", "handle", "reason")
"""What a row of a queue is told apart by, and whose it is."""

Rows = Sequence[Mapping[str, Any]]


def open_rows(rows: Rows) -> dict[tuple[str, str], Mapping[str, Any]]:
    """What is asked and not resolved, by (CPI, reason)."""
    standing: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in rows:
        key = (str(row["cpi"]), str(row["reason"]))
        if row.get("resolved_at"):
            standing.pop(key, None)
        else:
            standing.setdefault(key, row)
    return standing


def asked(
    rows: Rows, cpi: str, handle: str, reason: str, now: str, **more: Any
) -> list[dict[str, Any]]:
    """The row to add; none where it is asked already."""
    if (cpi, reason) in open_rows(rows):
        return []
    return [{"cpi": cpi, "handle": handle, "reason": reason, **more, "timestamp": now}]


def resolved(rows: Rows, cpi: str, now: str, result: str) -> list[dict[str, Any]]:
    """The rows that resolve all that is asked of a product."""
    return [
        {
            "cpi": cpi,
            "handle": row["handle"],
            "reason": reason,
            "resolved_at": now,
            "result": result,
        }
        for (about, reason), row in open_rows(rows).items()
        if about == cpi
    ]


def differs(rows: Rows, row: Mapping[str, Any], clock: str = "timestamp") -> bool:
    """Whether an observation is another one than the last of the same product."""
    last = next((r for r in reversed(rows) if r.get("cpi") == row["cpi"]), None)
    return last is None or without(last, [clock]) != without(row, [clock])
