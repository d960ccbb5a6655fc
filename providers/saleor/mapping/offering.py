"""An offering: what its product carries and what its metadata says, by the mapping's contract."""

from __future__ import annotations

from collections.abc import Iterator

from providers.saleor.kinds.attribute_assignment import assignment_key
from providers.saleor.kinds.product_attributes import ProductAttributes
from providers.saleor.kinds.product_metadata import ProductMetadata
from providers.saleor.mapping.taxonomy import taxonomies
from reconciler.intent.asking import product_of
from reconciler.intent.contract import mappings, offering_problems
from reconciler.intent.mapping import Mapping
from reconciler.intent.offering import Offering
from reconciler.intent.texts import label, text_of
from reconciler.model.address import Address, Key
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, digest, stated
from reconciler.provider import Compilation, Mapped


def offering(intent: Offering, compilation: Compilation) -> Mapped:
    """What the product carries and is described by, or everything that is wrong with it. Nothing
    where it is named by an id that nobody was asked about."""
    problems = list(offering_problems(intent, compilation.intents, compilation.target.name))
    yield from problems
    slug = None if problems else product_of(intent, compilation.answers)
    if slug is not None:
        contract = mappings(compilation.intents, intent.mapping)[0]
        yield from _resources(intent, contract, slug, compilation)


def _resources(
    intent: Offering, contract: Mapping, slug: Key, compilation: Compilation
) -> Iterator[Resource[ProductAttributes] | Resource[ProductMetadata]]:
    target = compilation.target.name
    carried = _carried(intent, contract, compilation)
    entries = _entries(intent, contract, compilation)
    needs = (Address(target, "product", slug),)
    if stated(carried):
        yield Resource(
            Address(target, "product_attributes", slug),
            carried,
            source=intent.at("offering"),
            intent=digest([slug, stated(carried)]),
            needs=needs,
            follows=tuple(_assignments(intent, contract, target)),
        )
    if entries:
        described = ProductMetadata(entries=entries)
        yield Resource(
            Address(target, "product_metadata", slug),
            described,
            source=intent.at("offering"),
            intent=digest([slug, stated(described)]),
            needs=needs,
            # A product that is saved whole might put back the metadata that it was read with.
            follows=(Address(target, "product_attributes", slug),),
        )


def _assignments(intent: Offering, contract: Mapping, target: str) -> Iterator[Address]:
    """Of which of them the product's type has need is not known here."""
    for field in intent.fields:
        destination = contract.fields[field]
        for product_type in contract.types_of(destination) if destination.attribute else ():
            key = assignment_key(product_type, destination.attribute or "")
            yield Address(target, "attribute_assignment", key)


def _carried(intent: Offering, contract: Mapping, compilation: Compilation) -> ProductAttributes:
    known = taxonomies(compilation)
    choices: dict[Key, tuple[Key, ...]] = {}
    booleans: dict[Key, bool | None] = {}
    for field, value in intent.fields.items():
        taxonomy = known.get(contract.fields[field].attribute or "")
        if taxonomy is None:
            continue  # It is kept elsewhere; or the mapping's own problem says so, once.
        if taxonomy.input == "boolean":
            booleans[taxonomy.taxonomy] = value if isinstance(value, bool) else None
        else:
            terms = (value,) if isinstance(value, str) else value
            choices[taxonomy.taxonomy] = terms if isinstance(terms, tuple) else ()
    return ProductAttributes(choices=choices or UNSTATED, booleans=booleans or UNSTATED)


def _entries(
    intent: Offering, contract: Mapping, compilation: Compilation
) -> dict[str, str | None]:
    """The metadata that the offering states, and the labels that are made of what it states."""
    known = taxonomies(compilation)
    entries: dict[str, str | None] = {}
    for field, destination in contract.fields.items():
        if destination.metadata is None:
            continue
        if field in intent.fields:
            entries[destination.metadata] = text_of(intent.fields[field], destination, known)
        elif destination.estimate is not None:
            made = label(intent.fields, destination.estimate)
            if made is not UNSTATED:
                entries[destination.metadata] = made
    return entries
