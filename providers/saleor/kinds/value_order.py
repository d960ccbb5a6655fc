"""The order in which an attribute's values are shown. The key is the attribute's slug.

Only the order of the stated terms among themselves is looked at: values that git does not know
stay where they stand.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from typing import Annotated

from providers.saleor.aliased import Part
from providers.saleor.changing import batches_of, carried
from providers.saleor.client import SaleorReader, SaleorWriter
from providers.saleor.listing import attributes, attributes_with_choices, by_id
from providers.saleor.ordering import placed, shifts
from providers.saleor.shelf import Node
from providers.saleor.terms import terms_of
from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, spec
from reconciler.provider import All, Batch, Echo, Layer, OnDrop, PlatformError, Precondition, Wanted


@spec
class ValueOrder:
    terms: Owned[Annotated[tuple[str, ...], Merge.SEQUENCE]] = UNSTATED


class ValueOrderKind:
    name = "value_order"
    spec = ValueOrder
    layer: Layer = "values"
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[ValueOrder]]:
        if isinstance(wanted, All):
            return
        for node in await attributes(session, wanted):
            yield Resource(
                Address(target, self.name, node["slug"]),
                ValueOrder(terms=tuple(_terms(node).values())),
                remote=node["id"],
            )

    def batches(self, changes: Sequence[Change[ValueOrder]]) -> Iterable[Batch[ValueOrder]]:
        return batches_of(changes, pages=1)

    async def write(
        self, session: SaleorWriter, batch: Batch[ValueOrder]
    ) -> Sequence[Outcome[ValueOrder]]:
        ids = [change.remote for change in batch.changes if change.remote]
        nodes = {n["id"]: n for n in await attributes_with_choices(session, by_id(ids))}
        return await carried(session, batch.changes, partial(_parts, nodes))


def _terms(attribute: Node) -> dict[str, str]:
    """Each value's term by its id, in the order in which the platform has them."""
    terms = terms_of(attribute["slug"], attribute["choices"])
    return {value["id"]: terms[value["id"]] for value in attribute["choices"]}


def _parts(nodes: dict[str, Node], change: Change[ValueOrder]) -> list[Part]:
    node = nodes.get(change.remote or "")
    if node is None or change.after is None:
        raise PlatformError(f"there is no attribute {change.address.key}")
    ids = {term: id_ for id_, term in _terms(node).items()}
    stated = change.after.spec.terms
    wanted = [ids[term] for term in stated if term in ids] if isinstance(stated, tuple) else []
    now = [value["id"] for value in node["choices"]]
    moves = [{"id": id_, "sortOrder": by} for id_, by in shifts(now, placed(now, wanted))]
    return [
        Part(
            "attributeReorderValues",
            {"attributeId": ("ID!", node["id"]), "moves": ("[ReorderInput!]!", moves)},
        )
    ]
