"""The plan of a rollback on one target: read, compare with the before-images, guard, estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from reconciler.annotate import annotated
from reconciler.before import Image, Run
from reconciler.compare import Comparison, compare
from reconciler.concurrent import side_by_side
from reconciler.looking import must_be_the_same_account, observe, read_keys, with_effects
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Action, AnyChange
from reconciler.model.errors import Refused
from reconciler.model.plan import Scope
from reconciler.model.resource import State
from reconciler.planner import Planned, Seen, Wishes, judged
from reconciler.provider import PlatformError
from reconciler.rollback import Undoing, of_the_ledger, undoing, with_ledger
from reconciler.site import Site


async def plan_undoing(site: Site, run: Run, wishes: Wishes) -> Planned:
    """What would give back what a run changed. Raises as `planner.plan_site` does.

    `prune`, `adopt` and `create` do not speak: what the run itself made, overwrote or deleted is
    what somebody asked to have taken back, and what was moved since is held here.
    """
    if site.retired:
        raise Refused(
            f"{site.name} is retired: nothing is written there any more"
            " · take retired out of targets.yaml to take the run back"
        )
    run = _within(run, wishes.only)
    try:
        seen, undo = await _look(site, run)
    except PlatformError as error:
        raise PlatformError(f"{site.name} ({site.target.endpoint}): {error}") from error
    lenient = site.policy.model_copy(update={"prune": True, "adopt": True, "create": "attributes"})
    made = judged(replace(site, policy=lenient), seen, wishes)
    held = {
        a: hold for a, hold in undo.holds.items() if a in {c.address for c in made.plan.changes}
    }
    holds = {**made.plan.holds, **held}  # that somebody moved it comes before any guard
    warnings = (*made.plan.warnings, *undo.notes)
    return replace(made, plan=replace(made.plan, holds=holds, warnings=warnings))


async def _look(site: Site, run: Run) -> tuple[Seen, Undoing]:
    """What stands at the run's addresses, and what it takes to give back what stood there."""
    wanted, provider, target = run.images, site.provider, site.target
    async with provider.reading(target, site.wire()) as session:
        account = await provider.identify(session)
        must_be_the_same_account(site, account)
        applied = site.ledger.state({kind.name: kind.spec for kind in provider.kinds})
        there = await _read(site, session, wanted)
        undo = undoing(provider, wanted, there, site.ledger.entries)
        referred_to = await observe(provider, session, site.name, undo.desired, {})
        live = _with_needs({**referred_to, **there}, wanted)
        comparison = _compared(site, run, undo, live, applied)
        changes = await with_effects(provider, session, comparison.changes)
        pace, access = provider.pace(session), provider.access(session)
    changes = annotated(provider, target, changes, undo.desired, live)
    part = frozenset(image.address for image in wanted)
    seen = Seen(
        account,
        part,
        {**applied, **undo.desired},
        undo.desired,
        live,
        {a: r for a, r in applied.items() if a in part},
        Scope(len(part), len(site.ledger.entries), narrowed=True),
        replace(comparison, changes=changes),
        pace,
        {},
        access=access,
    )
    return seen, undo


async def _read(site: Site, session: Any, run: Sequence[Image]) -> State:
    """What stands at the run's addresses now; under another key it is found by its remote."""
    wanted: dict[str, dict[Key, Remote | None]] = {}
    for image in run:
        wanted.setdefault(image.address.kind, {})[image.address.key] = image.remote
    states = await side_by_side(
        partial(read_keys, site.provider, session, site.name, kind, keys)
        for kind, keys in wanted.items()
    )
    return {address: resource for state in states for address, resource in state.items()}


def _compared(site: Site, run: Run, undo: Undoing, live: State, applied: State) -> Comparison:
    """Of the ledger's rows only those of the run; what it did to the ledger alone is taken back
    beside."""
    kinds = {kind.name: kind for kind in site.provider.kinds}
    images = {image.address: image for image in run.images}
    ours = {a: r for a, r in applied.items() if a in undo.desired or a in undo.gone}
    found = compare(undo.desired, live, ours, kinds)
    changes = tuple(_told(site, change, images[change.address]) for change in found.changes)
    back, away = of_the_ledger(site.provider, run.images, run.noted)
    return Comparison(changes, tuple(back), tuple(away))


def _within(run: Run, only: frozenset[Address] | None) -> Run:
    if only is None:
        return run
    return Run(
        tuple(image for image in run.images if image.address in only),
        {address: row for address, row in run.noted.items() if address in only},
    )


def _told(site: Site, change: AnyChange, image: Image) -> AnyChange:
    """A creation that can not be taken back is forgotten, whatever its kind does when it is
    dropped."""
    entry = site.ledger.entries.get((change.address.kind, change.address.key))
    kind = site.provider.kind(change.address.kind)
    told = with_ledger(change, image, entry, kind.spec)
    lasts = getattr(kind, "lasts", None)
    why = lasts(change.before.spec) if lasts and change.before and change.after is None else None
    return replace(told, action=Action.FORGET, irreversible=why) if why else told


def _with_needs(live: State, run: Sequence[Image]) -> State:
    """What is live does not say what it needs; the journal does, and deletions go by it."""
    images = {image.address: image for image in run}
    return {
        a: replace(r, needs=images[a].needs, follows=images[a].follows)
        if a in images
        else replace(r, needs=(), follows=())
        for a, r in live.items()
    }
