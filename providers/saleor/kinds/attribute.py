"""Attributes of products: what a taxonomy is on Saleor. Their slug is their key.

The input type can not be changed on the platform, so a difference in it is told and not written.
Attributes are made one by one: `attributeBulkCreate` takes no slugs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Final

from providers.saleor.aliased import ERRORS, Part, Told, carried_out, requests_for
from providers.saleor.carrying import carrying_attributes, would_lose
from providers.saleor.client import SaleorReader, SaleorWriter
from providers.saleor.listing import ATTRIBUTES, Node, by_id, by_slug, in_parts, listed
from reconciler.model.address import Address, Key
from reconciler.model.change import Action, Change, Effect
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome, done, failed
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, spec
from reconciler.provider import All, Batch, Echo, OnDrop, Precondition, Wanted

FOR_PRODUCTS: Final = "PRODUCT_TYPE"

READ_TOGETHER: Final = 20
"""Changes of a batch: the core reads a batch again with one request before it and one after."""


@spec
class Attribute:
    """`input` is `dropdown`, `multiselect`, `boolean`, or another of the platform's input types
    in lower case, with the owner's type before it where that is not a product."""

    name: Owned[str] = UNSTATED
    input: Owned[str] = UNSTATED


class AttributeKind:
    name = "attribute"
    spec = Attribute
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
        for part in in_parts(changes, READ_TOGETHER):
            sent = [change for change in part if not _asks_too_much(change)]
            yield Batch(tuple(part), requests=requests_for(len(sent)), reading=_reading(part))

    async def write(
        self, session: SaleorWriter, batch: Batch[Attribute]
    ) -> Sequence[Outcome[Attribute]]:
        fixed = [_unchangeable(change) for change in batch.changes if _asks_too_much(change)]
        possible = [change for change in batch.changes if not _asks_too_much(change)]
        told = await carried_out(session, [_part(change) for change in possible])
        return fixed + [_outcome(c, t) for c, t in zip(possible, told, strict=True)]

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


def _reading(changes: Sequence[Change[Attribute]]) -> Range:
    """One request; a second one looks by ids for what its slug does not find."""
    twice = any(change.renamed_from or change.action is Action.DELETE for change in changes)
    return Range(Cost(1), Cost(2 if twice else 1))


async def _wanted(session: SaleorReader, wanted: Wanted) -> list[tuple[Key, Node]]:
    """Found by slug, else by id."""
    if isinstance(wanted, All):
        where = [{"type": {"eq": FOR_PRODUCTS}}]
        return [(n["slug"], n) for n in await listed(session, ATTRIBUTES, "attributes", where)]
    found = await listed(session, ATTRIBUTES, "attributes", by_slug(wanted))
    by_key = {node["slug"]: node for node in found}
    moved = {wanted[key]: key for key in wanted if key not in by_key and wanted[key]}
    again = await listed(session, ATTRIBUTES, "attributes", by_id(filter(None, moved)))
    return [(key, by_key[key]) for key in wanted if key in by_key] + [
        (moved[node["id"]], node) for node in again
    ]


def _input(node: Node) -> str:
    owner = "" if node["type"] == FOR_PRODUCTS else f"{node['type']} "
    return f"{owner}{node['inputType']}".lower()


def _part(change: Change[Attribute]) -> Part:
    if change.action is Action.DELETE:
        return Part("attributeDelete", {"id": ("ID", change.remote)})
    asked = f"attribute {{ id slug }} {ERRORS}"
    if change.before is None:
        new = {"input": ("AttributeCreateInput!", _new(change))}
        return Part("attributeCreate", new, asked)
    moved = {"id": ("ID", change.remote), "input": ("AttributeUpdateInput!", _changes(change))}
    return Part("attributeUpdate", moved, asked)


def _new(change: Change[Attribute]) -> dict[str, Any]:
    wished = _stated(change)
    return {
        "name": wished.name,
        "slug": change.address.key,
        "type": FOR_PRODUCTS,
        "inputType": str(wished.input).upper(),
        "externalReference": change.address.key,
    }


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


def _outcome(change: Change[Attribute], told: Told) -> Outcome[Attribute]:
    if change.action is Action.DELETE:
        if told.is_done or told.is_gone:
            return done(change.address, None)
        return failed(change.address, told.message, change.remote)
    if not told.is_done:
        return failed(change.address, told.message, change.remote)
    attribute = told.payload["attribute"]
    return done(change.address, attribute["id"])


def _asks_too_much(change: Change[Attribute]) -> bool:
    """Whether a live attribute would have to take another input type."""
    return bool(change.before and change.after) and change.differs_in("input")


def _unchangeable(change: Change[Attribute]) -> Outcome[Attribute]:
    return failed(change.address, _refusal(change), change.remote)


def _refusal(change: Change[Attribute]) -> str:
    moved = next(field for field in change.fields if field.path == "input")
    return (
        f"Saleor can not turn the input type {moved.before} into {moved.after}"
        f" · state input: {moved.before}, or give the taxonomy a new key"
    )
