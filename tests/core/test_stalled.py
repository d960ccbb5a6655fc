"""Ages: the first of an unbroken row of observations, and what breaks it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import trend
from reconciler.history import Seen
from reconciler.model.address import Address
from reconciler.model.plan import Hold, Plan
from reconciler.model.watch import Why
from reconciler.stalled import stalled, standing
from tests.core.test_reports import planned

A = Address.parse("toy/shelf/a")
NOW = "2026-11-26T03:12Z"

Seeing = tuple[str, dict[str, tuple[str, str, str | None]]]
"""`drift` or `apply`, and by key: status, digest, reason."""


def rows_of(*seen: Seeing, target: str = "toy") -> list[dict[str, Any]]:
    """One run a day, from 2026-11-01 on."""
    rows: list[dict[str, Any]] = []
    for day, (sort, changes) in enumerate(seen, start=1):
        run = {
            "at": f"2026-11-{day:02}T03:00:00Z",
            "run": f"run-{day:02}",
            "sort": sort,
            "target": target,
            "url": f"https://r/{day}",
        }
        counts: dict[str, int] = {}
        for status, _, _ in changes.values():
            counts[status] = counts.get(status, 0) + 1
        rows.append({"row": "run", "counts": counts, **run})
        rows += [
            {
                "row": "change",
                **run,
                "address": f"{target}/shelf/{key}",
                "status": status,
                "digest": digest,
                "reason": reason,
                "cause": "drift" if status == "drifted" else "intent",
                "link": None,
            }
            for key, (status, digest, reason) in changes.items()
        ]
    return rows


DRIFT: Seeing = ("drift", {"a": ("drifted", "d1", None)})
OTHER: Seeing = ("drift", {"a": ("drifted", "d2", None)})
DRIFT_HELD: Seeing = ("drift", {"a": ("drifted", "d1", "conflict")})
DRIFT_HELD_AGAIN: Seeing = ("drift", {"a": ("drifted", "d2", "conflict")})
HELD: Seeing = ("drift", {"a": ("held", "d1", "adopt")})
HELD_AGAIN: Seeing = ("drift", {"a": ("held", "d2", "adopt")})
HELD_OTHERWISE: Seeing = ("drift", {"a": ("held", "d2", "prune")})
TOLERATED: Seeing = ("drift", {"a": ("tolerated", "d1", "tolerated")})
CALM: Seeing = ("drift", {})
DONE: Seeing = ("apply", {"a": ("done", "d1", None)})
FAILED: Seeing = ("apply", {"a": ("failed", "d1", "it said no")})
ELSEWHERE: Seeing = ("apply", {"b": ("done", "d9", None)})

CHAINS: list[tuple[tuple[Seeing, ...], int | None]] = [
    ((DRIFT, DRIFT, DRIFT), 1),
    ((DRIFT, OTHER, OTHER), 2),
    ((DRIFT, CALM, DRIFT), 3),
    ((DRIFT, CALM), None),
    ((DRIFT, ELSEWHERE, DRIFT), 1),
    ((DRIFT, DONE), None),
    ((DRIFT, DONE, DRIFT), 3),
    ((DRIFT, FAILED, DRIFT), 1),
    ((HELD, HELD_AGAIN), 1),
    ((DRIFT_HELD, DRIFT_HELD_AGAIN), 1),
    ((HELD, HELD_OTHERWISE), 2),
    ((TOLERATED, DRIFT), 1),
    ((), None),
]


@pytest.mark.parametrize(("seen", "since"), CHAINS)
def test_what_breaks_a_row(seen: tuple[Seeing, ...], since: int | None) -> None:
    """Another transition, a look that does not see it, an apply that carried it out; not: an
    apply of something else, a failure, live moved again under the same objection."""
    known = standing(rows_of(*seen)).get(A)
    expected = since and f"2026-11-{since:02}T03:00:00Z"

    assert (known.since if known else None) == expected
    assert (known.url if known else None) == (since and f"https://r/{since}")


def test_a_look_that_was_cut_ends_nothing() -> None:
    """What it did not tell of may be among what it only counted."""
    rows = rows_of(DRIFT, CALM)
    rows[-1]["cut"] = 3

    assert A in standing(rows)


def test_a_look_speaks_of_its_own_target() -> None:
    """That another target is calm ends nothing here."""
    rows = rows_of(DRIFT) + [
        row | {"at": "2026-11-02T03:00:00Z", "run": "run-x"} for row in rows_of(CALM, target="pim")
    ]

    assert A in standing(rows)


def test_everything_that_stands_has_its_age_and_why() -> None:
    """Oldest first; tolerated drift does not stand; what was never seen is new today."""
    plan = planned()
    by_key = {c.address.key: c for c in plan.changes}
    digests = {key: by_key[key].digest for key in ("drifted", "moved", "foreign")}
    seen: Seeing = (
        "drift",
        {
            "drifted": ("drifted", digests["drifted"], None),
            "moved": ("pending", digests["moved"], None),
            "foreign": ("held", "as it was", "adopt"),
        },
    )
    failed: Seeing = ("apply", {"moved": ("failed", digests["moved"], "it said no")})
    found = stalled(plan, rows_of(seen, failed), NOW)
    told = {s.change.address.key: (s.why, s.reason, s.days, s.is_due) for s in found}

    assert told["drifted"] == (Why.DRIFT, None, 25, True)
    assert told["foreign"] == (Why.HELD, "adopt", 25, True)
    assert told["moved"] == (Why.FAILING, "it said no", 25, True)
    assert told["new"] == (Why.UNREVIEWED, None, 0, False)
    assert [s.days for s in found] == sorted((s.days for s in found), reverse=True)


def test_what_is_tolerated_does_not_stand() -> None:
    """Nobody is to be reminded of it."""
    plan = planned()
    hold = Hold("tolerated", "let be", "wait")
    drifted = next(c for c in plan.changes if c.address.key == "drifted")
    found = stalled(Plan(plan.changes, {drifted.address: hold}), [], NOW)

    assert drifted.address not in {s.change.address for s in found}


def test_the_trend_is_of_each_days_last_look() -> None:
    """On every target; a day on which nobody looked is not one of calm."""
    rows = rows_of(DRIFT, DONE, OTHER) + rows_of(HELD, target="pim")
    again = [row | {"at": "2026-11-03T09:00:00Z", "run": "z"} for row in rows_of(CALM)]
    shown = trend.days(sorted([*rows, *again], key=lambda r: r["at"]), "2026-11-01", "2026-11-03")

    assert [(d.targets, d.count(Seen.DRIFTED), d.count(Seen.HELD)) for d in shown] == [
        (2, 1, 1),
        (0, 0, 0),
        (1, 0, 0),
    ]


def test_the_longest_standing_drift_and_the_latest_runs() -> None:
    """The oldest first, and the newest first."""
    rows = rows_of(DRIFT, ("drift", {"a": DRIFT[1]["a"], "b": ("drifted", "x", None)}))

    assert [s.last["address"] for s in trend.longest(rows, 5)] == ["toy/shelf/a", "toy/shelf/b"]
    assert [row["run"] for row in trend.latest(rows, 1)] == ["run-02"]
