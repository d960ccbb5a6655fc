"""What a plan will cost: a range over the very batches, in requests, points and seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler import workflow
from reconciler.compare import compare
from reconciler.estimate import OWN_SECONDS, estimate
from reconciler.model.cost import UNKNOWN, Cost, Pace, Range
from reconciler.model.plan import Estimate, Hold, Plan, joined
from reconciler.order import schedule
from reconciler.planner import Wishes
from tests.toy import KINDS, Shop, intents, provider, resource, site
from tests.virtual_time import run_in_virtual_time


def estimated(shelves: int, pace: Pace = UNKNOWN, concurrency: int = 4, held: int = 0) -> Estimate:
    """Of so many creations, five a batch, a point a batch, read before and after."""
    desired = [resource("shelf", f"s{n:03}", title=str(n)) for n in range(shelves)]
    kinds = {kind.name: kind for kind in KINDS}
    changes = compare({r.address: r for r in desired}, {}, {}, kinds).changes
    hold = Hold("guard", "no", "yes")
    plan = Plan(changes, holds={change.address: hold for change in changes[:held]})
    return estimate(provider(Shop()), schedule(changes), plan, pace, concurrency)


def test_writes_are_counted_alone_and_with_their_readings() -> None:
    """Twelve creations are three writes; each stands between two readings."""
    found = estimated(12)

    assert (found.requests, found.points) == (3, 3)
    assert (found.range.low.requests, found.range.low.points) == (9, 3)
    assert found.range.high.requests == 9


def test_what_is_held_costs_nothing() -> None:
    """Only what will be sent is counted, and a plan without a change opens no session."""
    assert estimated(12, held=12).requests == 0
    assert estimated(12, held=7).requests == 1
    assert estimated(0) == Estimate()


PACES: list[tuple[Pace, float, float]] = [
    (UNKNOWN, 0, 0),
    (Pace(latency=0.4), 1.8, 9.6),
    (Pace(rate=1, left=0, most=0), 12, 12),
    (Pace(rate=1, left=2, most=12), 0, 10),
    (Pace(rate=1, left=50, most=50), 0, 0),
    (Pace(windows=((10, 10.0),)), 30, 30),
    (Pace(windows=((10, 10.0),), sent=8), 30, 40),
    (Pace(windows=((100, 10.0), (12, 60.0))), 120, 120),
]


@pytest.mark.parametrize(("pace", "low", "high"), PACES)
def test_seconds_follow_from_the_pace(pace: Pace, low: float, high: float) -> None:
    """36 requests of 12 points: by their latency four side by side, by points that come in, by
    windows that open again; whichever is the slowest."""
    found = estimated(60, pace).range

    assert found.low.seconds == pytest.approx(low, abs=0.01)
    assert found.high.seconds == pytest.approx(high + OWN_SECONDS)


def test_targets_are_worked_on_at_once() -> None:
    """Of several targets requests add up, and time is that of the slowest."""
    one = Estimate(1, 2, Range(Cost(3, 2, 1.0), Cost(4, 2, 5.0)))
    two = Estimate(10, 0, Range(Cost(30, 0, 2.0), Cost(40, 0, 3.0)))
    whole = joined([Plan(estimate=one), Plan(estimate=two)]).estimate

    assert (whole.requests, whole.points) == (11, 2)
    assert whole.range == Range(Cost(33, 2, 2.0), Cost(44, 2, 5.0))


def test_what_an_apply_took_is_measured(tmp_path: Path) -> None:
    """Seconds of the loop's clock: the toy takes a thousandth for a reading, of which there is
    one before the write and one after it."""
    at, desired = site(Shop(), tmp_path), intents(shelf={"a": {"title": "A"}})
    applied = run_in_virtual_time(lambda: workflow.apply([at], desired, Wishes(), "run", "now"))

    assert applied.actual.seconds == pytest.approx(0.002)
