"""What carrying out a plan will cost, as a range, and what it did cost.

The batches are the very ones that will be sent. Around them stand the readings that the executor
makes for the kind's precondition and echo; time follows from the pace that was seen while
planning and from how many batches go side by side.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from itertools import groupby
from typing import Any, Final

import anyio

from reconciler.model.change import AnyChange
from reconciler.model.cost import FREE, NOTHING, Cost, Pace, Range
from reconciler.model.plan import Estimate, Plan
from reconciler.order import Schedule, by_kind
from reconciler.provider import AnyProvider, Batch, Echo, Kind, Precondition, Usage

QUICKER: Final = 0.5
SLOWER: Final = 2.0
"""How far the answers of writes may be from the latency that was measured while planning."""

OWN_SECONDS: Final = 1.0
"""Journal and ledger, at most."""

AnyKind = Kind[Any, Any, Any]


def estimate(
    provider: AnyProvider, order: Schedule, plan: Plan, pace: Pace, concurrency: int
) -> Estimate:
    """What the pending changes will cost; a plan without changes opens no session."""
    if not plan.changes:
        return Estimate()
    writes, whole = NOTHING, provider.opening
    for wave in order.waves:
        sent = list(_batches(provider, (c for c in wave if c.address not in plan.holds)))
        writes += reduce(Cost.__add__, (Cost(b.requests, b.points) for _, b in sent), NOTHING)
        whole += _wave(sent, pace, concurrency)
    return Estimate(writes.requests, writes.points, _throttled(whole, pace))


class Meter:
    """What a session costs from now on, on the event loop's clock."""

    def __init__(self) -> None:
        self._begun = anyio.current_time()
        self.cost = NOTHING

    def read(self, usage: Usage) -> None:
        seconds = anyio.current_time() - self._begun
        self.cost = Cost(usage.requests, usage.points, seconds)


def _batches(
    provider: AnyProvider, changes: Iterable[AnyChange]
) -> Iterable[tuple[AnyKind, Batch[Any]]]:
    for name, group in by_kind(c for c in changes if c.action.writes).items():
        kind = provider.kind(name)
        yield from ((kind, batch) for batch in kind.batches(group))


def _wave(sent: list[tuple[AnyKind, Batch[Any]]], pace: Pace, concurrency: int) -> Range:
    """The batches of a wave side by side, so many at once. At best nothing ever waits but for
    the longest chain; at worst that begins when all else is done."""
    if not sent:
        return FREE
    ranges = [_batch(kind, batch) for kind, batch in sent]
    whole = reduce(Range.__add__, ranges)
    quick, slow = pace.latency * QUICKER, pace.latency * SLOWER
    longest = max(_chain(kind, r, quick) for (kind, _), r in zip(sent, ranges, strict=True))
    at_best = max(longest, whole.low.requests * quick / concurrency)
    at_worst = _lasting(whole.high, slow) / concurrency + max(_lanes(sent, ranges, slow))
    return Range(_in(whole.low, at_best), _in(whole.high, at_worst))


def _batch(kind: AnyKind, batch: Batch[Any]) -> Range:
    write = Cost(batch.requests, batch.points)
    return Range(write, write) + batch.besides + batch.reading * _readings(kind)


def _readings(kind: AnyKind) -> int:
    return (kind.precondition is Precondition.REREAD) + (kind.echo is Echo.REREAD)


def _chain(kind: AnyKind, range_: Range, latency: float) -> float:
    """The least time of a batch: its readings and a write come one after another."""
    return (1 + _readings(kind)) * latency + range_.low.seconds


def _lanes(
    sent: list[tuple[AnyKind, Batch[Any]]], ranges: list[Range], latency: float
) -> Iterable[float]:
    """How long each lane takes at most, its requests one after another."""
    rows = sorted(
        ((batch.lane or str(number), _lasting(r.high, latency)) for number, ((_, batch), r)
         in enumerate(zip(sent, ranges, strict=True))),
    )  # fmt: skip
    return [sum(time for _, time in lane) for _, lane in groupby(rows, key=lambda row: row[0])]


def _lasting(cost: Cost, latency: float) -> float:
    return cost.requests * latency + cost.seconds


def _throttled(whole: Range, pace: Pace) -> Range:
    """With the time that the platform's own limits take, where they are slower than we are."""
    least, most = whole.low, whole.high
    filling = max(0.0, (least.points - pace.most) / pace.rate)
    low = max(least.seconds, filling, _windows(pace, least.requests))
    filling = max(0.0, (most.points - pace.left) / pace.rate)
    waits = filling + _windows(pace, most.requests + pace.sent)
    return Range(_in(least, low), _in(most, most.seconds + waits + OWN_SECONDS))


def _windows(pace: Pace, requests: int) -> float:
    """How long the last of so many requests waits at least, the windows being empty before."""
    waits = (seconds * ((requests - 1) // limit) for limit, seconds in pace.windows)
    return max(waits, default=0.0) if requests else 0.0


def _in(cost: Cost, seconds: float) -> Cost:
    return Cost(cost.requests, cost.points, seconds)
