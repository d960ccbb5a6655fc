"""What people are asked: logs of which rows are only added.

A row of a queue is told apart by CPI and reason; it is asked once, until it is resolved. That is
a row of its own (`resolved_at`), so that nothing that was written is written over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reconciler.capsule.folder import Folder

SWATCH_MISSING: Final = "SWATCH_MISSING_LOCALLY"

RESOLVING: Final = frozenset({"WROTE", "NOOP_ALREADY_SET"})
"""Results of a write that answer what was asked."""

NEEDED: Final = ("cpi", "handle", "reason")
"""What a row of a queue is told apart by, and whose it is."""


class Queue:
    """A queue while one step works on it: read once, written once with `keep`. Raises `BrokenLog`
    for a row that is none."""

    def __init__(self, folder: Folder, path: str) -> None:
        self._folder, self._path = folder, path
        self._added: list[dict[str, Any]] = []
        self._open: dict[str, dict[str, Mapping[str, Any]]] = {}
        for row in folder.log(path, NEEDED):
            self._take(row)

    def open(self, cpi: str) -> list[str]:
        """The reasons for which a product is asked about."""
        return list(self._open.get(cpi, {}))

    def ask(self, cpi: str, handle: str, reason: str, now: str, **more: Any) -> None:
        """Ask, where it is not asked already."""
        if reason not in self._open.get(cpi, {}):
            row = {"cpi": cpi, "handle": handle, "reason": reason, **more, "timestamp": now}
            self._add(row)

    def resolve(self, cpi: str, now: str, result: str) -> None:
        """Resolve all that is asked of a product."""
        for reason, row in list(self._open.get(cpi, {}).items()):
            head = {"cpi": cpi, "handle": row["handle"], "reason": reason}
            self._add({**head, "resolved_at": now, "result": result})

    def keep(self) -> None:
        self._folder.append(self._path, self._added)
        self._added = []

    def _add(self, row: dict[str, Any]) -> None:
        self._added.append(row)
        self._take(row)

    def _take(self, row: Mapping[str, Any]) -> None:
        about = self._open.setdefault(str(row["cpi"]), {})
        if row.get("resolved_at"):
            about.pop(str(row["reason"]), None)
        else:
            about.setdefault(str(row["reason"]), row)
