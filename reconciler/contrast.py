"""Two targets of one platform side by side, kind by kind and key by key. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address, Key
from reconciler.model.resource import State
from reconciler.model.spec import UNSTATED, Path, Unstated, Value, canonical_json, owned, shape

Name = tuple[str, Key]
"""An address without its target: kind and key."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A field in which two targets are not alike; UNSTATED where a side says nothing of it."""

    path: Path
    source: Value | Unstated
    destination: Value | Unstated


@dataclass(frozen=True)
class Contrast:
    """The resources of one kind, by where they are: keys in order."""

    kind: str
    only_source: tuple[Key, ...] = ()
    alike: tuple[Key, ...] = ()
    differing: Mapping[Key, tuple[Gap, ...]] = field(default_factory=dict)
    only_destination: tuple[Key, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.only_source or self.alike or self.differing or self.only_destination)


def name_of(address: Address) -> Name:
    return address.kind, address.key


def of_desired(source: State, destination: State, kinds: Iterable[str]) -> tuple[Contrast, ...]:
    """What git states for the one and for the other."""
    return _contrasts(_stated(source), _stated(destination), kinds)


def of_live(
    source: State, destination: State, stated: Iterable[State], kinds: Iterable[str]
) -> tuple[Contrast, ...]:
    """What the two shops hold of what git states for both: only of fields that it states for one
    of them, and an empty field is one that is not there."""
    paths = _paths_of(stated)
    sides = [
        {name: _shown(fields, paths[name]) for name, fields in _stated(state).items()}
        for state in (source, destination)
    ]
    return _contrasts(sides[0], sides[1], kinds)


_Fields = Mapping[Name, Mapping[Path, Value]]


def _stated(state: State) -> dict[Name, Mapping[Path, Value]]:
    return {name_of(address): owned(resource.spec) for address, resource in state.items()}


def _paths_of(states: Iterable[State]) -> dict[Name, set[Path]]:
    """The paths that are stated somewhere, without those that no platform gives back."""
    paths: dict[Name, set[Path]] = {}
    for state in states:
        for address, resource in state.items():
            unread = {f.name for f in shape(type(resource.spec)) if f.create_only}
            told = {p for p in owned(resource.spec) if p.split(".", 1)[0] not in unread}
            paths.setdefault(name_of(address), set()).update(told)
    return paths


def _shown(fields: Mapping[Path, Value], paths: Iterable[Path]) -> dict[Path, Value]:
    values = {path: fields.get(path) for path in paths}
    return {path: None if value in ("", []) else value for path, value in values.items()}


def _contrasts(source: _Fields, destination: _Fields, kinds: Iterable[str]) -> tuple[Contrast, ...]:
    made = (_contrast(kind, source, destination) for kind in kinds)
    return tuple(contrast for contrast in made if not contrast.is_empty)


def _contrast(kind: str, source: _Fields, destination: _Fields) -> Contrast:
    here = {key for of, key in source if of == kind}
    there = {key for of, key in destination if of == kind}
    gaps = {
        key: tuple(_gaps(source[kind, key], destination[kind, key])) for key in sorted(here & there)
    }
    return Contrast(
        kind,
        tuple(sorted(here - there)),
        tuple(key for key, found in gaps.items() if not found),
        {key: found for key, found in gaps.items() if found},
        tuple(sorted(there - here)),
    )


def _gaps(source: Mapping[Path, Value], destination: Mapping[Path, Value]) -> Iterator[Gap]:
    for path in sorted({*source, *destination}):
        gap = Gap(path, source.get(path, UNSTATED), destination.get(path, UNSTATED))
        if _text(gap.source) != _text(gap.destination):
            yield gap


def _text(value: Value | Unstated) -> str:
    """`null` is not the same as nothing said."""
    return "" if isinstance(value, Unstated) else canonical_json(value)
