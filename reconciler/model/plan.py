"""Ordered changes with objections and estimates: what is reviewed, and what is carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from reconciler.model.address import Address
from reconciler.model.change import Action, AnyChange, Cause
from reconciler.model.cost import FREE, Range
from reconciler.model.resource import Resource
from reconciler.model.spec import digest


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a change is not carried out: a reason code, what it means here, and what to do. code: of
    what a capsule's state withholds, the state's own word."""

    reason: str
    message: str
    remedy: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """A guard's objection: to one address, or to a whole target's changes (`address` None).

    The message shows its arithmetic. missing: what is referred to and is not there. code: as of a
    hold.
    """

    guard: str
    target: str
    address: Address | None
    message: str
    remedy: str
    missing: tuple[Address, ...] = ()
    code: str | None = None

    @property
    def hold(self) -> Hold:
        return Hold(self.guard, self.message, self.remedy, self.code)

    @property
    def subject(self) -> str:
        """What `--allow GUARD=…` takes to overrule it."""
        return str(self.address) if self.address else self.target


@dataclass(frozen=True, slots=True)
class Estimate:
    """What carrying out the plan will cost. requests and points: of the writes alone, a sum over
    the batches that will be sent. range: of everything, with the readings around the writes."""

    requests: int = 0
    points: float = 0.0
    range: Range = FREE

    def beside(self, other: Estimate) -> Estimate:
        """Of two targets, which are worked on side by side."""
        return Estimate(
            self.requests + other.requests,
            self.points + other.points,
            self.range.beside(other.range),
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """How much was looked at: resources planned, of how many are declared or managed.

    narrowed: whether the plan was asked to speak of a part only. beside: how many resources, seen
    on the way because that part needs them, differ too; the plan does not touch those.
    """

    planned: int = 0
    total: int = 0
    narrowed: bool = False
    beside: int = 0

    def __add__(self, other: Scope) -> Scope:
        return Scope(
            self.planned + other.planned,
            self.total + other.total,
            self.narrowed or other.narrowed,
            self.beside + other.beside,
        )


@dataclass(frozen=True, slots=True)
class Commits:
    """The commit that a plan was made of, and the one that its scope was measured from."""

    head: str | None = None
    base: str | None = None


@dataclass(frozen=True, repr=False)
class Plan:
    """The plan of one or several targets.

    changes: all of them in the order in which they are carried out, the held ones included.
    holds: by address; what is held stands in no estimate. recorded and gone: what the next
    apply writes into the ledger without touching a platform. settled: of a narrowed plan, what
    was looked at and needs nothing. unattributed: targets whose ledger could not be asked.
    accounts: each target's fingerprint, read live.
    """

    changes: tuple[AnyChange, ...] = ()
    holds: Mapping[Address, Hold] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    recorded: tuple[Resource[Any], ...] = ()
    gone: tuple[Address, ...] = ()
    settled: tuple[Address, ...] = ()
    estimate: Estimate = Estimate()
    scope: Scope = Scope()
    accounts: Mapping[str, str] = field(default_factory=dict)
    unattributed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    commits: Commits = Commits()

    def __repr__(self) -> str:
        """Short: asyncio writes down what a task comes to, and a plan may be very long."""
        return f"Plan({len(self.changes)} changes, {len(self.recorded)} recorded)"

    @property
    def digest(self) -> str:
        """sha256 over the digests of the changes that would be carried out and of the held ones."""
        return digest(
            {
                "changes": sorted(change.digest for change in self.pending),
                "held": sorted(change.digest for change in self.held),
            }
        )

    @property
    def pending(self) -> tuple[AnyChange, ...]:
        """The changes that would be carried out."""
        return tuple(change for change in self.changes if change.address not in self.holds)

    @property
    def held(self) -> tuple[AnyChange, ...]:
        return tuple(change for change in self.changes if change.address in self.holds)

    @property
    def is_empty(self) -> bool:
        """Nothing to carry out and nothing held."""
        return not self.changes

    def counts(self) -> dict[str, int]:
        """How many changes are pending by action and by cause, and how many are held."""
        actions = Counter(change.action for change in self.pending)
        causes = Counter(change.cause for change in self.pending)
        return {
            "changes": len(self.pending),
            **{action.value: actions[action] for action in Action},
            **{cause.value: causes[cause] for cause in Cause},
            "held": len(self.held),
            "recorded": len(self.recorded),
        }

    def holding(self, holds: Mapping[Address, Hold]) -> Plan:
        """The same plan with more changes held; a hold that is there already stays."""
        return replace(self, holds={**holds, **self.holds})


def joined(plans: Iterable[Plan]) -> Plan:
    """The plans of several targets as one."""
    parts = list(plans)
    return Plan(
        changes=_chained(plan.changes for plan in parts),
        holds={a: h for plan in parts for a, h in plan.holds.items()},
        violations=_chained(plan.violations for plan in parts),
        recorded=_chained(plan.recorded for plan in parts),
        gone=_chained(plan.gone for plan in parts),
        settled=_chained(plan.settled for plan in parts),
        estimate=reduce(Estimate.beside, (plan.estimate for plan in parts), Estimate()),
        scope=sum((plan.scope for plan in parts), Scope()),
        accounts={t: a for plan in parts for t, a in plan.accounts.items()},
        unattributed=_chained(plan.unattributed for plan in parts),
        warnings=_chained(plan.warnings for plan in parts),
    )


def _chained(parts: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    def flat() -> Iterator[Any]:
        for part in parts:
            yield from part

    return tuple(flat())
