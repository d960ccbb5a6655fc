"""Whether mappings and offerings fit together: what is wrong with them on any platform.

Pure: it looks at the documents that speak to one target, and at nothing live.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.intent.base import Intents
from reconciler.intent.fitting import term_problems
from reconciler.intent.mapping import Destination, Mapping, Registry
from reconciler.intent.offering import Offering
from reconciler.intent.taxonomy import Taxonomy
from reconciler.intent.texts import Unfit, label, text_of
from reconciler.model.problem import Problem
from reconciler.model.wording import nearest


def taxonomies(intents: Intents) -> dict[str, Taxonomy]:
    """By their keys."""
    return {intent.taxonomy: intent for intent in intents.of(Taxonomy)}


def mappings(intents: Intents, name: str) -> list[Mapping]:
    """Those of this name; a second one is a problem."""
    return [mapping for mapping in intents.of(Mapping) if mapping.mapping == name]


def mapping_problems(intent: Mapping, intents: Intents, target: str) -> Iterator[Problem]:
    """What it points at must be there, and each field have a home of its own."""
    first = mappings(intents, intent.mapping)[0]
    if intent is not first:
        cause = f"the mapping {intent.mapping} is said a second time, after {first.at()}"
        yield Problem(intent.at("mapping"), cause, "keep one of the two")
    yield from _crowded(intent)
    for field, destination in intent.fields.items():
        yield from _unknown(intent, field, destination, intents, target)


def offering_problems(intent: Offering, intents: Intents, target: str) -> Iterator[Problem]:
    """Unknown fields, values of another sort, and what is missing."""
    found = mappings(intents, intent.mapping)
    if not found:
        names = [mapping.mapping for mapping in intents.of(Mapping)]
        cause = f"there is no mapping {intent.mapping} on {target}"
        yield Problem(intent.at("mapping"), cause, nearest(intent.mapping, names))
        return
    contract = found[0]
    yield from _missing(intent, contract)
    for field in intent.fields:
        if field not in contract.fields:
            cause = f"the mapping {contract.mapping} has no field {field}"
            remedy = nearest(field, list(contract.fields))
            yield Problem(intent.at("fields", field), cause, remedy)
            continue
        yield from _value_problems(intent, field, contract.fields[field], intents)
    yield from _estimate_problems(intent, contract)


def _crowded(intent: Mapping) -> Iterator[Problem]:
    """Two fields in one home."""
    for home, words in (("attribute", "an attribute"), ("metadata", "a metadata key")):
        fields: dict[str, str] = {}
        for field, destination in intent.fields.items():
            where = getattr(destination, home)
            if where is not None and where in fields:
                cause = f"{where} is where {fields[where]} goes already"
                remedy = f"give each field {words} of its own"
                yield Problem(intent.at("fields", field, home), cause, remedy)
            fields.setdefault(where, field)


def _unknown(
    intent: Mapping, field: str, destination: Destination, intents: Intents, target: str
) -> Iterator[Problem]:
    """Taxonomies, registries and fields that are named and are not there."""
    known = taxonomies(intents)
    for part in ("attribute", "taxonomy"):
        name = getattr(destination, part)
        if name is not None and name not in known:
            cause = f"there is no taxonomy {name} on {target}"
            yield Problem(intent.at("fields", field, part), cause, nearest(name, list(known)))
    if destination.registry is not None:
        yield from _registered(intent, field, destination, intents, target)
    for part in ("min", "max", "unit") if destination.estimate is not None else ():
        name = getattr(destination.estimate, part)
        if name not in intent.fields:
            cause = f"the mapping {intent.mapping} has no field {name}"
            place = intent.at("fields", field, "estimate", part)
            yield Problem(place, cause, nearest(name, list(intent.fields)))


def _registered(
    intent: Mapping, field: str, destination: Destination, intents: Intents, target: str
) -> Iterator[Problem]:
    registries = {r.registry: r for r in intents.of(Registry)}
    held = registries.get(destination.registry or "")
    if held is None:
        cause = f"there is no registry {destination.registry} on {target}"
        remedy = nearest(destination.registry or "", list(registries))
        yield Problem(intent.at("fields", field, "registry"), cause, remedy)
        return
    taxonomy = taxonomies(intents).get(destination.attribute or "")
    yield from _strangers(taxonomy, held) if taxonomy else ()


def _strangers(taxonomy: Taxonomy, held: Registry) -> Iterator[Problem]:
    for key in taxonomy.terms:
        if key not in held.ids:
            cause = f"the registry {held.registry} does not know {key}"
            yield Problem(taxonomy.at("terms", key), cause, nearest(key, list(held.ids)))


def _missing(intent: Offering, contract: Mapping) -> Iterator[Problem]:
    for field, destination in contract.fields.items():
        if destination.required and intent.fields.get(field) in (None, "", ()):
            place = intent.at("fields", field) if field in intent.fields else intent.at("fields")
            yield Problem(place, f"{field} is not said, and every offering needs it", "add it")


def _value_problems(
    intent: Offering, field: str, destination: Destination, intents: Intents
) -> Iterator[Problem]:
    known = taxonomies(intents)
    if destination.attribute is not None:
        taxonomy = known.get(destination.attribute)
        yield from term_problems(intent, field, taxonomy) if taxonomy else ()
    elif destination.metadata is not None:
        try:
            text_of(intent.fields[field], destination, known)
        except Unfit as unfit:
            yield Problem(intent.at("fields", field), f"{field} {unfit}", unfit.remedy)


def _estimate_problems(intent: Offering, contract: Mapping) -> Iterator[Problem]:
    for field, destination in contract.fields.items():
        if destination.estimate is not None and field not in intent.fields:
            try:
                label(intent.fields, destination.estimate)
            except Unfit as unfit:
                place = intent.at("fields", destination.estimate.min)
                yield Problem(place, f"{field} {unfit}", unfit.remedy)
