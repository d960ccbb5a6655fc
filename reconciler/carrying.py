"""Carry plans out: one run at a time on a target, what was consented to, and the ledger after.

What `apply` and `rollback` have in common, whatever it is that they plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial, reduce

from reconciler import journal, runs
from reconciler.concurrent import side_by_side
from reconciler.estimate import Meter, estimate
from reconciler.executor import Execution, Listener
from reconciler.journal import Journal, Row
from reconciler.lock import only_run
from reconciler.model.address import Address
from reconciler.model.cost import NOTHING, Cost
from reconciler.model.errors import LedgerUnavailable, Refused
from reconciler.model.outcome import AnyOutcome, Outcome, Status, failed
from reconciler.model.plan import Hold, Plan, joined
from reconciler.model.resource import Resource, State
from reconciler.planner import Planned, Wishes
from reconciler.provider import PlatformError, Remotes
from reconciler.review import Review
from reconciler.site import Site
from reconciler.watch import is_tolerated, is_withheld

Consent = Callable[[Plan], bool]
"""Shows a plan to somebody and says whether it may be carried out."""


@dataclass(frozen=True, slots=True, repr=False)
class Applied:
    """What an apply came to. `warnings` say what went wrong after the writing. `actual` is what
    carrying it out cost, as the plan's estimate foretold it: without the planning before.
    `desired`: what git stated of what was looked at; `settled`: what of it needed nothing."""

    plan: Plan
    outcomes: Mapping[Address, AnyOutcome] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    actual: Cost = NOTHING
    desired: State = field(default_factory=dict)
    settled: frozenset[Address] = frozenset()

    def __repr__(self) -> str:
        return f"Applied({self.plan!r}, {len(self.outcomes)} outcomes)"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to carry out; what is tolerated, or withheld by a capsule's
        state, is as it is meant to be."""
        plan = self.plan
        let_be = {c.address for c in plan.changes if is_tolerated(plan, c) or is_withheld(plan, c)}
        return all(o.status.is_fine or a in let_be for a, o in self.outcomes.items())


@contextmanager
def at_work(sites: Sequence[Site]) -> Iterator[None]:
    """One run at a time on each target; what killed runs left is taken up first."""
    with ExitStack() as locks:
        for site in sites:
            locks.enter_context(only_run(site.journals, site.name))
            _recover(site)
        yield


async def carry(
    sites: Sequence[Site],
    planned: Sequence[Planned],
    wishes: Wishes,
    run: str,
    at: str,
    review: Review | None,
    consent: Consent,
    listen: Listener,
) -> Applied:
    """Let through what was reviewed or consented to, and carry it out."""
    if review is not None:
        planned = [
            _holding(site, part, review.holds(part.plan, wishes.allowed))
            for site, part in zip(sites, planned, strict=True)
        ]
    planned = limited(sites, planned, wishes.at_most)
    whole = as_one(planned, wishes)
    if whole.pending and not consent(whole):
        raise Refused("nobody consented · nothing was applied")
    results = await side_by_side(
        partial(_execute, site, part, run, at, listen)
        for site, part in zip(sites, planned, strict=True)
    )
    outcomes = {a: o for result in results for a, o in result.outcomes.items()}
    if review is not None:
        outcomes |= _not_needed(review, planned, sites, wishes)
    warnings = tuple(w for result in results for w in result.warnings)
    actual = reduce(Cost.beside, (result.actual for result in results), NOTHING)
    desired = {a: r for part in planned for a, r in part.desired.items()}
    settled = frozenset(a for part in planned for a in part.settled)
    return Applied(whole, outcomes, warnings, actual, desired, settled)


def settle(sites: Sequence[Site], commit: str) -> None:
    for site in sites:
        site.ledger.complete_up_to(commit)
        site.ledger.commit(f"{site.name} is complete up to {commit[:12]}")


def limited(sites: Sequence[Site], planned: Sequence[Planned], limit: int | None) -> list[Planned]:
    """The same plans with all but the first changes held, counted over all targets."""
    if limit is None:
        return list(planned)
    remedy = "run it again, or raise --at-most"
    hold = Hold("limit", f"this run carries out {limit} at most", remedy)
    result: list[Planned] = []
    for site, part in zip(sites, planned, strict=True):
        beyond = part.plan.pending[limit:]
        limit -= len(part.plan.pending) - len(beyond)
        result.append(_holding(site, part, {change.address: hold for change in beyond}))
    return result


def as_one(planned: Sequence[Planned], wishes: Wishes) -> Plan:
    """All targets' plans as one, with what was allowed for nothing."""
    plan = joined(part.plan for part in planned)
    idle = sorted(
        f"--allow {a.guard}={a.subject} overrules nothing here"
        for a in wishes.allowed
        if not any(a.covers(violation) for violation in plan.violations)
    )
    return replace(plan, warnings=(*plan.warnings, *idle))


def _holding(site: Site, planned: Planned, holds: Mapping[Address, Hold]) -> Planned:
    """The same with more held, which then costs nothing."""
    cut = planned.plan.holding(holds)
    at_once = site.target.concurrency
    cost = estimate(site.provider, planned.schedule, cut, planned.pace, at_once)
    return replace(planned, plan=replace(cut, estimate=cost))


def _not_needed(
    review: Review, planned: Sequence[Planned], sites: Sequence[Site], wishes: Wishes
) -> dict[Address, AnyOutcome]:
    """What was reviewed and is no change any more: as reviewed already, or not stated any more.
    What this run was told to leave out is not spoken of."""
    here = {site.name for site in sites}
    needed = {change.address for part in planned for change in part.plan.changes}
    settled = {address for part in planned for address in part.settled}
    outcomes: dict[Address, AnyOutcome] = {}
    for address in sorted(review.digests):
        if address.target not in here or address in needed:
            continue
        if address in settled:
            text = "it is already as reviewed"
            outcomes[address] = Outcome(address, Status.CONVERGED, message=text)
        elif wishes.lenient:
            text = "neither git nor the ledger states it any more"
            outcomes[address] = Outcome(address, Status.CONVERGED, message=text)
        elif wishes.only is None:
            text = "git does not state it any more · plan again and review it"
            outcomes[address] = Outcome(address, Status.HELD, message=text)
    return outcomes


def read_ledger(site: Site, wishes: Wishes) -> Wishes:
    """Load the ledger and what killed runs left, in memory alone. An unreachable remote makes
    the plan unattributed, with a warning; it is never guessed."""
    try:
        look_up(site)
    except LedgerUnavailable:
        return replace(wishes, attributed=False)
    return wishes


def look_up(site: Site) -> None:
    """The ledger with what killed runs left, in memory alone."""
    _bring(site)
    for left in journal.remains(site.journals):
        site.ledger.fold_remains(left)


def _bring(site: Site) -> None:
    """The ledger, and the journals of runs that were cut off on other machines."""
    repository = site.ledger.repository
    site.ledger.fetch(runs.unfinished_pattern(site.name))
    site.ledger.load()
    runs.bring_unfinished(repository, site.name, site.journals)


def _recover(site: Site) -> None:
    """Bring the ledger up to date, and fold in and close what killed runs left."""
    _bring(site)
    unfinished = list(journal.remains(site.journals))
    for left in unfinished:
        site.ledger.fold_remains(left)
        if left.account:
            site.ledger.belongs_to(left.account)
    site.ledger.commit(f"resume after a run on {site.name} that was cut off")
    for left in unfinished:
        journal.mark_closed(left.path)


async def _execute(site: Site, planned: Planned, run: str, at: str, listen: Listener) -> Applied:
    """Carry out one target's part. What goes wrong here is told, and stops no other target."""
    account = planned.plan.accounts.get(site.name, "")
    if account:
        site.ledger.belongs_to(account)
    noted = _note_what_is_true(site, planned.plan)
    outcomes: dict[Address, AnyOutcome] = {}
    meter = Meter()
    try:
        if not planned.plan.changes:
            site.ledger.commit(f"apply to {site.name}")
            return Applied(planned.plan)
        with Journal(site.journals / f"{run}.jsonl") as log:
            log.open(run, site.name, account, at)
            log.note(noted)
            await _carry_out(site, planned, log, listen, outcomes, meter)
            log.close()
    except PlatformError as error:
        site.ledger.commit(f"apply to {site.name}")
        missing = (c.address for c in planned.plan.pending if c.address not in outcomes)
        outcomes |= {address: failed(address, str(error)) for address in missing}
    except LedgerUnavailable as error:
        return Applied(planned.plan, outcomes, (str(error),), meter.cost)
    return Applied(planned.plan, outcomes, actual=meter.cost)


async def _carry_out(
    site: Site,
    planned: Planned,
    log: Journal,
    listen: Listener,
    outcomes: dict[Address, AnyOutcome],
    meter: Meter,
) -> None:
    remotes = Remotes(site.name, _remotes(planned.live.values()))
    async with site.provider.writing(site.target, site.wire(), remotes) as session:
        execution = Execution(
            site.provider,
            session,
            site.name,
            site.target.concurrency,
            planned.plan,
            planned.schedule,
            remotes,
            log,
            site.ledger,
            listen,
            outcomes,
        )
        try:
            await execution.run()
        finally:
            meter.read(session.usage)


def _note_what_is_true(site: Site, plan: Plan) -> dict[Address, Row | None]:
    """Tell the ledger what needs no write; its rows before that, for a rollback."""
    noted = (*(resource.address for resource in plan.recorded), *plan.gone)
    before = {address: site.ledger.row(address) for address in noted}
    for resource in plan.recorded:
        site.ledger.record(resource)
    for address in plan.gone:
        site.ledger.forget(address)
    return before


def _remotes(resources: Iterable[Resource[object]]) -> dict[Address, str]:
    return {r.address: r.remote for r in resources if r.remote is not None}


def published(sites: Iterable[Site]) -> Iterable[str]:
    """Push ledgers and journals; what could not be pushed, in words. One failing stops no other."""
    for site in sites:
        publish = partial(runs.publish, site.ledger.repository, site.name, site.journals)
        for push in (site.ledger.push, publish):
            try:
                push()
            except LedgerUnavailable as error:
                yield str(error)
