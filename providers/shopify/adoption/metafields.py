"""Definitions and values back into their documents; what a selector gave is then said by name."""

from __future__ import annotations

from collections.abc import Iterator

from providers.shopify.content import Misfit
from providers.shopify.mapping.metafield import defined
from providers.shopify.metafields import Name
from providers.shopify.types import SUPPORTED, content, field_of
from providers.shopify.validations import said
from reconciler.intent.base import Place
from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.metafields import Metafields
from reconciler.model.problem import Problem
from reconciler.provider import Adopted, Compilation, Restatement


def metafields(intent: Metafields, wish: Restatement, compilation: Compilation) -> Adopted:
    if wish.address.kind == "metafield_definition":
        return _definition(intent, wish)
    return _value(intent, wish, compilation)


def _definition(intent: Metafields, wish: Restatement) -> Iterator[Edit | Problem]:
    key = wish.address.key.rpartition(".")[2]
    place: Place = ("definitions", key)
    if wish.values is None:
        yield Edit(intent.path, place, REMOVE)
        return
    type_ = wish.values.get("type", SUPPORTED[0])
    if type_ not in SUPPORTED:
        yield Problem(
            wish.source,
            f"the live definition is a {type_}, a type that Planogram does not write",
            f"take {key} out of definitions, to leave it to the shop",
        )
        return
    for path in sorted(wish.values):
        field, _, entry = path.partition(".")
        value = wish.values[path]
        match field:
            case "validations":
                said_now = said(_type(intent, key, wish), entry, value)
                yield Edit(intent.path, (*place, field, entry), said_now)
            case "access" | "capabilities":
                yield Edit(intent.path, (*place, field, entry), value)
            case "categories":
                yield Edit(intent.path, (*place, "constraints", "category"), value)
            case "pinned":
                yield Edit(intent.path, (*place, "pin"), value)
            case _:
                yield Edit(intent.path, (*place, field), value)


def _type(intent: Metafields, key: str, wish: Restatement) -> str:
    return str((wish.values or {}).get("type", intent.definitions[key].type))


def _value(
    intent: Metafields, wish: Restatement, compilation: Compilation
) -> Iterator[Edit | Problem]:
    """What is gone live is taken out where it is said by name; where a selector would say it
    then, null says that there is to be nothing."""
    name = Name.of(wish.address.key)
    place: Place = ("values", name.handle, name.key)
    if wish.values is None:
        by_name = name.key in intent.values.get(name.handle, {})
        selected = _is_selected(intent, compilation, name)
        yield Edit(intent.path, place, None if selected or not by_name else REMOVE)
        return
    definition = defined(compilation, name.namespace, name.key)
    assert definition is not None
    field = field_of(definition.type)
    if field in wish.values:
        try:
            yield Edit(intent.path, place, content(definition.type, wish.values[field]))
        except Misfit as misfit:
            yield Problem(wish.source, misfit.cause, misfit.remedy)


def _is_selected(intent: Metafields, compilation: Compilation, name: Name) -> bool:
    answers = compilation.answers or {}
    return any(
        name.key in selected.set and name.handle in answers.get(selected.products.question, ())
        for selected in intent.selectors
    )
