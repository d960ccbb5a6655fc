"""Resources that git says have moved: the same thing, under another key. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.resource import State


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
            found[new] = replace(found.pop(old), address=new, live_key=old.key)
    return found


def _moves(stated: State) -> Iterator[tuple[Address, Address]]:
    for address, resource in stated.items():
        if resource.formerly is not None:
            old = address._replace(key=resource.formerly)
            if old not in stated:
                yield old, address
