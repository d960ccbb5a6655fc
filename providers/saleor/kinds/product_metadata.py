"""A product's metadata, key by key. What git does not state there belongs to others.

The key is the product's slug; or `<slug>/<namespace>` for a document that speaks of a namespace
of its own, whose keys begin with it: `custom.size_guide`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

from providers.saleor.aliased import Part
from providers.saleor.changing import batches_of, carried
from providers.saleor.client import SaleorReader, SaleorWriter
from providers.saleor.kinds.product import product_of, products
from providers.saleor.shelf import Node
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, spec
from reconciler.provider import All, Batch, Echo, OnDrop, Precondition, Wanted


@spec
class ProductMetadata:
    """entries: key → text; null where the product has no such key."""

    entries: Owned[Mapping[str, str | None]] = UNSTATED


class ProductMetadataKind:
    name = "product_metadata"
    spec = ProductMetadata
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[ProductMetadata]]:
        """A product that has none is there too, with no entries."""
        for key, node in await _wanted(session, wanted):
            live_key = _moved(key, node["slug"])
            yield Resource(
                Address(target, self.name, key),
                ProductMetadata(entries=_entries(key, node)),
                remote=node["id"],
                live_key=live_key if live_key != key else None,
            )

    def batches(
        self, changes: Sequence[Change[ProductMetadata]]
    ) -> Iterable[Batch[ProductMetadata]]:
        return batches_of(changes, lambda change: len(list(_sorts(change))))

    async def write(
        self, session: SaleorWriter, batch: Batch[ProductMetadata]
    ) -> Sequence[Outcome[ProductMetadata]]:
        return await carried(session, batch.changes, _parts)


async def _wanted(session: SaleorReader, wanted: Wanted) -> list[tuple[Key, Node]]:
    if isinstance(wanted, All):
        return await products(session, wanted)
    slugs: dict[Key, Remote | None] = {}
    for key, remote in wanted.items():
        slug = key.partition("/")[0]
        slugs[slug] = remote or slugs.get(slug)
    found = dict(await products(session, slugs))
    return [(key, found[slug]) for key in wanted if (slug := key.partition("/")[0]) in found]


def _entries(key: Key, node: Node) -> dict[str, str]:
    _, slash, namespace = key.partition("/")
    prefix = f"{namespace}." if slash else ""
    return {m["key"]: m["value"] for m in node["metadata"] if m["key"].startswith(prefix)}


def _moved(key: Key, slug: Key) -> Key:
    _, slash, namespace = key.partition("/")
    return f"{slug}{slash}{namespace}"


def _parts(change: Change[ProductMetadata]) -> list[Part]:
    """Keys are set in one mutation, and taken away in another; both leave other keys alone."""
    product = product_of(change, change.address.key.partition("/")[0])
    of_product = {"id": ("ID!", product)}
    parts = {
        "set": Part("updateMetadata", {**of_product, "input": ("[MetadataInput!]!", _set(change))}),
        "gone": Part("deleteMetadata", {**of_product, "keys": ("[String!]!", _gone(change))}),
    }
    return [parts[sort] for sort in _sorts(change)]


def _sorts(change: Change[ProductMetadata]) -> Iterator[str]:
    if _set(change):
        yield "set"
    if _gone(change):
        yield "gone"


def _set(change: Change[ProductMetadata]) -> list[dict[str, str]]:
    return [
        {"key": _key(field.path), "value": field.after}
        for field in change.fields
        if field.after is not None
    ]


def _gone(change: Change[ProductMetadata]) -> list[str]:
    return [
        _key(field.path)
        for field in change.fields
        if field.after is None and field.path.startswith("entries.")
    ]


def _key(path: str) -> str:
    return path.removeprefix("entries.")
