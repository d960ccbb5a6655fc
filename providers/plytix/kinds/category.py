"""Categories at the root of the tree, and the products that stand in them. The key is the name,
which is all that Plytix knows of them: another name is another category.

The products are a set, wholly ours. Categories below others are read by nobody here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Final

from providers.plytix.catalog import all_products, condition, product_ids
from providers.plytix.client import PlytixReader, PlytixWriter, Refused, Row
from providers.plytix.versions import CATEGORIES, PRODUCTS
from providers.plytix.writing import in_part, made, moved, noted, repeated
from reconciler.concurrent import side_by_side
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change, Effect
from reconciler.model.cost import Cost, Range
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

LANE: Final = "categories"
"""One category after another, so that no product is put into two at once."""


@spec
class Category:
    products: Owned[Annotated[tuple[Annotated[str, Ref("product")], ...], Merge.SET]] = UNSTATED


class CategoryKind:
    name = "category"
    spec = Category
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: PlytixReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Category]]:
        """A category under another name is found by its id."""
        nodes = await roots(session)
        by_name = {node["name"]: node for node in nodes}
        by_id = {node["id"]: node for node in nodes}
        keys = dict.fromkeys(by_name) if wanted is ALL else wanted
        found = {k: by_name.get(k) or by_id.get(remote or "") for k, remote in keys.items()}
        there = {key: node for key, node in found.items() if node}
        members = await _members(session, {node["id"] for node in there.values()})
        for key, node in there.items():
            yield Resource(
                Address(target, self.name, key),
                Category(products=tuple(sorted(members[node["id"]]))),
                remote=node["id"],
                live_key=node["name"] if node["name"] != key else None,
            )

    def batches(self, changes: Sequence[Change[Category]]) -> Iterable[Batch[Category]]:
        for change in changes:
            pages = max(len(_members_of(change.before)), len(_members_of(change.after))) // 100
            reading = Range(Cost(1), Cost(3 + pages))
            yield Batch((change,), requests=_requests(change), lane=LANE, reading=reading)

    async def write(
        self, session: PlytixWriter, batch: Batch[Category]
    ) -> Sequence[Outcome[Category]]:
        return [await _written(session, change) for change in batch.changes]

    async def effects(
        self, session: PlytixReader, changes: Sequence[Change[Category]]
    ) -> Mapping[Address, Effect]:
        """Deleting is recursive: what stands below would go too."""
        doomed = [c for c in changes if c.after is None and c.remote and c.action.writes]
        below = {c.address: await _below(session, str(c.remote)) for c in doomed}
        return {a: Effect(_gone(count), count) for a, count in below.items() if count}


async def roots(session: PlytixReader) -> list[Row]:
    """The categories that stand below none."""
    return [row for row in await tree(session) if not row.get("parents_ids")]


async def tree(session: PlytixReader) -> list[Row]:
    columns = ["name", "parents_ids", "path"]
    found = session.search(f"{CATEGORIES}/search", [], columns, "name")
    return [row async for row in found]


async def _below(session: PlytixReader, id_: Remote) -> int:
    return sum(id_ in (row.get("parents_ids") or ()) for row in await tree(session))


def _gone(count: int) -> str:
    return (
        f"{count} categories below it would be deleted too"
        if count > 1
        else ("1 category below it would be deleted too")
    )


async def _members(session: PlytixReader, ids: Iterable[Remote]) -> dict[Remote, list[Key]]:
    """By category the SKUs in it. Whether a search takes categories by their ids is not known for
    sure: every row tells its own, and where none is found all that have any are looked at."""
    members: dict[Remote, list[Key]] = {id_: [] for id_ in ids}
    wanted = sorted(members)
    if not wanted:
        return members
    rows = await _carrying(session, [[condition("categories", "in", wanted)]])
    if not rows:
        rows = await _carrying(session, [[condition("categories", "exists")]]) or []
    for row in rows:
        for id_ in _ids(row):
            if id_ in members:
                members[id_].append(row["sku"])
    return members


async def _carrying(session: PlytixReader, filters: list[list[Row]]) -> list[Row] | None:
    """None where the search is not understood."""
    try:
        return [row async for row in all_products(session, ["categories"], filters)]
    except Refused as refusal:
        if refusal.status != 422 or filters[0][0]["operator"] == "exists":
            raise
        return None


def _ids(product: Row) -> list[Remote]:
    """v2 tells ids, v1 whole categories."""
    told = product.get("categories") or ()
    return [str(one["id"]) if isinstance(one, dict) else str(one) for one in told]


async def _written(session: PlytixWriter, change: Change[Category]) -> Outcome[Category]:
    """A category whose deletion or making stays without an answer is looked up by the core."""
    if change.after is None:
        await session.write("DELETE", f"{CATEGORIES}/{change.remote}")
        return done(change.address, None)
    category = await _node(session, change)
    problems: list[PlatformError] = []
    with noted(problems):
        await _filled(session, category, change, problems)
    if problems:
        return in_part(change.address, sorted(problems, key=str), category)
    return done(change.address, category)


async def _filled(
    session: PlytixWriter,
    category: Remote,
    change: Change[Category],
    problems: list[PlatformError],
) -> None:
    coming, going = moved(change, "products")
    ids = await product_ids(session, [*coming, *going])
    problems += [PlatformError(f"there is no product {sku}") for sku in coming if sku not in ids]
    await side_by_side(
        [
            *(partial(_put, session, category, ids[s], problems) for s in coming if s in ids),
            *(partial(_take, session, category, ids[s], problems) for s in going if s in ids),
        ]
    )


async def _node(session: PlytixWriter, change: Change[Category]) -> Remote:
    """The category's id: made, or named, as it is to be."""
    name = change.address.key
    if change.remote is None:
        row = await made(session, CATEGORIES, {"name": name}, partial(_root, session, name))
        return str(row["id"])
    if change.renamed_from:
        await repeated(session, "PATCH", f"{CATEGORIES}/{change.remote}", {"name": name})
    return change.remote


async def _root(session: PlytixReader, name: str) -> Row | None:
    return next((row for row in await roots(session) if row["name"] == name), None)


async def _put(
    session: PlytixWriter, category: Remote, product: Remote, problems: list[PlatformError]
) -> None:
    with noted(problems):
        try:
            await repeated(session, "POST", f"{PRODUCTS}/{product}/categories", {"id": category})
        except Refused as refusal:
            if refusal.status != 409 or refusal.says("category.id") != "already linked":
                raise


async def _take(
    session: PlytixWriter, category: Remote, product: Remote, problems: list[PlatformError]
) -> None:
    with noted(problems):
        try:
            await repeated(session, "DELETE", f"{PRODUCTS}/{product}/categories/{category}")
        except Refused as refusal:
            if refusal.status != 404:
                raise


def _members_of(category: Resource[Category] | None) -> Sequence[Key]:
    products = category.spec.products if category else ()
    return products if isinstance(products, tuple) else ()


def _requests(change: Change[Category]) -> int:
    if change.after is None:
        return 1
    own = change.remote is None or change.renamed_from is not None
    return own + sum(map(len, moved(change, "products")))
