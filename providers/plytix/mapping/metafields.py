"""Metafields: attributes called `<namespace>_<key>`, and their values on products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from providers.plytix.definitions import DROPDOWN, NUMBERS, canonical
from providers.plytix.keys import key_within
from providers.plytix.kinds.attribute import Attribute
from providers.plytix.kinds.options import Options
from providers.plytix.kinds.product_attributes import ProductAttributes
from providers.plytix.mapping.labels import home_of, label_of
from reconciler.intent.base import Place
from reconciler.intent.mapping import Mapping as FieldMapping
from reconciler.intent.metafields import Content, Definition, MetafieldKey, Metafields
from reconciler.intent.said import Said, said_of_products
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import UNSTATED, digest, stated
from reconciler.provider import Compilation, Mapped

TYPES: Final = {
    "single_line_text_field": "TextAttribute",
    "multi_line_text_field": "MultilineAttribute",
    "number_integer": "IntAttribute",
    "number_decimal": "DecimalAttribute",
    "boolean": "BooleanAttribute",
    "date": "DateAttribute",
    "url": "UrlAttribute",
}
"""What definitions of metafields are here. References have no home."""


def metafields(intent: Metafields, compilation: Compilation) -> Mapped:
    """What is said of a product itself comes before what selectors say of it. One product's
    values of several namespaces are several resources."""
    yield from _no_values(intent)
    yield from _unanswerable(intent, compilation)
    documents = tuple(compilation.intents.of(Metafields))
    if documents and intent is documents[0]:
        yield from _of_one_label(documents, tuple(compilation.intents.of(FieldMapping)))
    target = compilation.target.name
    for key, definition in intent.definitions.items():
        yield from _definition(intent, key, definition, target)
    said, problems = said_of_products(intent, compilation.answers)
    yield from problems
    for product, of_product in said.items():
        yield _values(intent, product, of_product, target)


def _no_values(intent: Metafields) -> Iterator[Problem]:
    """Lists and mappings, by name or by selector."""
    for place in intent.places_of_several():
        yield Problem(
            place,
            "an attribute of Plytix holds one value, and this is a list or a mapping",
            "write a text or a number, or take the Plytix target out of targets",
        )


def _unanswerable(intent: Metafields, compilation: Compilation) -> Iterator[Problem]:
    """Selectors that ask for what no attribute stands for."""
    for index, selected in enumerate(intent.selectors):
        by = selected.products.question.by
        if compilation.target.settings.standing_for(by) is None:
            yield nothing_stands_for(by, intent.at("selectors", index), compilation)


def _of_one_label(
    documents: Sequence[Metafields], mappings: Sequence[FieldMapping]
) -> Iterator[Problem]:
    """An attribute has one writer, or none of them would ever be done. Keys are told once for all
    documents, at the second of them."""
    writers = {
        home_of(destination): f"field {field} of the mapping {mapping.mapping}"
        for mapping in mappings
        for field, destination in mapping.fields.items()
    }
    for document in documents:
        for key, place in _keys(document).items():
            label = field_label(document.namespace, key)
            writer = f"{document.namespace}.{key}"
            if (first := writers.setdefault(label, writer)) != writer:
                cause = f"{writer} comes to the attribute {label}, which is written by {first}"
                yield Problem(document.at(*place), cause, "give one of the two another name")


def _keys(intent: Metafields) -> dict[MetafieldKey, Place]:
    """What a document speaks of, each with the first place where it does."""
    found: dict[MetafieldKey, Place] = {}
    for key in intent.definitions:
        found.setdefault(key, ("definitions", key))
    for index, selected in enumerate(intent.selectors):
        for key in selected.set:
            found.setdefault(key, ("selectors", index, "set", key))
    for product, values in intent.values.items():
        for key in values:
            found.setdefault(key, ("values", product, key))
    return found


def field_label(namespace: str, key: str) -> Key:
    return label_of(f"{namespace}_{key}")


def _definition(intent: Metafields, key: str, definition: Definition, target: str) -> Mapped:
    place = intent.at("definitions", key)
    type_class = DROPDOWN if definition.choices else TYPES.get(definition.type)
    if type_class is None:
        cause = f"{definition.type} has no home in an attribute of Plytix"
        yield Problem(place, cause, f"use one of {', '.join(TYPES)}, or take Plytix out of targets")
        return
    label = field_label(intent.namespace, key)
    described = "description" in definition.model_fields_set
    spec = Attribute(
        name=definition.name,
        type_class=type_class,
        description=definition.description if described else UNSTATED,
    )
    address = Address(target, "attribute", label)
    yield Resource(address, spec, source=place, intent=digest([label, stated(spec)]))
    if definition.choices:
        options = Options(options=definition.choices, order=definition.choices)
        yield Resource(
            Address(target, "options", label),
            options,
            source=intent.at("definitions", key, "choices"),
            intent=digest([label, stated(options)]),
            needs=(address,),
        )


def nothing_stands_for(by: str, place: Source, compilation: Compilation) -> Problem:
    setting = "tags" if by == "tag" else "type"
    return Problem(
        place,
        f"Plytix's products have no {by}",
        f"name the attribute that stands for it in settings.{setting} of {compilation.target.name}",
    )


def _value(intent: Metafields, key: MetafieldKey, value: Content) -> Any:
    """A number is a number, however it is written, and an empty text is none."""
    definition = intent.definitions.get(key)
    type_class = TYPES.get(definition.type) if definition is not None else None
    is_number = type_class in NUMBERS or isinstance(value, float)
    return canonical(value, NUMBERS[0] if is_number else "TextAttribute")


def _values(intent: Metafields, product: Key, of_product: Said, target: str) -> Resource[Any]:
    said = {
        field_label(intent.namespace, key): _value(intent, key, value)
        for key, value in of_product.values.items()
    }
    spec = ProductAttributes(values=said)
    return Resource(
        Address(target, "product_values", key_within(product, label_of(intent.namespace))),
        spec,
        source=of_product.source,
        intent=digest([product, intent.namespace, said]),
        needs=(Address(target, "product", product),),
        follows=tuple(Address(target, "options", label) for label in said),
    )
