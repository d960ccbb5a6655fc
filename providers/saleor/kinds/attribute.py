"""Attributes of products: what a taxonomy is on Saleor. Their slug is their key.

The input type can not be changed on the platform, so a difference in it is told and not written.
Attributes are made one by one: `attributeBulkCreate` takes no slugs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Final

from providers.saleor.aliased import ERRORS, Part, Told
from providers.saleor.carrying import carrying_attributes, would_lose
from providers.saleor.changing import batches_of, carried
from providers.saleor.client import SaleorReader, SaleorWriter
from providers.saleor.listing import attributes_with_choices, looked_up, reading_attributes
from providers.saleor.shelf import Node
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Action, Change, Effect
from reconciler.model.outcome import Outcome
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, spec
from reconciler.provider import (
    All,
    Batch,
    Echo,
    Layer,
    OnDrop,
    PlatformError,
    Precondition,
    Wanted,
)

FOR_PRODUCTS: Final = "PRODUCT_TYPE"


@spec
class Attribute:
    """`input` is `dropdown`, `multiselect`, `boolean`, or another of the platform's input types
    in lower case, with the owner's type before it where that is not a product, and what a
    reference refers to behind it: `reference to product`."""

    name: Owned[str] = UNSTATED
    input: Owned[str] = UNSTATED


class AttributeKind:
    name = "attribute"
    spec = Attribute
    layer: Layer = "attributes"
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Attribute]]:
        for key, node in await _wanted(session, wanted):
            yield Resource(
                Address(target, self.name, key),
                Attribute(name=node["name"], input=_input(node)),
                remote=node["id"],
                live_key=node["slug"] if node["slug"] != key else None,
            )

    def batches(self, changes: Sequence[Change[Attribute]]) -> Iterable[Batch[Attribute]]:
        """Reading takes a page more for each attribute with more values than one page holds."""
        return batches_of(changes, lambda change: not _asks_too_much(change), pages=1)

    async def write(
        self, session: SaleorWriter, batch: Batch[Attribute]
    ) -> Sequence[Outcome[Attribute]]:
        return await carried(session, batch.changes, _parts, _remote)

    async def effects(
        self, session: SaleorReader, changes: Sequence[Change[Attribute]]
    ) -> Mapping[Address, Effect]:
        """How many products carry what would be deleted, and what can not be done at all."""
        doomed = {c.address: c.remote for c in changes if c.action is Action.DELETE and c.remote}
        counts = await carrying_attributes(session, doomed)
        effects = {
            address: Effect(would_lose(count, "its values"), count)
            for address, count in counts.items()
        }
        fixed = [change for change in changes if _asks_too_much(change)]
        return effects | {change.address: Effect(_refusal(change)) for change in fixed}


async def _wanted(session: SaleorReader, wanted: Wanted) -> list[tuple[Key, Node]]:
    """Found by slug, else by id."""
    if isinstance(wanted, All):
        where = [{"type": {"eq": FOR_PRODUCTS}}]
        return [(node["slug"], node) for node in await attributes_with_choices(session, where)]
    return await looked_up(session.attributes, reading_attributes(session), wanted)


def _input(node: Node) -> str:
    owner = "" if node["type"] == FOR_PRODUCTS else f"{node['type']} "
    entity = f" to {node['entityType']}" if node["entityType"] else ""
    return f"{owner}{node['inputType']}{entity}".lower()


def _parts(change: Change[Attribute]) -> list[Part]:
    """Raises `PlatformError` where a live attribute would have to take another input type."""
    if _asks_too_much(change):
        raise PlatformError(_refusal(change))
    if change.action is Action.DELETE:
        return [Part("attributeDelete", {"id": ("ID", change.remote)})]
    asked = f"attribute {{ id slug }} {ERRORS}"
    if change.before is None:
        new = {"input": ("AttributeCreateInput!", _new(change))}
        return [Part("attributeCreate", new, asked)]
    moved = {"id": ("ID", change.remote), "input": ("AttributeUpdateInput!", _changes(change))}
    return [Part("attributeUpdate", moved, asked)]


def _remote(_change: Change[Attribute], told: Sequence[Told]) -> Remote:
    return str(told[0].payload["attribute"]["id"])


def _new(change: Change[Attribute]) -> dict[str, Any]:
    wished = _stated(change)
    input_, _, entity = str(wished.input).upper().partition(" TO ")
    given = {
        "name": wished.name,
        "slug": change.address.key,
        "type": FOR_PRODUCTS,
        "inputType": input_,
        "externalReference": change.address.key,
    }
    return {**given, "entityType": entity} if entity else given


def _changes(change: Change[Attribute]) -> dict[str, Any]:
    """What is to be written; key drift is a slug that somebody changed."""
    given: dict[str, Any] = {}
    if change.differs_in("name"):
        given["name"] = _stated(change).name
    if change.renamed_from:
        given["slug"] = change.address.key
    return given


def _stated(change: Change[Attribute]) -> Attribute:
    assert change.after is not None
    return change.after.spec


def _asks_too_much(change: Change[Attribute]) -> bool:
    """Whether a live attribute would have to take another input type."""
    return bool(change.before and change.after) and change.differs_in("input")


def _refusal(change: Change[Attribute]) -> str:
    moved = next(field for field in change.fields if field.path == "input")
    return (
        f"Saleor can not turn the input type {moved.before} into {moved.after}"
        f" · state input: {moved.before}, or give the taxonomy a new key"
    )
