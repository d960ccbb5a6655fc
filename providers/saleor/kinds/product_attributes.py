"""What products carry: the terms and flags of a product's attributes. The key is the slug.

Each entry is exactly the desired set. Values are named by id, never by text: a text that is not
found becomes a new choice. Which input key is used is told by the attribute's real type: a key
of another type would empty the attribute without a word.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final

from providers.saleor.aliased import Part
from providers.saleor.changing import batches_of, carried
from providers.saleor.client import Assigned, SaleorReader, SaleorWriter
from providers.saleor.kinds.product import product_of, products
from providers.saleor.listing import PRODUCTS, by_id, listed
from providers.saleor.shelf import Node
from providers.saleor.terms import reference_of, terms_of
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome
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
        for key, node in await products(session, wanted):
            session.assigned[node["id"]] = assigned(node)
            yield Resource(
                Address(target, self.name, key),
                _live(node),
                remote=node["id"],
                live_key=node["slug"] if node["slug"] != key else None,
            )

    def batches(
        self, changes: Sequence[Change[ProductAttributes]]
    ) -> Iterable[Batch[ProductAttributes]]:
        return batches_of(changes)

    async def write(
        self, session: SaleorWriter, batch: Batch[ProductAttributes]
    ) -> Sequence[Outcome[ProductAttributes]]:
        await learn_types(session, batch.changes)
        return await carried(session, batch.changes, lambda change: [_part(session, change)])


def assigned(node: Node) -> dict[Key, Assigned]:
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


async def learn_types(session: SaleorReader, changes: Sequence[Change[Any]]) -> None:
    """The real input types of the products' attributes, where this session has not seen them."""
    unseen = [c.remote for c in changes if c.remote and c.remote not in session.assigned]
    for node in await listed(session, PRODUCTS, "products", by_id(unseen)):
        session.assigned[node["id"]] = assigned(node)


def attribute_at(session: SaleorReader, product: Remote, attribute: Key) -> Assigned:
    """An attribute as the product's type has it. Raises `PlatformError` where it has it not."""
    found = session.assigned.get(product, {}).get(attribute)
    if found is None:
        raise PlatformError(
            f"the attribute {attribute} is not assigned to the product's type"
            " · name the type in the mapping's product_types, or assign it in the dashboard"
        )
    return found


def _part(session: SaleorWriter, change: Change[ProductAttributes]) -> Part:
    """Only the entries that differ. Raises `PlatformError` for one that can not be written."""
    product = product_of(change, change.address.key)
    given = [_entry(session, product, change, field.path) for field in change.fields]
    return product_update(product, given)


def product_update(product: Remote, attributes: Sequence[Mapping[str, Any]]) -> Part:
    """The mutation that gives a product these attributes, and leaves its others alone."""
    return Part(
        "productUpdate",
        {"id": ("ID", product), "input": ("ProductInput!", {"attributes": attributes})},
        "errors { field message code attributes }",
    )


def _entry(
    session: SaleorWriter, product: Remote, change: Change[ProductAttributes], path: str
) -> dict[str, Any]:
    assert change.after is not None
    field, _, attribute = path.partition(".")
    found = attribute_at(session, product, attribute)
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
