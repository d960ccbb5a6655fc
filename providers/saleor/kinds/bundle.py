"""What a bundle consists of: products that it refers to in an attribute, in their order.

The key is `<product>/<attribute>`. Saleor knows no bundles; a reference attribute is what
storefronts read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Annotated, Any

from providers.saleor.aliased import Part
from providers.saleor.asking import slugs_by_id
from providers.saleor.changing import batches_of, carried
from providers.saleor.client import SaleorReader, SaleorWriter
from providers.saleor.kinds.product import product_of, products
from providers.saleor.kinds.product_attributes import (
    assigned,
    attribute_at,
    learn_types,
    product_update,
)
from providers.saleor.shelf import Node
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, Ref, spec
from reconciler.provider import All, Batch, Echo, OnDrop, PlatformError, Precondition, Wanted


@spec
class Bundle:
    components: Owned[tuple[Annotated[str, Ref("product")], ...]] = UNSTATED


class BundleKind:
    name = "bundle"
    spec = Bundle
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Bundle]]:
        """A product without components is there too, its list being empty."""
        found = await _wanted(session, wanted)
        referred = [v["reference"] for _, _, values in found for v in values if v["reference"]]
        slugs = await slugs_by_id(session, referred)
        for key, node, values in found:
            session.assigned[node["id"]] = assigned(node)
            attribute = key.partition("/")[2]
            live_key = bundle_key(node["slug"], attribute)
            yield Resource(
                Address(target, self.name, key),
                Bundle(components=tuple(slugs.get(v["reference"]) or v["slug"] for v in values)),
                remote=node["id"],
                live_key=live_key if live_key != key else None,
            )

    def batches(self, changes: Sequence[Change[Bundle]]) -> Iterable[Batch[Bundle]]:
        """Reading them takes a request more: for the slugs of what they refer to."""
        for batch in batches_of(changes):
            more = Range(batch.reading.low, batch.reading.high + Cost(1))
            yield Batch(batch.changes, requests=batch.requests, reading=more)

    async def write(self, session: SaleorWriter, batch: Batch[Bundle]) -> Sequence[Outcome[Bundle]]:
        await learn_types(session, batch.changes)
        return await carried(session, batch.changes, lambda change: [_part(session, change)])


def bundle_key(product: Key, attribute: Key) -> Key:
    return f"{product}/{attribute}"


Found = tuple[Key, Node, Sequence[Mapping[str, Any]]]
"""A key, its product, and the values of its attribute."""


async def _wanted(session: SaleorReader, wanted: Wanted) -> list[Found]:
    if isinstance(wanted, All):
        every = await products(session, wanted)
        return [
            (bundle_key(slug, selected["attribute"]["slug"]), node, selected["values"])
            for slug, node in every
            for selected in node["attributes"]
            if selected["attribute"]["inputType"] == "REFERENCE" and selected["values"]
        ]
    remotes: dict[Key, Remote | None] = {k.partition("/")[0]: r for k, r in wanted.items()}
    by_slug = dict(await products(session, remotes))
    return [
        (key, by_slug[slug], _values(by_slug[slug], attribute))
        for key in wanted
        for slug, _, attribute in (key.partition("/"),)
        if slug in by_slug
    ]


def _values(product: Node, attribute: Key) -> Sequence[Mapping[str, Any]]:
    """None where the product's type does not have the attribute, or not yet."""
    carried_ = (s for s in product["attributes"] if s["attribute"]["slug"] == attribute)
    return next((selected["values"] for selected in carried_), ())


def _part(session: SaleorWriter, change: Change[Bundle]) -> Part:
    """Raises `PlatformError` for an attribute that takes no references."""
    slug, _, attribute = change.address.key.partition("/")
    product = product_of(change, slug)
    found = attribute_at(session, product, attribute)
    if found.input != "REFERENCE":
        raise PlatformError(f"the attribute {attribute} is a {found.input}, and refers to nothing")
    assert change.after is not None
    stated = change.after.spec.components
    components = stated if isinstance(stated, tuple) else ()
    ids = [session.remotes("product", component) for component in components]
    return product_update(product, [{"id": found.id, "references": ids}])
