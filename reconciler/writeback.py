"""Values written back into what people wrote: contents of files in, contents out. Pure.

What platforms propose is made and proved here: the files are read and compiled again, and git
must then state just what was wanted, on this target and no other. What does not pass is left as
it is, address by address, and told with place, cause and remedy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reconciler.adopt import OR_APPLY, Ground, Wanted, edits_of
from reconciler.compare import states_only_emptiness
from reconciler.compile import Compiled
from reconciler.intent import yaml
from reconciler.intent.base import Intents, Place
from reconciler.intent.edit import REMOVE, Edit, Taken, part_at
from reconciler.intent.loader import Files, load
from reconciler.intent.written import Unwritable, edited
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.resource import Source, State
from reconciler.model.spec import Merge, Path, Value, canonical_json, owned, shape


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One part of a file that says something else. `way` is its place in the document; `place`
    its line: in the new text, or in the old one of what was taken out."""

    address: Address
    place: Source
    way: Place
    before: Value | Taken
    after: Value | Taken


@dataclass(frozen=True)
class WrittenBack:
    """files: the contents of those that change; None for one that goes. problems: of the addresses
    that could not be written back; nothing was changed for them. also: other resources of which
    git states something else now."""

    files: Mapping[str, bytes | None] = field(default_factory=dict)
    rewrites: tuple[Rewrite, ...] = ()
    problems: Mapping[Address, tuple[Problem, ...]] = field(default_factory=dict)
    also: tuple[Address, ...] = ()

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Those that were written back."""
        return tuple(dict.fromkeys(rewrite.address for rewrite in self.rewrites))


def written_back(files: Files, grounds: Sequence[Ground], wanted: Wanted) -> WrittenBack:
    """The files with what is wanted in them, as far as that can be; all or nothing by address.

    grounds: all targets that the files speak to, those of `wanted` with their answers. The files
    must be valid.
    """
    desk = _Desk(files, grounds, wanted)
    accepted, refused = desk.proposed()
    attempt = desk.attempt(accepted)
    while objections := desk.objections(attempt):
        refused |= objections
        accepted = {a: edits for a, edits in accepted.items() if a not in objections}
        attempt = desk.attempt(accepted)
    told = {address: tuple(problems) for address, problems in sorted(refused.items())}
    return WrittenBack(
        attempt.contents, tuple(desk.rewrites(attempt)), told, tuple(desk.others(attempt))
    )


Edits = Mapping[Address, Sequence[Edit]]
Objections = dict[Address, list[Problem]]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """contents: of the files that change by these edits. unmade: whose edits can not be made.
    states: what git then comes to on each target. problems: what is not valid in it."""

    edits: Edits
    contents: Mapping[str, bytes | None]
    unmade: Objections
    states: Mapping[str, Compiled]
    problems: Sequence[Problem]


class _Desk:
    """The files before, and what they come to on each target."""

    def __init__(self, files: Files, grounds: Sequence[Ground], wanted: Wanted) -> None:
        self.files, self.grounds, self.wanted = files, grounds, wanted
        self.desired = load(files)
        self.before = self._states(self.desired.intents)

    def proposed(self) -> tuple[dict[Address, list[Edit]], Objections]:
        """The edits to begin with, and the addresses for which there are none."""
        proposals = edits_of(self.desired.intents, self.grounds, self.wanted)
        edits: dict[Address, list[Edit]] = {}
        refused = {address: [self._unknown(address)] for address in self.wanted}
        for address, proposed in proposals.items():
            refused[address] = [part for part in proposed if isinstance(part, Problem)]
            edits[address] = [part for part in proposed if isinstance(part, Edit)]
        refused = {address: problems for address, problems in refused.items() if problems}
        return {a: edits for a, edits in edits.items() if a not in refused}, refused

    def attempt(self, edits: Edits) -> _Attempt:
        contents, unmade = _contents(self.files, edits)
        both = {**self.files, **contents}
        after = load({path: content for path, content in both.items() if content is not None})
        states = self._states(after.intents)
        problems = [*after.problems, *(p for s in states.values() for p in s.problems)]
        return _Attempt(edits, contents, unmade, states, problems)

    def objections(self, attempt: _Attempt) -> Objections:
        """Why an attempt may not stand, by the addresses that must be left out of it."""
        if attempt.unmade:
            return attempt.unmade
        if attempt.problems:
            return self._invalid(attempt)
        wrong: Objections = {}
        for address in attempt.edits:
            wrong[address] = list(self._wrong(address, attempt.states[address.target]))
        for other in self.others(attempt):
            for address in self._crossing(attempt, other):
                wrong[address].append(self._of_another_target(address, other))
        return {address: problems for address, problems in wrong.items() if problems}

    def others(self, attempt: _Attempt) -> Iterator[Address]:
        """Addresses of which git would state something else, though nobody asked for it."""
        for target, after in attempt.states.items():
            before = self.before[target].resources
            for address in sorted({*before, *after.resources} - attempt.edits.keys()):
                if _spec_of(before, address) != _spec_of(after.resources, address):
                    yield address

    def rewrites(self, attempt: _Attempt) -> Iterator[Rewrite]:
        documents = {
            path: (yaml.read(path, self.files[path]), yaml.read(path, after) if after else None)
            for path, after in attempt.contents.items()
        }
        for address, edits in attempt.edits.items():
            for edit in edits:
                if edit.path in documents:
                    yield _rewrite(address, edit, *documents[edit.path])

    def _states(self, intents: Intents) -> dict[str, Compiled]:
        return {ground.target.name: ground.compiled(intents) for ground in self.grounds}

    def _source(self, address: Address) -> Source:
        source = self.before[address.target].resources[address].source
        assert source is not None
        return source

    def _unknown(self, address: Address) -> Problem:
        return Problem(
            self.desired.target_places.at(address.target),
            f"git does not state {address}, so there is no line to write it in",
            "state it first, or revert the commit that took it out",
        )

    def _wrong(self, address: Address, after: Compiled) -> Iterator[Problem]:
        """Where git would not state what is wanted, though all edits were made."""
        values, found = self.wanted[address], after.resources.get(address)
        if values is None:
            if found is not None and not states_only_emptiness(found.spec):
                cause = f"{address} would still be stated, at {found.source}"
                yield Problem(
                    self._source(address), cause, "take it out by hand, or apply, to make it again"
                )
        elif found is None:
            cause = f"{address} would not be stated any more"
            yield Problem(self._source(address), cause, f"edit it by hand, {OR_APPLY}")
        else:
            yield from self._misses(address, values, owned(found.spec))

    def _misses(
        self, address: Address, values: Mapping[Path, Value], stated: Mapping[Path, Value]
    ) -> Iterator[Problem]:
        before = self.before[address.target].resources[address].spec
        meant = owned(before) | _canonical(type(before), values)
        for path, value in stated.items():
            if path in meant and canonical_json(meant[path]) != canonical_json(value):
                yield Problem(
                    self._source(address),
                    f"{path} of {address} follows from something else in desired/: it would be"
                    f" {canonical_json(value)}, not {canonical_json(meant[path])}",
                    f"adopt that too, {OR_APPLY}",
                )

    def _invalid(self, attempt: _Attempt) -> Objections:
        """What would not be valid any more is laid at the door of those without whom there is
        less wrong; where that is nobody alone, of all whose files are concerned."""
        paths = {problem.place.path for problem in attempt.problems}
        concerned = [
            a for a, edits in attempt.edits.items() if any(e.path in paths for e in edits)
        ] or list(attempt.edits)
        blamed = {address: self._due_to(address, attempt) for address in concerned}
        first = attempt.problems[0]
        if not any(blamed.values()):
            blamed = dict.fromkeys(concerned, first)
        return {
            address: [
                Problem(
                    self._source(address),
                    f"what is live does not fit into desired/: {problem.cause}",
                    f"{problem.remedy}; {OR_APPLY}",
                )
            ]
            for address, problem in blamed.items()
            if problem is not None
        }

    def _due_to(self, address: Address, attempt: _Attempt) -> Problem | None:
        """A problem that is not there without this address."""
        rest = {a: edits for a, edits in attempt.edits.items() if a != address}
        causes = {problem.cause for problem in self.attempt(rest).problems}
        return next((p for p in attempt.problems if p.cause not in causes), None)

    def _crossing(self, attempt: _Attempt, other: Address) -> Iterator[Address]:
        """Addresses of other targets that share the document of this one."""
        states = (self.before[other.target].resources, attempt.states[other.target].resources)
        sources = (state[other].source for state in states if other in state)
        paths = {source.path for source in sources if source}
        for address, edits in attempt.edits.items():
            if address.target != other.target and any(edit.path in paths for edit in edits):
                yield address

    def _of_another_target(self, address: Address, other: Address) -> Problem:
        return Problem(
            self._source(address),
            f"this document speaks to {other.target} too: {other} would change with it",
            f"give {address.target} a document of its own, {OR_APPLY}",
        )


def _spec_of(state: State, address: Address) -> Any:
    return state[address].spec if address in state else None


def _contents(files: Files, edits: Edits) -> tuple[dict[str, bytes | None], Objections]:
    """The contents of the files that change, and whose edits can not be made."""
    by_path: dict[str, list[Edit]] = {}
    for edit in (edit for own in edits.values() for edit in own):
        by_path.setdefault(edit.path, []).append(edit)
    contents: dict[str, bytes | None] = {}
    unmade: Objections = {}
    for path, together in by_path.items():
        try:
            contents[path] = _content(path, files[path], together)
        except Unwritable as error:
            for address, own in edits.items():
                if any(edit in error.edits for edit in own):
                    unmade.setdefault(address, []).append(error.problem)
    return {p: content for p, content in contents.items() if content != files[p]}, unmade


def _content(path: str, content: bytes, edits: Sequence[Edit]) -> bytes | None:
    if any(edit.removes_file for edit in edits):
        return None
    return edited(path, content.decode(), edits).encode()


def _rewrite(
    address: Address, edit: Edit, before: yaml.Document, after: yaml.Document | None
) -> Rewrite:
    stands = before if after is None or edit.value is REMOVE else after
    value = part_at(before.data, edit.place)
    return Rewrite(address, stands.places.at(*edit.place), edit.place, value, edit.value)


_IN_ORDER: Final = (Merge.ORDERED, Merge.SEQUENCE)


def _canonical(spec: type, values: Mapping[Path, Value]) -> dict[Path, Value]:
    """The values with lists whose order does not count in one order."""
    merges = {field.name: field.merge for field in shape(spec)}
    return {
        path: sorted(value, key=canonical_json)
        if isinstance(value, list) and merges.get(path.split(".", 1)[0]) not in _IN_ORDER
        else value
        for path, value in values.items()
    }
