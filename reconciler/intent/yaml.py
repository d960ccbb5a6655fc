"""YAML text to plain data with the place of every part. The one home of reading YAML.

YAML 1.2, one document a file, text keys, and no surprises: a number in an unusual form, a duplicate
key, a tag, an alias that explodes are problems, never a silent reading. A date is the text that
stands there, where it is an ISO one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from ruamel.yaml import YAML, MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from reconciler.intent.base import Place, Places
from reconciler.model.problem import Problem
from reconciler.model.resource import Source

MOST_PARTS: Final = 200_000
"""Parts that one file may come to after its aliases are followed."""

_TAG: Final = "tag:yaml.org,2002:"
_BOOLEANS: Final = {"true": True, "false": False}


class Unreadable(Exception):
    """The text is not YAML that can be taken; carries its one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass
class Document:
    """The data of one file, the places of its parts, and what is wrong with its form."""

    data: Any
    places: Places
    problems: list[Problem] = field(default_factory=list)


def read(path: str, content: bytes) -> Document:
    """Raises `Unreadable` where there is nothing to go on with."""
    node = _compose(path, _text(path, content))
    reading = _Reading(path)
    data = reading.value(node, ())
    return Document(data, Places(path, reading.positions), reading.problems)


def is_text_in_older_yaml(text: str) -> bool:
    """Whether a plain scalar is text by YAML 1.1, in which `yes` is a flag and `12:30` a number."""
    older = YAML(typ="safe", pure=True)
    older.version = (1, 1)
    try:
        node = older.compose(text)
    except YAMLError:
        return False
    return isinstance(node, ScalarNode) and str(node.tag) == _TAG + "str"


def _text(path: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(
            Problem(Source(path, line), "is not UTF-8 text", "save the file as UTF-8")
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Unreadable(Problem(Source(path, line), "is a binary file", "move it out of desired/"))
    return text


def _compose(path: str, text: str) -> Node:
    try:
        node: Node | None = YAML(typ="safe", pure=False).compose(text)
    except MarkedYAMLError as error:
        raise Unreadable(_problem_of(path, text, error)) from error
    except YAMLError as error:
        raise Unreadable(
            Problem(_first_control_character(path, text), "holds a control character", "remove it")
        ) from error
    if node is None:
        raise Unreadable(
            Problem(Source(path, 1), "is empty", "write what it is to say, or delete the file")
        )
    return node


def _problem_of(path: str, text: str, error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark
    place = Source(path, mark.line + 1, mark.column + 1) if mark else Source(path, 1)
    cause = " ".join(str(error.problem or error).split())
    if "\t" in _indentation(text, place.line):
        return Problem(place, "a tab is used for indentation", "indent with spaces")
    if "another document" in cause:
        return Problem(place, "a second document begins here", "write one document a file")
    if "undefined alias" in cause:
        return Problem(place, cause, "define the anchor above its first use")
    return Problem(place, f"is not YAML: {cause}", "check indentation, colons and quotes here")


def _indentation(text: str, line: int) -> str:
    lines = text.splitlines()
    content = lines[line - 1] if line <= len(lines) else ""
    return content[: len(content) - len(content.lstrip())]


def _first_control_character(path: str, text: str) -> Source:
    for number, line in enumerate(text.splitlines(), start=1):
        for column, character in enumerate(line, start=1):
            if not character.isprintable() and character != "\t":
                return Source(path, number, column)
    return Source(path, 1)


class _Reading:
    """Follows the nodes of one document."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.positions: dict[Place, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._parts = 0
        self._open: set[int] = set()

    def value(self, node: Node, place: Place) -> Any:
        self.positions.setdefault(place, _position(node))
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise Unreadable(
                Problem(
                    Source(self.path, *_position(node)),
                    f"comes to more than {MOST_PARTS:,} parts once its aliases are followed",
                    "use fewer aliases of aliases",
                )
            )
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            raise Unreadable(
                Problem(Source(self.path, *_position(node)), "contains itself", "remove the alias")
            )
        self._open.add(id(node))
        content = self._container(node, place)
        self._open.remove(id(node))
        return content

    def _container(self, node: Node, place: Place) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        assert isinstance(node, SequenceNode)
        return self._sequence(node, place)

    def _sequence(self, node: SequenceNode, place: Place) -> tuple[Any, ...]:
        return tuple(self.value(item, (*place, index)) for index, item in enumerate(node.value))

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _TAG + "merge":
                merged = self._merged(value_node, place) | merged
                continue
            key = self._key(key_node)
            if key in result:
                self._wrong(key_node, f"the key {key!r} stands here a second time", "keep one")
                continue
            self.positions[(*place, key)] = _position(key_node)
            result[key] = self.value(value_node, (*place, key))
        return merged | result

    def _merged(self, node: Node, place: Place) -> dict[str, Any]:
        """What `<<: *base` brings in; the mapping's own keys win, then the earlier bases."""
        bases = node.value if isinstance(node, SequenceNode) else [node]
        result: dict[str, Any] = {}
        for base in bases:
            content = self.value(base, place)
            if not isinstance(content, dict):
                self._wrong(base, "<< needs a mapping", "point it at an anchored mapping")
                continue
            result = content | result
        return result

    def _key(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            self._wrong(node, "a key is not a plain text", "write a simple key")
            return repr(node.value)
        if node.tag != _TAG + "str":
            kind = str(node.tag).removeprefix(_TAG)
            self._wrong(node, f"the key {node.value} reads as {kind}", f'quote it: "{node.value}"')
        return str(node.value)

    def _scalar(self, node: ScalarNode) -> Any:
        kind = str(node.tag).removeprefix(_TAG)
        text = str(node.value)
        match kind:
            case "str":
                return text
            case "null":
                return None
            case "bool" if text in _BOOLEANS:
                return _BOOLEANS[text]
            case "int" if _is_plain_integer(text):
                return int(text)
            case "float" if _is_plain_decimal(text):
                return float(text)
            case "timestamp" if _is_iso(text):
                return text
        self._wrong(node, *_why_not_taken(kind, text))
        return text

    def _wrong(self, node: Node, cause: str, remedy: str) -> None:
        self.problems.append(Problem(Source(self.path, *_position(node)), cause, remedy))


def _why_not_taken(kind: str, text: str) -> tuple[str, str]:
    """Cause and remedy of a scalar that is none of ours."""
    match kind:
        case "int" | "float":
            remedy = f'quote it: "{text}", or write a number like 12 or 12.5'
            return f"{text} reads as a number in an unusual form", remedy
        case "bool":
            remedy = "write true or false, or quote it if it is text"
            return f"{text} reads as a flag in an unusual form", remedy
        case "timestamp":
            return _why_no_date(text)
    return f"the tag {kind} is not taken", "remove the tag"


_NUMBERS: Final = re.compile(r"\d+")


def _why_no_date(text: str) -> tuple[str, str]:
    """That there is no such day is said at once: in quotes it would be none either."""
    try:
        year, month, day = map(int, _NUMBERS.findall(text)[:3])
        date(year, month, day)
    except ValueError:
        return f"there is no such day as {text}", "correct it, or quote it if it is no date"
    return f"{text} reads as a date, and none that ISO 8601 knows", f'quote it: "{text}"'


def _is_plain_integer(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and str(int(text)) == text


def _is_plain_decimal(text: str) -> bool:
    whole, point, fraction = text.removeprefix("-").partition(".")
    return bool(point) and fraction.isdecimal() and _is_plain_integer(whole)


def _is_iso(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _position(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
