"""What work costs: requests, points in the platform's own unit, seconds."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final


@dataclass(frozen=True, slots=True)
class Cost:
    """points: 0 where the platform has no unit of its own. seconds: how long it takes."""

    requests: int = 0
    points: float = 0.0
    seconds: float = 0.0

    def __add__(self, after: Cost) -> Cost:
        """Of two things one after another."""
        return Cost(
            self.requests + after.requests,
            self.points + after.points,
            self.seconds + after.seconds,
        )

    def __mul__(self, times: int) -> Cost:
        return Cost(self.requests * times, self.points * times, self.seconds * times)

    def beside(self, other: Cost) -> Cost:
        """Of two things at the same time: it takes as long as the longer one."""
        both = self + other
        return Cost(both.requests, both.points, max(self.seconds, other.seconds))


NOTHING: Final = Cost()


@dataclass(frozen=True, slots=True)
class Range:
    """low: what is sure to be spent. high: with all that may reasonably come on top."""

    low: Cost = NOTHING
    high: Cost = NOTHING

    def __add__(self, after: Range) -> Range:
        return Range(self.low + after.low, self.high + after.high)

    def __mul__(self, times: int) -> Range:
        return Range(self.low * times, self.high * times)

    def beside(self, other: Range) -> Range:
        return Range(self.low.beside(other.low), self.high.beside(other.high))


FREE: Final = Range()


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform takes requests, as far as it was told or measured while planning.

    latency: seconds until a request was answered, on average. rate: points a second, of which
    `left` are there now and `most` at most. windows: so many requests in so many seconds, of
    which `sent` have gone just now.
    """

    latency: float = 0.0
    rate: float = inf
    left: float = 0.0
    most: float = 0.0
    windows: tuple[tuple[int, float], ...] = ()
    sent: int = 0


UNKNOWN: Final = Pace()
