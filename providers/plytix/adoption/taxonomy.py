"""Attributes and options back into their taxonomies.

| live | written back to |
|---|---|
| an attribute's name, description | the taxonomy's label, description |
| an option is gone | its term goes |
| an attribute is gone | the taxonomy goes |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from providers.plytix.mapping.taxonomy import TYPES
from providers.plytix.terms import option_of
from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.problem import Problem
from reconciler.model.spec import Value
from reconciler.provider import Adopted, Compilation, Restatement


def taxonomy(intent: Taxonomy, wish: Restatement, compilation: Compilation) -> Adopted:
    if wish.address.kind == "attribute":
        return _attribute(intent, wish.values)
    return _options(intent, wish.values, compilation)


def _attribute(intent: Taxonomy, values: Mapping[str, Value] | None) -> Iterator[Edit | Problem]:
    if values is None:
        yield Edit(intent.path, (), REMOVE)
        return
    if "name" in values:
        yield Edit(intent.path, ("label",), values["name"])
    if "description" in values:
        yield Edit(intent.path, ("description",), values["description"])
    if "type_class" in values:
        yield _input(intent, values["type_class"])


def _input(intent: Taxonomy, live: Value) -> Edit | Problem:
    for said, type_class in TYPES.items():
        if type_class == live:
            return Edit(intent.path, ("input",), said)
    return Problem(
        intent.at("input"),
        f"the live attribute is a {live}, which is no input of a taxonomy",
        "give the taxonomy a new key, or make the attribute anew in Plytix",
    )


def _options(
    intent: Taxonomy, values: Mapping[str, Value] | None, compilation: Compilation
) -> Iterator[Edit | Problem]:
    if values is None:
        yield Edit(intent.path, ("terms",), {})
        return
    naming = compilation.target.settings.options
    if "options" in values:
        for key in intent.terms:
            if option_of(intent, key, naming) not in (values["options"] or ()):
                yield Edit(intent.path, ("terms", key), REMOVE)
    elif "order" in values:
        yield Problem(
            intent.at("ordered"),
            "the live options stand in another order, and the terms here are not moved unasked",
            "move them by hand, take ordered out, or apply to put the order back",
        )
