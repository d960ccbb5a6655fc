"""A YAML text as a tree of what is written where: every part with its span, aliases as they stand.

Unlike the data that `yaml.read` gives, it tells `*x` from what the alias stands for, so that an
edit can be made in the place of the alias. Offsets count characters of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s+)+")
"""An anchor or a tag before a value."""

MERGE: Final = "<<"


@dataclass(frozen=True, slots=True)
class Scalar:
    """`start` comes after an anchor. `end` is where its last character is: a block scalar's
    trailing blank lines are left out."""

    start: int
    end: int
    value: str
    style: str
    """One of `'`, `"`, `|`, `>`, or empty for a plain one."""
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    start: int
    end: int
    name: str
    anchor: None = None


@dataclass(frozen=True, slots=True)
class Pairs:
    """A mapping. `start` and `end` are those of its braces, or of its first key and last value."""

    start: int
    end: int
    flow: bool
    pairs: tuple[tuple[Scalar, Node], ...]
    anchor: str | None = None

    @property
    def own(self) -> dict[str, tuple[Scalar, Node]]:
        """What it says itself, without what `<<` brings in."""
        return {key.value: (key, node) for key, node in self.pairs if not is_merge(key)}


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence. `start` is that of its bracket, or of its first dash."""

    start: int
    end: int
    flow: bool
    items: tuple[Node, ...]
    anchor: str | None = None


Node: TypeAlias = Scalar | Alias | Pairs | Items


@dataclass
class Tree:
    """`shared` are the anchors that an alias takes up."""

    root: Node
    shared: frozenset[str] = field(default_factory=frozenset)


def tree(text: str) -> Tree:
    """The tree of a text that `yaml.read` has taken."""
    events = YAML(typ="safe", pure=False).parse(text)
    building = _Building(text, events)
    return Tree(building.document(), frozenset(building.aliases))


def is_merge(key: Scalar) -> bool:
    return key.value == MERGE and not key.style


def leaves(node: Node) -> Iterator[Scalar | Alias]:
    """Keys, values and items, in the order of the text."""
    if isinstance(node, Pairs):
        for key, value in node.pairs:
            yield key
            yield from leaves(value)
    elif isinstance(node, Items):
        for item in node.items:
            yield from leaves(item)
    else:
        yield node


class _Building:
    def __init__(self, text: str, events: Iterator[Any]) -> None:
        self.text, self.events = text, events
        self.aliases: list[str] = []

    def document(self) -> Node:
        next(event for event in self.events if type(event).__name__ == "DocumentStartEvent")
        return self._node(next(self.events))

    def _node(self, event: Any) -> Node:
        if isinstance(event, AliasEvent):
            self.aliases.append(event.anchor)
            return Alias(event.start_mark.index, event.end_mark.index, event.anchor)
        if isinstance(event, MappingStartEvent):
            return self._mapping(event)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event)
        assert isinstance(event, ScalarEvent)
        return self._scalar(event)

    def _scalar(self, event: Any) -> Scalar:
        start, end = self._without_properties(event), event.end_mark.index
        if event.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        return Scalar(start, end, event.value, event.style or "", event.anchor)

    def _mapping(self, event: Any) -> Pairs:
        pairs: list[tuple[Scalar, Node]] = []
        while not isinstance(inner := next(self.events), MappingEndEvent):
            key = self._node(inner)
            assert isinstance(key, Scalar)
            pairs.append((key, self._node(next(self.events))))
        if event.flow_style:
            start, end = event.end_mark.index - 1, inner.end_mark.index
        else:
            start, end = pairs[0][0].start, pairs[-1][1].end
        return Pairs(start, end, bool(event.flow_style), tuple(pairs), event.anchor)

    def _sequence(self, event: Any) -> Items:
        items: list[Node] = []
        while not isinstance(inner := next(self.events), SequenceEndEvent):
            items.append(self._node(inner))
        if event.flow_style:
            start, end = event.end_mark.index - 1, inner.end_mark.index
        else:
            start, end = self._without_properties(event), items[-1].end
        return Items(start, end, bool(event.flow_style), tuple(items), event.anchor)

    def _without_properties(self, event: Any) -> int:
        start = int(event.start_mark.index)
        if event.anchor is None and event.tag is None:
            return start
        properties = _PROPERTIES.match(self.text, start)
        return properties.end() if properties else int(event.end_mark.index)
