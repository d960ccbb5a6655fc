"""A plan grouped, counted and put into words once, for every report to draw.

Texts that come from a platform or from YAML pass `clean` here, so that no report can forget it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Final

from reconciler.model.change import Action, AnyChange, Pictures
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import AnyOutcome, Status
from reconciler.model.plan import Hold, Plan
from reconciler.model.spec import Value, canonical_json

LONGEST_VALUE: Final = 160

_RISK: Final = (Action.DELETE, Action.UPDATE, Action.ADOPT, Action.CREATE, Action.FORGET)


@dataclass(frozen=True, slots=True)
class FieldLine:
    """`delta` says of a list what leaves it and what comes into it, where that is shorter."""

    path: str
    before: str
    after: str
    cause: str
    delta: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """Changes that do the same thing to resources of one kind: said once, with all addresses.

    sources, links and pictures: one an address, in the same order; empty where there is none.
    goes_with_all: whether it is held by an objection to all of its target, which is told once and
    for all. digest: of the first of them.
    """

    symbol: str
    action: str
    cause: str
    target: str
    kind: str
    addresses: tuple[str, ...]
    sources: tuple[str, ...]
    fields: tuple[FieldLine, ...]
    hold: Hold | None
    goes_with_all: bool
    effect: str | None
    irreversible: str | None
    links: tuple[str, ...]
    pictures: tuple[Pictures | None, ...]
    digest: str

    @property
    def place(self) -> str:
        """Where it is written: of several the first, and in how many files."""
        places = list(filter(None, self.sources))
        if len(self.addresses) == 1 or not places:
            return "".join(places)
        files = {place.rpartition(":")[0] for place in places}
        return f"first at {places[0]}" + (f", in {len(files):,} files" if len(files) > 1 else "")


@dataclass(frozen=True, slots=True)
class PlanView:
    """headline: what the plan comes to, in one line, with true counts. objections: what guards
    say of whole targets. notes: what else is to be known, in our own words. warnings: the same,
    in words that may hold somebody else's."""

    headline: str
    pending: tuple[Entry, ...]
    held: tuple[Entry, ...]
    objections: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    cost: str


def view(plan: Plan) -> PlanView:
    return PlanView(
        headline=headline(plan),
        pending=_entries(plan, plan.pending),
        held=_entries(plan, plan.held),
        objections=tuple(
            clean(f"{v.message} · {v.remedy}") for v in plan.violations if not v.address
        ),
        notes=tuple(_notes(plan)),
        warnings=tuple(map(clean, plan.warnings)),
        cost=_cost(plan),
    )


def headline(plan: Plan) -> str:
    """`3 to create, 2 to update (2 drift, 3 intent) · 1 held`, or that there is nothing to do."""
    pending = Counter(change.action.value for change in plan.pending)
    causes = Counter(change.cause.value for change in plan.pending)
    parts = [f"{pending[a.value]} to {a.value}" for a in Action if pending[a.value]]
    text = ", ".join(parts) or ("nothing to carry out" if plan.held else "nothing to do")
    if causes:
        text += " (" + ", ".join(f"{n} {cause}" for cause, n in sorted(causes.items())) + ")"
    return text + (f" · {len(plan.held)} held" if plan.held else "")


def outcome_headline(outcomes: Iterable[AnyOutcome]) -> str:
    """`12 done, 1 failed`."""
    counted = Counter(outcome.status for outcome in outcomes)
    return ", ".join(f"{counted[s]} {s.value}" for s in Status if counted[s]) or "nothing to do"


def outcome_line(outcome: AnyOutcome) -> str:
    message = f": {outcome.message}" if outcome.message else ""
    return clean(f"{outcome.status.value} {outcome.address}{message}")


def said(value: Value) -> str:
    """A value for people, at most `LONGEST_VALUE` characters."""
    text = "nothing" if value is None else clean(canonical_json(value))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _delta(before: Value, after: Value) -> str | None:
    """`− "a" + "b", 3 stay`, or None where one side is no list or nothing stays."""
    if not isinstance(before, list) or not isinstance(after, list):
        return None
    stays = [entry for entry in after if entry in before]
    leaves = [f"− {said(entry)}" for entry in before if entry not in after]
    comes = [f"+ {said(entry)}" for entry in after if entry not in before]
    if not stays or not (leaves or comes):
        return None
    return f"{' '.join(leaves + comes)}, {len(stays)} stay"


def clean(text: str) -> str:
    """One line without control characters and without marks that reverse the reading direction:
    terminals and browsers obey them."""
    return "".join(c if unicodedata.category(c) not in _CONTROL else " " for c in text)


_CONTROL: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _entries(plan: Plan, changes: Iterable[AnyChange]) -> tuple[Entry, ...]:
    groups: dict[object, list[AnyChange]] = {}
    for change in changes:
        groups.setdefault(_likeness(change, plan.holds.get(change.address)), []).append(change)
    of_all = {violation.hold for violation in plan.violations if violation.address is None}
    entries = [_entry(group, plan.holds.get(group[0].address), of_all) for group in groups.values()]
    rank = {action.value: position for position, action in enumerate(_RISK)}
    return tuple(sorted(entries, key=lambda e: (e.target, rank[e.action], e.kind, e.addresses)))


def _likeness(change: AnyChange, hold: Hold | None) -> object:
    transitions = [[f.path, f.before, f.after, f.cause.value] for f in change.fields]
    return (
        change.address[:2],
        change.action,
        change.cause,
        canonical_json(transitions),
        hold.reason if hold else None,
        change.effect,
        change.irreversible,
    )


def _entry(changes: list[AnyChange], hold: Hold | None, of_all: Container[Hold]) -> Entry:
    first = changes[0]
    return Entry(
        symbol=first.action.symbol,
        action=first.action.value,
        cause=first.cause.value,
        target=first.address.target,
        kind=first.address.kind,
        addresses=tuple(clean(str(change.address)) for change in changes),
        sources=tuple(
            clean(f"{c.source.path}:{c.source.line}") if c.source else "" for c in changes
        ),
        fields=tuple(
            FieldLine(
                clean(f.path),
                said(f.before),
                said(f.after),
                f.cause.value,
                _delta(f.before, f.after),
            )
            for f in first.fields
        ),
        hold=Hold(hold.reason, clean(hold.message), clean(hold.remedy)) if hold else None,
        goes_with_all=hold is not None and hold in of_all,
        effect=clean(first.effect.text) if first.effect else None,
        irreversible=first.irreversible,
        links=tuple(change.link or "" for change in changes),
        pictures=tuple(change.pictures for change in changes),
        digest=first.digest,
    )


def _notes(plan: Plan) -> Iterable[str]:
    if plan.recorded:
        yield f"{len(plan.recorded)} equal already; the next apply records them in the ledger"
    if plan.gone:
        yield f"{len(plan.gone)} leave the ledger at the next apply; nothing is written for them"
    for target in plan.unattributed:
        yield f"the ledger of {target} could not be fetched: causes are not known"
    if plan.scope.narrowed:
        yield f"scope: {plan.scope.planned:,} of {plan.scope.total:,} resources"
    if plan.scope.beside:
        yield f"{plan.scope.beside:,} more that these need differ too, and are left alone"


def _cost(plan: Plan) -> str:
    estimate = plan.estimate
    if not estimate.requests:
        return ""
    writes = f"{estimate.requests:,} of them write{'s' if estimate.requests == 1 else ''}"
    return f"to carry out: {told_range(estimate.range)}; {writes}"


def told_range(range_: Range) -> str:
    """`24–40 requests, 240–400 points, 4–9 s`; of points only where there are any."""
    requests = _span(range_, lambda cost: cost.requests)
    points = _span(range_, lambda cost: cost.points)
    seconds = _span(range_, lambda cost: cost.seconds)
    middle = f", {points} points" if range_.high.points else ""
    return f"{requests} request{'s' if requests != '1' else ''}{middle}, {seconds} s"


def told_outcome(plan: Plan, actual: Cost) -> str:
    """`predicted …; took 31 requests, 310 points, 6.2 s`. Empty where nothing was sent."""
    if not actual.requests:
        return ""
    middle = f", {actual.points:,.0f} points" if actual.points else ""
    plural = "s" if actual.requests != 1 else ""
    took = f"took {actual.requests:,} request{plural}{middle}, {actual.seconds:,.1f} s"
    return f"predicted {told_range(plan.estimate.range)}; {took}"


def _span(range_: Range, part: Callable[[Cost], float]) -> str:
    low, high = f"{part(range_.low):,.0f}", f"{part(range_.high):,.0f}"
    return low if low == high else f"{low}–{high}"
