"""An offering: a metafield of its product for each field, by the mapping's contract.

What goes into an attribute is of that taxonomy's type; what goes under a metadata key is of the
type that `metafields/` define for it, else a text, a decimal, a flag or an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from providers.shopify.content import Misfit
from providers.shopify.kinds.metafield import Metafield
from providers.shopify.kinds.metafield_definition import definition_key
from providers.shopify.mapping.metafield import defined, specified
from providers.shopify.mapping.taxonomies import METAFIELD_KEY, TYPES, address_of, carried
from providers.shopify.metafields import metafield_key
from providers.shopify.types import SUPPORTED, fields
from reconciler.intent.contract import mappings, offering_problems, taxonomies
from reconciler.intent.mapping import Destination
from reconciler.intent.metafields import Content
from reconciler.intent.offering import Offering
from reconciler.intent.texts import label, text_of
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import UNSTATED, Owned, digest
from reconciler.provider import Compilation, Mapped

KEPT_AS: Final = {
    "text": "single_line_text_field",
    "number": "number_decimal",
    "flag": "boolean",
    "url": "url",
}
"""The metafield type of a metadata key that has no definition in desired/."""


def offering(intent: Offering, compilation: Compilation) -> Mapped:
    """A metafield a field, or everything that is wrong with the offering."""
    target = compilation.target.name
    problems = [*offering_problems(intent, compilation.intents, target), *_nameless(intent)]
    yield from problems
    if problems:
        return
    contract = mappings(compilation.intents, intent.mapping)[0]
    handle = handle_of(intent)
    for field, destination in contract.fields.items():
        if destination.attribute is not None and field in intent.fields:
            yield _attribute(intent, field, destination.attribute, handle, compilation)
        elif destination.metadata is not None:
            yield from _described(intent, field, destination, handle, compilation)


def handle_of(intent: Offering) -> Key:
    return (intent.product and intent.product.slug) or intent.offering


def _nameless(intent: Offering) -> Iterator[Problem]:
    named = intent.product
    if named is not None and named.slug is None:
        by = next(iter(named.stated))
        yield Problem(
            intent.at("product", by),
            f"Planogram finds no product of Shopify by its {by}",
            "write slug: with the product's handle",
        )


def _attribute(
    intent: Offering, field: str, name: Key, handle: Key, compilation: Compilation
) -> Resource[Metafield] | Problem:
    """The mapping's own problem says where the taxonomy is missing; then nobody comes here."""
    about = taxonomies(compilation.intents)[name]
    value = intent.fields[field]
    said: Content = value
    if isinstance(value, str):
        said = carried(about, value, compilation)
    elif isinstance(value, tuple):
        said = tuple(carried(about, term, compilation) for term in value) or None
    place = intent.at("fields", field)
    try:
        spec = Metafield(**fields(TYPES[about.input], said))
    except Misfit as misfit:
        return Problem(place, f"{field}: {misfit.cause}", misfit.remedy)
    definition = address_of(name, compilation)
    return _metafield(handle, name, spec, place, definition, compilation)


def _described(
    intent: Offering, field: str, destination: Destination, handle: Key, compilation: Compilation
) -> Iterator[Resource[Metafield] | Problem]:
    value = _value(intent, field, destination, compilation)
    key = destination.metadata or ""
    if value is UNSTATED:
        return
    place = intent.at("fields", field) if field in intent.fields else intent.at("fields")
    if not METAFIELD_KEY.fullmatch(key):
        cause = f"{key} is no key of a metafield, which has 2 to 64 letters, digits, _ and -"
        yield Problem(place, cause, "give the mapping's field another metadata key")
        return
    namespace = compilation.target.settings.namespace
    stated = defined(compilation, namespace, key)
    try:
        if stated is not None and stated.type in SUPPORTED:
            spec = specified((namespace, key), stated, value)
        else:
            spec = Metafield(**fields(KEPT_AS[destination.type], value))
    except Misfit as misfit:
        yield Problem(place, f"{field}: {misfit.cause}", misfit.remedy)
        return
    target = compilation.target.name
    address = Address(target, "metafield_definition", definition_key(namespace, key))
    definition = address if stated is not None else None
    yield _metafield(handle, key, spec, place, definition, compilation)


def type_of(destination: Destination, compilation: Compilation) -> str:
    """Of a metadata key: as its definition says, where desired/ has one."""
    namespace = compilation.target.settings.namespace
    definition = defined(compilation, namespace, destination.metadata or "")
    if definition is not None and definition.type in SUPPORTED:
        return definition.type
    return KEPT_AS[destination.type]


def _value(
    intent: Offering, field: str, destination: Destination, compilation: Compilation
) -> Owned[Content]:
    """What is said, or made of what is said; UNSTATED where nothing is."""
    known = taxonomies(compilation.intents)
    if field not in intent.fields:
        return label(intent.fields, destination.estimate) if destination.estimate else UNSTATED
    value = intent.fields[field]
    if value is None or (destination.type in ("number", "flag") and destination.taxonomy is None):
        return value
    text = text_of(value, destination, known)
    about = known.get(destination.taxonomy or "")
    return carried(about, text, compilation) if about and text else text


def _metafield(
    handle: Key,
    name: Key,
    spec: Metafield,
    place: Source,
    definition: Address | None,
    compilation: Compilation,
) -> Resource[Metafield]:
    target = compilation.target
    key = metafield_key(handle, target.settings.namespace, name)
    needs: tuple[Address, ...] = (Address(target.name, "product", handle),)
    if definition is not None and spec.value is not None:
        needs = (*needs, definition)
    return Resource(
        Address(target.name, "metafield", key),
        spec,
        source=place,
        intent=digest([key, spec.type if spec.type is not UNSTATED else None, spec.value]),
        needs=needs,
    )
