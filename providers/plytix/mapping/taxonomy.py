"""A taxonomy: an attribute, and its options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from providers.plytix.definitions import DROPDOWN, FLAG, MULTISELECT
from providers.plytix.kinds.attribute import Attribute
from providers.plytix.kinds.options import Options
from providers.plytix.mapping.labels import label_problems
from providers.plytix.terms import option_of
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, digest, stated
from reconciler.provider import Compilation, Mapped

TYPES: Final = {"dropdown": DROPDOWN, "multiselect": MULTISELECT, "boolean": FLAG}


def taxonomy(intent: Taxonomy, compilation: Compilation) -> Mapped:
    problems = list(_problems(intent, compilation))
    yield from problems
    if not problems:
        yield _attribute(intent, compilation.target.name)
        if intent.terms:
            yield _options(intent, compilation)


def _problems(intent: Taxonomy, compilation: Compilation) -> Iterator[Problem]:
    yield from label_problems(intent.taxonomy, intent.at("taxonomy"))
    if intent.input == "boolean" and intent.terms:
        cause = f"{intent.taxonomy} is a boolean, which has no terms"
        remedy = "take terms out, or make it a dropdown or a multiselect"
        yield Problem(intent.at("terms"), cause, remedy)
    naming = compilation.target.settings.options
    names = Counter(option_of(intent, key, naming) for key in intent.terms)
    for key in intent.terms:
        if names[option_of(intent, key, naming)] > 1:
            cause = f"another term of {intent.taxonomy} has the label of {key}"
            yield Problem(intent.at("terms", key), cause, "give each term a label of its own")


def _attribute(intent: Taxonomy, target: str) -> Resource[Any]:
    spec = Attribute(
        name=intent.label,
        type_class=TYPES[intent.input],
        description=UNSTATED if intent.description is None else intent.description,
    )
    return Resource(
        Address(target, "attribute", intent.taxonomy),
        spec,
        source=intent.at("taxonomy"),
        intent=digest([intent.taxonomy, stated(spec)]),
    )


def _options(intent: Taxonomy, compilation: Compilation) -> Resource[Any]:
    target, naming = compilation.target.name, compilation.target.settings.options
    names = tuple(option_of(intent, key, naming) for key in intent.terms)
    spec = Options(options=names, order=names if intent.ordered else UNSTATED)
    return Resource(
        Address(target, "options", intent.taxonomy),
        spec,
        source=intent.at("terms"),
        intent=digest([intent.taxonomy, stated(spec)]),
        needs=(Address(target, "attribute", intent.taxonomy),),
    )
