"""One target's plan: ask, compile, read, compare, order, guard, estimate. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from reconciler.compare import Comparison, compare
from reconciler.compile import compile_for, questions
from reconciler.concurrent import side_by_side
from reconciler.guards import Allowance, Situation, holds, violations
from reconciler.intent.base import Intents
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import AnyChange
from reconciler.model.errors import InvalidDesiredState, Refused, Usage
from reconciler.model.plan import Estimate, Plan, Scope
from reconciler.model.resource import State
from reconciler.order import Schedule, pointed_at, schedule
from reconciler.provider import AnyProvider, PlatformError
from reconciler.site import Site


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a plan is to be made. `only`: these addresses and what they need; empty for all.
    `limit`: carry out at most so many changes, of all targets together. `attributed`: whether
    the ledger could be read."""

    only: frozenset[Address] = frozenset()
    limit: int | None = None
    allowed: frozenset[Allowance] = frozenset()
    attributed: bool = True


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, with what its execution needs beside it. `settled` are the addresses that were
    looked at and need nothing."""

    plan: Plan
    schedule: Schedule
    live: State = field(default_factory=dict)
    settled: frozenset[Address] = frozenset()


async def plan_site(site: Site, intents: Intents, wishes: Wishes) -> Planned:
    """Raises `InvalidDesiredState` for what the target can not honour, `Refused` where another
    account stands behind the target, and `PlatformError` where it could not be read."""
    if site.retired:
        return _retirement(site)
    if wishes.only and not any(address.target == site.name for address in wishes.only):
        return Planned(Plan(), Schedule((), {}))
    try:
        seen = await _look(site, intents, wishes)
    except PlatformError as error:
        raise PlatformError(f"{site.name} ({site.target.endpoint}): {error}") from error
    return _judged(site, seen, wishes)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found: the three states, and what they come to."""

    account: str
    desired: State
    live: State
    applied: State
    scope: Scope
    comparison: Comparison


async def _look(site: Site, intents: Intents, wishes: Wishes) -> _Seen:
    provider, target = site.provider, site.target
    async with provider.reading(target, site.wire()) as session:
        account = await provider.identify(session)
        _must_be_the_same_account(site, account)
        asked = questions(intents.for_target(site.name))
        answers = await provider.answer(session, asked) if asked else {}
        compiled = compile_for(target, provider, intents, answers)
        if compiled.problems:
            raise InvalidDesiredState(compiled.problems)
        applied = site.ledger.state({kind.name: kind.spec for kind in provider.kinds})
        only = frozenset(address for address in wishes.only if address.target == site.name)
        desired, applied, scope = _scoped(compiled.resources, applied, only)
        live = await _observe(provider, session, site.name, desired, applied)
        comparison = _compared(site, desired, live, applied, wishes)
        changes = await _with_effects(provider, session, comparison.changes)
    comparison = replace(comparison, changes=changes)
    return _Seen(account, desired, live, applied, scope, comparison)


def _judged(site: Site, seen: _Seen, wishes: Wishes) -> Planned:
    order = schedule(seen.comparison.changes)
    situation = Situation(
        site.name,
        site.policy,
        seen.desired,
        seen.live,
        seen.applied,
        order.changes,
        managed=len(site.ledger.entries),
        scoped=bool(wishes.only),
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
    )
    settled = {*seen.desired, *seen.applied} - {change.address for change in order.changes}
    estimated = replace(plan, estimate=estimate(site.provider, order, plan))
    return Planned(estimated, order, seen.live, frozenset(settled))


def estimate(provider: AnyProvider, order: Schedule, plan: Plan) -> Estimate:
    """What the pending writes will cost: a sum over the batches that will be sent."""
    total = Estimate()
    for wave in order.waves:
        for kind, changes in by_kind(c for c in wave if c.address not in plan.holds).items():
            for batch in provider.kind(kind).batches([c for c in changes if c.action.writes]):
                total += Estimate(batch.requests, batch.points)
    return total


def by_kind(changes: Iterable[AnyChange]) -> dict[str, list[AnyChange]]:
    """Changes grouped by kind, in the order in which the kinds first occur."""
    groups: dict[str, list[AnyChange]] = {}
    for change in changes:
        groups.setdefault(change.address.kind, []).append(change)
    return groups


async def read_keys(
    provider: AnyProvider, session: Any, target: str, kind: str, keys: Mapping[Key, Remote | None]
) -> State:
    """The live resources of one kind under the wanted keys."""
    found = provider.kind(kind).read(session, target, keys)
    return {resource.address: resource async for resource in found}


def _must_be_the_same_account(site: Site, account: str) -> None:
    known = site.ledger.account
    if known is not None and known != account:
        raise Refused(
            f"{site.name} was applied to {known}, and now {account} answers there"
            " · correct the endpoint or the credential; for a new store use a new target name"
        )


def _scoped(desired: State, applied: State, only: frozenset[Address]) -> tuple[State, State, Scope]:
    total = len({*desired, *applied})
    if not only:
        return desired, applied, Scope(total, total)
    unknown = sorted(str(address) for address in only if address not in {*desired, *applied})
    if unknown:
        raise Usage(f"--only {unknown[0]}: it is neither declared nor managed")
    wanted = _closure(only, desired)
    kept = {a: r for a, r in desired.items() if a in wanted}
    ours = {a: r for a, r in applied.items() if a in wanted}
    return kept, ours, Scope(len({*kept, *ours}), total)


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


async def _observe(
    provider: AnyProvider, session: Any, target: str, desired: State, applied: State
) -> State:
    """The live state of all that is declared, managed or referred to; kinds side by side."""
    wanted = _wanted(desired, applied)
    states = await side_by_side(
        partial(read_keys, provider, session, target, kind.name, wanted[kind.name])
        for kind in provider.kinds
        if wanted.get(kind.name)
    )
    return {address: resource for state in states for address, resource in state.items()}


def _wanted(desired: State, applied: State) -> dict[str, dict[Key, Remote | None]]:
    wanted: dict[str, dict[Key, Remote | None]] = {}
    for address, resource in (*desired.items(), *applied.items()):
        wanted.setdefault(address.kind, {})[address.key] = resource.remote
        for needed in pointed_at(resource):
            wanted.setdefault(needed.kind, {}).setdefault(needed.key, None)
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


async def _with_effects(
    provider: AnyProvider, session: Any, changes: tuple[AnyChange, ...]
) -> tuple[AnyChange, ...]:
    effects: dict[Address, Any] = {}
    for kind, group in by_kind(changes).items():
        ask = getattr(provider.kind(kind), "effects", None)
        if ask is not None:
            effects |= await ask(session, group)
    return tuple(change.with_effect(effects.get(change.address)) for change in changes)


def _retirement(site: Site) -> Planned:
    """A retired target is not read: all that is managed there is forgotten and stays as it is."""
    return Planned(
        Plan(
            gone=tuple(Address(site.name, kind, key) for kind, key in sorted(site.ledger.entries)),
            warnings=(f"{site.name} is retired: what it manages is forgotten, nothing is written",),
        ),
        Schedule((), {}),
    )
