"""A sandbox's storage: JSON documents by sort and id in SQLite, shared between processes.

Documents are cached in memory; the cache is dropped when another process has written
(`PRAGMA data_version`), so that `sandbox edit` reaches a sandbox that is being served.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

Document = dict[str, Any]

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    sort TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (sort, id)
);
"""


class Store:
    """Documents of one sandbox, `path=None` keeping them in memory.

    Everything happens inside `transaction()`: it is atomic, also between processes, and
    undone by an exception. What `all` and `get` return is the store's own object: change a
    copy and `put` it. Raises `OSError` for a file that is no storage.
    """

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            path or ":memory:", isolation_level=None, timeout=30, check_same_thread=False
        )
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise OSError(f"{path} is no sandbox's storage: {error} · delete it") from error
        self._tables: dict[str, dict[str, Document]] = {}
        self._indexes: dict[tuple[str, str], dict[Any, dict[str, Document]]] = {}
        self._derived: dict[str, dict[str, Any]] = {}
        self._version: int | None = None

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        """All that is written inside becomes visible at once, or not at all."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._forget_what_others_changed()
        try:
            yield self
        except BaseException:
            self._connection.execute("ROLLBACK")
            self._forget()
            raise
        self._connection.execute("COMMIT")

    def all(self, sort: str) -> dict[str, Document]:
        """Every document of a sort by id, in the order of creation."""
        if sort not in self._tables:
            rows = self._connection.execute(
                "SELECT id, body FROM documents WHERE sort = ? ORDER BY position", (sort,)
            )
            self._tables[sort] = {id_: json.loads(body) for id_, body in rows}
        return self._tables[sort]

    def get(self, sort: str, id_: str) -> Document | None:
        return self.all(sort).get(id_)

    def where(self, sort: str, field: str, value: Any) -> list[Document]:
        """The documents of a sort with this value in a field, in no order that is promised.
        Quick also among many: what was looked for once stays indexed."""
        index = self._indexes.get((sort, field))
        if index is None:
            index = self._indexes[sort, field] = {}
            for id_, body in self.all(sort).items():
                index.setdefault(body.get(field), {})[id_] = body
        return list(index.get(value, {}).values())

    def derived(self, sort: str, name: str, make: Callable[[Iterable[Document]], T]) -> T:
        """What `make` makes of all documents of a sort, kept until one of them changes."""
        kept = self._derived.setdefault(sort, {})
        if name not in kept:
            kept[name] = make(self.all(sort).values())
        found: T = kept[name]
        return found

    def put(self, sort: str, id_: str, body: Document) -> None:
        """Write a document; one that is new comes last in `all`."""
        self._connection.execute(
            "INSERT INTO documents (sort, id, body) VALUES (?, ?, ?)"
            " ON CONFLICT (sort, id) DO UPDATE SET body = excluded.body",
            (sort, id_, json.dumps(body)),
        )
        self._index(sort, id_, body)
        self.all(sort)[id_] = body

    def delete(self, sort: str, id_: str) -> None:
        self._connection.execute("DELETE FROM documents WHERE sort = ? AND id = ?", (sort, id_))
        self._index(sort, id_, None)
        self.all(sort).pop(id_, None)

    def sizes(self) -> dict[str, int]:
        """How many documents of each sort there are."""
        rows = self._connection.execute("SELECT sort, COUNT(*) FROM documents GROUP BY sort")
        return dict(rows.fetchall())

    def next_number(self, sequence: str, start: int = 1) -> int:
        """The next whole number of a named sequence, for ids."""
        last = (self.get("sequence", sequence) or {"last": start - 1})["last"]
        self.put("sequence", sequence, {"last": last + 1})
        return int(last) + 1

    def clear(self) -> None:
        self._connection.execute("DELETE FROM documents")
        self._forget()

    def close(self) -> None:
        self._connection.close()

    def _index(self, sort: str, id_: str, body: Document | None) -> None:
        """A document keeps its place among those of a value while its own stays."""
        self._derived.pop(sort, None)
        old = self.all(sort).get(id_)
        for (indexed, field), index in self._indexes.items():
            if indexed != sort:
                continue
            if old is not None and (body is None or body.get(field) != old.get(field)):
                index.get(old.get(field), {}).pop(id_, None)
            if body is not None:
                index.setdefault(body.get(field), {})[id_] = body

    def _forget(self) -> None:
        self._tables.clear()
        self._indexes.clear()
        self._derived.clear()

    def _forget_what_others_changed(self) -> None:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._forget()
            self._version = version
