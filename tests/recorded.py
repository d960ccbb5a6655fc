"""Recorded vendor traffic, and what "answered alike" means.

Two answers are alike when they have the same shape, the same fixed values (codes, messages,
fields, names, normalised values), and differ in volatile ones only: ids, dates, digests,
cursors, counts. Ids are bound: where a recording says A and the sandbox says B, later requests
that mention A are sent with B, and A must go on meaning B.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Place = tuple[str | int, ...]

REDACTED = "REDACTED"
"""What a recording says in the place of a credential or a signature."""


def recordings(name: str) -> list[dict[str, Any]]:
    """The rows of one recording file, from `PLANOGRAM_RECORDINGS` or the shared folder."""
    default = Path(__file__).parents[2] / "shared" / "recordings"
    path = Path(os.environ.get("PLANOGRAM_RECORDINGS") or default) / name
    if not path.exists():
        pytest.skip(f"no recording {name} in {path.parent.name}/")
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


@dataclass
class Bindings:
    """Which of the sandbox's ids stands for which recorded one."""

    sandbox_of: dict[str, str] = field(default_factory=dict)

    def bind(self, recorded: str, sandbox: str) -> bool:
        """Remember a pair; False where the recorded id already means another."""
        return self.sandbox_of.setdefault(recorded, sandbox) == sandbox

    def translate(self, value: Any) -> Any:
        """A recorded request with the sandbox's ids in it, also inside longer texts."""
        if isinstance(value, dict):
            return {key: self.translate(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.translate(inner) for inner in value]
        if isinstance(value, str) and self.sandbox_of:
            return self.sandbox_of.get(value) or self._inside(value)
        return value

    def _inside(self, text: str) -> str:
        known = [recorded for recorded in self.sandbox_of if recorded in text]
        if not known:
            return text
        longest_first = sorted(known, key=len, reverse=True)
        pattern = "|".join(re.escape(recorded) + r"(?![A-Za-z0-9=])" for recorded in longest_first)
        return re.sub(pattern, lambda match: self.sandbox_of[match.group()], text)


@dataclass
class Comparison:
    """Compares answers. `is_id` finds ids among strings, `is_volatile` places that may differ
    in value though not in type."""

    is_id: Callable[[str], bool]
    is_volatile: Callable[[Place], bool]
    bindings: Bindings = field(default_factory=Bindings)

    def differences(self, recorded: Any, answered: Any, place: Place = ()) -> Iterator[str]:
        if isinstance(recorded, dict) and isinstance(answered, dict):
            yield from self._of_objects(recorded, answered, place)
        elif isinstance(recorded, list) and isinstance(answered, list):
            yield from self._of_lists(recorded, answered, place)
        elif _same_type(recorded, answered) and (recorded == REDACTED or self.is_volatile(place)):
            return
        elif _is_text(recorded, self.is_id) and _is_text(answered, self.is_id):
            if not self.bindings.bind(recorded, answered):
                known = self.bindings.sandbox_of[recorded]
                yield f"{_dotted(place)}: {recorded} meant {known}, now {answered}"
        elif self.bindings.translate(recorded) != answered:
            yield f"{_dotted(place)}: recorded {recorded!r}, answered {answered!r}"

    def _of_objects(
        self, recorded: dict[str, Any], answered: dict[str, Any], place: Place
    ) -> Iterator[str]:
        for key in recorded.keys() | answered.keys():
            if key not in answered:
                yield f"{_dotted((*place, key))}: recorded {recorded[key]!r}, not answered"
            elif key not in recorded:
                yield f"{_dotted((*place, key))}: answered {answered[key]!r}, not recorded"
            else:
                yield from self.differences(recorded[key], answered[key], (*place, key))

    def _of_lists(self, recorded: list[Any], answered: list[Any], place: Place) -> Iterator[str]:
        if len(recorded) != len(answered) and not self.is_volatile(place):
            yield f"{_dotted(place)}: {len(recorded)} recorded, {len(answered)} answered"
        for index, (ours, theirs) in enumerate(zip(recorded, answered, strict=False)):
            yield from self.differences(ours, theirs, (*place, index))


def _is_text(value: Any, test: Callable[[str], bool]) -> bool:
    return isinstance(value, str) and test(value)


def _same_type(one: Any, other: Any) -> bool:
    return type(one) is type(other)


def _dotted(place: Place) -> str:
    return ".".join(str(step) for step in place) or "(answer)"
