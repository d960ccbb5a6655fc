"""Writing YAML so that what people wrote around it stays: comments, quotes, order, anchors.

A file is touched only where its meaning moves: writing the same data again changes no byte.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from reconciler.intent import yaml
from reconciler.intent.base import Places
from reconciler.intent.edit import Edit, applied
from reconciler.intent.marked import tree
from reconciler.intent.rewriting import Entangled, rewritten
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.model.spec import plain

_BY_HAND: Final = "make the change by hand"
_BOM: Final = "\ufeff"


class Unwritable(Exception):
    """Edits that can not be made without touching what is around them; carries them, and why."""

    def __init__(self, edits: Sequence[Edit], problem: Problem) -> None:
        self.edits, self.problem = tuple(edits), problem
        super().__init__(str(problem))


def edited(path: str, text: str, edits: Sequence[Edit]) -> str:
    """A document's text with these edits made: exactly the lines concerned are other ones.

    Quotes, braces, comments, anchors and line breaks stay as they are. What comes out is read
    again and says what it shall, or else nothing is made of it. Raises `Unwritable`, with the
    first edit that can not be made by itself, or with all where they can not be made together.
    """
    try:
        return _edited(path, text, edits)
    except Entangled as entangled:
        for edit in edits if len(edits) > 1 else ():
            edited(path, text, [edit])
        place = Source(path, *_line_and_column(text, entangled.offset))
        raise Unwritable(edits, Problem(place, entangled.cause, _BY_HAND)) from entangled


def _edited(path: str, text: str, edits: Sequence[Edit]) -> str:
    body = text.removeprefix(_BOM)
    document = yaml.read(path, body.encode())
    wanted = applied(document.data, edits)
    result, shared = rewritten(body, tree(body), plain(document.data), wanted)
    if not _says(path, result, wanted):
        raise Entangled(_offset(body, document.places, edits), _why_not(shared))
    return text[: len(text) - len(body)] + result


def _says(path: str, text: str, wanted: Any) -> bool:
    try:
        document = yaml.read(path, text.encode())
    except yaml.Unreadable:
        return False
    return bool(plain(document.data) == wanted) and not document.problems


def _why_not(shared: Iterable[str]) -> str:
    names = ", ".join(f"&{name}" for name in sorted(shared))
    if names:
        return f"it is shared: others take it from {names}, and would change with it"
    return "it can not be changed here without changing what stands around it"


def _offset(text: str, places: Places, edits: Sequence[Edit]) -> int:
    """Where the first edit's part, or what is around it, begins."""
    place = places.at(*edits[0].place)
    lines = text.split("\n")[: place.line - 1]
    return sum(len(line) + 1 for line in lines) + place.column - 1


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text.removeprefix(_BOM)[:offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def merged(text: str | None, additions: Mapping[str, Any]) -> str:
    """A document's text with data merged in: mappings entry by entry, lists by adding what they
    do not hold yet. What stands there already stays as it is; nothing is ever taken away.

    text: None for a new document. Returns the very same text where nothing moves.
    """
    yaml = _round_trip(text)
    document = yaml.load(text) if text else CommentedMap()
    if not _merge(document, plain(additions)):
        return text or ""
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def _round_trip(text: str | None) -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    if text and "\r\n" in text:
        yaml.line_break = "\r\n"  # type: ignore[assignment]  # typed as None, taken as text
    return yaml


def _merge(document: CommentedMap, additions: Mapping[str, Any]) -> bool:
    """Whether anything moved."""
    moved = False
    for key, value in additions.items():
        present = document.get(key)
        if isinstance(value, dict) and isinstance(present, CommentedMap):
            moved |= _merge(present, value)
        elif isinstance(value, list) and isinstance(present, CommentedSeq):
            missing = [item for item in value if item not in present]
            present.extend(missing)
            moved |= bool(missing)
        elif key not in document:
            document[key] = value
            moved = True
    return moved
