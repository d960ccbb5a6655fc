"""What products carry: the terms and flags of a product's attributes. The key is the slug.

Each entry is exactly the desired set. Values are named by id, never by text: a text that is not
found becomes a new choice. Which input key is used is told by the attribute's real type: a key
of another type would empty the attribute without a word.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final

from providers.saleor.aliased import Part, Told, carried_out, requests_for
from providers.saleor.client import Assigned, SaleorReader, SaleorWriter
from providers.saleor.kinds.product import products
from providers.saleor.listing import PRODUCTS, Node, by_id, in_parts, listed
from providers.saleor.terms import reference_of, terms_of
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome, done, failed
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, Ref, spec
from reconciler.provider import (
    Batch,
    Echo,
    OnDrop,
    PlatformError,
    Precondition,
    Unresolved,
    Wanted,
)

ONE: Final = ("DROPDOWN", "SWATCH")
"""Input types that take one term."""
MANY: Final = "MULTISELECT"
FLAG: Final = "BOOLEAN"

READ_TOGETHER: Final = 20
"""Products of a batch: the core reads a batch again with one request before it and one after."""

Terms = Annotated[tuple[Annotated[str, Ref("attribute_value", within_entry=True)], ...], Merge.SET]
AttributeKey = Annotated[str, Ref("attribute")]


@spec
class ProductAttributes:
    """choices: attribute → its terms, of a dropdown at most one. booleans: attribute → its flag,
    null where it says neither."""

    choices: Owned[Mapping[AttributeKey, Terms]] = UNSTATED
    booleans: Owned[Mapping[AttributeKey, bool | None]] = UNSTATED


class ProductAttributesKind:
    name = "product_attributes"
    spec = ProductAttributes
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[ProductAttributes]]:
        """A product that carries nothing is there too, its entries being empty."""
        for key, node in await products(session, PRODUCTS, wanted):
            session.assigned[node["id"]] = _assigned(node)
            yield Resource(
                Address(target, self.name, key),
                _live(node),
                remote=node["id"],
                live_key=node["slug"] if node["slug"] != key else None,
            )

    def batches(
        self, changes: Sequence[Change[ProductAttributes]]
    ) -> Iterable[Batch[ProductAttributes]]:
        for part in in_parts(changes, READ_TOGETHER):
            twice = any(change.renamed_from for change in part)
            yield Batch(
                tuple(part),
                requests=requests_for(len(part)),
                reading=Range(Cost(1), Cost(2 if twice else 1)),
            )

    async def write(
        self, session: SaleorWriter, batch: Batch[ProductAttributes]
    ) -> Sequence[Outcome[ProductAttributes]]:
        await _learn_types(session, batch.changes)
        parts: dict[Address, Part] = {}
        outcomes: list[Outcome[ProductAttributes]] = []
        for change in batch.changes:
            try:
                parts[change.address] = _part(session, change)
            except PlatformError as error:
                outcomes.append(failed(change.address, str(error), change.remote))
        told = await carried_out(session, list(parts.values()))
        sent = [change for change in batch.changes if change.address in parts]
        return outcomes + [_outcome(c, t) for c, t in zip(sent, told, strict=True)]


def _assigned(node: Node) -> dict[Key, Assigned]:
    attributes = (selected["attribute"] for selected in node["attributes"])
    return {a["slug"]: Assigned(a["id"], a["inputType"]) for a in attributes}


def _live(node: Node) -> ProductAttributes:
    choices: dict[str, tuple[str, ...]] = {}
    booleans: dict[str, bool | None] = {}
    for selected in node["attributes"]:
        slug, values = selected["attribute"]["slug"], selected["values"]
        kind = selected["attribute"]["inputType"]
        if kind == FLAG:
            booleans[slug] = values[0]["boolean"] if values else None
        elif kind in (*ONE, MANY):
            terms = terms_of(slug, values)
            choices[slug] = tuple(terms[value["id"]] for value in values)
    return ProductAttributes(choices=choices, booleans=booleans)


async def _learn_types(session: SaleorReader, changes: Sequence[Change[ProductAttributes]]) -> None:
    """The real input types of the products' attributes, where this session has not seen them."""
    unseen = [c.remote for c in changes if c.remote and c.remote not in session.assigned]
    for node in await listed(session, PRODUCTS, "products", by_id(unseen)):
        session.assigned[node["id"]] = _assigned(node)


def _part(session: SaleorWriter, change: Change[ProductAttributes]) -> Part:
    """Only the entries that differ. Raises `PlatformError` for one that can not be written."""
    if change.remote is None or change.remote not in session.assigned:
        raise PlatformError(f"there is no product {change.address.key} · make it in the dashboard")
    if change.renamed_from:
        raise PlatformError(
            f"the product's slug is {change.renamed_from} now · correct the offering"
        )
    given = {"attributes": [_entry(session, change, field.path) for field in change.fields]}
    return Part(
        "productUpdate",
        {"id": ("ID", change.remote), "input": ("ProductInput!", given)},
        "errors { field message code attributes }",
    )


def _entry(session: SaleorWriter, change: Change[ProductAttributes], path: str) -> dict[str, Any]:
    assert change.remote is not None
    assert change.after is not None
    field, _, attribute = path.partition(".")
    found = session.assigned[change.remote].get(attribute)
    if found is None:
        raise PlatformError(
            f"the attribute {attribute} is not assigned to the product's type"
            " · assign it in the dashboard, under Configuration, Product Types"
        )
    content = getattr(change.after.spec, field)[attribute]
    if field == "booleans":
        return {"id": found.id, "boolean": _flag(attribute, found, content)}
    return {"id": found.id, **_chosen(session, attribute, found, content or ())}


def _flag(attribute: Key, found: Assigned, content: bool | None) -> bool | None:
    if found.input != FLAG:
        raise PlatformError(f"the attribute {attribute} is a {found.input}, which takes no flag")
    return content


def _chosen(
    session: SaleorWriter, attribute: Key, found: Assigned, terms: Sequence[str]
) -> dict[str, Any]:
    ids = [{"id": _value(session, attribute, term)} for term in terms]
    if found.input == MANY:
        return {"multiselect": ids}
    if found.input not in ONE:
        raise PlatformError(f"the attribute {attribute} is a {found.input}, which takes no terms")
    if len(ids) > 1:
        raise PlatformError(f"the attribute {attribute} takes one term, not {len(ids)}")
    return {found.input.lower(): ids[0] if ids else None}


def _value(session: SaleorWriter, attribute: Key, term: Key) -> Remote:
    try:
        return session.remotes("attribute_value", reference_of(attribute, term))
    except Unresolved as error:
        raise PlatformError(f"{error} · declare the term in its taxonomy") from error


def _outcome(change: Change[ProductAttributes], told: Told) -> Outcome[ProductAttributes]:
    if not told.is_done:
        return failed(change.address, told.message, change.remote)
    return done(change.address, change.remote)
