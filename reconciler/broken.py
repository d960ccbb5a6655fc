"""Changes that refer to what is not there, or leave something referred to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from reconciler.model.address import Address, Key
from reconciler.model.change import Action, AnyChange
from reconciler.model.resource import State
from reconciler.order import pointed_at


class Broken(NamedTuple):
    """A change, what is wrong with it, and what is missing."""

    change: AnyChange
    message: str
    missing: tuple[Address, ...] = ()


def broken(
    changes: Sequence[AnyChange],
    declared: State,
    known: Collection[Address],
    *,
    for_others: Collection[str],
    renamed: Mapping[Address, Key],
) -> list[Broken]:
    """known: what is live, or is to be. for_others: the kinds of things that nobody states for
    their own sake. renamed: what missing things are called now."""
    pointing = list(_pointing_at_nothing(changes, known, renamed))
    made = [c for c in changes if c.action is Action.CREATE and c.address.kind in for_others]
    return [
        *pointing,
        *_for_them_alone(made, declared, pointing),
        *_still_pointed_at(changes, declared),
    ]


def listed(names: Sequence[object]) -> str:
    """The first three, and how many more there are."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(map(str, names[:3])) + more


def _pointing_at_nothing(
    changes: Sequence[AnyChange], known: Collection[Address], renamed: Mapping[Address, Key]
) -> Iterator[Broken]:
    for change in changes:
        if change.after is not None:
            missing = tuple(sorted(a for a in pointed_at(change.after) if a not in known))
            if missing:
                absent = "which does not exist" if len(missing) == 1 else "which do not exist"
                told = f"{change.address} refers to {listed(missing)}, {absent}"
                yield Broken(change, "; ".join((told, *_called_now(missing, renamed))), missing)


def _called_now(missing: Iterable[Address], renamed: Mapping[Address, Key]) -> Iterator[str]:
    for address in missing:
        if address in renamed:
            yield f"the {address.kind} is called {renamed[address]} now"


def _for_them_alone(
    made: Sequence[AnyChange], declared: State, pointing: Sequence[Broken]
) -> Iterator[Broken]:
    """What would be made for the sake of others that are all held."""
    missing = {one.change.address: one.missing for one in pointing}
    changes = {change.address: change for change in made} if missing else {}
    for needed, those in _pointing_at(changes, declared).items():
        if missing.keys() >= set(those):
            absent = tuple(sorted({one for address in those for one in missing[address]}))
            message = f"only {listed(those)} would show {needed}, and can not"
            yield Broken(changes[needed], message, absent)


def _still_pointed_at(changes: Sequence[AnyChange], declared: State) -> Iterator[Broken]:
    deleted = {change.address: change for change in changes if change.action is Action.DELETE}
    for needed, those in _pointing_at(deleted, declared).items():
        yield Broken(deleted[needed], f"{listed(sorted(those))} still refers to it")


def _pointing_at(
    wanted: Mapping[Address, AnyChange], declared: State
) -> Mapping[Address, list[Address]]:
    """Who refers to these, of all that is declared."""
    pointing: dict[Address, list[Address]] = {}
    for address, resource in declared.items() if wanted else ():
        for needed in wanted.keys() & pointed_at(resource):
            pointing.setdefault(needed, []).append(address)
    return pointing
