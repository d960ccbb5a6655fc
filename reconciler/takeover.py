"""What a shop has, written beside what git says of it already: contents in, contents out. Pure.

Each part of a transcript (a term, a field, a collection, a listing) is compiled beside what git
states for the target. A part at an address that git states stays git's; one that comes to a
problem is left out and told. So files that were valid are valid afterwards, nothing that stands
in them moves, and what was written once is not written again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePosixPath
from typing import Any, Final

from reconciler.adopt import Ground
from reconciler.compile import mapped
from reconciler.intent.base import Intent, Intents, Place
from reconciler.intent.bundles import Bundles
from reconciler.intent.channels import Channels
from reconciler.intent.collection import Collections
from reconciler.intent.edit import REMOVE, Edit, applied
from reconciler.intent.loader import TARGETS_FILE, Files, load
from reconciler.intent.mapping import Mapping as FieldMapping
from reconciler.intent.offering import Offering
from reconciler.intent.rendered import document
from reconciler.intent.taxonomy import Taxonomy
from reconciler.intent.written import Unwritable, edited
from reconciler.model.errors import InvalidDesiredState
from reconciler.model.problem import Problem
from reconciler.model.resource import State
from reconciler.model.spec import plain
from reconciler.provider import Compilation, Part, Transcript

Data = Mapping[str, Any]
Documents = Mapping[str, Data]
"""Path below `desired/` → an intent's data."""

_DEPTHS: Final = {"terms": 2, "fields": 2, "collections": 2, "channels": 4, "bundles": 2}
"""How long the way is to a part that can be left out by itself, by its first step."""

_LISTS: Final = ("collections", "channels", "bundles")
"""What documents are a list of: without an entry they say nothing."""

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


def taken_over(transcript: Transcript, files: Files, ground: Ground) -> TakenOver:
    """Raises `InvalidDesiredState` where git's own intents for the target come to a problem."""
    standing = load(files).intents.for_target(ground.target.name)
    compiled = ground.compiled(standing)
    if compiled.problems:
        raise InvalidDesiredState(compiled.problems)
    beside = _Beside(standing, compiled.resources, ground, files)
    fitted = beside.fitted(transcript.documents)
    written, told = _files(fitted.documents, standing, files)
    before, after = _parts(transcript.documents), _parts(fitted.documents)
    lost = {part for part, _ in fitted.lost}
    stated = [part for part in before if part not in after and part not in lost]
    left_out = [o.text for o in transcript.left_out if not beside.says(o.about, stated)]
    lost_parts = [text for _, text in fitted.lost]
    return TakenOver(
        written, _by_folder(after), _by_folder(stated), (*left_out, *lost_parts, *told)
    )


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

    def fitted(self, documents: Documents) -> _Fitted:
        """Parts are taken out until all that is left compiles: what was taken out may have been
        what something else needed."""
        reworded, lost = self._reworded(documents)
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
        kept = {p: _without(data, out.get(p, ())) for p, data in before.documents.items()}
        return _Fitted({p: data for p, data in kept.items() if data is not None}, tuple(lost))

    def _objections(self, documents: Documents) -> Iterator[tuple[str, Place, Problem | None]]:
        """Which part of which document can not stand there, and why; None: git states it."""
        texts = {path: document(data).encode() for path, data in documents.items()}
        root = PurePosixPath(next(iter(self.files))).parts[0]
        targets = f"{root}/{TARGETS_FILE}"
        news = {f"{root}/{path}": text for path, text in texts.items()}
        read = load({targets: self.files[targets], **news})
        for problem in read.problems:
            yield _below(problem.place.path), (), problem
        everything = Intents.made_of((*self.standing, *read.intents))
        compilation = Compilation(self.ground.target, everything, self.ground.answers)
        for intent in read.intents:
            yield from self._objections_to(intent, compilation)

    def _objections_to(
        self, intent: Intent, compilation: Compilation
    ) -> Iterator[tuple[str, Place, Problem | None]]:
        path = _below(intent.path)
        for found in mapped(intent, self.ground.provider, compilation):
            if isinstance(found, Problem):
                is_here = found.place.path == intent.path
                yield path, _part(intent.way_to(found.place)) if is_here else (), found
            elif found.address in self.stated and found.source is not None:
                yield path, _part(intent.way_to(found.source)), None

    def says(self, about: Sequence[Part], stated: Sequence[Part]) -> bool:
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

    def _reworded(self, documents: Documents) -> tuple[Documents, list[tuple[Part, str]]]:
        """Without what git has under the same name; offerings of a mapping that git has are told
        in its words."""
        named = self._names()
        kept, lost = {}, list[tuple[Part, str]]()
        for path, data in documents.items():
            if _name(path, data) in named:
                continue
            kept[path] = data
            if "offering" in data and (FieldMapping.folder, data["mapping"]) in named:
                kept[path], told = self._in_words_of_git(data, documents)
                lost += [((path, ("fields", field)), text) for field, text in told]
        return kept, lost

    def _in_words_of_git(
        self, data: Data, documents: Documents
    ) -> tuple[Data, list[tuple[str, str]]]:
        ours = next(m for m in self.standing.of(FieldMapping) if m.mapping == data["mapping"])
        words = {d.attribute: name for name, d in ours.fields.items() if d.attribute}
        theirs = next(
            d["fields"]
            for path, d in documents.items()
            if _name(path, d) == (FieldMapping.folder, ours.mapping)
        )
        fields, told = {}, []
        for name, value in data["fields"].items():
            attribute = theirs[name]["attribute"]
            if attribute in words:
                fields[words[attribute]] = value
            else:
                cause = f"the mapping {ours.mapping} has no field for {attribute}"
                text = f"offering {data['offering']}, {name}: {cause} · add one to it"
                told.append((name, text))
        return {**data, "fields": fields}, told


def _files(
    documents: Documents, standing: Intents, files: Files
) -> tuple[dict[str, bytes], list[str]]:
    """A file that is there gets what it has not, where it is of one sort with it; else another
    file is made beside it."""
    root = PurePosixPath(next(iter(files))).parts[0]
    there = {intent.path: intent for intent in standing}
    written: dict[str, bytes] = {}
    told = []
    for below, data in documents.items():
        path = f"{root}/{below}"
        if path not in files:
            written[path] = document(data).encode()
        elif path in there and _takes(there[path], data):
            try:
                written[path] = _added(path, files[path].decode(), data)
            except Unwritable as error:
                told.append(str(error))
        else:
            written[_free(path, data["targets"][0], {*files, *written})] = document(data).encode()
    return written, told


def _takes(there: Intent, data: Data) -> bool:
    """Whether entries of a new document can stand in one that is there."""
    if list(there.targets) != data["targets"]:
        return False
    if isinstance(there, Bundles):
        return bool(there.into.attribute == data["into"]["attribute"])
    return isinstance(there, Collections | Channels)


def _added(path: str, text: str, data: Data) -> bytes:
    """Raises `Unwritable`."""
    edits = [Edit(path, place, plain(value)) for place, value in _entries(data)]
    return edited(path, text, edits).encode()


def _free(path: str, target: str, taken: set[str]) -> str:
    whole = PurePosixPath(path)
    names = (f"{whole.stem}-{target}{'' if n == 1 else f'-{n}'}.yaml" for n in count(1))
    return next(p for name in names if (p := str(whole.with_name(name))) not in taken)


def _entries(data: Data) -> Iterator[tuple[Place, Any]]:
    """The parts of a list of things, each with the way to it."""
    for head in _LISTS:
        yield from _deep(data.get(head) or {}, (head,), _DEPTHS[head])


def _deep(data: Data, place: Place, depth: int) -> Iterator[tuple[Place, Any]]:
    for key, value in data.items():
        way = (*place, key)
        if len(way) == depth:
            yield way, value
        else:
            yield from _deep(value, way, depth)


def _without(data: Data, out: Iterable[Place]) -> Data | None:
    """None where nothing is said any more."""
    places = list(out)
    if () in places:
        return None
    left: Data = applied(data, [Edit("", place, REMOVE) for place in places])
    is_list = any(head in left for head in _LISTS)
    says_nothing = not any(_entries(left)) if is_list else left.get("fields") == {}
    return None if says_nothing else left


def _part(way: Place) -> Place:
    """The part that can be left out by itself around what a way leads to; else the document."""
    depth = _DEPTHS.get(str(way[0])) if way else None
    return way[:depth] if depth is not None and len(way) >= depth else ()


def _parts(documents: Documents) -> dict[Part, None]:
    """Entries of lists, and documents of what is none; in order."""
    return {
        (path, place): None
        for path, data in documents.items()
        for place in ([way for way, _ in _entries(data)] or [()])
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
