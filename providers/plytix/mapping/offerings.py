"""Offerings and their mappings: values of products' attributes, by the team's contract.

Plytix has no metadata: what a mapping keeps there goes into an attribute of that name, of the type
that the mapping says; it is made where it is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from providers.plytix.definitions import canonical
from providers.plytix.kinds.attribute import Attribute
from providers.plytix.kinds.product_attributes import ProductAttributes
from providers.plytix.mapping.labels import label_of
from providers.plytix.mapping.taxonomy import TYPES
from providers.plytix.terms import option_of
from reconciler.intent.asking import product_of
from reconciler.intent.contract import mapping_problems, mappings, offering_problems, taxonomies
from reconciler.intent.mapping import Destination, Mapping, Registry
from reconciler.intent.offering import FieldValue, Offering
from reconciler.intent.taxonomy import Taxonomy
from reconciler.intent.texts import label, text_of
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, digest, stated
from reconciler.provider import Compilation, Mapped

MADE_AS: Final = {
    "text": "TextAttribute",
    "number": "DecimalAttribute",
    "flag": "BooleanAttribute",
    "url": "UrlAttribute",
}


def registry(_intent: Registry, _compilation: Compilation) -> Mapped:
    return ()


def mapping(intent: Mapping, compilation: Compilation) -> Mapped:
    """The attributes of fields that other platforms keep in metadata. One that two mappings ask
    for is stated by the first of them."""
    yield from mapping_problems(intent, compilation.intents, compilation.target.name)
    yield from _families(intent)
    for field, destination in intent.fields.items():
        if destination.metadata is None:
            continue
        key = label_of(destination.metadata)
        if not key:
            cause = f"{destination.metadata} leaves no label for an attribute"
            yield Problem(intent.at("fields", field, "metadata"), cause, "use letters or digits")
        elif _first_to_say(key, compilation) is intent:
            spec = Attribute(made_as=MADE_AS[destination.type])
            yield Resource(
                Address(compilation.target.name, "attribute", key),
                spec,
                source=intent.at("fields", field),
                intent=digest([key, stated(spec)]),
            )


def offering(intent: Offering, compilation: Compilation) -> Mapped:
    """What its product says, or everything that is wrong with it. Nothing where it is named by
    an id that nobody was asked about."""
    problems = list(offering_problems(intent, compilation.intents, compilation.target.name))
    yield from problems
    sku = None if problems else product_of(intent, compilation.answers)
    if sku is None:
        return
    contract = mappings(compilation.intents, intent.mapping)[0]
    values = dict(_values(intent, contract, compilation))
    if values:
        target = compilation.target.name
        spec = ProductAttributes(values=values)
        yield Resource(
            Address(target, "product_attributes", sku),
            spec,
            source=intent.at("offering"),
            intent=digest([sku, stated(spec)]),
            needs=(Address(target, "product", sku),),
            follows=tuple(Address(target, "options", key) for key in values),
        )


def _families(intent: Mapping) -> Iterator[Problem]:
    named = bool(intent.product_types) or any(d.product_types for d in intent.fields.values())
    if named:
        yield Problem(
            intent.at("product_types"),
            "which families of products have an attribute is not managed on Plytix",
            "take product_types out, or Plytix out of targets, and assign them in Plytix",
        )


def _first_to_say(key: Key, compilation: Compilation) -> Mapping | None:
    for intent in compilation.intents.of(Mapping):
        if any(d.metadata and label_of(d.metadata) == key for d in intent.fields.values()):
            return intent
    return None


def _values(
    intent: Offering, contract: Mapping, compilation: Compilation
) -> Iterator[tuple[Key, Any]]:
    known = taxonomies(compilation.intents)
    naming = compilation.target.settings.options
    for field, destination in contract.fields.items():
        if destination.attribute is not None and field in intent.fields:
            if about := known.get(destination.attribute):
                yield about.taxonomy, chosen(about, intent.fields[field], naming)
        elif destination.metadata is not None:
            value = _kept(intent, field, destination, known)
            if value is not UNSTATED:
                yield label_of(destination.metadata), value


def chosen(about: Taxonomy, value: FieldValue, naming: Any) -> Any:
    """A field's terms as options, a flag as itself."""
    if isinstance(value, str):
        return option_of(about, value, naming)
    options = (
        [option_of(about, key, naming) for key in value] if isinstance(value, tuple) else value
    )
    return canonical(options, TYPES[about.input])


def _kept(
    intent: Offering, field: str, destination: Destination, known: dict[Key, Taxonomy]
) -> Any:
    """A value with the type of its attribute: numbers and flags are no texts here."""
    if field not in intent.fields:
        return label(intent.fields, destination.estimate) if destination.estimate else UNSTATED
    value = intent.fields[field]
    if destination.type == "number":
        return canonical(value, MADE_AS["number"])
    return value if destination.type == "flag" else text_of(value, destination, known)
