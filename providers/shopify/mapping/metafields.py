"""Metafields: their definitions, values by product, and values by selector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from providers.shopify.content import Misfit, shown
from providers.shopify.mapping.definitions import asks_for_unique, definition_of
from providers.shopify.mapping.metafield import defined, keys_defined, metafield, specified
from providers.shopify.types import SUPPORTED
from reconciler.intent.base import Place
from reconciler.intent.metafields import Content, Metafields
from reconciler.intent.said import said_otherwise
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import digest
from reconciler.model.wording import close
from reconciler.provider import Compilation, Mapped


def metafields(intent: Metafields, compilation: Compilation) -> Mapped:
    for key in intent.definitions:
        yield from definition_of(intent, compilation, key)
    explicit: set[tuple[str, str]] = set()
    for handle, values in intent.values.items():
        for key, value in values.items():
            explicit.add((handle, key))
            place: Place = ("values", handle, key)
            mapped = _value(intent, compilation, handle, key, value, place, place)
            if mapped is not None:
                yield mapped
    yield from _selected(intent, compilation, explicit)
    yield from _same_twice(intent, compilation)


def _same_twice(intent: Metafields, compilation: Compilation) -> Iterator[Problem]:
    """Two products of one value where the definition asks for unique ones; at the later place."""
    beside = [d for d in compilation.intents.of(Metafields) if d.namespace == intent.namespace]
    unique = {k for d in beside for k, said in d.definitions.items() if asks_for_unique(said)}
    holders: dict[tuple[str, str], str] = {}
    for document in beside if unique else ():
        for handle, key, value in _named(document):
            if key not in unique or value is None:
                continue
            holder = holders.setdefault((key, shown(value)), handle)
            if document is intent and holder != handle:
                name = f"{intent.namespace}.{key}"
                yield Problem(
                    intent.at("values", handle, key),
                    f"{holder} has {shown(value)} too, and {name} asks for unique values",
                    "write another one, or take unique_values out where it is defined",
                )


def _named(document: Metafields) -> Iterator[tuple[str, str, Content]]:
    for handle, values in document.values.items():
        for key, value in values.items():
            yield handle, key, value


def _selected(
    intent: Metafields, compilation: Compilation, explicit: set[tuple[str, str]]
) -> Mapped:
    """What is said of a product by name wins over selectors; of selectors none wins."""
    said: dict[tuple[str, str], Content] = {}
    for index, selected in enumerate(intent.selectors):
        for key, value in selected.set.items():
            place: Place = ("selectors", index, "set", key)
            yield from _unfit(intent, compilation, key, value, place)
            for handle in (compilation.answers or {}).get(selected.products.question, ()):
                if (handle, key) in explicit:
                    continue
                if (handle, key) not in said:
                    said[handle, key] = value
                    way: Place = ("selectors", index)
                    yield from _fitting(_value(intent, compilation, handle, key, value, place, way))
                elif said[handle, key] != value:
                    first = shown(said[handle, key])
                    yield said_otherwise(intent, handle, key, first, place)


def _unfit(
    intent: Metafields, compilation: Compilation, key: str, value: Content, place: Place
) -> Iterator[Problem]:
    """What is wrong with a selector's value, once, however many products it finds."""
    tried = _value(intent, compilation, "any", key, value, place, place)
    if isinstance(tried, Problem):
        yield tried


def _fitting(mapped: Resource[Any] | Problem | None) -> Iterator[Resource[Any]]:
    if isinstance(mapped, Resource):
        yield mapped


def _value(
    intent: Metafields,
    compilation: Compilation,
    handle: str,
    key: str,
    value: Content,
    place: Place,
    meant: Place,
) -> Resource[Any] | Problem | None:
    """place: where the value stands. meant: the part of the intent that it follows from. None where
    its definition's type is told as a problem already."""
    definition = defined(compilation, intent.namespace, key)
    if definition is None:
        return _undefined(intent, compilation, key, place)
    if definition.type not in SUPPORTED:
        return None
    name = (intent.namespace, key)
    try:
        spec = specified(name, definition, value)
    except Misfit as misfit:
        return Problem(intent.at(*place, *misfit.way), misfit.cause, misfit.remedy)
    return metafield(
        compilation,
        handle,
        name,
        spec,
        intent.at(*place),
        digest({"type": definition.type, "said": intent.digest_of(*meant)}),
    )


def _undefined(intent: Metafields, compilation: Compilation, key: str, place: Place) -> Problem:
    near = close(key, keys_defined(compilation, intent.namespace))
    add = f"add {key} under definitions, with its type"
    return Problem(
        intent.at(*place),
        f"{intent.namespace}.{key} has no definition in desired/, so its type is not known",
        f"{near} Else {add}" if near else add,
    )
