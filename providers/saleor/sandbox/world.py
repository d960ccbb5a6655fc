"""What the sandboxed shop holds: documents by sort and primary key, named by global ids.

Sorts are GraphQL type names, so that a global id (`Attribute:45` in base64) names its table.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from providers.kit.store import Document, Store

OPENING: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""When the event loop's clock, which counts from anywhere, is said to stand at 0."""


@dataclass(frozen=True)
class World:
    """The tables of a store. `clock` gives seconds."""

    store: Store
    clock: Callable[[], float] = lambda: 0.0

    def all(self, sort: str) -> list[Document]:
        return list(self.store.all(sort).values())

    def get(self, sort: str, pk: int | None) -> Document | None:
        return None if pk is None else self.store.get(sort, str(pk))

    def one(self, sort: str, pk: int) -> Document:
        """A document that is known to be there."""
        document = self.get(sort, pk)
        assert document is not None, f"{sort}:{pk} is referred to and is not there"
        return document

    def where(self, sort: str, **fields: Any) -> Iterator[Document]:
        """The documents whose fields have these values, in the order of creation."""
        wanted = fields.items()
        return (d for d in self.all(sort) if all(d.get(name) == value for name, value in wanted))

    def first(self, sort: str, **fields: Any) -> Document | None:
        return next(self.where(sort, **fields), None)

    def create(self, sort: str, document: Document) -> Document:
        pk = self.store.next_number(sort)
        return self.plant(sort, pk, document)

    def plant(self, sort: str, pk: int, document: Document) -> Document:
        """Put a document under a key of one's own; later keys are higher."""
        planted = {**document, "pk": pk}
        self.store.put(sort, str(pk), planted)
        last = (self.store.get("sequence", sort) or {"last": 0})["last"]
        self.store.put("sequence", sort, {"last": max(last, pk)})
        return planted

    def change(self, sort: str, document: Document, **fields: Any) -> Document:
        changed = {**document, **fields}
        self.store.put(sort, str(document["pk"]), changed)
        return changed

    def delete(self, sort: str, pk: int) -> None:
        self.store.delete(sort, str(pk))

    def now(self) -> str:
        return (OPENING + timedelta(seconds=self.clock())).isoformat()

    def has_come(self, moment: str) -> bool:
        return datetime.fromisoformat(moment) <= datetime.fromisoformat(self.now())


def gid(sort: str, pk: int) -> str:
    return base64.b64encode(f"{sort}:{pk}".encode()).decode()


def parts_of(text: str) -> tuple[str, str] | None:
    """`(type, primary key)` of a global id, or None where the text is none."""
    try:
        sort, colon, pk = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (sort, pk) if colon else None


def pk_in(text: str, sort: str) -> int | None:
    """The primary key in a global id of that type, else None."""
    parts = parts_of(text)
    return int(parts[1]) if parts and parts[0] == sort and parts[1].isdecimal() else None
