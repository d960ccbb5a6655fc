"""Definitions of metafields, values by product, and values by selector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from providers.shopify.content import Misfit, shown
from providers.shopify.kinds.metafield import Metafield
from providers.shopify.kinds.metafield_definition import MetafieldDefinition, definition_key
from providers.shopify.mapping.metafield import defined, metafield
from providers.shopify.types import SUPPORTED, SUPPORTED_SHORTLY, base_of, fields
from providers.shopify.validations import stored
from reconciler.intent.base import Place
from reconciler.intent.metafields import (
    Access,
    Capabilities,
    Content,
    Definition,
    Metafields,
)
from reconciler.intent.said import said_otherwise
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, digest
from reconciler.provider import Compilation, Mapped

_CHOSEN: Final = ("single_line_text_field", "multi_line_text_field")


def metafields(intent: Metafields, compilation: Compilation) -> Mapped:
    for key, definition in intent.definitions.items():
        yield _definition(intent, compilation, key, definition)
    explicit: set[tuple[str, str]] = set()
    for handle, values in intent.values.items():
        for key, value in values.items():
            explicit.add((handle, key))
            place: Place = ("values", handle, key)
            yield _value(intent, compilation, handle, key, value, place, place)
    yield from _selected(intent, compilation, explicit)


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


def _fitting(mapped: Resource[Any] | Problem) -> Iterator[Resource[Any]]:
    if isinstance(mapped, Resource):
        yield mapped


def _definition(
    intent: Metafields, compilation: Compilation, key: str, definition: Definition
) -> Resource[Any] | Problem:
    if definition.type not in SUPPORTED:
        return Problem(
            intent.at("definitions", key, "type"),
            f"{definition.type} is no type that Planogram writes",
            f"use one of {SUPPORTED_SHORTLY}",
        )
    if definition.choices is not None and base_of(definition.type) not in _CHOSEN:
        return Problem(
            intent.at("definitions", key, "choices"),
            f"a {definition.type} has no choices",
            "take choices out, or use single_line_text_field",
        )
    try:
        spec = specified(definition)
    except Misfit as misfit:
        place = intent.at("definitions", key, "validations")
        return Problem(place, misfit.cause, misfit.remedy)
    objection = _objection(intent, key, definition)
    if objection:
        return objection
    name = definition_key(intent.namespace, key)
    return Resource(
        Address(compilation.target.name, "metafield_definition", name),
        spec,
        source=intent.at("definitions", key),
        intent=digest([key, intent.digest_of("definitions", key)]),
    )


def _objection(intent: Metafields, key: str, definition: Definition) -> Problem | None:
    """What Shopify never lets be together."""
    own = intent.namespace.startswith("app--")
    if definition.access and definition.access.admin and not own:
        return Problem(
            intent.at("definitions", key, "access", "admin"),
            "Shopify lets nobody restrict the admin's access in a namespace that is no app's own",
            "take admin out",
        )
    if definition.pin and definition.constraints and definition.constraints.category:
        return Problem(
            intent.at("definitions", key, "pin"),
            "Shopify pins no definition that is constrained to categories",
            "take pin out, or write pin: false",
        )
    return None


def specified(definition: Definition) -> MetafieldDefinition:
    """The stated parts of a definition. Raises `Misfit`."""
    stated = definition.model_fields_set
    constraints = definition.constraints
    categories = (
        tuple(constraints.category or ()) or None
        if constraints and "category" in constraints.model_fields_set
        else UNSTATED
    )
    return MetafieldDefinition(
        name=definition.name,
        description=definition.description or None if "description" in stated else UNSTATED,
        type=definition.type,
        choices=definition.choices if "choices" in stated else UNSTATED,
        validations={
            name: stored(definition.type, name, said)
            for name, said in definition.validations.items()
        }
        or UNSTATED,
        access=_said(definition.access) or UNSTATED,
        capabilities=_said(definition.capabilities) or UNSTATED,
        categories=categories,
        pinned=UNSTATED if definition.pin is None else definition.pin,
    )


def _said(part: Access | Capabilities | None) -> dict[str, Any]:
    return part.model_dump(exclude_none=True) if part else {}


def _value(
    intent: Metafields,
    compilation: Compilation,
    handle: str,
    key: str,
    value: Content,
    place: Place,
    meant: Place,
) -> Resource[Any] | Problem:
    """place: where the value stands. meant: the part of the intent that it follows from."""
    definition = defined(compilation, intent.namespace, key)
    if definition is None:
        return Problem(
            intent.at(*place),
            f"{intent.namespace}.{key} has no definition in desired/, so its type is not known",
            f"add {key} under definitions, with its type",
        )
    if definition.type not in SUPPORTED:
        return _definition(intent, compilation, key, definition)
    try:
        said = fields(definition.type, value, definition.validations)
    except Misfit as misfit:
        return Problem(intent.at(*place), misfit.cause, misfit.remedy)
    unknown = [one for one in _each(value) if one not in (definition.choices or (one,))]
    if unknown:
        return Problem(
            intent.at(*place),
            f"{shown(unknown[0])} is not among the choices of {intent.namespace}.{key}",
            f"write one of {', '.join(definition.choices or ())}",
        )
    return metafield(
        compilation,
        handle,
        (intent.namespace, key),
        Metafield(**said),
        intent.at(*place),
        digest({"type": definition.type, "said": intent.digest_of(*meant)}),
    )


def _each(value: Content) -> tuple[Content, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)
