"""A taxonomy: a metafield definition of products, whose choices are the terms.

| input | type of the metafield |
|---|---|
| dropdown | `single_line_text_field` |
| multiselect | `list.single_line_text_field` |
| boolean | `boolean` |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from providers.shopify.demands import MOST_CHOICES
from providers.shopify.kinds.metafield_definition import MetafieldDefinition, definition_key
from reconciler.intent.contract import mapping_problems
from reconciler.intent.mapping import Mapping, Registry
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, digest, stated
from reconciler.provider import Compilation, Mapped

TYPES: Final = {
    "dropdown": "single_line_text_field",
    "multiselect": "list.single_line_text_field",
    "boolean": "boolean",
}
METAFIELD_KEY: Final = re.compile(r"[A-Za-z0-9_-]{2,64}")


def registry(_intent: Registry, _compilation: Compilation) -> Mapped:
    """Nothing on the platform: taxonomies are held against it."""
    return ()


def mapping(intent: Mapping, compilation: Compilation) -> Mapped:
    """Nothing by itself: what is wrong with it. Which product types carry an attribute is
    nobody's to say on Shopify, where every product may have every metafield."""
    yield from mapping_problems(intent, compilation.intents, compilation.target.name)


def taxonomy(intent: Taxonomy, compilation: Compilation) -> Mapped:
    """Its definition, or all that is wrong with it."""
    problems = list(_problems(intent, compilation))
    yield from problems
    if problems:
        return
    spec = MetafieldDefinition(
        name=intent.label,
        description=intent.description or UNSTATED,
        type=TYPES[intent.input],
        choices=UNSTATED if intent.input == "boolean" else _choices(intent, compilation) or None,
    )
    yield Resource(
        address_of(intent.taxonomy, compilation),
        spec,
        source=intent.at("taxonomy"),
        intent=digest([intent.taxonomy, stated(spec)]),
    )


def address_of(taxonomy: Key, compilation: Compilation) -> Address:
    """Of the definition that a taxonomy comes to."""
    target = compilation.target
    key = definition_key(target.settings.namespace, taxonomy)
    return Address(target.name, "metafield_definition", key)


def carried(intent: Taxonomy, term: Key, compilation: Compilation) -> str:
    """What a product carries for a term."""
    by_label = compilation.target.settings.terms == "label" and term in intent.terms
    return intent.terms[term].label if by_label else term


def term_of(intent: Taxonomy, carried_: str, compilation: Compilation) -> Key | None:
    """The way back; None for what is no term."""
    found = (key for key in intent.terms if carried(intent, key, compilation) == carried_)
    return next(found, None)


def _choices(intent: Taxonomy, compilation: Compilation) -> tuple[str, ...]:
    return tuple(carried(intent, key, compilation) for key in intent.terms)


def _problems(intent: Taxonomy, compilation: Compilation) -> Iterator[Problem]:
    if not METAFIELD_KEY.fullmatch(intent.taxonomy):
        cause = f"{intent.taxonomy} is no key of a metafield, which has 2 to 64 characters"
        yield Problem(intent.at("taxonomy"), cause, "give the taxonomy another key")
    if intent.input == "boolean" and intent.terms:
        cause = f"{intent.taxonomy} is a boolean, which has no terms"
        remedy = "take terms out, or make it a dropdown or a multiselect"
        yield Problem(intent.at("terms"), cause, remedy)
    if len(intent.terms) > MOST_CHOICES:
        cause = f"{len(intent.terms)} terms are more than the {MOST_CHOICES} choices Shopify has"
        yield Problem(intent.at("terms"), cause, "split the taxonomy")
    seen: dict[str, Key] = {}
    for key in intent.terms:
        text = carried(intent, key, compilation)
        if text in seen:
            cause = f"{key} has the label of {seen[text]}, and a product carries labels here"
            remedy = "give it another label, or set terms: key for the target"
            yield Problem(intent.at("terms", key, "label"), cause, remedy)
        seen.setdefault(text, key)
