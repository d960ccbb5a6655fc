"""A platform for the core's own tests: shelves and the labels on them, held in a dictionary.

It is also the smallest provider there can be. It can be told to lose answers, to refuse keys
and to store something else than what it was given.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar

import anyio
from pydantic import BaseModel

from reconciler.intent.base import Intent, Intents, Part, Places
from reconciler.intent.targets import Policy
from reconciler.ledger import Ledger
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Effect
from reconciler.model.outcome import Outcome, done, failed
from reconciler.model.question import Answers
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, Ref, Value, digest, spec, stated
from reconciler.provider import (
    ALL,
    Ambiguous,
    Batch,
    Compilation,
    Echo,
    OnDrop,
    Precondition,
    Provider,
    Remotes,
    Target,
    Usage,
    Wanted,
)
from reconciler.repository import own_repository
from reconciler.site import Site


@spec
class Label:
    text: Owned[str | None] = UNSTATED


@spec
class Shelf:
    title: Owned[str | None] = UNSTATED
    items: Owned[Annotated[tuple[str, ...], Merge.SET]] = UNSTATED
    label: Owned[Annotated[str, Ref("label")]] = UNSTATED
    tags: Owned[Annotated[tuple[str, ...], Merge.ENTRIES]] = UNSTATED


class Shelves(Intent):
    """kind → key → fields"""

    folder: ClassVar[str] = "shelves"
    resources: Mapping[str, Mapping[str, Mapping[str, Any]]]


class Settings(Part):
    pass


@dataclass
class Shop:
    """The platform itself. `rows`: (kind, key) → fields, each with its id under `id`."""

    rows: dict[tuple[str, str], dict[str, Value]] = field(default_factory=dict)
    account: str = "toy account"
    writes: list[tuple[str, str]] = field(default_factory=list)
    lose_answers: int = 0
    lose_requests: int = 0
    refuse: frozenset[str] = frozenset()
    renames: dict[str, str] = field(default_factory=dict)
    shouts: bool = False
    makes_halves: bool = False
    in_use: int = 0
    on_write: Any = None
    _last: int = 0

    def put(self, kind: str, key: str, **fields: Value) -> None:
        self._last += 1
        self.rows[kind, key] = {"id": f"#{self._last}", **fields}

    def fields(self, kind: str, key: str) -> dict[str, Value]:
        return {name: v for name, v in self.rows[kind, key].items() if name != "id"}


@dataclass
class Session:
    shop: Shop
    remotes: Remotes
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class ToyKind:
    name: str
    spec: type
    managed: bool = True
    on_drop: OnDrop = OnDrop.DELETE
    precondition: Precondition = Precondition.REREAD
    echo: Echo = Echo.REREAD

    async def read(
        self, session: Session, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Any]]:
        rows = {key: row for (kind, key), row in session.shop.rows.items() if kind == self.name}
        ids = {row["id"]: key for key, row in rows.items()}
        await anyio.sleep(0.001)  # The answer is on its way, and may be old when it comes.
        keys = dict.fromkeys(rows) if wanted is ALL else wanted
        for key, remote in keys.items():
            found = key if key in rows else ids.get(remote)
            if found is not None:
                row = rows[found]
                yield Resource(
                    Address(target, self.name, key),
                    self._spec(row),
                    remote=row["id"],
                    live_key=None if found == key else found,
                )

    def batches(self, changes: Sequence[Change[Any]]) -> Iterable[Batch[Any]]:
        for start in range(0, len(changes), 5):
            yield Batch(tuple(changes[start : start + 5]), points=1)

    async def write(self, session: Session, batch: Batch[Any]) -> list[Outcome[Any]]:
        shop = session.shop
        if shop.on_write:
            shop.on_write()
        if shop.lose_requests:
            shop.lose_requests -= 1
            raise Ambiguous("lost on its way")
        outcomes = [self._write(shop, change) for change in batch.changes]
        if shop.lose_answers:
            shop.lose_answers -= 1
            raise Ambiguous("no answer within 30 s")
        return outcomes

    async def effects(
        self, session: Session, changes: Sequence[Change[Any]]
    ) -> Mapping[Address, Effect]:
        used = session.shop.in_use
        return {
            change.address: Effect(f"{used} things use it", used)
            for change in changes
            if used and change.action is Action.DELETE
        }

    def _write(self, shop: Shop, change: Change[Any]) -> Outcome[Any]:
        key = change.address.key
        if key in shop.refuse:
            return failed(change.address, f"{key} is refused")
        shop.writes.append((change.action.value, key))
        if change.action is Action.DELETE:
            del shop.rows[self.name, change.renamed_from or key]
            return done(change.address, None)
        return self._save(shop, change, key)

    def _save(self, shop: Shop, change: Change[Any], key: str) -> Outcome[Any]:
        assert change.after is not None
        given = stated(change.after.spec)
        if shop.shouts and given.get("title"):
            given["title"] = given["title"].upper()
        if change.before is None:
            key = shop.renames.get(key, key)
            shop.put(self.name, key, **given)
            if shop.makes_halves:
                del shop.rows[self.name, key]["title"]
                raise Ambiguous("it broke half-way")
        else:
            old = shop.rows.pop((self.name, change.renamed_from or key))
            if "tags" in given:
                given["tags"] = _entries(old.get("tags") or [], change)
            shop.rows[self.name, key] = old | given
        return done(change.address, shop.rows[self.name, key]["id"])

    def _spec(self, row: Mapping[str, Value]) -> Any:
        known = {name: value for name, value in row.items() if name != "id"}
        return self.spec(**{n: tuple(v) if isinstance(v, list) else v for n, v in known.items()})


def _entries(there: list[str], change: Change[Any]) -> list[str]:
    """What is there, without what the change takes away and with what it adds."""
    moved = next((f for f in change.fields if f.path == "tags"), None)
    if moved is None:
        return there
    kept = [tag for tag in there if tag not in (moved.before or ()) or tag in moved.after]
    return kept + [tag for tag in moved.after if tag not in kept]


KINDS = (
    ToyKind("room", Label, managed=False),
    ToyKind("label", Label),
    ToyKind("shelf", Shelf),
)


def provider(shop: Shop) -> Provider[Any, Any]:
    """A provider of this one shop."""

    @asynccontextmanager
    async def opened(*parts: Any) -> AsyncIterator[Session]:
        yield Session(shop, parts[2] if len(parts) > 2 else Remotes("toy"))

    async def identify(session: Session) -> str:
        return session.shop.account

    async def answer(session: Session, questions: Sequence[Any]) -> Answers:
        return dict.fromkeys(questions, ())

    return Provider(
        name="toy",
        kinds=KINDS,
        settings=Settings,
        credentials=BaseModel,
        reading=opened,
        writing=opened,
        identify=identify,
        answer=answer,
        mapping={Shelves: _compile},
        sandbox=lambda store: None,
    )


def site(shop: Shop, folder: Path, policy: Policy | None = None) -> Site:
    """A target called `toy`, its ledger and journals under a folder."""
    target = Target("toy", "toy", "", "staging", "", Settings(), 30, 4, None, True)
    ledger = Ledger(own_repository(folder / "ledger.git"), "toy")
    journals = folder / "journal"
    return Site(target, provider(shop), policy or Policy(), ledger, journals, lambda: None)


def intents(**resources: Mapping[str, Mapping[str, Any]]) -> Intents:
    """`intents(shelf={"a": {"title": "A"}})`."""
    document = Shelves(targets=("toy",), resources=resources)
    return Intents((document.placed(Places("desired/shelves/toy.yaml", {(): (1, 1)})),))


def address(kind: str, key: str) -> Address:
    return Address("toy", kind, key)


def resource(kind: str, key: str, **fields: Any) -> Resource[Any]:
    made = next(k for k in KINDS if k.name == kind).spec(**fields)
    return Resource(address(kind, key), made, remote=f"#{key}")


def _needs(key: str) -> tuple[Address, ...]:
    """A shelf `a@hall` stands in the room `hall`, which is only looked up."""
    _, at, room = key.partition("@")
    return (address("room", room),) if at else ()


def _compile(intent: Shelves, compilation: Compilation) -> Iterable[Resource[Any]]:
    for kind, resources in intent.resources.items():
        for key, fields in resources.items():
            yield replace(
                resource(kind, key, **fields),
                address=Address(compilation.target.name, kind, key),
                remote=None,
                source=intent.at("resources", kind, key),
                needs=_needs(key),
                intent=digest([key, intent.digest_of("resources", kind, key)]),
            )
