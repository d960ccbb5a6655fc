"""Relationships: what a product may be to another. The key is the label, which Plytix derives from
the first name; forgotten when git drops them, since products are related by them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial

from providers.plytix.client import PlytixReader, PlytixWriter, Row
from providers.plytix.versions import RELATIONSHIPS
from providers.plytix.writing import each, made, repeated
from reconciler.model.address import Address, Key
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome, Status, done
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, spec
from reconciler.provider import ALL, Batch, Echo, Layer, OnDrop, Precondition, Wanted


@spec
class Relationship:
    name: Owned[str] = UNSTATED


class RelationshipKind:
    name = "relationship"
    spec = Relationship
    layer: Layer = "attributes"
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: PlytixReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Relationship]]:
        for label, row in (await relationships(session)).items():
            if wanted is ALL or label in wanted:
                address = Address(target, self.name, label)
                yield Resource(address, Relationship(name=row["name"]), remote=row["id"])

    def lasts(self, _: Relationship) -> str | None:
        return "the relationship stays in Plytix; it is no longer managed"

    def batches(self, changes: Sequence[Change[Relationship]]) -> Iterable[Batch[Relationship]]:
        """A relationship is made under its key, and gets its name then."""
        for change in changes:
            is_named = change.after is not None and change.after.spec.name != change.address.key
            yield Batch((change,), requests=2 if change.remote is None and is_named else 1)

    async def write(
        self, session: PlytixWriter, batch: Batch[Relationship]
    ) -> Sequence[Outcome[Relationship]]:
        return await each(session, batch.changes, _written)


async def relationships(session: PlytixReader) -> dict[Key, Row]:
    """All of them, by their labels."""
    found = session.search(f"{RELATIONSHIPS}/search", [], ["label", "name"], "label")
    return {row["label"]: row async for row in found}


async def _written(session: PlytixWriter, change: Change[Relationship]) -> Outcome[Relationship]:
    assert change.after is not None
    key, name = change.address.key, change.after.spec.name
    remote = change.remote
    if remote is None:
        look = partial(_under_its_key, session, key)
        row = await made(session, RELATIONSHIPS, {"name": key}, look)
        remote = str(row["id"])
        if row.get("label", key) != key:
            return Outcome(change.address, Status.DONE, remote, live_key=row["label"])
        if name in (UNSTATED, key):
            return done(change.address, remote)
    await repeated(session, "PATCH", f"{RELATIONSHIPS}/{remote}", {"name": name})
    return done(change.address, remote)


async def _under_its_key(session: PlytixWriter, key: Key) -> Row | None:
    row = (await relationships(session)).get(key)
    return row if row and row["name"] == key else None
