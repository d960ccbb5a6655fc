"""The use cases, each a short narrative. What they stand on is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from reconciler import journal
from reconciler.compile import compile_for
from reconciler.concurrent import side_by_side
from reconciler.executor import Execution, Listener
from reconciler.intent.base import Intents
from reconciler.journal import Journal
from reconciler.lock import only_run
from reconciler.model.address import Address
from reconciler.model.change import Cause
from reconciler.model.errors import LedgerUnavailable, Refused
from reconciler.model.outcome import AnyOutcome, Outcome, Status
from reconciler.model.plan import Plan, joined
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.planner import Planned, Wishes, plan_site
from reconciler.provider import Remotes
from reconciler.review import Review
from reconciler.site import Site

Consent = Callable[[Plan], bool]
"""Shows a plan to somebody and says whether it may be carried out."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply came to. `warnings` say what went wrong after the writing."""

    plan: Plan
    outcomes: Mapping[Address, AnyOutcome] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def validate(sites: Iterable[Site], intents: Intents) -> list[Problem]:
    """What the targets can not honour, found without asking anybody."""
    return [
        problem
        for site in sites
        if not site.retired
        for problem in compile_for(site.target, site.provider, intents, None).problems
    ]


async def plan(sites: Sequence[Site], intents: Intents, wishes: Wishes) -> Plan:
    """Plan every target, side by side. Writes nothing, not even the ledger."""
    planned = await side_by_side(
        partial(plan_site, site, intents, _read_ledger(site, wishes)) for site in sites
    )
    return joined(part.plan for part in planned)


async def drift(sites: Sequence[Site], intents: Intents, wishes: Wishes) -> Plan:
    """What the platforms moved since the last apply: the plan's drift and conflicts alone."""
    whole = await plan(sites, intents, wishes)
    moved = tuple(c for c in whole.changes if c.cause in (Cause.DRIFT, Cause.CONFLICT))
    others = len(whole.changes) - len(moved)
    warnings = (f"{others} more changes wait for an apply: see plan",) if others else ()
    addresses = {change.address for change in moved}
    return replace(
        whole,
        changes=moved,
        holds={a: h for a, h in whole.holds.items() if a in addresses},
        warnings=whole.warnings + warnings,
    )


async def apply(
    sites: Sequence[Site],
    intents: Intents,
    wishes: Wishes,
    run: str,
    at: str,
    *,
    review: Review | None = None,
    consent: Consent = lambda plan: True,
    listen: Listener = lambda outcome: None,
) -> Applied:
    """Plan again, let through what was reviewed or consented to, and carry it out.

    run: the run's name. at: its time, for the journal. Raises `LedgerUnavailable` before
    anything is written where the ledger can not be had, `AlreadyAtWork` while another apply is
    at work on one of the targets here, `Refused` where nobody consents.
    """
    with ExitStack() as locks:
        for site in sites:
            locks.enter_context(only_run(site.journals, site.name))
            _recover(site)
        return await _apply(sites, intents, wishes, run, at, review, consent, listen)


async def _apply(
    sites: Sequence[Site],
    intents: Intents,
    wishes: Wishes,
    run: str,
    at: str,
    review: Review | None,
    consent: Consent,
    listen: Listener,
) -> Applied:
    planned = await side_by_side(partial(plan_site, site, intents, wishes) for site in sites)
    whole = joined(part.plan for part in planned)
    if review is not None:
        planned = [_reviewed(part, review) for part in planned]
        whole = joined(part.plan for part in planned)
    if whole.changes and not consent(whole):
        raise Refused("nobody consented · nothing was applied")
    results = await side_by_side(
        partial(_execute, site, part, run, at, listen)
        for site, part in zip(sites, planned, strict=True)
    )
    outcomes = {address: outcome for result in results for address, outcome in result.items()}
    if review is not None:
        outcomes |= _converged(review, whole, sites)
    return Applied(whole, outcomes, tuple(_published(sites)))


def _converged(review: Review, plan: Plan, sites: Sequence[Site]) -> dict[Address, AnyOutcome]:
    here = {site.name for site in sites}
    return {
        address: Outcome(address, Status.CONVERGED, message="it is already as reviewed")
        for address in review.converged(plan)
        if address.target in here
    }


def _reviewed(planned: Planned, review: Review) -> Planned:
    return replace(planned, plan=planned.plan.holding(review.holds(planned.plan)))


def _read_ledger(site: Site, wishes: Wishes) -> Wishes:
    """Load the ledger and what killed runs left, without keeping anything. An unreachable
    remote makes the plan unattributed, with a warning; it is never guessed."""
    try:
        site.ledger.fetch()
        site.ledger.load()
    except LedgerUnavailable:
        return replace(wishes, attributed=False)
    for left in journal.remains(site.journals):
        site.ledger.fold_remains(left)
    return wishes


def _recover(site: Site) -> None:
    """Bring the ledger up to date, and fold in and close what killed runs left."""
    site.ledger.fetch()
    site.ledger.load()
    unfinished = list(journal.remains(site.journals))
    for left in unfinished:
        site.ledger.fold_remains(left)
        if left.account:
            site.ledger.belongs_to(left.account)
    site.ledger.commit(f"resume after a run on {site.name} that was cut off")
    for left in unfinished:
        journal.mark_closed(left.path)


async def _execute(
    site: Site, planned: Planned, run: str, at: str, listen: Listener
) -> Mapping[Address, AnyOutcome]:
    account = planned.plan.accounts.get(site.name, "")
    if account:
        site.ledger.belongs_to(account)
    _note_what_is_true(site, planned.plan)
    if not planned.plan.changes:
        site.ledger.commit(f"apply to {site.name}")
        return {}
    remotes = Remotes(site.name, _remotes(planned.live.values()))
    with Journal(site.journals / f"{run}.jsonl") as log:
        log.open(run, site.name, account, at)
        async with site.provider.writing(site.target, site.wire(), remotes) as session:
            execution = Execution(
                site.provider,
                session,
                site.name,
                planned.plan,
                planned.schedule,
                remotes,
                log,
                site.ledger,
                listen,
            )
            outcomes = await execution.run()
        log.close()
    return outcomes


def _note_what_is_true(site: Site, plan: Plan) -> None:
    for resource in plan.recorded:
        site.ledger.record(resource)
    for address in plan.gone:
        site.ledger.forget(address)


def _remotes(resources: Iterable[Resource[object]]) -> dict[Address, str]:
    return {r.address: r.remote for r in resources if r.remote is not None}


def _published(sites: Iterable[Site]) -> Iterable[str]:
    for site in sites:
        try:
            site.ledger.push()
        except LedgerUnavailable as error:
            yield str(error)
