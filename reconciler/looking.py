"""What stands live, looked at before anything is compared or written. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from reconciler.concurrent import side_by_side
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import AnyChange
from reconciler.model.errors import Refused
from reconciler.model.resource import Resource, State
from reconciler.moving import found_formerly
from reconciler.order import by_kind, pointed_at
from reconciler.provider import Access, AnyProvider, Lack, Unauthorised
from reconciler.site import Site


def must_be_the_same_account(site: Site, account: str) -> None:
    """Raises `Refused` where another account than the ledger's stands behind the target."""
    known = site.ledger.account
    if known is not None and known != account:
        raise Refused(
            f"{site.name} was applied to {known}, and now {account} answers there"
            " · correct the endpoint or the credential; for a new store use a new target name"
        )


async def observe(
    provider: AnyProvider, session: Any, target: str, desired: State, applied: State
) -> State:
    """The live state of all that is declared, managed or referred to; kinds side by side.

    Raises `Unauthorised`, before anything is read, where the credential does not reach so far.
    """
    wanted = _wanted(desired, applied)
    for resource in desired.values():
        if resource.formerly is not None:
            wanted[resource.address.kind].setdefault(resource.formerly, None)
    _must_be_readable(provider.access(session), wanted)
    states = await side_by_side(
        partial(read_keys, provider, session, target, kind.name, wanted[kind.name])
        for kind in provider.kinds
        if wanted.get(kind.name)
    )
    live: dict[Address, Resource[Any]] = {}
    while states:  # each goes as it is taken over: of a large shop they are large
        live |= states.pop(0)
    return found_formerly(desired, live)


def _must_be_readable(access: Access, wanted: Mapping[str, object]) -> None:
    lacking: dict[Lack, list[str]] = {}
    for kind, lack in access.unreadable.items():
        if wanted.get(kind):
            lacking.setdefault(lack, []).append(kind)
    if lacking:
        told = "; ".join(f"{k.text}, to read {', '.join(kinds)}" for k, kinds in lacking.items())
        raise Unauthorised(f"{told} · {next(iter(lacking)).remedy}")


def _wanted(desired: State, applied: State) -> dict[str, dict[Key, Remote | None]]:
    wanted: dict[str, dict[Key, Remote | None]] = {}
    for address, resource in (*desired.items(), *applied.items()):
        wanted.setdefault(address.kind, {})[address.key] = resource.remote
        for needed in pointed_at(resource):
            wanted.setdefault(needed.kind, {}).setdefault(needed.key, None)
    return wanted


async def read_keys(
    provider: AnyProvider, session: Any, target: str, kind: str, keys: Mapping[Key, Remote | None]
) -> State:
    """The live resources of one kind under the wanted keys."""
    found = provider.kind(kind).read(session, target, keys)
    return {resource.address: resource async for resource in found}


def renamed(provider: AnyProvider, live: State) -> dict[Address, Key]:
    """What stands under another key now than git knows: what was found there by its own id, and
    what such a one stands on."""
    found: dict[Address, Key] = {}
    for address, resource in live.items():
        if resource.live_key in (None, address.key):
            continue
        found[address] = str(resource.live_key)
        stands_on = getattr(provider.kind(address.kind), "stands_on", None)
        if stands_on is not None:
            before, now = stands_on(address.key), stands_on(resource.live_key)
            if before != now:
                found[Address(address.target, *before)] = now[1]
    return found


async def strangers(
    site: Site,
    session: Any,
    desired: State,
    applied: State,
    live: State,
    part: frozenset[Address] | None,
) -> list[Resource[Any]]:
    """What stands live in the midst of what git states whole, and is neither stated nor ours: not
    by its key, and not by the id that a stated one was found by."""
    if site.policy.unknown_values == "ignore":
        return []
    meant = desired if part is None else {a: r for a, r in desired.items() if a in part}
    found: list[Resource[Any]] = []
    for kind in site.provider.kinds:
        ask = getattr(kind, "strangers", None)
        if ask is not None:
            found += await ask(session, site.name, meant)
    if not found:
        return []
    ours = {(a.kind, resource.remote) for a, resource in live.items()}
    return [
        stranger
        for stranger in found
        if stranger.address not in {*desired, *applied}
        and (stranger.address.kind, stranger.remote) not in ours
    ]


async def with_effects(
    provider: AnyProvider, session: Any, changes: tuple[AnyChange, ...]
) -> tuple[AnyChange, ...]:
    """The changes, with what they do beyond their fields where the kind can say."""
    effects: dict[Address, Any] = {}
    for kind, group in by_kind(changes).items():
        ask = getattr(provider.kind(kind), "effects", None)
        if ask is not None:
            effects |= await ask(session, group)
    return tuple(change.with_effect(effects.get(change.address)) for change in changes)
