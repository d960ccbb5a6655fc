"""A taxonomy: an attribute, a value a term, and the order of these.

None of it asks the catalog, so a resource's intent is the digest of what is stated: it moves
exactly when that does, whichever document moved it.
"""

from __future__ import annotations

from typing import Final

from providers.saleor.client import Settings
from providers.saleor.kinds.attribute import Attribute
from providers.saleor.kinds.attribute_value import AttributeValue
from providers.saleor.kinds.value_order import ValueOrder
from providers.saleor.terms import reference_of
from reconciler.intent import contract
from reconciler.intent.taxonomy import Taxonomy, Term
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, digest, stated
from reconciler.provider import Compilation, Mapped

LONGEST: Final = 250
"""Characters that a value's name, and so a label, may have."""


def taxonomy(intent: Taxonomy, compilation: Compilation) -> Mapped:
    """The attribute, and a value a term."""
    target, settings = compilation.target.name, compilation.target.settings
    spec = Attribute(name=intent.label, input=intent.input)
    yield Resource(
        Address(target, "attribute", intent.taxonomy),
        spec,
        source=intent.at("taxonomy"),
        intent=digest([intent.taxonomy, stated(spec)]),
    )
    if intent.input == "boolean" and intent.terms:
        yield _terms_of_a_flag(intent)
        return
    for key, term in intent.terms.items():
        problem = _unfit_term(intent, key, term, settings)
        yield problem or _value(intent, key, term, compilation)
    if intent.ordered and intent.terms:
        yield _order(intent, compilation)


def _terms_of_a_flag(intent: Taxonomy) -> Problem:
    return Problem(
        intent.at("terms"),
        f"{intent.taxonomy} is a boolean, which has no terms",
        "take terms out, or make it a dropdown or a multiselect",
    )


def _unfit_term(intent: Taxonomy, key: Key, term: Term, settings: Settings) -> Problem | None:
    if len(term.label) > LONGEST:
        cause = f"the label has {len(term.label)} characters, and Saleor takes {LONGEST}"
        return Problem(intent.at("terms", key, "label"), cause, "shorten it")
    if settings.identity == "slug" and key.endswith("_"):
        return Problem(
            intent.at("terms", key),
            f"Saleor takes underscores off the end of a slug, so none can be {key}",
            "take the underscore off the key, or set identity: external_reference for the target",
        )
    return None


def _value(
    intent: Taxonomy, key: Key, term: Term, compilation: Compilation
) -> Resource[AttributeValue]:
    """identity slug: the key is the name, and so the slug; the label is a translation. Else the
    label is the name. The reference carries the key in both."""
    target, settings = compilation.target.name, compilation.target.settings
    reference = reference_of(intent.taxonomy, key)
    owned = UNSTATED if term.unreferenced else reference
    spec = (
        AttributeValue(name=key, slug=key, external_reference=owned, label=term.label)
        if settings.identity == "slug"
        else AttributeValue(name=term.label, external_reference=owned)
    )
    return Resource(
        Address(target, "attribute_value", reference),
        spec,
        source=intent.at("terms", key),
        intent=digest([reference, stated(spec)]),
        needs=(Address(target, "attribute", intent.taxonomy),),
    )


def _order(intent: Taxonomy, compilation: Compilation) -> Resource[ValueOrder]:
    target = compilation.target.name
    spec = ValueOrder(terms=tuple(intent.terms))
    values = [
        Address(target, "attribute_value", reference_of(intent.taxonomy, key))
        for key in intent.terms
    ]
    return Resource(
        Address(target, "value_order", intent.taxonomy),
        spec,
        source=intent.at("ordered"),
        intent=digest([intent.taxonomy, stated(spec)]),
        needs=(Address(target, "attribute", intent.taxonomy), *values),
    )


def taxonomies(compilation: Compilation) -> dict[Key, Taxonomy]:
    return contract.taxonomies(compilation.intents)
