"""Collections. Saleor has no rules for them: their products are told one by one.

Which products belong follows from the rules in git and what the catalog answers; what is
written is what differs, so that a hand's edit of something else stays.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final

from providers.kit.graphql import Query
from providers.saleor.aliased import ERRORS, Part, Told, carried_out
from providers.saleor.asking import filtered, ids_by_slug
from providers.saleor.changing import batches_of, carried
from providers.saleor.client import SaleorReader, SaleorWriter
from providers.saleor.listing import PAGE, PAGE_INFO, following, in_hundreds
from providers.saleor.prose import document_of, html_of
from providers.saleor.shelf import Node
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Action, Change
from reconciler.model.outcome import Outcome, failed
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, Ref, spec
from reconciler.provider import All, Batch, Distrusted, Echo, OnDrop, Precondition, Wanted

_MEMBERS: Final = f"""products(first: {PAGE}, after: $members) {{
  edges {{ node {{ slug }} }} {PAGE_INFO}
}}"""

_COLLECTIONS: Final = Query(f"""query Collections(
  $filter: CollectionFilterInput, $after: String, $members: String
) {{
  collections(filter: $filter, first: {PAGE}, after: $after) {{
    edges {{ node {{ id slug name description {_MEMBERS} }} }}
    {PAGE_INFO}
  }}
}}""")

_MORE_MEMBERS: Final = Query(f"""query Members($id: ID!, $members: String) {{
  collection(id: $id) {{ {_MEMBERS} }}
}}""")

_ADD: Final = "collectionAddProducts"
_BARE: Final = "CANNOT_MANAGE_PRODUCT_WITHOUT_VARIANT"

Products = Annotated[tuple[Annotated[str, Ref("product")], ...], Merge.SET]


@spec
class Collection:
    """description: HTML in its canonical form, see `providers.saleor.prose`."""

    name: Owned[str] = UNSTATED
    description: Owned[str | None] = UNSTATED
    products: Owned[Products] = UNSTATED


class CollectionKind:
    name = "collection"
    spec = Collection
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Collection]]:
        for key, node in await _wanted(session, wanted):
            yield Resource(
                Address(target, self.name, key),
                Collection(
                    name=node["name"],
                    description=html_of(node["description"]),
                    products=await _members(session, node),
                ),
                remote=node["id"],
                live_key=node["slug"] if node["slug"] != key else None,
            )

    def batches(self, changes: Sequence[Change[Collection]]) -> Iterable[Batch[Collection]]:
        return batches_of(changes, _mutations, pages=1)

    async def write(
        self, session: SaleorWriter, batch: Batch[Collection]
    ) -> Sequence[Outcome[Collection]]:
        leaving = {slug for change in batch.changes for slug in _moving(change)[1]}
        ids = await ids_by_slug(session, leaving)
        outcomes = await carried(session, batch.changes, lambda c: _parts(session, c, ids), _remote)
        changes = {change.address: change for change in batch.changes}
        return [
            await _joined_apart(session, changes[outcome.address], outcome)
            if _BARE in (outcome.message or "")
            else outcome
            for outcome in outcomes
        ]


async def _joined_apart(
    session: SaleorWriter, change: Change[Collection], refused: Outcome[Collection]
) -> Outcome[Collection]:
    """One product without variants made the server refuse all that should join: so they are sent
    one by one, and those that stay out are named."""
    slugs = _moving(change)[0]
    parts = [_move(change, _ADD, [session.remotes("product", slug)]) for slug in slugs]
    told = await carried_out(session, parts)
    out = [slug for slug, answer in zip(slugs, told, strict=True) if not answer.is_done]
    text = (
        f"{', '.join(out)} could not join, the others did: a product needs a variant ({_BARE})"
        " · give it one in the dashboard, or leave it out"
    )
    return failed(refused.address, text, refused.remote)


async def _wanted(session: SaleorReader, wanted: Wanted) -> list[tuple[Key, Node]]:
    if isinstance(wanted, All):
        every = await filtered(session, _COLLECTIONS, "collections", [{}])
        return [(node["slug"], node) for node in every]
    found = await _filtered(session, "slugs", wanted)
    by_key = {node["slug"]: node for node in found}
    moved = {remote: key for key, remote in wanted.items() if remote and key not in by_key}
    again = await _filtered(session, "ids", moved)
    return [*by_key.items(), *((moved[node["id"]], node) for node in again)]


async def _filtered(session: SaleorReader, by: str, names: Iterable[str]) -> list[Node]:
    conditions = [{by: list(part)} for part in in_hundreds(sorted(names))]
    return await filtered(session, _COLLECTIONS, "collections", conditions)


async def _members(session: SaleorReader, node: Node) -> tuple[Key, ...]:
    page = node["products"]
    slugs: list[Key] = []
    after: str | None = None
    while True:
        slugs += [edge["node"]["slug"] for edge in page["edges"]]
        after = following(page, after)
        if after is None:
            return tuple(slugs)
        found = (await session.query(_MORE_MEMBERS, id=node["id"], members=after))["collection"]
        if found is None:
            raise Distrusted(f"the collection {node['slug']} vanished while it was read")
        page = found["products"]


def _mutations(change: Change[Collection]) -> int:
    if change.action is Action.DELETE or change.before is None:
        return 1
    joining, leaving = _moving(change)
    return bool(_given(change)) + bool(joining) + bool(leaving)


def _parts(
    session: SaleorWriter, change: Change[Collection], ids: Mapping[Key, Remote]
) -> list[Part]:
    """ids: of the products that leave. One that is gone from the shop has left by itself."""
    if change.action is Action.DELETE:
        return [Part("collectionDelete", {"id": ("ID!", change.remote)})]
    joining, leaving = _moving(change)
    if change.before is None:
        joined = [session.remotes("product", slug) for slug in joining]
        given = {**_given(change), "slug": change.address.key, "products": joined}
        new = {"input": ("CollectionCreateInput!", given)}
        return [Part("collectionCreate", new, f"collection {{ id }} {ERRORS}")]
    parts = []
    if given := _given(change):
        wish = {"id": ("ID!", change.remote), "input": ("CollectionInput!", given)}
        parts.append(Part("collectionUpdate", wish))
    moves = (
        (_ADD, [session.remotes("product", slug) for slug in joining]),
        ("collectionRemoveProducts", [ids[slug] for slug in leaving if slug in ids]),
    )
    return parts + [_move(change, field, moved) for field, moved in moves if moved]


def _given(change: Change[Collection]) -> dict[str, Any]:
    """The fields to be written, its products aside."""
    given: dict[str, Any] = {}
    for field in change.fields:
        if field.path == "name":
            given["name"] = field.after
        elif field.path == "description":
            given["description"] = document_of(field.after or "")
    return given | ({"slug": change.address.key} if change.renamed_from else {})


def _moving(change: Change[Collection]) -> tuple[list[Key], list[Key]]:
    """The products that come, and those that go."""
    field = next((field for field in change.fields if field.path == "products"), None)
    before, after = set((field and field.before) or ()), set((field and field.after) or ())
    return sorted(after - before), sorted(before - after)


def _move(change: Change[Collection], field: str, products: Sequence[Remote]) -> Part:
    collection = ("ID!", change.remote)
    return Part(field, {"collectionId": collection, "products": ("[ID!]!", products)})


def _remote(change: Change[Collection], told: Sequence[Told]) -> Remote:
    if change.remote is not None:
        return change.remote
    made: Mapping[str, Any] = told[0].payload["collection"]
    return str(made["id"])
