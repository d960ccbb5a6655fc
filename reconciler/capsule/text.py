"""JSON text that keeps the shape people gave it, and logs of which lines are only ever added.

A file is made anew only where its content moves; then with the indentation, the escapes and the
end that it had.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Layout:
    """indent: blanks, a tab, or None for one line. ascii: whether other letters are escaped.
    ending: what follows the last brace."""

    indent: int | str | None = 2
    ascii: bool = False
    ending: str = "\n"
    compact: bool = False

    def text(self, data: Any) -> str:
        separators = (",", ":") if self.compact else None
        written = json.dumps(
            data, indent=self.indent, ensure_ascii=self.ascii, separators=separators
        )
        return written + self.ending


OURS: Final = Layout()


def layout_of(text: str, data: Any) -> Layout:
    """The layout that gives the very same text; ours where none does."""
    body = text.rstrip()
    ending = text[len(body) :]
    for indent, escaped, compact in product((2, 4, 1, 3, "\t", None), (False, True), (False, True)):
        layout = Layout(indent, escaped, ending, compact)
        if layout.text(data) == text:
            return layout
    return Layout(ending=ending or "\n")


def line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def rows(path: str, content: str, needed: Iterable[str] = ()) -> dict[int, dict[str, Any]]:
    """The rows of a log by their lines. Raises `BrokenLog` for a line that is none, or that lacks
    one of the needed fields."""
    found = {}
    for number, text in enumerate(content.splitlines(), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError as error:
            raise BrokenLog(f"{path}:{number}  is no JSON: {error} · correct the line") from error
        if not isinstance(row, dict):
            raise BrokenLog(f"{path}:{number}  is no row · write one JSON object a line")
        if lacking := [name for name in needed if name not in row]:
            raise BrokenLog(
                f"{path}:{number}  has no {lacking[0]} · write it, or take the line out"
            )
        found[number] = row
    return found


def appended(content: str, added: Iterable[Mapping[str, Any]]) -> str:
    """A log with rows added at its end; the lines that are there stay as they are."""
    new = "".join(line(row) for row in added)
    if not new:
        return content
    return content + ("" if not content or content.endswith("\n") else "\n") + new


def without(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """A row but for some of its fields: what of it is compared."""
    return {name: value for name, value in row.items() if name not in names}


class BrokenLog(Exception):
    """A log holds a line that can not be read; the message says where and what to do."""
