"""Resources that git says have moved: the same thing, under another key. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from reconciler.model.address import Address
from reconciler.model.change import Action, AnyChange
from reconciler.model.resource import Resource, State


def moved_rows(declared: State, applied: State) -> State:
    """What we last wrote, under the keys that git states it under now. A row stays where it is
    when the new key has one already: the thing is then found to be that one, and the row goes."""
    moves = list(_moves(declared))
    if not moves:
        return applied
    moved = dict(applied)
    for old, new in moves:
        if old in moved and new not in moved:
            moved[new] = replace(moved.pop(old), address=new)
    return moved


def found_formerly(desired: State, live: State) -> State:
    """What has moved and does not stand under its new key yet is what stands under the old one."""
    moves = list(_moves(desired))
    if not moves:
        return live
    found = dict(live)
    for old, new in moves:
        if old in found and new not in found:
            moved, wanted = found.pop(old), desired[new]
            along = _goes_along(wanted, desired)
            needs, key = (wanted.needs, None) if along else (moved.needs, old.key)
            found[new] = replace(moved, address=new, live_key=key, needs=needs)
    return found


def _goes_along(resource: Resource[Any], stated: State) -> bool:
    """Whether it has moved with what it stands on, and so takes no move of its own."""
    return any(needed in stated and stated[needed].formerly for needed in resource.needs)


def from_nowhere(changes: Iterable[AnyChange], declared: State, rows: State) -> Iterator[str]:
    """What is to be made though git says that it has moved: nothing stands under its old key, and
    it is not ours under either. rows: what we last wrote, before it was moved."""
    for change in changes:
        made = change.after if change.action is Action.CREATE else None
        if made is None or made.formerly is None or _goes_along(made, declared):
            continue
        old = change.address._replace(key=made.formerly)
        if old not in rows and change.address not in rows:
            yield (
                f"{made.source}: {old} is to have moved to {change.address.key}, and there is none:"
                f" it is made new, and no address leads to it · correct {old.key} under moved,"
                " or take it out"
            )


def _moves(stated: State) -> Iterator[tuple[Address, Address]]:
    for address, resource in stated.items():
        if resource.formerly is not None:
            old = address._replace(key=resource.formerly)
            if old not in stated:
                yield old, address
