"""What the store holds, and what it costs and warns, for the length of one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from graphql import GraphQLResolveInfo

from providers.kit.store import Store
from providers.shopify.sandbox.ids import gid, number, parts
from providers.shopify.sandbox.ordered import Ordered

Thing = dict[str, Any]

T = TypeVar("T")

CURRENT_VERSION: Final = "2026-10"

LONG_AGO: Final = float("-inf")

APP_NAMESPACE: Final = "app--347082227713"
"""The namespace that belongs to the app whose token is used."""

_OPENING: Final = datetime(2026, 11, 1, tzinfo=UTC)
_FIRST_NUMBER: Final = 7_100_000_000_001


class Shop:
    """Things by type and id. Dates count writes, so that they are the same in every run; only
    what takes time (jobs, throttling) looks at the clock.

    now: seconds on the event loop's clock; for what nobody waits for, long ago. version: the
    API version that is served. door: the address that was asked, without a path. asked: the
    version that was asked for. fresh: the ids of the files that this request made.
    """

    def __init__(
        self,
        store: Store,
        now: float = LONG_AGO,
        version: str = CURRENT_VERSION,
        door: str = "http://shop.sandbox",
        asked: str = CURRENT_VERSION,
    ) -> None:
        self._store = store
        self.now = now
        self.version = version
        self.door = door.rstrip("/")
        self.fresh: set[str] = set()
        self.asked = asked
        self.search_warnings: list[Mapping[str, Any]] = []

    def all(self, sort: str) -> Iterator[Thing]:
        """In the order of creation."""
        yield from list(self._store.all(sort).values())

    def get(self, id_: str) -> Thing | None:
        found = parts(id_)
        return self._store.get(found[0], found[1]) if found else None

    def one(self, sort: str, id_: str | None) -> Thing | None:
        """The thing of a type that an id names; None for an id of another type."""
        found = parts(id_ or "")
        return self._store.get(sort, found[1]) if found and found[0] == sort else None

    def find(self, sort: str, **fields: Any) -> Thing | None:
        """The first thing of a type with these fields."""
        (name, value), *_ = fields.items()
        found = self.where(sort, name, value)
        return next((t for t in found if all(t.get(k) == v for k, v in fields.items())), None)

    def where(self, sort: str, field: str, value: Any) -> list[Thing]:
        """As `find`, all of them by one field; quick also among many."""
        return self._store.where(sort, field, value)

    def in_order(self, sort: str) -> Ordered:
        """All of a type by the numbers of their ids; quick also among many."""
        return self._store.derived(sort, "order", Ordered.by_id)

    def derived(self, sort: str, name: str, make: Callable[[Iterable[Thing]], T]) -> T:
        """What is made of all of a type, kept until one of them changes."""
        return self._store.derived(sort, name, make)

    def add(self, sort: str, fields: Mapping[str, Any], id_: str | None = None) -> Thing:
        new = id_ or gid(sort, self._store.next_number("id", _FIRST_NUMBER))
        self._count_on_from(number(new))
        date = self._date()
        thing = {
            "createdAt": date,
            "updatedAt": date,
            **fields,
            "__typename": sort,
            "id": new,
        }
        self._put(thing)
        return thing

    def change(self, thing: Thing, **fields: Any) -> Thing:
        changed = {**thing, "updatedAt": self._date(), **fields}
        self._put(changed)
        return changed

    def remove(self, thing: Thing) -> None:
        """A thing goes with its metafields. What refers to it keeps its id, and finds nothing."""
        for metafield in self.where("Metafield", "owner_id", thing["id"]):
            self.remove(metafield)
        sort, place = _place(thing)
        self._store.delete(sort, place)

    def setting(self, name: str) -> Thing:
        return self._store.get("setting", name) or {}

    def keep(self, name: str, value: Mapping[str, Any]) -> None:
        self._store.put("setting", name, dict(value))

    def kept(self, sort: str, name: str) -> Thing | None:
        """What is no thing of the API: it has a name instead of an id."""
        return self._store.get(sort, name)

    def keep_under(self, sort: str, name: str, value: Mapping[str, Any]) -> None:
        self._store.put(sort, name, dict(value))

    def next_number(self, sequence: str) -> int:
        return self._store.next_number(sequence)

    def _put(self, thing: Thing) -> None:
        sort, place = _place(thing)
        self._store.put(sort, place, thing)

    def _count_on_from(self, used: int) -> None:
        """Ids grow: a later thing has a greater one than any that was ever given."""
        last = (self._store.get("sequence", "id") or {"last": 0})["last"]
        if used > last:
            self._store.put("sequence", "id", {"last": used})

    def today(self) -> str:
        """The date of the last write."""
        written = (self._store.get("sequence", "write") or {"last": 0})["last"]
        return _told(_OPENING + timedelta(seconds=written))

    def _date(self) -> str:
        return _told(_OPENING + timedelta(seconds=self._store.next_number("write")))


def _told(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _place(thing: Thing) -> tuple[str, str]:
    found = parts(thing["id"])
    assert found is not None
    return found


Info = GraphQLResolveInfo[Shop]
"""What a resolver is told beside its object and arguments; `info.context` is the shop."""
