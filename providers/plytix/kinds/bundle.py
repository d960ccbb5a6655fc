"""Bundles: the products that a product is related to by one relationship. Keys are
`<sku>/<relationship's label>`; the set is wholly ours, with the quantities."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from providers.plytix.catalog import all_products, product_by_id, product_ids, products
from providers.plytix.client import PlytixReader, PlytixWriter, Row
from providers.plytix.keys import key_within, parts
from providers.plytix.kinds.relationship import relationships
from providers.plytix.versions import RELATED
from providers.plytix.writing import each, moved, repeated
from reconciler.concurrent import side_by_side
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change
from reconciler.model.cost import FREE, Cost, Range
from reconciler.model.outcome import Outcome, done
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, Ref, spec
from reconciler.provider import (
    ALL,
    Batch,
    Echo,
    OnDrop,
    PlatformError,
    Precondition,
    Wanted,
)


@spec
class Bundle:
    quantities: Owned[Mapping[Annotated[str, Ref("product")], int | None]] = UNSTATED
    """Component → how often it is in the bundle."""
    components: Owned[Annotated[tuple[Annotated[str, Ref("product")], ...], Merge.SET]] = UNSTATED


class BundleKind:
    name = "bundle"
    spec = Bundle
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: PlytixReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Bundle]]:
        """Only what has components is there. Searches do not tell them for sure, so each bundle's
        product is read by itself."""
        if wanted is ALL:
            ids = [row["id"] async for row in all_products(session)]
            read = await side_by_side(partial(product_by_id, session, id_) for id_ in ids)
            whole = [product for product in read if product]
            keys = {key_within(p["sku"], label): p for p in whole for label in _related(p)}
        else:
            keys = await _wanted(session, wanted)
        names = await _skus(session, keys.values())
        for key, product in keys.items():
            label = parts(key)[1]
            related = _related(product).get(label, {})
            if related:
                live_key = key_within(product["sku"], label)
                quantities = {names.get(i, i): quantity for i, quantity in related.items()}
                yield Resource(
                    Address(target, self.name, key),
                    Bundle(components=tuple(sorted(quantities)), quantities=quantities),
                    remote=product["id"],
                    live_key=live_key if live_key != key else None,
                )

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "product", parts(key)[0]

    def batches(self, changes: Sequence[Change[Bundle]]) -> Iterable[Batch[Bundle]]:
        """What comes is one request, each other quantity another, and what goes one more. Reading
        looks at the product, and at each component for its SKU; what goes is looked up."""
        for change in changes:
            coming, going = moved(change, "components")
            looked = 3 + len({*_components(change.before), *_components(change.after)})
            yield Batch(
                (change,),
                requests=bool(coming) + len(_counted(change, coming)) + bool(going),
                lane=parts(change.address.key)[0],
                reading=Range(Cost(1), Cost(looked)),
                besides=Range(Cost(), Cost(1)) if going else FREE,
            )

    async def write(self, session: PlytixWriter, batch: Batch[Bundle]) -> Sequence[Outcome[Bundle]]:
        return await each(session, batch.changes, _written)


async def _wanted(session: PlytixReader, wanted: Any) -> dict[Key, Row]:
    skus = dict.fromkeys(parts(key)[0] for key in wanted)
    ids = {row["sku"]: row["id"] async for row in products(session, skus)}
    named = {key: ids.get(parts(key)[0]) or remote for key, remote in wanted.items()}
    there = {key: id_ for key, id_ in named.items() if id_}
    read = await side_by_side(partial(product_by_id, session, id_) for id_ in there.values())
    return {key: product for key, product in zip(there, read, strict=True) if product}


async def _skus(session: PlytixReader, found: Iterable[Row]) -> dict[Remote, Key]:
    """What the components are called; one that is gone keeps its id."""
    known = {product["id"]: product["sku"] for product in found}
    ids = {id_ for product in found for ids in _related(product).values() for id_ in ids}
    missing = sorted(ids - known.keys())
    read = await side_by_side(partial(product_by_id, session, id_) for id_ in missing)
    return known | {product["id"]: product["sku"] for product in read if product}


def _related(product: Row) -> dict[Key, dict[Remote, int]]:
    """By the relationship's label the ids, with their quantities."""
    return {
        row["relationship_label"]: {
            one["product_id"]: one.get("quantity", 1) for one in row["related_products"]
        }
        for row in product.get("relationships") or ()
        if row["related_products"]
    }


async def _written(session: PlytixWriter, change: Change[Bundle]) -> Outcome[Bundle]:
    sku, label = parts(change.address.key)
    if change.renamed_from:
        raise PlatformError(f"the product stands under {change.renamed_from} now · correct the SKU")
    product = change.remote or session.remotes("product", sku)
    relationship = await _relationship(session, label)
    path = f"{RELATED}/{product}/relationships/{relationship}"
    coming, going = moved(change, "components")
    counted = _counted(change, coming)
    ids = await product_ids(session, [*coming, *counted, *going])
    if missing := [key for key in (*coming, *counted) if key not in ids]:
        raise PlatformError(f"there is no product {missing[0]}")
    if coming:
        rows = [{"product_id": ids[key], "quantity": _quantity(change, key)} for key in coming]
        await repeated(session, "POST", path, {"product_relationships": rows})
    for key in counted:
        body = {"quantity": _quantity(change, key)}
        await repeated(session, "PATCH", f"{path}/product/{ids[key]}", body)
    if going:  # One that is gone is called by its id.
        gone = [ids.get(key, key) for key in going]
        await repeated(session, "POST", f"{path}/unlink", {"product_relationships": gone})
    return done(change.address, product if change.after else None)


async def _relationship(session: PlytixWriter, label: Key) -> Remote:
    """A run that only takes bundles back has not come across it."""
    address = Address(session.remotes.target, "relationship", label)
    if known := session.remotes.known.get(address):
        return known
    row = (await relationships(session)).get(label)
    if row is None:
        raise PlatformError(f"there is no relationship {label}")
    return str(row["id"])


def _counted(change: Change[Bundle], coming: Sequence[Key]) -> list[Key]:
    """What is there already, and is to be there another time or less often."""
    prefix = "quantities."
    named = [p.removeprefix(prefix) for p in change.after_values if p.startswith(prefix)]
    return [key for key in named if key not in coming] if change.after else []


def _quantity(change: Change[Bundle], key: Key) -> int:
    stated = change.after.spec.quantities if change.after else None
    return (stated.get(key) or 1) if isinstance(stated, Mapping) else 1


def _components(bundle: Resource[Bundle] | None) -> Sequence[Key]:
    components = bundle.spec.components if bundle else ()
    return components if isinstance(components, tuple) else ()
