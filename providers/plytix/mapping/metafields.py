"""Metafields: attributes called `<namespace>_<key>`, and their values on products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from providers.plytix.definitions import DROPDOWN, canonical
from providers.plytix.kinds.attribute import Attribute
from providers.plytix.kinds.options import Options
from providers.plytix.kinds.product_attributes import ProductAttributes
from providers.plytix.mapping.labels import label_of
from reconciler.intent.metafields import Content, Definition, Metafields
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
    target = compilation.target.name
    for key, definition in intent.definitions.items():
        yield from _definition(intent, key, definition, target)
    merged: dict[Key, tuple[dict[str, Content], Source]] = {
        product: (dict(values), intent.at("values", product))
        for product, values in intent.values.items()
    }
    for found in _selected(intent, compilation):
        if isinstance(found, Problem):
            yield found
            continue
        product, values, place = found
        own, at = merged.get(product, ({}, place))
        merged[product] = ({**values, **own}, at)
    for product, (values, place) in merged.items():
        yield _values(intent, product, values, place, target)


def _no_values(intent: Metafields) -> Iterator[Problem]:
    """Lists and mappings, by name or by selector."""
    for place in intent.places_of_several():
        yield Problem(
            place,
            "an attribute of Plytix holds one value, and this is a list or a mapping",
            "write a text or a number, or take the Plytix target out of targets",
        )


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


def _selected(
    intent: Metafields, compilation: Compilation
) -> Iterator[tuple[Key, Mapping[str, Content], Source] | Problem]:
    settings = compilation.target.settings
    for index, selected in enumerate(intent.selectors):
        question = selected.products.question
        if getattr(settings, "tags" if question.by == "tag" else "type") is None:
            yield nothing_stands_for(question.by, intent.at("selectors", index), compilation)
            continue
        for product in (compilation.answers or {}).get(question, ()):
            yield product, selected.set, intent.at("selectors", index)


def nothing_stands_for(by: str, place: Source, compilation: Compilation) -> Problem:
    setting = "tags" if by == "tag" else "type"
    return Problem(
        place,
        f"Plytix's products have no {by}",
        f"name the attribute that stands for it in settings.{setting} of {compilation.target.name}",
    )


def _said(intent: Metafields, key: str, value: Content) -> Any:
    """A number is a number, however it is written."""
    definition = intent.definitions.get(key)
    is_decimal = definition is not None and definition.type == "number_decimal"
    if is_decimal or isinstance(value, float):
        return canonical(value, "DecimalAttribute")
    return value


def _values(
    intent: Metafields, product: Key, values: Mapping[str, Content], place: Source, target: str
) -> Resource[Any]:
    said = {field_label(intent.namespace, key): _said(intent, key, values[key]) for key in values}
    spec = ProductAttributes(values=said)
    return Resource(
        Address(target, "product_values", f"{product}/{label_of(intent.namespace)}"),
        spec,
        source=place,
        intent=digest([product, intent.namespace, said]),
        needs=(Address(target, "product", product),),
        follows=tuple(Address(target, "options", label) for label in said),
    )
