"""From the data that a text holds to other data, by changing no more of the text than that takes.

The tree of the text, the data it holds and the data it shall hold are walked side by side; where
they part, a splice is made: a scalar for a scalar, an entry's lines in or out. Whether the result
says what it shall is for the caller to prove by reading it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Final

from reconciler.intent.marked import Alias, Items, Node, Pairs, Scalar, Tree, leaves
from reconciler.intent.rendered import (
    after_dash,
    after_key,
    block_scalar,
    flow_text,
    scalar,
)
from reconciler.model.spec import Value, canonical_json

_COLON: Final = re.compile(r"\s*:")
_HEADER: Final = re.compile(r"[|>][-+0-9]*")


class Entangled(Exception):
    """The text is so written that a part can not be changed alone; says why, and at what offset."""

    def __init__(self, offset: int, cause: str) -> None:
        self.offset, self.cause = offset, cause
        super().__init__(cause)


@dataclass(frozen=True, slots=True)
class Splice:
    start: int
    end: int
    text: str


def rewritten(text: str, tree: Tree, old: Any, new: Any) -> tuple[str, frozenset[str]]:
    """The other text, and the anchors that aliases share and that were written under. Raises
    `Entangled`. Line breaks of what comes in are those of the text."""
    walk = _Walk(text, tree.shared)
    walk.value(tree.root, old, new, _Slot(-1, 0, "", flow=False))
    return walk.spliced(), frozenset(walk.touched)


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a value stands: after which offset, at which column a block of it would begin, and
    whether `:` or `-` comes before it."""

    after: int
    column: int
    sign: str
    flow: bool


@dataclass
class _Walk:
    text: str
    shared: frozenset[str]
    splices: list[Splice] = field(default_factory=list)
    touched: dict[str, str] = field(default_factory=dict)

    def spliced(self) -> str:
        """Insertions come before a removal that begins where they stand."""
        newline = "\r\n" if "\r\n" in self.text else "\n"
        result, at = [], 0
        for splice in sorted(self.splices, key=lambda s: (s.start, s.end > s.start)):
            if splice.start < at:
                raise Entangled(splice.start, "two changes meet here")
            result += [self.text[at : splice.start], splice.text.replace("\n", newline)]
            at = splice.end
        return "".join([*result, self.text[at:]])

    def value(self, node: Node, old: Any, new: Any, slot: _Slot) -> None:
        if canonical_json(old) == canonical_json(new):
            return
        if isinstance(node, Alias) and self.touched.get(node.name) == canonical_json(new):
            return  # It takes up the new value where that is anchored.
        if node.anchor in self.shared:
            self.touched[str(node.anchor)] = canonical_json(new)
        if isinstance(node, Pairs) and isinstance(new, dict) and new:
            self._mapping(node, old, new, slot)
        elif isinstance(node, Items) and isinstance(new, list) and new:
            self._sequence(node, old, new, slot)
        else:
            self._replace(node, new, slot)

    # One value for another

    def _replace(self, node: Node, new: Any, slot: _Slot) -> None:
        """Braces stay braces and a block a block; an anchor stays before a scalar."""
        is_block = isinstance(node, Pairs | Items) and not node.flow
        in_braces = slot.flow or (isinstance(node, Pairs | Items) and node.flow)
        if isinstance(node, Scalar) and node.style in ("|", ">") and isinstance(new, str):
            self._replace_block_scalar(node, new, slot)
            return
        self._must_hold_no_comment(slot.after if is_block else node.start, node.end, node)
        if not is_block and node.start > slot.after and not isinstance(new, list | dict):
            self._splice(node.start, node.end, scalar(new, _style(node), flow=slot.flow))
        elif in_braces:
            self._splice(max(slot.after, node.start), node.end, flow_text(new))
        else:
            write = after_dash if slot.sign == "-" else after_key
            self._splice(slot.after, node.end, write(new, slot.column))

    def _replace_block_scalar(self, node: Scalar, new: str, slot: _Slot) -> None:
        header = _HEADER.match(self.text, node.start)
        begin = min(self._next_line(node.start), node.end)
        first = self.text[begin : node.end]
        column = len(first) - len(first.lstrip()) if first.strip() else slot.column
        block = block_scalar(new, column)
        if header is None or block is None:
            self._splice(node.start, node.end, scalar(new, '"'))
            return
        chomping, lines = block
        folds = node.style == ">" and "\n" not in new.removesuffix("\n")
        self._splice(node.start, header.end(), (">" if folds else "|") + chomping)
        self._splice(begin, node.end, lines)

    # Mappings

    def _mapping(self, node: Pairs, old: dict[str, Any], new: dict[str, Any], slot: _Slot) -> None:
        own = node.own
        leaving = [key for key in own if key not in new]
        for key in old:
            if key not in own and key not in new:
                raise Entangled(node.start, f"{key} comes from <<, and can not be taken out here")
        coming = {k: v for k, v in new.items() if k not in own and (k not in old or old[k] != v)}
        if len(leaving) == len(node.pairs) or self._loses_its_beginning(node, leaving):
            self._replace(node, new, slot)
            return
        for key, (key_node, value_node) in own.items():
            if key in new:
                self.value(value_node, old[key], new[key], self._slot_of(node, key_node))
        parts = [(key.start, value.end) for key, value in node.pairs]
        gone = [index for index, (key, _) in enumerate(node.pairs) if key.value in leaving]
        if node.flow:
            self._flow_out(node, parts, gone)
            texts = [f"{scalar(k, flow=True, key=True)}: {flow_text(v)}" for k, v in coming.items()]
            self._flow_in(parts, len(parts), texts)
        else:
            self._lines_out(parts, gone)
            like = node.pairs[-1][1]
            column = self._column(node.pairs[0][0].start)
            lines = [_entry(key, value, column, like) for key, value in coming.items()]
            self._lines_in(parts[-1][1], lines)

    def _loses_its_beginning(self, node: Pairs, leaving: Sequence[str]) -> bool:
        """Whether the entry that shares its line with a dash is taken out."""
        first = node.pairs[0][0]
        return not node.flow and first.value in leaving and not self._begins_line(first.start)

    def _slot_of(self, node: Pairs, key: Scalar) -> _Slot:
        colon = _COLON.match(self.text, key.end)
        if colon is None:
            raise Entangled(key.start, f"{key.value} has no value in a form that can be edited")
        column = self._column(node.pairs[0][0].start) + 2
        return _Slot(colon.end(), column, ":", node.flow)

    # Sequences

    def _sequence(self, node: Items, old: Sequence[Any], new: list[Any], slot: _Slot) -> None:
        if not node.flow and not self._begins_line(node.start):
            self._replace(node, new, slot)
            return
        starts = [item.start for item in node.items] if node.flow else list(self._dashes(node))
        parts = [(s, max(s + 1, i.end)) for s, i in zip(starts, node.items, strict=True)]
        kept, gone, coming = _aligned(old, new)
        if not kept:
            self._replace(node, new, slot)
            return
        for index, wanted in kept.items():
            after = starts[index] + (-1 if node.flow else 1)
            inner = _Slot(after, self._column(starts[index]) + 2, "-", node.flow)
            self.value(node.items[index], old[index], wanted, inner)
        if node.flow:
            self._flow_out(node, parts, gone)
            for index, values in coming.items():
                self._flow_in(parts, index, [flow_text(value) for value in values])
        else:
            self._lines_out(parts, gone)
            for index, values in coming.items():
                self._items_in(node, parts, index, values)

    def _items_in(
        self, node: Items, parts: Sequence[tuple[int, int]], index: int, values: Sequence[Any]
    ) -> None:
        column = self._column(node.start)
        like = node.items[max(index - 1, 0)]
        lines = [f"{' ' * column}-{_item(value, column + 2, like)}" for value in values]
        if index:
            self._lines_in(parts[index - 1][1], lines)
        else:
            self._splice(self._line(node.start), self._line(node.start), _joined(lines))

    def _dashes(self, node: Items) -> Iterator[int]:
        """The offsets of the dashes: each stands at the column of the first."""
        column, line = self._column(node.start), self._line(node.start)
        for item in node.items:
            while self.text[line : line + column + 1] != " " * column + "-":
                line = self._next_line(line)
                if line > item.start:
                    raise Entangled(item.start, "its dash is not found")
            yield line + column
            line = self._next_line(max(item.end - 1, line + column))

    # Lines in and out

    def _lines_out(self, parts: Sequence[tuple[int, int]], gone: Sequence[int]) -> None:
        for index in gone:
            start, end = parts[index]
            if not self._begins_line(start):
                raise Entangled(start, "it shares its line with what stays")
            self._splice(self._line(start), self._next_line(end), "")

    def _lines_in(self, after: int, lines: Sequence[str]) -> None:
        at = self._next_line(after)
        if lines and not self.text[:at].endswith("\n"):
            self._splice(at, at, "\n" + _joined(lines).removesuffix("\n"))
        elif lines:
            self._splice(at, at, _joined(lines))

    # Parts of braces and brackets in and out

    def _flow_out(
        self, node: Pairs | Items, parts: Sequence[tuple[int, int]], gone: Sequence[int]
    ) -> None:
        for first, last in _runs(gone):
            start, end = parts[first][0], parts[last][1]
            if self._begins_line(start) and self._ends_line(end):
                self._splice(self._line(start), self._next_line(end), "")
                continue
            if last + 1 < len(parts):
                end = parts[last + 1][0]
            elif first:
                start = parts[first - 1][1]
            self._must_hold_no_comment(start, end, node)
            self._splice(start, end, "")

    def _flow_in(self, parts: Sequence[tuple[int, int]], index: int, texts: Sequence[str]) -> None:
        if texts and index:
            at = parts[index - 1][1]
            self._splice(at, at, "".join(f", {text}" for text in texts))
        elif texts:
            self._splice(parts[0][0], parts[0][0], "".join(f"{text}, " for text in texts))

    # The text

    def _splice(self, start: int, end: int, text: str) -> None:
        self.splices.append(Splice(start, end, text))

    def _line(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def _next_line(self, offset: int) -> int:
        """Where the next line begins, or the text's end."""
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found + 1

    def _column(self, offset: int) -> int:
        return offset - self._line(offset)

    def _begins_line(self, offset: int) -> bool:
        return not self.text[self._line(offset) : offset].strip()

    def _ends_line(self, offset: int) -> bool:
        rest = self.text[offset : self._next_line(offset)].strip().removeprefix(",").lstrip()
        return not rest or rest.startswith("#")

    def _must_hold_no_comment(self, start: int, end: int, node: Node) -> None:
        """What people noted is never taken away with what they noted it at."""
        at = start
        for leaf in leaves(node):
            if start <= leaf.start < end:
                self._no_comment_in(at, leaf.start)
                at = max(at, leaf.end)
        self._no_comment_in(at, end)

    def _no_comment_in(self, start: int, end: int) -> None:
        if "#" in self.text[start:end]:
            raise Entangled(start, "a comment stands in the middle of what would be replaced")


def _aligned(
    old: Sequence[Any], new: Sequence[Any]
) -> tuple[dict[int, Any], list[int], dict[int, list[Any]]]:
    """What becomes of the items: by index the ones that stay with what they shall be, those that
    go, and what comes before an index."""
    before, after = [*map(canonical_json, old)], [*map(canonical_json, new)]
    kept: dict[int, Any] = {}
    gone: list[int] = []
    coming: dict[int, list[Any]] = {}
    for _, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        common = min(i2 - i1, j2 - j1)
        kept |= {i1 + step: new[j1 + step] for step in range(common)}
        gone += range(i1 + common, i2)
        if j1 + common < j2:
            coming[i1 + common] = list(new[j1 + common : j2])
    return kept, gone, coming


def _runs(indices: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbours together: 1, 2, 4 → (1, 2), (4, 4)."""
    start = previous = None
    for index in indices:
        if previous is not None and index == previous + 1:
            previous = index
            continue
        if start is not None and previous is not None:
            yield start, previous
        start = previous = index
    if start is not None and previous is not None:
        yield start, previous


def _entry(key: str, value: Value, column: int, like: Node) -> str:
    return f"{' ' * column}{scalar(key, key=True)}:{_after(after_key, value, column + 2, like)}"


def _item(value: Value, column: int, like: Node) -> str:
    return _after(after_dash, value, column, like)


def _after(write: Callable[[Value, int], str], value: Value, column: int, like: Node) -> str:
    """A mapping in braces beside mappings in braces; else a block."""
    if isinstance(value, dict) and isinstance(like, Pairs) and like.flow:
        return f" {flow_text(value)}"
    return write(value, column)


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _style(node: Node) -> str:
    return node.style if isinstance(node, Scalar) else ""
