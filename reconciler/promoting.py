"""The use case `promote`: compare two targets, and let documents of the one speak to the other.

Nothing is written to a platform or into a ledger, and no file: the new contents are handed back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from reconciler.adopt import Ground
from reconciler.compile import questions
from reconciler.concurrent import side_by_side
from reconciler.contrast import Contrast, name_of, of_desired, of_live
from reconciler.intent.base import Intents
from reconciler.intent.loader import Files, load
from reconciler.looking import must_be_the_same_account, observe
from reconciler.model.address import Address
from reconciler.model.errors import InvalidDesiredState, Usage
from reconciler.model.resource import State
from reconciler.order import pointed_at
from reconciler.promotion import Promotion, Wanted, candidates, promoted
from reconciler.provider import PlatformError
from reconciler.site import Site


@dataclass(frozen=True)
class Promoted:
    """desired: what git stated for the two before. live: what the shops hold of what it states
    for both now. missing: by address of the destination, what it points at and what is neither
    stated nor live there."""

    promotion: Promotion
    desired: tuple[Contrast, ...]
    live: tuple[Contrast, ...]
    missing: tuple[tuple[Address, Address], ...]


async def promote(source: Site, destination: Site, files: Files, wanted: Wanted) -> Promoted:
    """Let what is wanted of the source's documents speak to the destination too.

    Raises `InvalidDesiredState` for files that are not valid for both, `Usage` for an address
    that git does not state, `PlatformError` where a platform could not be read.
    """
    desired = load(files)
    if desired.problems:
        raise InvalidDesiredState(desired.problems)
    intents = desired.intents
    coming = candidates(intents, source.name, destination.name)
    theirs = (*intents.for_target(destination.name), *coming)
    grounds = await side_by_side(
        [
            partial(_ground, source, intents.for_target(source.name)),
            partial(_ground, destination, Intents(theirs)),
        ]
    )
    here, there = (_valid(ground, intents) for ground in grounds)
    _must_be_stated(wanted, here, source.name)
    promotion = promoted(files, grounds[0], grounds[1], wanted)
    ours, theirs_now = _shared(here, promotion.desired), _shared(promotion.desired, here)
    live = await side_by_side(
        [partial(_live, source, ours), partial(_live, destination, theirs_now)]
    )
    kinds = [kind.name for kind in source.provider.kinds if kind.managed]
    return Promoted(
        promotion,
        of_desired(here, there, kinds),
        of_live(_part(live[0], ours), _part(live[1], theirs_now), (ours, theirs_now), kinds),
        tuple(_missing(promotion, live[1])),
    )


@asynccontextmanager
async def _reading(site: Site) -> AsyncIterator[Any]:
    site.ledger.load()
    try:
        async with site.provider.reading(site.target, site.wire()) as session:
            must_be_the_same_account(site, await site.provider.identify(session))
            yield session
    except PlatformError as error:
        raise PlatformError(f"{site.name} ({site.target.endpoint}): {error}") from error


async def _ground(site: Site, intents: Intents) -> Ground:
    """The target with what its catalog says to these documents' selectors."""
    asked = questions(site.provider, intents)
    async with _reading(site) as session:
        answers = await site.provider.answer(session, asked) if asked else {}
    return Ground(site.target, site.provider, answers)


async def _live(site: Site, stated: State) -> State:
    """What the shop holds of it, and of what it points at."""
    async with _reading(site) as session:
        return await observe(site.provider, session, site.name, stated, {})


def _valid(ground: Ground, intents: Intents) -> State:
    compiled = ground.compiled(intents)
    if compiled.problems:
        raise InvalidDesiredState(compiled.problems)
    return compiled.resources


def _must_be_stated(wanted: Wanted, desired: State, source: str) -> None:
    for address in sorted(wanted.only or ()):
        if address not in desired:
            raise Usage(f"--only {address}: git states nothing of this name for {source}")


def _shared(state: State, other: State) -> State:
    """What git states for both, as it states it for the first."""
    names = {name_of(address) for address in other}
    return {a: r for a, r in state.items() if name_of(a) in names}


def _part(live: State, stated: State) -> State:
    return {address: resource for address, resource in live.items() if address in stated}


def _missing(promotion: Promotion, live: State) -> Iterable[tuple[Address, Address]]:
    for added in promotion.added:
        for address in added.addresses:
            for needed in sorted(pointed_at(promotion.desired[address])):
                if needed not in promotion.desired and needed not in live:
                    yield address, needed
