"""Things that a session has read, so that kinds which look at the same ones ask once.

While planning, what products are, carry and are shown by is one reading for all kinds. A
session that writes keeps nothing: there every reading is fresh.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import anyio

Node = Mapping[str, Any]
By = Literal["slug", "id"]
Read = Callable[[By, list[str]], Awaitable[Iterable[Node]]]
"""The nodes that have one of these slugs or ids; what is not there is left out."""


@dataclass
class Shelf:
    """Nodes of one sort."""

    keeps: bool = True
    _held: dict[By, dict[str, Node | None]] = field(default_factory=lambda: {"slug": {}, "id": {}})
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def at(self, by: By, names: Iterable[str], read: Read) -> dict[str, Node]:
        """The nodes that are there, by the name that they were wanted by. Those that are not
        known yet are read, and nobody else reads them meanwhile."""
        wanted = list(names)
        async with self._lock:
            held = self._held[by] if self.keeps else {}
            missing = [name for name in wanted if name not in held]
            if missing:
                held.update(dict.fromkeys(missing))
                held.update({node[by]: node for node in await read(by, missing)})
        return {name: node for name in wanted if (node := held.get(name)) is not None}
