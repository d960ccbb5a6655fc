"""The use cases, each a short narrative. What they stand on is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from reconciler import runs
from reconciler.before import run_in
from reconciler.carrying import (
    Applied,
    Consent,
    as_one,
    at_work,
    carry,
    limited,
    look_up,
    published,
    read_ledger,
    settle,
)
from reconciler.compile import compile_for
from reconciler.concurrent import side_by_side
from reconciler.executor import Listener
from reconciler.intent.base import Intents
from reconciler.model.errors import Usage
from reconciler.model.plan import Plan
from reconciler.model.problem import Problem
from reconciler.planner import Planned, Wishes, plan_site
from reconciler.provider import AnyProvider, Target
from reconciler.review import Review
from reconciler.site import Site
from reconciler.undoing import plan_undoing
from reconciler.watch import moved


def validate(targets: Iterable[tuple[Target, AnyProvider]], intents: Intents) -> list[Problem]:
    """What the targets can not honour, found without asking anybody."""
    return [
        problem
        for target, provider in targets
        for problem in compile_for(target, provider, intents, None).problems
    ]


async def plan(sites: Sequence[Site], intents: Intents, wishes: Wishes) -> Plan:
    """Plan every target, side by side. Writes nothing, not even the ledger."""
    planned = await look(sites, intents, wishes)
    return as_one(limited(sites, planned, wishes.at_most), wishes)


async def look(sites: Sequence[Site], intents: Intents, wishes: Wishes) -> list[Planned]:
    """Every target's own plan, with what was found beside it. Writes nothing."""
    _targets_are_there(sites, wishes)
    return await side_by_side(
        partial(plan_site, site, intents, read_ledger(site, wishes)) for site in sites
    )


async def drift(sites: Sequence[Site], intents: Intents, wishes: Wishes) -> Plan:
    """What the platforms moved since the last apply and nobody tolerates: the changes of which a
    field drifted or is in conflict, whatever else moves in them."""
    return moved(await plan(sites, intents, wishes))


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
    settles: str | None = None,
) -> Applied:
    """Plan again, let through what was reviewed or consented to, and carry it out.

    run: the run's name. at: its time, for the journal. settles: the commit up to which
    everything reviewed has been carried out, when all of this is. Raises `LedgerUnavailable` before
    anything is written where the ledger can not be had, `AlreadyAtWork` while another apply is
    at work on one of the targets here, `Refused` where nobody consents.
    """
    if review is not None and review.narrowed and wishes.only is None:
        wishes = replace(wishes, only=review.addresses, lenient=True)
    with at_work(sites):
        _targets_are_there(sites, wishes)
        planned = await side_by_side(partial(plan_site, site, intents, wishes) for site in sites)
        applied = await carry(sites, planned, wishes, run, at, review, consent, listen)
        if settles and applied.is_done:
            settle(sites, settles)
        return replace(applied, warnings=(*applied.warnings, *published(sites)))


async def plan_rollback(sites: Sequence[Site], undone: str, wishes: Wishes) -> Plan:
    """What would give back what a run changed. Writes nothing. Raises `UnknownRun`, and
    `LedgerUnavailable` where the ledger can not be had: what it said is given back too."""
    for site in sites:
        look_up(site)
    return as_one(await _undoings(sites, undone, wishes), wishes)


async def rollback(
    sites: Sequence[Site],
    undone: str,
    wishes: Wishes,
    run: str,
    at: str,
    *,
    review: Review | None = None,
    consent: Consent = lambda plan: True,
    listen: Listener = lambda outcome: None,
) -> Applied:
    """Give back what a run changed, as a run of its own. Raises as `apply`, and `UnknownRun`."""
    if review is not None and wishes.only is None:
        wishes = replace(wishes, only=review.addresses, lenient=True)
    with at_work(sites):
        planned = await _undoings(sites, undone, wishes)
        applied = await carry(sites, planned, wishes, run, at, review, consent, listen)
        return replace(applied, warnings=(*applied.warnings, *published(sites)))


async def _undoings(sites: Sequence[Site], undone: str, wishes: Wishes) -> list[Planned]:
    _targets_are_there(sites, wishes)
    paths = [runs.found(site.ledger.repository, site.name, site.journals, undone) for site in sites]
    found = [run_in(path) for path in paths]
    touched = {address for run in found for address in run.addresses}
    for address in sorted(wishes.only or ()):
        if address not in touched and not wishes.lenient:
            raise Usage(f"--only {address}: the run {undone} did not touch it")
    return await side_by_side(
        partial(plan_undoing, site, run, wishes) for site, run in zip(sites, found, strict=True)
    )


def _targets_are_there(sites: Sequence[Site], wishes: Wishes) -> None:
    names = {site.name for site in sites}
    for address in sorted(wishes.only or ()):
        if address.target not in names and not wishes.lenient:
            raise Usage(f"--only {address}: {address.target} is none of the targets of this run")
