"""The order of changes, from references alone: what is pointed at comes first and goes last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from reconciler.model.address import Address
from reconciler.model.change import Action, AnyChange
from reconciler.model.errors import PlanogramError
from reconciler.model.resource import Resource
from reconciler.model.spec import references


class CircularReferences(PlanogramError):
    """Changes that each need another one first."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """waves: changes that may be carried out side by side, wave after wave. requires: the
    changes that must have succeeded before one may be tried: creations of what it points at,
    and for a deletion the changes of all that point at it. (The update of a thing that already
    exists comes first too, but its failure stops nobody.) spared: those of them whose failure
    stops it neither: it is carried out as far as it goes."""

    waves: tuple[tuple[AnyChange, ...], ...]
    requires: Mapping[Address, frozenset[Address]]
    spared: Mapping[Address, frozenset[Address]] = field(default_factory=dict)

    @property
    def changes(self) -> tuple[AnyChange, ...]:
        return tuple(change for wave in self.waves for change in wave)


def by_kind(changes: Iterable[AnyChange]) -> dict[str, list[AnyChange]]:
    """Changes grouped by kind, in the order in which the kinds first occur."""
    groups: dict[str, list[AnyChange]] = {}
    for change in changes:
        groups.setdefault(change.address.kind, []).append(change)
    return groups


def pointed_at(resource: Resource[Any]) -> frozenset[Address]:
    """What a resource refers to, by its fields or by its nature."""
    return frozenset(references(resource.spec, resource.address.target)) | frozenset(resource.needs)


def schedule(changes: Iterable[AnyChange]) -> Schedule:
    """Raises `CircularReferences`."""
    by_address = {change.address: change for change in changes}
    needs = _needs(by_address)
    sorter = TopologicalSorter(_in_turn(by_address, needs))
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(str(address) for address in error.args[1])
        raise CircularReferences(f"these need one another: {circle} · break the circle") from error
    waves = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        waves.append(tuple(by_address[address] for address in ready))
        sorter.done(*ready)
    requires = _requires(by_address, needs)
    return Schedule(tuple(waves), requires, _spared(by_address, requires))


def _in_turn(
    by_address: Mapping[Address, AnyChange], needs: Mapping[Address, frozenset[Address]]
) -> dict[Address, frozenset[Address]]:
    """What comes before each change: all that it needs, and what it follows."""
    return {
        address: needed | frozenset(_followed(by_address, by_address[address]))
        for address, needed in needs.items()
    }


def _followed(by_address: Mapping[Address, AnyChange], change: AnyChange) -> Iterator[Address]:
    for address in change.after.follows if change.after else ():
        if address in by_address and by_address[address].action is not Action.DELETE:
            yield address


def _requires(
    by_address: Mapping[Address, AnyChange], needs: Mapping[Address, frozenset[Address]]
) -> dict[Address, frozenset[Address]]:
    return {
        address: frozenset(
            needed
            for needed in all_needed
            if by_address[address].action is Action.DELETE
            or by_address[needed].action is Action.CREATE
        )
        for address, all_needed in needs.items()
    }


def _spared(
    by_address: Mapping[Address, AnyChange], requires: Mapping[Address, frozenset[Address]]
) -> dict[Address, frozenset[Address]]:
    spared: dict[Address, frozenset[Address]] = {}
    for address, needed in requires.items():
        after = by_address[address].after
        if after is not None and needed:
            named = frozenset(references(after.spec, address.target, spared=True))
            others = frozenset(references(after.spec, address.target, spared=False))
            if found := needed & named - others - frozenset(after.needs):
                spared[address] = found
    return spared


def _needs(by_address: Mapping[Address, AnyChange]) -> dict[Address, frozenset[Address]]:
    """A change needs those of what it points at; the deletion of a thing needs those of all
    that point at it now, or follow it."""
    needs: dict[Address, set[Address]] = {address: set() for address in by_address}
    for change in by_address.values():
        if change.after is not None:
            needs[change.address] |= {
                address
                for address in pointed_at(change.after)
                if address in by_address and by_address[address].action is not Action.DELETE
            }
        if change.before is not None:
            for address in (*pointed_at(change.before), *change.before.follows):
                if address in by_address and by_address[address].action is Action.DELETE:
                    needs[address].add(change.address)
    return {address: frozenset(needed - {address}) for address, needed in needs.items()}
