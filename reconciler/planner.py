"""One target's plan: ask, compile, read, compare, order, guard, estimate. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from reconciler.annotate import annotated
from reconciler.compare import Comparison, compare, unknown
from reconciler.compile import compile_for, differing, questions, questions_that_matter
from reconciler.estimate import estimate
from reconciler.freeze import standing
from reconciler.guards import Allowance, Situation, holds, violations
from reconciler.intent.base import Intents
from reconciler.intent.unfound import unfound
from reconciler.looking import (
    must_be_the_same_account,
    observe,
    renamed,
    strangers,
    with_effects,
)
from reconciler.model.address import Address
from reconciler.model.change import Action, AnyChange
from reconciler.model.cost import UNKNOWN, Pace
from reconciler.model.errors import InvalidDesiredState, Usage
from reconciler.model.plan import Plan, Scope
from reconciler.model.question import Answers
from reconciler.model.resource import Resource, State
from reconciler.moving import from_nowhere, moved_rows
from reconciler.order import Schedule, pointed_at, schedule
from reconciler.provider import Access, PlatformError, is_for_others, layer_of
from reconciler.selection import EVERYTHING, Selection
from reconciler.site import Site
from reconciler.withholding import (
    HERE,
    Authority,
    Withheld,
    differently,
    moved_assets,
    styles_in_question,
    withheld,
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a plan is to be made.

    only: these addresses, and what must be created for them; None for all. lenient: whether one
    of them may be unknown by now. base: what git said at another commit: only what means
    something else now is planned. selection: what of it is meant. at_most: carry out at most so
    many changes, of all targets together. attributed: whether the ledger could be read. now:
    `2026-11-27T18:00Z`; freezes and tolerances that ended before it are over. authority: where
    the states of capsules are read.
    """

    only: frozenset[Address] | None = None
    lenient: bool = False
    base: Intents | None = None
    selection: Selection = EVERYTHING
    at_most: int | None = None
    now: str | None = None
    allowed: frozenset[Allowance] = frozenset()
    attributed: bool = True
    authority: Authority = HERE


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, with what its execution needs beside it. `settled` are the addresses that were
    looked at and need nothing. `pace` is how fast the platform takes requests. `answers`: what
    the catalog said to the selectors, None where it was not asked. `desired`: what git states of
    what was looked at."""

    plan: Plan
    schedule: Schedule
    live: State = field(default_factory=dict)
    settled: frozenset[Address] = frozenset()
    pace: Pace = UNKNOWN
    answers: Answers | None = None
    desired: State = field(default_factory=dict)


async def plan_site(site: Site, intents: Intents, wishes: Wishes) -> Planned:
    """Raises `InvalidDesiredState` for what the target can not honour, `Refused` where another
    account stands behind the target, and `PlatformError` where it could not be read."""
    if site.retired:
        return _retirement(site)
    if wishes.only is not None and not any(a.target == site.name for a in wishes.only):
        return Planned(Plan(), Schedule((), {}))
    try:
        seen = await _look(site, intents, wishes)
    except PlatformError as error:
        raise PlatformError(f"{site.name} ({site.target.endpoint}): {error}") from error
    return judged(site, seen, wishes)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found: the three states, and what they come to. `declared` is all that git
    states, whatever the scope; `part` what is to be planned of it, None for all."""

    account: str
    part: frozenset[Address] | None
    declared: State
    desired: State
    live: State
    applied: State
    scope: Scope
    comparison: Comparison
    pace: Pace
    answers: Answers
    warnings: tuple[str, ...] = ()
    access: Access = field(default_factory=Access)
    unmade: frozenset[Address] = frozenset()
    withheld: Withheld = field(default_factory=dict)


async def _look(site: Site, intents: Intents, wishes: Wishes) -> Seen:
    provider, target = site.provider, site.target
    async with provider.reading(target, site.wire()) as session:
        account = await provider.identify(session)
        must_be_the_same_account(site, account)
        rows = site.ledger.state({kind.name: kind.spec for kind in provider.kinds})
        declared, part, answers = await _asked_for(site, session, intents, rows, wishes)
        applied = moved_rows(declared, rows)
        may_be_unknown = wishes.lenient or wishes.base is not None
        desired, applied, scope = _scoped(declared, applied, part, lenient=may_be_unknown)
        live = await observe(provider, session, site.name, desired, applied)
        whole = _compared(site, desired, live, applied, wishes)
        comparison = _within(whole, part, partial(wishes.selection.may_make, provider))
        unmade = _left_out(whole, comparison)
        others = await strangers(site, session, desired, applied, live, part)
        comparison = replace(comparison, changes=(*comparison.changes, *_pruned(site, others)))
        changes = await with_effects(provider, session, comparison.changes)
        tagged = await _tagged(site, session, intents, comparison.changes)
        told = (
            await provider.notices(session, intents.for_target(site.name)) if part is None else ()
        )
        pace, access = provider.pace(session), provider.access(session)
    changes = annotated(provider, target, changes, desired, live)
    if part is not None:
        planned = len(part | {change.address for change in changes})
        beside = len(whole.changes) - len(changes)
        scope = replace(scope, planned=planned, beside=beside)
    comparison = replace(comparison, changes=changes)
    is_whole = part is None or wishes.base is not None
    silent = unfound(intents.for_target(site.name), answers) if is_whole else ()
    warnings = (
        *from_nowhere(changes, declared, rows),
        *(f"{site.name}: {text}" for text in silent),
        *_told(site, others),
        *(f"{site.name}: {text}" for text in told),
    )
    return Seen(
        account,
        part,
        declared,
        desired,
        live,
        applied,
        scope,
        comparison,
        pace,
        answers,
        warnings,
        access,
        unmade,
        _withheld(site, intents, wishes, desired, live, tagged),
    )


async def _tagged(
    site: Site, session: Any, intents: Intents, changes: Sequence[AnyChange]
) -> Answers:
    """Who bears live the tags of styles whose collections would be written, and of which no
    state of a capsule tells."""
    after = [change.after for change in changes if change.after is not None]
    asked = styles_in_question(site.provider, site.name, intents, after)
    return await site.provider.answer(session, asked) if asked else {}


def _withheld(
    site: Site, intents: Intents, wishes: Wishes, desired: State, live: State, tagged: Answers
) -> Withheld:
    """What the states of capsules withhold, and look images that are other files now."""
    authority, provider = wishes.authority, site.provider
    if authority.base is None:
        authority = replace(authority, base=wishes.base)
    moved = dict(moved_assets(provider, site.name, intents, desired, live))
    return {**moved, **withheld(provider, site.name, intents, authority, desired, tagged)}


async def _asked_for(
    site: Site, session: Any, intents: Intents, applied: State, wishes: Wishes
) -> tuple[State, frozenset[Address] | None, Answers]:
    """All that git states, the part of it that is to be planned (None: all of it), and what the
    catalog answered."""
    target, provider = site.target, site.provider
    asked = (
        questions(provider, intents.for_target(site.name))
        if wishes.base is None
        else questions_that_matter(target, provider, wishes.base, intents)
    )
    answers = await provider.answer(session, asked) if asked else {}
    compiled = compile_for(target, provider, intents, answers)
    if compiled.problems:
        raise InvalidDesiredState(compiled.problems)
    part = wishes.only and frozenset(a for a in wishes.only if a.target == site.name)
    if wishes.base is not None:
        before = compile_for(target, provider, wishes.base, answers).resources
        moved = differing(before, compiled.resources) | differently(
            withheld(provider, site.name, wishes.base, HERE, before),
            withheld(provider, site.name, intents, wishes.authority, compiled.resources),
        )
        part = moved if part is None else part
    meant = wishes.selection.part(provider, site.name, intents, compiled.resources, applied)
    if meant is not None:
        part = meant if part is None else part & meant
    return compiled.resources, part, answers


def _within(
    whole: Comparison, part: frozenset[Address] | None, may_make: Callable[[Address], bool]
) -> Comparison:
    """What the part needs: its own changes, and the creation of what they refer to, where that is
    meant too. What else was found on the way is left alone."""
    if part is None:
        return whole
    return Comparison(
        changes=tuple(
            change
            for change in whole.changes
            if change.address in part
            or (change.action is Action.CREATE and may_make(change.address))
        ),
        recorded=tuple(r for r in whole.recorded if r.address in part),
        gone=tuple(a for a in whole.gone if a in part),
    )


def _left_out(whole: Comparison, part: Comparison) -> frozenset[Address]:
    """What is missing, and is not to be made this time."""
    made = {change.address for change in part.changes}
    missing = (change.address for change in whole.changes if change.action is Action.CREATE)
    return frozenset(address for address in missing if address not in made)


def _pruned(site: Site, others: Sequence[Resource[Any]]) -> Iterator[AnyChange]:
    if site.policy.unknown_values == "prune":
        yield from (unknown(other) for other in others)


def _told(site: Site, others: Sequence[Resource[Any]]) -> Iterator[str]:
    """One warning for what stands on one ground."""
    if site.policy.unknown_values != "warn":
        return
    grounds: dict[str, list[str]] = {}
    for other in others:
        ground, _, name = other.address.key.partition("/")
        grounds.setdefault(ground, []).append(name)
    for ground, names in sorted(grounds.items()):
        listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if names[5:] else "")
        yield f"{site.name}: {ground} has values that no taxonomy knows: {listed}"


def judged(site: Site, seen: Seen, wishes: Wishes) -> Planned:
    """The plan: in order, with every objection and what is held for it, and what it will cost."""
    order = schedule(seen.comparison.changes)
    situation = Situation(
        site.name,
        site.policy,
        seen.desired,
        seen.live,
        seen.applied,
        order.changes,
        declared=seen.declared,
        managed=len(site.ledger.entries),
        scoped=seen.scope.narrowed,
        freeze=standing(site.ledger.repository, site.name, site.policy, wishes.now),
        tolerances=site.tolerances,
        now=wishes.now,
        layers={kind.name: layer_of(kind) for kind in site.provider.kinds},
        for_others=frozenset(k.name for k in site.provider.kinds if is_for_others(k)),
        unmade=seen.unmade,
        withheld=seen.withheld,
        unwritable=seen.access.unwritable,
        renamed=renamed(site.provider, seen.live),
    )
    objections = violations(situation)
    held = holds(situation, objections, order.requires, wishes.allowed)
    plan = Plan(
        changes=order.changes,
        holds=held,
        violations=objections,
        recorded=seen.comparison.recorded,
        gone=seen.comparison.gone,
        scope=seen.scope,
        accounts={site.name: seen.account},
        unattributed=() if wishes.attributed else (site.name,),
        warnings=seen.warnings,
    )
    known = {*seen.desired, *seen.applied}
    looked_at = known if seen.part is None else known & seen.part
    moving = {change.address for change in order.changes}
    settled = frozenset(address for address in looked_at if address not in moving)
    cost = estimate(site.provider, order, plan, seen.pace, site.target.concurrency)
    plan = replace(plan, estimate=cost)
    if seen.scope.narrowed:
        plan = replace(plan, settled=tuple(sorted(settled)))
    return Planned(plan, order, seen.live, settled, seen.pace, seen.answers, seen.desired)


def _scoped(
    desired: State, applied: State, part: frozenset[Address] | None, *, lenient: bool
) -> tuple[State, State, Scope]:
    """The states cut down to a part and what it refers to. Raises `Usage` for an address that
    nobody knows, unless it may be unknown."""
    total = len({*desired, *applied})
    if part is None:
        return desired, applied, Scope(total, total)
    unknown = sorted(str(a) for a in part if a not in {*desired, *applied})
    if unknown and not lenient:
        raise Usage(f"{unknown[0]} is neither declared nor managed")
    wanted = _closure(part, desired)
    kept = {a: r for a, r in desired.items() if a in wanted}
    ours = {a: r for a, r in applied.items() if a in wanted}
    return kept, ours, Scope(len(part), total, narrowed=True)


def _closure(only: frozenset[Address], desired: State) -> set[Address]:
    """The addresses and all declared ones that they need, however far."""
    wanted: set[Address] = set()
    open_ = list(only)
    while open_:
        address = open_.pop()
        if address not in wanted:
            wanted.add(address)
            open_ += pointed_at(desired[address]) if address in desired else ()
    return wanted


def _compared(
    site: Site, desired: State, live: State, applied: State, wishes: Wishes
) -> Comparison:
    kinds = {kind.name: kind for kind in site.provider.kinds}
    return compare(
        desired,
        live,
        applied,
        kinds,
        attributed=wishes.attributed,
        prune_adopted=site.policy.prune_adopted,
    )


def _retirement(site: Site) -> Planned:
    """A retired target is not read: all that is managed there is forgotten and stays as it is."""
    return Planned(
        Plan(
            gone=tuple(Address(site.name, kind, key) for kind, key in sorted(site.ledger.entries)),
            warnings=(f"{site.name} is retired: what it manages is forgotten, nothing is written",),
        ),
        Schedule((), {}),
    )
