"""A mapping: the assignments that its attributes need, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from providers.saleor.kinds.attribute_assignment import (
    AttributeAssignment,
    assignment_key,
    needs_of,
)
from providers.saleor.mapping.taxonomy import taxonomies
from reconciler.intent.explain import nearest
from reconciler.intent.mapping import Destination, Mapping, Registry
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import digest
from reconciler.provider import Compilation, Mapped


def registry(_intent: Registry, _compilation: Compilation) -> Mapped:
    return ()


def mapping(intent: Mapping, compilation: Compilation) -> Mapped:
    """What it points at must be there, and each field have a home of its own. An assignment that
    two mappings ask for is stated by the first of them."""
    others = mappings(compilation, intent.mapping)
    if intent is not others[0]:
        place = intent.at("mapping")
        cause = f"the mapping {intent.mapping} is said a second time, after {others[0].at()}"
        yield Problem(place, cause, "keep one of the two")
    yield from _crowded(intent)
    for field, destination in intent.fields.items():
        yield from _unknown(intent, field, destination, compilation)
        if destination.attribute is not None:
            yield from _assignments(intent, field, destination, compilation)


def mapping_of(compilation: Compilation, name: str) -> Mapping | None:
    """Where the fields of an offering with this mapping go."""
    return next(iter(mappings(compilation, name)), None)


def mappings(compilation: Compilation, name: str) -> list[Mapping]:
    return [m for m in compilation.intents.of(Mapping) if m.mapping == name]


def _crowded(intent: Mapping) -> Iterator[Problem]:
    """Two fields in one home."""
    for home, words in (("attribute", "an attribute"), ("metadata", "a metadata key")):
        fields: dict[Key, str] = {}
        for field, destination in intent.fields.items():
            where = getattr(destination, home)
            if where is not None and where in fields:
                cause = f"{where} is where {fields[where]} goes already"
                remedy = f"give each field {words} of its own"
                yield Problem(intent.at("fields", field, home), cause, remedy)
            fields.setdefault(where, field)


def _unknown(
    intent: Mapping, field: str, destination: Destination, compilation: Compilation
) -> Iterator[Problem]:
    """Taxonomies, registries and fields that are named and are not there."""
    known = taxonomies(compilation)
    for part in ("attribute", "taxonomy"):
        name = getattr(destination, part)
        if name is not None and name not in known:
            cause = f"there is no taxonomy {name} on {compilation.target.name}"
            yield Problem(intent.at("fields", field, part), cause, nearest(name, list(known)))
    if destination.registry is not None:
        yield from _registered(intent, field, destination, compilation)
    for part in ("min", "max", "unit") if destination.estimate is not None else ():
        name = getattr(destination.estimate, part)
        if name not in intent.fields:
            cause = f"the mapping {intent.mapping} has no field {name}"
            place = intent.at("fields", field, "estimate", part)
            yield Problem(place, cause, nearest(name, list(intent.fields)))


def _registered(
    intent: Mapping, field: str, destination: Destination, compilation: Compilation
) -> Iterator[Problem]:
    registries = {r.registry: r for r in compilation.intents.of(Registry)}
    held = registries.get(destination.registry or "")
    if held is None:
        cause = f"there is no registry {destination.registry} on {compilation.target.name}"
        remedy = nearest(destination.registry or "", list(registries))
        yield Problem(intent.at("fields", field, "registry"), cause, remedy)
        return
    taxonomy = taxonomies(compilation).get(destination.attribute or "")
    yield from _strangers(taxonomy, held) if taxonomy else ()


def _strangers(taxonomy: Taxonomy, held: Registry) -> Iterator[Problem]:
    for key in taxonomy.terms:
        if key not in held.ids:
            cause = f"the registry {held.registry} does not know {key}"
            yield Problem(taxonomy.at("terms", key), cause, nearest(key, list(held.ids)))


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
