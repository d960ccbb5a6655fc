"""A mapping: the assignments that its attributes need."""

from __future__ import annotations

from collections.abc import Iterator

from providers.saleor.kinds.attribute_assignment import (
    AttributeAssignment,
    assignment_key,
    needs_of,
)
from reconciler.intent.contract import mapping_problems, mappings
from reconciler.intent.mapping import Destination, Mapping, Registry
from reconciler.model.address import Address, Key
from reconciler.model.resource import Resource
from reconciler.model.spec import digest
from reconciler.provider import Compilation, Mapped


def registry(_intent: Registry, _compilation: Compilation) -> Mapped:
    return ()


def mapping(intent: Mapping, compilation: Compilation) -> Mapped:
    """An assignment that two mappings ask for is stated by the first of them."""
    yield from mapping_problems(intent, compilation.intents, compilation.target.name)
    for field, destination in intent.fields.items():
        if destination.attribute is not None:
            yield from _assignments(intent, field, destination, compilation)


def mapping_of(compilation: Compilation, name: str) -> Mapping | None:
    """Where the fields of an offering with this mapping go."""
    return next(iter(mappings(compilation.intents, name)), None)


def _assignments(
    intent: Mapping, field: str, destination: Destination, compilation: Compilation
) -> Iterator[Resource[AttributeAssignment]]:
    target = compilation.target.name
    for product_type in intent.types_of(destination):
        key = assignment_key(product_type, destination.attribute or "")
        if _first_to_assign(key, compilation) is intent:
            yield Resource(
                Address(target, "attribute_assignment", key),
                AttributeAssignment(on="product"),
                source=intent.at("fields", field),
                intent=digest([key]),
                needs=needs_of(target, key),
            )


def _first_to_assign(key: Key, compilation: Compilation) -> Mapping | None:
    for intent in compilation.intents.of(Mapping):
        for destination in intent.fields.values():
            for product_type in intent.types_of(destination) if destination.attribute else ():
                if assignment_key(product_type, destination.attribute or "") == key:
                    return intent
    return None
