"""The files under `desired/` to intents and targets; every problem of every file is collected.

Nothing is planned on a bad file: `load` gives all that could be read and all that is wrong,
and its caller refuses to go on when anything is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from reconciler.intent import explain, yaml
from reconciler.intent.assets import ENDINGS, Asset, asset, is_asset, pointer, why_unfit
from reconciler.intent.base import Intent, Intents, Places
from reconciler.intent.bundles import Bundles
from reconciler.intent.capsule import Capsule, complete, is_capsule_file, is_unread
from reconciler.intent.channels import Channels
from reconciler.intent.collection import Collections
from reconciler.intent.images import Images
from reconciler.intent.mapping import Mapping as FieldMapping
from reconciler.intent.mapping import Registry
from reconciler.intent.metafields import Metafields
from reconciler.intent.offering import Offering
from reconciler.intent.sources import KINDS, AnySource, Sources, contested
from reconciler.intent.tags import Tags
from reconciler.intent.targets import TargetEntry, Targets
from reconciler.intent.taxonomy import Taxonomy
from reconciler.intent.tolerances import ToleranceEntry, Tolerances, placed
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.model.tolerance import Tolerance
from reconciler.model.wording import nearest

INTENT_KINDS: Final[tuple[type[Intent], ...]] = (
    Taxonomy,
    Registry,
    FieldMapping,
    Offering,
    Collections,
    Metafields,
    Images,
    Channels,
    Bundles,
    Tags,
    Capsule,
)
"""Adding an intent kind: its module, and its name here."""

TARGETS_FILE: Final = "targets.yaml"
SOURCES_FILE: Final = "sources.yaml"
TOLERANCES_FILE: Final = "tolerances.yaml"

_TARGETS: TypeAdapter[Mapping[str, TargetEntry]] = TypeAdapter(Targets)
_SOURCES: TypeAdapter[Sequence[AnySource]] = TypeAdapter(Sources)
_TOLERANCES: TypeAdapter[tuple[ToleranceEntry, ...]] = TypeAdapter(Tolerances)

_NO_INTENTS: Final = frozenset({TARGETS_FILE, SOURCES_FILE, TOLERANCES_FILE})


@dataclass(frozen=True, slots=True)
class Desired:
    """What git says: targets, intents, tolerated drift, and every problem found while reading
    them."""

    targets: Mapping[str, TargetEntry]
    target_places: Places
    intents: Intents
    problems: tuple[Problem, ...]
    sources: tuple[AnySource, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()


Files = Mapping[str, bytes]
"""Path as people are shown it (`desired/taxonomies/role.yaml`) → content."""


def files_under(folder: Path) -> Files:
    """The files of a `desired/` folder in the working tree, in the order of their paths; but for
    capsules' pictures, which are looked into by their own commands.

    Raises `NotADirectoryError` where there is none.
    """
    if not folder.is_dir():
        raise NotADirectoryError(folder)
    return {
        name: _content(path)
        for path in sorted(folder.rglob("*"))
        if (path.is_file() or path.is_symlink()) and not path.name.startswith(".")
        if not is_unread(name := str(PurePosixPath(folder.name, *path.relative_to(folder).parts)))
    }


def _content(path: Path) -> bytes:
    """A link that leads nowhere is an empty file, which is said to be one. Of a picture there
    is what stands for it."""
    if is_asset(path.name):
        return pointer(path)
    return path.read_bytes() if path.is_file() else b""


def load(files: Files) -> Desired:
    """Read everything; never raises for what a file holds."""
    problems: list[Problem] = []
    targets, target_places = _load_targets(files, problems)
    pictures = _Pictures(files)
    intents = [
        pictures.given_to(intent, problems)
        for path, content in files.items()
        if not is_capsule_file(path)
        if (intent := _load_intent(path, content, problems)) is not None
    ]
    problems += complete([i for i in intents if isinstance(i, Capsule)], files)
    sources = tuple(_load_sources(files, problems))
    tolerances = _load_tolerances(files, problems)
    spoken_of = _spoken_of(intents, tolerances, sources)
    problems += _unknown_targets(spoken_of, targets, target_places)
    made = Intents.made_of(intents)
    return Desired(targets, target_places, made, tuple(problems), sources, tolerances)


class _Pictures:
    """The pictures among the files, looked at when a document names them."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._known: dict[str, Asset | None] = {}

    def given_to(self, intent: Intent, problems: list[Problem]) -> Intent:
        """The document with the pictures that it names; what is wrong with them is told."""
        found: dict[str, Asset] = {}
        for place, path in intent.pictures():
            wrong = self._wrong(path)
            if wrong is not None:
                problems.append(Problem(intent.at(*place), *wrong))
            elif (asset_ := self._asset(path)) is not None:
                found[path] = asset_
        return intent.beside(found)

    def _wrong(self, path: str) -> tuple[str, str] | None:
        if not is_asset(path):
            return f"{path} is not called like a picture", f"one ends with .{', .'.join(ENDINGS)}"
        if f"{_root(self._files)}/{path}" not in self._files:
            return f"there is no {path} under {_root(self._files)}/", "commit it there"
        return why_unfit(path, self._asset(path))

    def _asset(self, path: str) -> Asset | None:
        if path not in self._known:
            self._known[path] = asset(self._files[f"{_root(self._files)}/{path}"])
        return self._known[path]


def _load_sources(files: Files, problems: list[Problem]) -> Iterable[AnySource]:
    path = f"{_root(files)}/{SOURCES_FILE}"
    document = _read(path, files[path], problems, wanted=Sequence) if path in files else None
    if document is None:
        return ()
    try:
        found = _SOURCES.validate_python(document.data)
    except ValidationError as error:
        problems += _source_problems(error, document.data, document.places)
        return ()
    placed = [entry.placed(document.places.under(index)) for index, entry in enumerate(found)]
    problems += contested(placed)
    return placed


def _source_problems(error: ValidationError, data: Any, places: Places) -> Iterator[Problem]:
    """Each entry against what its `source` says that it is."""
    if not data:
        yield from explain.problems(error, Sequence[AnySource], data, places)
    for index, entry in enumerate(data):
        name = str(entry.get("source", "")) if isinstance(entry, Mapping) else ""
        if name not in KINDS:
            cause = f"{name!r} does not fit source" if name else "an entry names no source"
            remedy = f"write one of {' or '.join(map(repr, KINDS))}"
            yield Problem(places.at(index, "source"), cause, remedy)
            continue
        try:
            KINDS[name].model_validate(entry)
        except ValidationError as own:
            yield from explain.problems(own, KINDS[name], entry, places.under(index))


def _load_targets(
    files: Files, problems: list[Problem]
) -> tuple[Mapping[str, TargetEntry], Places]:
    root = _root(files)
    path = f"{root}/{TARGETS_FILE}"
    if path not in files:
        problems.append(
            Problem(Source(path, 1), "there is no targets file", "name the targets in it")
        )
        return {}, Places(path)
    document = _read(path, files[path], problems)
    if document is None:
        return {}, Places(path)
    try:
        return _TARGETS.validate_python(document.data), document.places
    except ValidationError as error:
        entries = Mapping[str, TargetEntry]
        problems += explain.problems(error, entries, document.data, document.places)
        return _sound_targets(document.data), document.places


def _sound_targets(data: Any) -> Mapping[str, TargetEntry]:
    """The targets that can be read though others can not, so that intents are checked too."""
    sound = {}
    for name, entry in data.items() if isinstance(data, Mapping) else ():
        try:
            sound[name] = TargetEntry.model_validate(entry)
        except ValidationError:
            continue
    return sound


def _load_tolerances(files: Files, problems: list[Problem]) -> tuple[Tolerance, ...]:
    path = f"{_root(files)}/{TOLERANCES_FILE}"
    document = _read(path, files[path], problems, wanted=tuple) if path in files else None
    if document is None:
        return ()
    try:
        return placed(_TOLERANCES.validate_python(document.data), document.places)
    except ValidationError as error:
        problems += explain.problems(error, Tolerances, document.data, document.places)
        return ()


def _load_intent(path: str, content: bytes, problems: list[Problem]) -> Intent | None:
    folder, name = PurePosixPath(path).parts[1:-1], PurePosixPath(path).name
    if (not folder and name in _NO_INTENTS) or name.endswith(".md"):
        return None
    if is_asset(name):
        problems += _misplaced_picture(folder, path)
        return None
    if not name.endswith(".yaml"):
        ending = PurePosixPath(name).suffix or "no ending"
        remedy = "rename it to .yaml, or move it out of desired/"
        problems.append(Problem(Source(path, 1), f"is no .yaml file ({ending})", remedy))
        return None
    kind = _kind_of(folder, path, problems)
    document = _read(path, content, problems) if kind else None
    if kind is None or document is None:
        return None
    try:
        return kind.model_validate(document.data).placed(document.places)
    except ValidationError as error:
        problems += explain.problems(error, kind, document.data, document.places)
        return None


def _misplaced_picture(folder: tuple[str, ...], path: str) -> Iterator[Problem]:
    if folder[:1] != (Images.folder,):
        there = f"{PurePosixPath(path).parts[0]}/{Images.folder}/"
        yield Problem(Source(path, 1), f"a picture stands in {there} only", "move it there")


def _kind_of(folder: tuple[str, ...], path: str, problems: list[Problem]) -> type[Intent] | None:
    kinds = {kind.folder: kind for kind in INTENT_KINDS}
    if folder and folder[0] in kinds:
        return kinds[folder[0]]
    cause = (
        f"there is no kind of intent called {folder[0]}"
        if folder
        else ("an intent stands in no folder")
    )
    remedy = nearest(folder[0] if folder else "", list(kinds))
    problems.append(Problem(Source(path, 1), cause, remedy))
    return None


def _read(
    path: str, content: bytes, problems: list[Problem], wanted: Any = Mapping
) -> yaml.Document | None:
    try:
        document = yaml.read(path, content)
    except yaml.Unreadable as error:
        problems.append(error.problem)
        return None
    problems += document.problems
    if not isinstance(document.data, wanted):
        shape = ("mapping", "field: value") if wanted is Mapping else ("list", "- field: value")
        problem = Problem(Source(path, 1), f"is not a {shape[0]}", f"write `{shape[1]}` lines")
        problems.append(problem)
        return None
    return document


def _spoken_of(
    intents: Iterable[Intent], tolerances: Iterable[Tolerance], sources: Iterable[AnySource]
) -> Iterator[tuple[str, Source]]:
    """Every target that something is said of, and where."""
    for intent in intents:
        yield from ((name, intent.at("targets", n)) for n, name in enumerate(intent.targets))
    yield from ((tolerance.target, tolerance.place) for tolerance in tolerances)
    yield from ((entry.target, entry.at("target")) for entry in sources)


def _unknown_targets(
    spoken_of: Iterable[tuple[str, Source]], targets: Mapping[str, TargetEntry], places: Places
) -> Iterator[Problem]:
    known = set(targets) | {str(place[0]) for place in places.positions if len(place) == 1}
    if not known:
        return  # There is no readable targets file, and that is said already.
    for name, place in spoken_of:
        if name not in known:
            cause = f"there is no target called {name}"
            yield Problem(place, cause, nearest(name, sorted(known)))


def _root(files: Files) -> str:
    return next((PurePosixPath(path).parts[0] for path in files), "desired")
