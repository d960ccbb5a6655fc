"""Documents of one target that shall speak to another one too: contents in, contents out. Pure.

A document is promoted whole, since its `targets` stand over all of it. What is promoted is proved:
the files as they would be are compiled for the destination, without a problem, and what git
states there already stays as it is. What does not pass is left as it is, and told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from reconciler.adopt import Ground
from reconciler.compile import Compiled, differing
from reconciler.contrast import Name, name_of
from reconciler.intent.base import Intent, Intents
from reconciler.intent.edit import Edit
from reconciler.intent.loader import Files, load
from reconciler.intent.written import Unwritable, edited
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.resource import Source, State


@dataclass(frozen=True, slots=True)
class Added:
    """A document that speaks to the destination too. place: the line of the new target, in the
    new text. addresses: what git states there because of it."""

    place: Source
    addresses: tuple[Address, ...]


@dataclass(frozen=True)
class Promotion:
    """files: the contents of those that change. problems: by document, of those that could not
    be promoted. desired: what git states for the destination then. idle: of what was asked for,
    what git states there already. unmoved: what only the source has though its document speaks
    to both: the catalogs answer otherwise."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    added: tuple[Added, ...] = ()
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    desired: State = field(default_factory=dict)
    idle: tuple[Address, ...] = ()
    unmoved: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be promoted: resources of these kinds, these addresses of the source; None for
    all."""

    kinds: frozenset[str] | None = None
    only: frozenset[Address] | None = None

    def takes(self, address: Address) -> bool:
        is_of_kind = self.kinds is None or address.kind in self.kinds
        return is_of_kind and (self.only is None or address in self.only)

    @property
    def is_all(self) -> bool:
        return self.kinds is None and self.only is None


def candidates(intents: Intents, source: str, destination: str) -> Intents:
    """The documents that speak to the source and not to the destination."""
    return Intents(
        tuple(d for d in intents if source in d.targets and destination not in d.targets)
    )


def promoted(files: Files, source: Ground, destination: Ground, wanted: Wanted) -> Promotion:
    """The files in which the wanted documents speak to the destination too, as far as they can,
    and with them those on which they rest.

    The files must be valid for both targets.
    """
    desk = _Desk(files, source, destination, wanted)
    contents, refused = _contents(files, desk.lacking, destination.target.name)
    desk.take(contents)
    accepted = frozenset(contents)
    while objections := desk.objections(accepted):
        refused |= objections
        accepted -= objections.keys()
    accepted = desk.without_needless(accepted)
    return Promotion(
        {path: contents[path] for path in sorted(accepted)},
        tuple(desk.added(accepted)),
        {path: tuple(found) for path, found in sorted(desk.missed(refused).items())},
        desk.compiled(accepted).resources,
        tuple(sorted(a for a in wanted.only or () if name_of(a) in desk.there)),
        tuple(sorted(desk.unmoved())),
    )


Objections = dict[str, list[Problem]]


@dataclass
class _Desk:
    """The documents as they are, and those that would speak to the destination too."""

    files: Files
    source: Ground
    destination: Ground
    wanted: Wanted
    after: dict[str, Intent] = field(default_factory=dict)

    @cached_property
    def intents(self) -> Intents:
        return load(self.files).intents

    @cached_property
    def here(self) -> State:
        """What git states for the source."""
        return self.source.compiled(self.intents).resources

    @cached_property
    def before(self) -> State:
        """What git states for the destination already."""
        return self.destination.compiled(self.intents).resources

    @cached_property
    def there(self) -> frozenset[Name]:
        return frozenset(map(name_of, self.before))

    def take(self, contents: Files) -> None:
        """Read the new texts, each of which stands for one document."""
        both = load({**self.files, **contents}).intents
        self.after = {d.path: d for d in both if d.path in contents}

    @cached_property
    def lacking(self) -> list[Intent]:
        """The documents of which something is missing at the destination, and those that come to
        nothing by themselves, on which others may rest."""
        ours = candidates(self.intents, self.source.target.name, self.destination.target.name)
        return [d for d in ours if self.is_contract(d.path) or self._lacks(d.path, Wanted())]

    @cached_property
    def chosen(self) -> frozenset[str]:
        """Those of which something wanted is missing there."""
        paths = (document.path for document in self.lacking)
        return frozenset(p for p in paths if self.wanted.is_all or self._lacks(p, self.wanted))

    def is_contract(self, path: str) -> bool:
        return path not in self._stated_by

    def compiled(self, accepted: Iterable[str]) -> Compiled:
        chosen = frozenset(accepted)
        return self.destination.compiled(
            Intents(tuple(self.after[d.path] if d.path in chosen else d for d in self.intents))
        )

    def objections(self, accepted: frozenset[str]) -> Objections:
        """Why documents can not be promoted, by those to blame."""
        found: Objections = {}
        for problem in self._problems(accepted):
            for path in self._to_blame(problem, accepted):
                found.setdefault(path, []).append(problem)
        return found

    def missed(self, refused: Objections) -> Objections:
        """Those to be told of: what was chosen, and what comes to nothing where something chosen
        may have rested on it."""
        if not any(path in self.chosen and not self.is_contract(path) for path in refused):
            return {}
        return {p: o for p, o in refused.items() if p in self.chosen or self.is_contract(p)}

    def without_needless(self, accepted: frozenset[str]) -> frozenset[str]:
        """Without the documents that were not chosen, and on which nothing chosen rests."""
        before = accepted
        accepted = self._without(accepted, sorted(accepted - self.chosen))
        return accepted if accepted == before else self.without_needless(accepted)

    def _without(self, accepted: frozenset[str], others: Sequence[str]) -> frozenset[str]:
        """Leave out as many of the others as can be: all at once, else one half after the other."""
        rest = accepted.difference(others)
        if rest == accepted or self._stands_without(others, accepted):
            return rest
        middle = len(others) // 2
        for half in (others[:middle], others[middle:]) if middle else ():
            accepted = self._without(accepted, half)
        return accepted

    def _stands_without(self, others: Sequence[str], accepted: frozenset[str]) -> bool:
        """Whether everything else comes to the same without them."""
        whole, rest = self.compiled(accepted), self.compiled(accepted.difference(others))
        kept = {
            address: resource
            for address, resource in whole.resources.items()
            if resource.source is None or resource.source.path not in others
        }
        return not rest.problems and not differing(kept, rest.resources)

    def added(self, accepted: Iterable[str]) -> Iterator[Added]:
        resources = self.compiled(accepted).resources
        for path in sorted(accepted):
            document = self.after[path]
            place = document.at("targets", len(document.targets) - 1)
            new = (a for a, r in resources.items() if r.source and r.source.path == path)
            yield Added(place, tuple(sorted(new)))

    def unmoved(self) -> Iterator[Address]:
        speaking = {d.path for d in self.intents.for_target(self.destination.target.name)}
        for address, resource in self.here.items():
            is_missing = self.wanted.takes(address) and name_of(address) not in self.there
            if is_missing and resource.source and resource.source.path in speaking:
                yield address

    @cached_property
    def _stated_by(self) -> dict[str, list[Address]]:
        """What each document states for the source."""
        found: dict[str, list[Address]] = {}
        for address, resource in self.here.items():
            if resource.source is not None:
                found.setdefault(resource.source.path, []).append(address)
        return found

    def _lacks(self, path: str, wanted: Wanted) -> bool:
        return any(
            wanted.takes(address) and name_of(address) not in self.there
            for address in self._stated_by.get(path, ())
        )

    def _problems(self, accepted: Iterable[str]) -> list[Problem]:
        """What is not valid; where all is, what git would not state any more as it does."""
        made = self.compiled(accepted)
        return list(made.problems) or list(self._moved(made.resources))

    def _moved(self, after: State) -> Iterator[Problem]:
        """What git states for the destination already is nobody's to change here."""
        for address in sorted(differing(self.before, after) & self.before.keys()):
            source = self.before[address].source
            assert source is not None
            yield Problem(
                source,
                f"{address} would not be stated as it is",
                "promote by hand what it takes something from",
            )

    def _to_blame(self, problem: Problem, accepted: frozenset[str]) -> Iterable[str]:
        """The document that the problem stands in; else those without which it is not there;
        where that is nobody alone, all."""
        if problem.place.path in accepted:
            return [problem.place.path]
        alone = [p for p in sorted(accepted) if problem not in self._problems(accepted - {p})]
        return alone or sorted(accepted)


def _contents(
    files: Files, documents: Sequence[Intent], target: str
) -> tuple[dict[str, bytes], Objections]:
    """The new texts, and the documents of which none can be made."""
    contents: dict[str, bytes] = {}
    unmade: Objections = {}
    for document in documents:
        path = document.path
        edit = Edit(path, ("targets", len(document.targets)), target)
        try:
            contents[path] = edited(path, files[path].decode(), [edit]).encode()
        except Unwritable as error:
            told = replace(error.problem, remedy=f"add {target} to its targets by hand")
            unmade[path] = [told]
    return contents, unmade
