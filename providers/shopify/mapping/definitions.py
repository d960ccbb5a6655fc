"""Definitions of metafields, and what Shopify never lets be together in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from providers.shopify.content import Misfit
from providers.shopify.demands import contradictions
from providers.shopify.kinds.metafield_definition import MetafieldDefinition, definition_key
from providers.shopify.types import SUPPORTED, SUPPORTED_SHORTLY, base_of
from providers.shopify.validations import stored
from reconciler.intent.base import Place
from reconciler.intent.metafields import Access, Capabilities, Definition, Metafields
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, digest
from reconciler.model.wording import close
from reconciler.provider import Compilation, Mapped

_CHOSEN: Final = ("single_line_text_field", "multi_line_text_field")


def definition_of(intent: Metafields, compilation: Compilation, key: str) -> Mapped:
    """The definition, or everything that is wrong with it."""
    stated = intent.definitions[key]
    problems = [
        Problem(intent.at("definitions", key, *place), misfit.cause, misfit.remedy)
        for place, misfit in _wrong(intent, stated)
    ]
    yield from problems
    if problems:
        return
    name = definition_key(intent.namespace, key)
    yield Resource(
        Address(compilation.target.name, "metafield_definition", name),
        _specified(stated),
        source=intent.at("definitions", key),
        intent=digest([key, intent.digest_of("definitions", key)]),
    )


def _wrong(intent: Metafields, definition: Definition) -> Iterator[tuple[Place, Misfit]]:
    if definition.type not in SUPPORTED:
        cause = f"{definition.type} is no type that Planogram writes"
        near = close(definition.type, SUPPORTED)
        yield ("type",), Misfit(cause, near or f"use one of {SUPPORTED_SHORTLY}")
        return
    if definition.choices is not None and base_of(definition.type) not in _CHOSEN:
        cause = f"a {definition.type} has no choices"
        remedy = "take choices out, or use single_line_text_field"
        yield ("choices",), Misfit(cause, remedy)
        return
    for name, said in definition.validations.items():
        try:
            stored(definition.type, name, said)
        except Misfit as misfit:
            yield ("validations", name, *misfit.way), misfit
    yield from contradictions(definition)
    yield from _never_together(definition, is_own=intent.namespace.startswith("app--"))


_UNIQUE: Final = ("id", "number_integer", "single_line_text_field", "url")
"""Types of which Shopify lets no two products have the same value, where that is asked."""


def asks_for_unique(definition: Definition) -> bool:
    asked = definition.capabilities and definition.capabilities.unique_values
    return definition.type == "id" or bool(asked)


def _never_together(definition: Definition, *, is_own: bool) -> Iterator[tuple[Place, Misfit]]:
    unique = definition.capabilities.unique_values if definition.capabilities else None
    if unique and definition.type not in _UNIQUE:
        cause = f"Shopify keeps no values of a {definition.type} unique"
        remedy = f"take unique_values out, or use one of {', '.join(_UNIQUE)}"
        yield ("capabilities", "unique_values"), Misfit(cause, remedy)
    if unique is False and definition.type == "id":
        yield ("capabilities", "unique_values"), Misfit("ids are always unique", "take it out")
    if definition.access and definition.access.admin and not is_own:
        yield (
            ("access", "admin"),
            Misfit(
                "Shopify lets nobody restrict the admin's access in a namespace that is no app's"
                " own",
                "take admin out",
            ),
        )
    if definition.pin and definition.constraints and definition.constraints.category:
        cause = "Shopify pins no definition that is constrained to categories"
        yield ("pin",), Misfit(cause, "take pin out, or write pin: false")


def _specified(definition: Definition) -> MetafieldDefinition:
    """The stated parts of a definition."""
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
