"""What intents come to on Saleor.

| intent | resources |
|---|---|
| taxonomy | an attribute and its values |
| mapping | nothing by itself: it says where an offering's fields go |
| offering | the product's attributes |

None of them asks the catalog, so a resource's intent is the digest of what is stated: it moves
exactly when that does, whichever document moved it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from providers.saleor.client import Settings
from providers.saleor.kinds.attribute import Attribute
from providers.saleor.kinds.attribute_value import AttributeValue
from providers.saleor.kinds.product_attributes import ProductAttributes
from providers.saleor.terms import reference_of
from reconciler.intent.explain import nearest
from reconciler.intent.offering import FieldValue, Offering
from reconciler.intent.offering import Mapping as FieldMapping
from reconciler.intent.taxonomy import Taxonomy, Term
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import UNSTATED, digest, stated
from reconciler.provider import Compilation, IntentMapping, Mapped

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


def mapping(intent: FieldMapping, compilation: Compilation) -> Mapped:
    """Nothing to write; what it points at must be there, and each field have its own."""
    others = _mappings(compilation, intent.mapping)
    if intent is not others[0]:
        place = intent.at("mapping")
        cause = f"the mapping {intent.mapping} is said a second time, after {others[0].at()}"
        yield Problem(place, cause, "keep one of the two")
    known = taxonomies(compilation)
    fields: dict[Key, str] = {}
    for field, destination in intent.fields.items():
        attribute = destination.attribute
        place = intent.at("fields", field, "attribute")
        if attribute not in known:
            cause = f"there is no taxonomy {attribute} on {compilation.target.name}"
            yield Problem(place, cause, nearest(attribute, list(known)))
        elif attribute in fields:
            cause = f"{attribute} is where {fields[attribute]} goes already"
            yield Problem(place, cause, "give each field an attribute of its own")
        fields.setdefault(attribute, field)


def offering(intent: Offering, compilation: Compilation) -> Mapped:
    """What the product carries, or everything that is wrong with it."""
    found = _mappings(compilation, intent.mapping)
    if not found:
        names = [m.mapping for m in compilation.intents.of(FieldMapping)]
        cause = f"there is no mapping {intent.mapping} on {compilation.target.name}"
        yield Problem(intent.at("mapping"), cause, nearest(intent.mapping, names))
        return
    problems = list(_field_problems(intent, found[0], compilation))
    yield from problems
    if not problems:
        yield _carried(intent, found[0], compilation)


MAPPING: Final[IntentMapping] = {Taxonomy: taxonomy, FieldMapping: mapping, Offering: offering}


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
    spec = (
        AttributeValue(name=key, slug=key, external_reference=reference, label=term.label)
        if settings.identity == "slug"
        else AttributeValue(name=term.label, external_reference=reference)
    )
    return Resource(
        Address(target, "attribute_value", reference),
        spec,
        source=intent.at("terms", key),
        intent=digest([reference, stated(spec)]),
        needs=(Address(target, "attribute", intent.taxonomy),),
    )


def _field_problems(
    intent: Offering, fields: FieldMapping, compilation: Compilation
) -> Iterator[Problem]:
    known = taxonomies(compilation)
    for field, value in intent.fields.items():
        if field not in fields.fields:
            cause = f"the mapping {fields.mapping} has no field {field}"
            yield Problem(intent.at("fields", field), cause, nearest(field, list(fields.fields)))
        elif taxonomy := known.get(fields.fields[field].attribute):
            yield from _value_problems(intent, field, value, taxonomy)


def _value_problems(
    intent: Offering, field: str, value: FieldValue, taxonomy: Taxonomy
) -> Iterator[Problem]:
    match taxonomy.input, value:
        case (_, None) | ("boolean", bool()):
            return
        case "dropdown", str():
            yield from _unknown_term(intent.at("fields", field), value, taxonomy)
        case "multiselect", tuple():
            for index, term in enumerate(value):
                yield from _unknown_term(intent.at("fields", field, index), term, taxonomy)
        case _:
            yield Problem(
                intent.at("fields", field),
                f"{field} is {_said(value)}, and {taxonomy.taxonomy} is a {taxonomy.input}",
                f"write {_WANTED[taxonomy.input]}, or null",
            )


_WANTED: Final = {
    "boolean": "true or false",
    "dropdown": "one term",
    "multiselect": "a list of terms, like [one, another]",
}


def _said(value: FieldValue) -> str:
    if isinstance(value, bool):
        return "a flag"
    return "text" if isinstance(value, str) else "a list"


def _unknown_term(place: Source, term: Key, taxonomy: Taxonomy) -> Iterator[Problem]:
    if term not in taxonomy.terms:
        cause = f"the taxonomy {taxonomy.taxonomy} has no term {term}"
        yield Problem(place, cause, nearest(term, list(taxonomy.terms)))


def _carried(
    intent: Offering, fields: FieldMapping, compilation: Compilation
) -> Resource[ProductAttributes]:
    known = taxonomies(compilation)
    choices: dict[Key, tuple[Key, ...]] = {}
    booleans: dict[Key, bool | None] = {}
    for field, value in intent.fields.items():
        taxonomy = known.get(fields.fields[field].attribute)
        if taxonomy is None:
            continue  # the mapping's own problem says so, once
        if taxonomy.input == "boolean":
            booleans[taxonomy.taxonomy] = value if isinstance(value, bool) else None
        else:
            terms = (value,) if isinstance(value, str) else value
            choices[taxonomy.taxonomy] = terms if isinstance(terms, tuple) else ()
    spec = ProductAttributes(choices=choices or UNSTATED, booleans=booleans or UNSTATED)
    return Resource(
        Address(compilation.target.name, "product_attributes", intent.offering),
        spec,
        source=intent.at("offering"),
        intent=digest([intent.offering, stated(spec)]),
        needs=(Address(compilation.target.name, "product", intent.offering),),
    )


def mapping_of(compilation: Compilation, name: str) -> FieldMapping | None:
    """Where the fields of an offering with this mapping go."""
    return next(iter(_mappings(compilation, name)), None)


def _mappings(compilation: Compilation, name: str) -> list[FieldMapping]:
    return [m for m in compilation.intents.of(FieldMapping) if m.mapping == name]


def taxonomies(compilation: Compilation) -> dict[Key, Taxonomy]:
    return {intent.taxonomy: intent for intent in compilation.intents.of(Taxonomy)}
