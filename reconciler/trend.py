"""History drawn together: how much stood day by day, and what has stood the longest. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from reconciler.history import Seen, Sort
from reconciler.stalled import Standing, standing

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Day:
    """What the last look of a day found, on all targets that were looked at. targets: how many;
    0 where nobody looked, which is not the same as calm."""

    day: str
    targets: int = 0
    counts: Mapping[str, int] | None = None

    def count(self, seen: Seen) -> int:
        return (self.counts or {}).get(seen.value, 0)


def days(rows: Iterable[Row], first: str, last: str) -> list[Day]:
    """Every day from one to another (`2026-11-26`), those without a look, too."""
    looks: dict[str, dict[str, Row]] = {}
    for row in rows:
        if row["row"] == "run" and row["sort"] == Sort.DRIFT:
            looks.setdefault(row["at"][:10], {})[row["target"]] = row["counts"]
    return [_day(day, list(looks.get(day, {}).values())) for day in _span(first, last)]


def latest(rows: Iterable[Row], most: int) -> list[Row]:
    """The latest runs, the newest first."""
    runs = [row for row in rows if row["row"] == "run"]
    return runs[::-1][:most]


def longest(rows: Iterable[Row], most: int) -> list[Standing]:
    """The drift that has stood the longest and stands still, as far as history tells."""
    drifted = [s for s in standing(rows).values() if s.last["cause"] == "drift"]
    return sorted(drifted, key=lambda s: (s.since, str(s.last["address"])))[:most]


def _day(day: str, counts: Sequence[Row]) -> Day:
    if not counts:
        return Day(day)
    return Day(day, len(counts), {s.value: sum(c.get(s.value, 0) for c in counts) for s in Seen})


def _span(first: str, last: str) -> list[str]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(begin + timedelta(days=n)).isoformat() for n in range((end - begin).days + 1)]
