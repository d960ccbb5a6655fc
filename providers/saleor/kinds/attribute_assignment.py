"""Which attributes the products of a type carry. The key is `<product type>/<attribute>`.

A product without the assignment can not be given the attribute's values. Taking one away leaves
the values where they are, and shows them no more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from providers.saleor.aliased import Part
from providers.saleor.asking import product_types
from providers.saleor.carrying import carrying_assignments, would_lose
from providers.saleor.changing import batches_of, carried
from providers.saleor.client import SaleorReader, SaleorWriter
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


@spec
class AttributeAssignment:
    """on: `product`; `variant` where somebody gave it to the type's variants instead."""

    on: Owned[str] = UNSTATED


class AttributeAssignmentKind:
    name = "attribute_assignment"
    spec = AttributeAssignment
    layer: Layer = "attributes"
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[AttributeAssignment]]:
        """Its remote is the type's id and the attribute's, since it has none of its own."""
        for type_ in await _types(session, wanted):
            for on, attribute in _of(type_):
                key = assignment_key(type_["slug"], attribute["slug"])
                if isinstance(wanted, All) or key in wanted:
                    yield Resource(
                        Address(target, self.name, key),
                        AttributeAssignment(on=on),
                        remote=f"{type_['id']} {attribute['id']}",
                        needs=needs_of(target, key),
                    )

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "attribute", key.partition("/")[2]

    def batches(
        self, changes: Sequence[Change[AttributeAssignment]]
    ) -> Iterable[Batch[AttributeAssignment]]:
        return batches_of(changes, lambda change: not _is_moved(change))

    async def write(
        self, session: SaleorWriter, batch: Batch[AttributeAssignment]
    ) -> Sequence[Outcome[AttributeAssignment]]:
        return await carried(
            session,
            batch.changes,
            lambda change: [_part(session, change)],
            lambda change, _told: change.remote or " ".join(_ids(session, change)),
        )

    async def effects(
        self, session: SaleorReader, changes: Sequence[Change[AttributeAssignment]]
    ) -> Mapping[Address, Effect]:
        """How many products of the type carry values that would be shown no more."""
        doomed = {
            change.address: _parted(change.remote)
            for change in changes
            if change.action is Action.DELETE and change.remote
        }
        counts = await carrying_assignments(session, doomed)
        effects = {a: Effect(would_lose(n, "its values"), n) for a, n in counts.items()}
        moved = [change for change in changes if _is_moved(change)]
        return effects | {change.address: Effect(_refusal(change)) for change in moved}


def assignment_key(product_type: Key, attribute: Key) -> Key:
    return f"{product_type}/{attribute}"


def needs_of(target: str, key: Key) -> tuple[Address, ...]:
    product_type, _, attribute = key.partition("/")
    return (Address(target, "product_type", product_type), Address(target, "attribute", attribute))


async def _types(session: SaleorReader, wanted: Wanted) -> list[Node]:
    named = None if isinstance(wanted, All) else (key.partition("/")[0] for key in wanted)
    return await product_types(session, named)


def _of(type_: Node) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from (("product", attribute) for attribute in type_["productAttributes"] or ())
    yield from (("variant", attribute) for attribute in type_["variantAttributes"] or ())


def _part(session: SaleorWriter, change: Change[AttributeAssignment]) -> Part:
    """Raises `PlatformError` for what is assigned to the variants."""
    if _is_moved(change):
        raise PlatformError(_refusal(change))
    product_type, attribute = _ids(session, change)
    of_type = {"productTypeId": ("ID!", product_type)}
    if change.action is Action.DELETE:
        gone = ("[ID!]!", [attribute])
        return Part("productAttributeUnassign", {**of_type, "attributeIds": gone})
    operations = ("[ProductAttributeAssignInput!]!", [{"id": attribute, "type": "PRODUCT"}])
    return Part("productAttributeAssign", {**of_type, "operations": operations})


def _ids(session: SaleorWriter, change: Change[AttributeAssignment]) -> tuple[str, str]:
    """Of the type and of the attribute."""
    if change.remote is not None:
        return _parted(change.remote)
    slug, _, name = change.address.key.partition("/")
    return session.remotes("product_type", slug), session.remotes("attribute", name)


def _parted(remote: Remote) -> tuple[Remote, Remote]:
    product_type, _, attribute = remote.partition(" ")
    return product_type, attribute


def _is_moved(change: Change[AttributeAssignment]) -> bool:
    return bool(change.before and change.after) and change.differs_in("on")


def _refusal(change: Change[AttributeAssignment]) -> str:
    product_type, _, attribute = change.address.key.partition("/")
    return (
        f"{attribute} is an attribute of the variants of {product_type}, and can not be both"
        " · unassign it there in the dashboard, where nothing uses it, or leave the type out"
    )
