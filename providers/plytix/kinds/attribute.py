"""Attributes of products. The key is the label, which Plytix derives from the first name and never
changes: so an attribute is made under its key, and gets its name afterwards.

The type can not be changed; a difference in it is told and not written. Attributes are forgotten
when git drops them: with one go the values of all products.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from typing import Annotated, Final

from providers.plytix.catalog import parts_of
from providers.plytix.client import PlytixReader, PlytixWriter, Row
from providers.plytix.definitions import definitions
from providers.plytix.versions import ATTRIBUTES
from providers.plytix.writing import each, made, repeated
from reconciler.model.address import Address, Key
from reconciler.model.change import Change
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome, done
from reconciler.model.resource import Resource
from reconciler.model.spec import CREATE_ONLY, UNSTATED, Owned, spec
from reconciler.provider import (
    ALL,
    Batch,
    Echo,
    Layer,
    OnDrop,
    PlatformError,
    Precondition,
    Wanted,
)

READ_TOGETHER: Final = 20
PAGES: Final = Range(Cost(1), Cost(2))
"""A reading of all attributes."""


@spec
class Attribute:
    """made_as: the type that it is given when it is made, where it may have another one already."""

    name: Owned[str] = UNSTATED
    type_class: Owned[str] = UNSTATED
    made_as: Owned[Annotated[str, CREATE_ONLY]] = UNSTATED
    description: Owned[str | None] = UNSTATED


class AttributeKind:
    name = "attribute"
    spec = Attribute
    layer: Layer = "attributes"
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: PlytixReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Attribute]]:
        """Labels never change, so none is looked for by its id."""
        for label, row in (await definitions(session)).items():
            if wanted is ALL or label in wanted:
                yield Resource(
                    Address(target, self.name, label),
                    Attribute(
                        name=row["name"],
                        type_class=row["type_class"],
                        description=row.get("description") or None,
                    ),
                    remote=row["id"],
                )

    def lasts(self, _: Attribute) -> str | None:
        """Taken away, it would take the values of all products with it."""
        return "the attribute stays in Plytix; it is no longer managed"

    def batches(self, changes: Sequence[Change[Attribute]]) -> Iterable[Batch[Attribute]]:
        for part in parts_of(changes, READ_TOGETHER):
            requests = sum(map(_requests, part))
            yield Batch(tuple(part), requests=requests, reading=PAGES)

    async def write(
        self, session: PlytixWriter, batch: Batch[Attribute]
    ) -> Sequence[Outcome[Attribute]]:
        return await each(session, batch.changes, _written)


async def _written(session: PlytixWriter, change: Change[Attribute]) -> Outcome[Attribute]:
    assert change.after is not None
    wanted = change.after.spec
    key = change.address.key
    if change.remote is None:
        return await _made(session, change.address, wanted)
    if change.differs_in("type_class"):
        raise PlatformError(
            f"Plytix can not change the type of {key} · make another attribute, or correct git"
        )
    await session.write("PATCH", f"{ATTRIBUTES}/{change.remote}", _named(wanted))
    return done(change.address, change.remote)


async def _made(session: PlytixWriter, address: Address, wanted: Attribute) -> Outcome[Attribute]:
    """Under its key, so that this is its label; then under its name."""
    type_class = wanted.made_as if wanted.type_class is UNSTATED else wanted.type_class
    body = {"name": address.key, "type_class": type_class}
    row = await made(session, ATTRIBUTES, body, partial(_under_its_key, session, address.key))
    label: Key = row.get("label", address.key)
    session.types[label] = str(type_class)
    if label == address.key and (named := _named(wanted)) not in ({}, {"name": label}):
        await repeated(session, "PATCH", f"{ATTRIBUTES}/{row['id']}", named)
    outcome: Outcome[Attribute] = done(address, row["id"])
    if label != address.key:
        return Outcome(address, outcome.status, row["id"], live_key=label)
    return outcome


async def _under_its_key(session: PlytixWriter, key: Key) -> Row | None:
    row = (await definitions(session)).get(key)
    return row if row and row["name"] == key else None


def _named(wanted: Attribute) -> Row:
    stated = {"name": wanted.name, "description": wanted.description}
    return {name: value or "" for name, value in stated.items() if value is not UNSTATED}


def _requests(change: Change[Attribute]) -> int:
    if change.remote is not None or change.after is None:
        return 1
    return 1 if _named(change.after.spec) in ({}, {"name": change.address.key}) else 2
