"""What was seen or came of a write: logs in which a row stands until another one says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.capsule.folder import Folder
from reconciler.capsule.text import without

CLOCK = "timestamp"


class Sightings:
    """A log while one step works on it: read once, written once with `keep`.

    about: the fields that tell what a row speaks of. Raises `BrokenLog` for a row that is none.
    """

    def __init__(
        self, folder: Folder, path: str, about: Sequence[str], needed: Sequence[str] = ()
    ) -> None:
        self._folder, self._path, self._about = folder, path, about
        self._added: list[dict[str, Any]] = []
        self._last = {self._key(row): row for row in folder.log(path, needed)}

    def last(self, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The newest row that speaks of the same."""
        return self._last.get(self._key(row))

    def differs(self, row: Mapping[str, Any]) -> bool:
        """Whether it says another thing than the last of the same, whenever that was."""
        last = self.last(row)
        return last is None or without(last, [CLOCK]) != without(row, [CLOCK])

    def add(self, row: Mapping[str, Any], now: str) -> None:
        added = {**row, CLOCK: now}
        self._added.append(added)
        self._last[self._key(added)] = added

    def keep(self) -> None:
        self._folder.append(self._path, self._added)
        self._added = []

    def _key(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(str(row.get(name)) for name in self._about)
