"""Changes to product state: data in, data out, and text only where anything moved."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.capsule import invariants
from reconciler.capsule.state import (
    BrokenState,
    Product,
    ProductState,
    StateText,
    validated,
    validated_product,
)

Way = tuple[str, ...]


@dataclass
class Draft:
    """A state that is being changed by one command.

    may_unlock: whether the command was told to lock, unlock or roll back.
    """

    read: StateText
    now: str
    may_unlock: bool = False
    data: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.data = copy.deepcopy(dict(self.read.data))

    def record(self, handle: str) -> dict[str, Any]:
        record: dict[str, Any] = self.data["products"][handle]
        return record

    def product(self, handle: str) -> Product:
        """The record as it stands in the draft."""
        return validated_product(handle, self.record(handle))

    @property
    def state(self) -> ProductState:
        return validated(self.data)

    def set(self, handle: str, way: Way, value: Any) -> bool:
        """Put a value at a way into a record; whether anything moved."""
        part = self.record(handle)
        for step in way[:-1]:
            part = part.setdefault(step, {})
        if way[-1] in part and part[way[-1]] == value:
            return False
        part[way[-1]] = value
        return True

    def text(self) -> str:
        """The file's new text, the very same where nothing moved. Raises `BrokenState` where the
        command would break a rule."""
        if self.data == self.read.data:
            return self.read.text
        after = validated(self.data)
        wrong = [
            *invariants.broken(after),
            *invariants.moved(self.read.state, after),
            *invariants.commanded(self.read.data, self.data, may_unlock=self.may_unlock),
        ]
        if wrong:
            raise BrokenState(wrong)
        return self.read.layout.text({**self.data, "generated_at": self.now})


def timed(
    draft: Draft, handle: str, way: Way, value: Mapping[str, Any], clock: str, now: str
) -> bool:
    """Put a mapping that carries the time at which it was found out: where the rest of it is as
    it was, the time stays too."""
    known = _at(draft.record(handle), way)
    if isinstance(known, dict):
        rest = {name: part for name, part in known.items() if name != clock}
        if rest == dict(value):
            return False
    return draft.set(handle, way, {**value, clock: now})


def _at(part: Any, way: Way) -> Any:
    for step in way:
        if not isinstance(part, dict) or step not in part:
            return None
        part = part[step]
    return part
