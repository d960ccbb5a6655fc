"""What a shop has, written beside what git says of it already: contents in, contents out. Pure.

Each part of a transcript (a term, a field, a collection, a listing) is compiled beside what git
states for the target. A part at an address that git states stays git's; one that comes to a
problem is left out and told. So files that were valid are valid afterwards, nothing that stands
in them moves, and what was written once is not written again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from reconciler.adopt import Ground
from reconciler.compile import mapped
from reconciler.intent.base import Intent, Intents, Place
from reconciler.intent.loader import TARGETS_FILE, Files, load
from reconciler.intent.mapping import Mapping as FieldMapping
from reconciler.intent.offering import Offering
from reconciler.intent.parts import Data, Documents, entries, part_around, without
from reconciler.intent.placing import placed
from reconciler.intent.rendered import document
from reconciler.intent.taxonomy import Taxonomy
from reconciler.intent.yaml import read
from reconciler.model.errors import InvalidDesiredState
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source, State
from reconciler.provider import Compilation, Part, Transcript

_NAMED: Final = ((Taxonomy, "taxonomy"), (FieldMapping, "mapping"), (Offering, "offering"))
_NAMES: Final = tuple((kind.folder, name) for kind, name in _NAMED)


@dataclass(frozen=True)
class TakenOver:
    """files: the contents of those that change, as people are shown them. written, stated: how
    many of what, by folder, are written, and are git's already. left_out: what no intent says."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    written: Mapping[str, int] = field(default_factory=dict)
    stated: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def taken_over(
    transcript: Transcript, files: Files, ground: Ground, folders: Collection[str] = ()
) -> TakenOver:
    """folders: only of these something is written and told; of all where none is named.

    Raises `InvalidDesiredState` where git's own intents for the target come to a problem.
    """
    standing = load(files).intents.for_target(ground.target.name)
    compiled = ground.compiled(standing)
    if compiled.problems:
        raise InvalidDesiredState(compiled.problems)
    beside = _Beside(standing, compiled.resources, ground, files)
    asked = _asked(transcript, folders)
    fitted = beside.fitted(asked.documents, transcript.documents)
    before, after = _parts(asked.documents), _parts(fitted.documents)
    lost = {part for part, _ in fitted.lost}
    stated = {p: None for p in before if p not in after and not _is_within(p, lost)}
    left_out = [o.text for o in asked.left_out if not beside.says(o.about, stated)]
    return TakenOver(
        placed(fitted.documents, standing, files),
        _by_folder(after),
        _by_folder(stated),
        (*left_out, *(text for _, text in fitted.lost)),
    )


def _asked(transcript: Transcript, folders: Collection[str]) -> Transcript:
    if not folders:
        return transcript
    documents = {p: data for p, data in transcript.documents.items() if _folder(p) in folders}
    left_out = [o for o in transcript.left_out if any(_folder(p) in folders for p, _ in o.about)]
    return Transcript(documents, left_out)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """documents: those that can stand beside git's. lost: what can not, in words."""

    documents: Documents
    lost: tuple[tuple[Part, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Beside:
    """What git says of the target already."""

    standing: Intents
    stated: State
    ground: Ground
    files: Files

    def fitted(self, documents: Documents, all_: Documents) -> _Fitted:
        """Parts are taken out until all that is left compiles: what was taken out may have been
        what something else needed. all_: those too that are not asked for."""
        reworded, lost = self._reworded(documents, all_)
        fitted = _Fitted(reworded, tuple(lost))
        while True:
            after = self._fitted_once(fitted)
            if after.documents == fitted.documents:
                return after
            fitted = after

    def _fitted_once(self, before: _Fitted) -> _Fitted:
        out: dict[str, set[Place]] = {}
        lost = list(before.lost)
        for path, place, problem in self._objections(before.documents):
            if place not in out.setdefault(path, set()) and problem:
                lost.append(((path, place), _words(path, place, problem)))
            out[path].add(place)
        kept = {p: without(data, out.get(p, ())) for p, data in before.documents.items()}
        return _Fitted({p: data for p, data in kept.items() if data is not None}, tuple(lost))

    def _objections(self, documents: Documents) -> Iterator[tuple[str, Place, Problem | None]]:
        """Which part of which document can not stand there, and why; None: git states it."""
        texts = {path: document(data).encode() for path, data in documents.items()}
        root = PurePosixPath(next(iter(self.files))).parts[0]
        targets = f"{root}/{TARGETS_FILE}"
        news = {f"{root}/{path}": text for path, text in texts.items()}
        found = load({targets: self.files[targets], **news})
        for problem in found.problems:
            path = problem.place.path
            yield _below(path), _part_at(problem.place, news.get(path, b"")), problem
        everything = Intents.made_of((*self.standing, *found.intents))
        compilation = Compilation(self.ground.target, everything, self.ground.answers)
        for intent in found.intents:
            yield from self._objections_to(intent, compilation)

    def _objections_to(
        self, intent: Intent, compilation: Compilation
    ) -> Iterator[tuple[str, Place, Problem | None]]:
        path, ways = _below(intent.path), intent.ways()

        def part(place: Source) -> Place:
            is_here = place.path == intent.path
            return part_around(ways.get((place.line, place.column), ())) if is_here else ()

        selected: dict[Place, list[Resource[Any]]] = {}
        for found in mapped(intent, self.ground.provider, compilation):
            if isinstance(found, Problem):
                yield path, part(found.place), found
            elif found.source is not None and part(found.source)[:1] == ("selectors",):
                selected.setdefault(part(found.source), []).append(found)
            elif found.address in self.stated and found.source is not None:
                yield path, part(found.source), None
        for place, resources in selected.items():
            yield from ((path, place, why) for why in self._objections_to_selector(resources))

    def _objections_to_selector(
        self, resources: Sequence[Resource[Any]]
    ) -> Iterator[Problem | None]:
        """A selector is git's where git states all that it finds; where git states some of it, the
        selector can not stand beside that."""
        ours = [found for found in resources if found.address in self.stated]
        if len(ours) == len(resources):
            yield None
        elif ours:
            source = resources[0].source
            assert source is not None
            cause = f"git states {len(ours)} of the {len(resources)} values that it sets"
            yield Problem(source, cause, "write the selector, and take those out, by hand")

    def says(self, about: Collection[Part], stated: Collection[Part]) -> bool:
        """Whether git states all of these by itself."""
        names = self._names()
        return bool(about) and all(
            part in stated or (_folder(part[0]), PurePosixPath(part[0]).stem) in names
            for part in about
        )

    def _names(self) -> set[tuple[str, str]]:
        return {
            (kind.folder, getattr(intent, name))
            for kind, name in _NAMED
            for intent in self.standing.of(kind)
        }

    def _reworded(
        self, documents: Documents, all_: Documents
    ) -> tuple[Documents, list[tuple[Part, str]]]:
        """Without what git has under the same name; offerings of a mapping that git has are told
        in its words."""
        named = self._names()
        kept, lost = {}, list[tuple[Part, str]]()
        for path, data in documents.items():
            if _name(path, data) in named:
                continue
            kept[path] = data
            if "offering" in data and (FieldMapping.folder, data["mapping"]) in named:
                kept[path], told = self._in_words_of_git(data, all_)
                lost += [((path, ("fields", field)), text) for field, text in told]
        return kept, lost

    def _in_words_of_git(
        self, data: Data, documents: Documents
    ) -> tuple[Data, list[tuple[str, str]]]:
        ours = next(m for m in self.standing.of(FieldMapping) if m.mapping == data["mapping"])
        words = {(d.attribute, d.metadata): name for name, d in ours.fields.items()}
        theirs = next(
            d["fields"]
            for path, d in documents.items()
            if _name(path, d) == (FieldMapping.folder, ours.mapping)
        )
        fields, told = {}, []
        for name, value in data["fields"].items():
            home = theirs[name].get("attribute"), theirs[name].get("metadata")
            if home in words:
                fields[words[home]] = value
            else:
                cause = f"the mapping {ours.mapping} has no field for {home[0] or home[1]}"
                text = f"offering {data['offering']}, {name}: {cause} · add one to it"
                told.append((name, text))
        return {**data, "fields": fields}, told


def _part_at(place: Source, content: bytes) -> Place:
    """The part of a document that can not be read as an intent, in which something is wrong."""
    ways = read(place.path, content).places.ways()
    return part_around(ways.get((place.line, place.column), ()))


def _is_within(part: Part, lost: Collection[Part]) -> bool:
    """Whether it was lost, or all around it."""
    path, place = part
    return any((path, place[:length]) in lost for length in range(len(place) + 1))


def _parts(documents: Documents) -> dict[Part, None]:
    """Entries of lists, and documents of what is none; in order."""
    return {
        (path, place): None
        for path, data in documents.items()
        for place in ([way for way, _ in entries(data)] or [()])
    }


def _by_folder(parts: Iterable[Part]) -> dict[str, int]:
    return dict(Counter(_folder(path) for path, _ in parts))


def _words(path: str, place: Place, problem: Problem) -> str:
    where = " ".join((path, ".".join(map(str, place)))).strip()
    return f"{where}: {problem.cause} · {problem.remedy}"


def _name(path: str, data: Data) -> tuple[str, str] | None:
    folder = _folder(path)
    return next(((f, data[name]) for f, name in _NAMES if f == folder), None)


def _folder(path: str) -> str:
    return PurePosixPath(path).parts[0]


def _below(path: str) -> str:
    return str(PurePosixPath(*PurePosixPath(path).parts[1:]))
