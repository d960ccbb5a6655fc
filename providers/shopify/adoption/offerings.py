"""Taxonomies and offerings: live definitions and metafields back into their documents.

| live | written back to |
|---|---|
| a definition's name, description | the taxonomy's label, description |
| a choice that is gone, or new | the term goes, or a term of that key comes |
| a metafield | the offering's field |
| what is gone | the field, or the whole taxonomy goes |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from providers.shopify.content import Misfit
from providers.shopify.mapping.offerings import type_of
from providers.shopify.mapping.taxonomies import TYPES, carried, term_of
from providers.shopify.metafields import Name
from providers.shopify.types import content
from reconciler.intent.contract import mappings, taxonomies
from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.mapping import Destination
from reconciler.intent.metafields import Content
from reconciler.intent.offering import Offering
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.problem import Problem
from reconciler.model.spec import Value
from reconciler.provider import Adopted, Compilation, Restatement

_KEY: Final = re.compile(r"[a-z][a-z0-9_]*")


def taxonomy(intent: Taxonomy, wish: Restatement, compilation: Compilation) -> Adopted:
    if wish.values is None:
        yield Edit(intent.path, (), REMOVE)
        return
    for path, value in wish.values.items():
        match path:
            case "name":
                yield Edit(intent.path, ("label",), value)
            case "description":
                yield Edit(intent.path, ("description",), value)
            case "type":
                yield _input(intent, value)
            case "choices":
                yield from _terms(intent, list(value or ()), compilation)


def _input(intent: Taxonomy, live: Value) -> Edit | Problem:
    found = next((input_ for input_, type_ in TYPES.items() if type_ == live), None)
    if found is not None:
        return Edit(intent.path, ("input",), found)
    return Problem(
        intent.at("input"),
        f"the live definition is a {live}, which is no input of a taxonomy",
        "give the taxonomy a new key, or make the definition anew in the admin",
    )


def _terms(intent: Taxonomy, live: list[str], compilation: Compilation) -> Iterator[Edit | Problem]:
    """Terms come after those there are; no other order can be written without moving them."""
    stated = {carried(intent, key, compilation): key for key in intent.terms}
    kept = [text for text in stated if text in live]
    new = [text for text in live if text not in stated]
    if live != [*kept, *new]:
        yield Problem(
            intent.at("terms"),
            "the live choices stand in another order, and the terms here are not moved unasked",
            "move them by hand, or apply to put the order back",
        )
        return
    for text, key in stated.items():
        if text not in live:
            yield Edit(intent.path, ("terms", key), REMOVE)
    for text in new:
        yield _new_term(intent, text, compilation)


def _new_term(intent: Taxonomy, text: str, compilation: Compilation) -> Edit | Problem:
    by_label = compilation.target.settings.terms == "label"
    key = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") if by_label else text
    if _KEY.fullmatch(key) and key not in intent.terms:
        return Edit(intent.path, ("terms", key), {"label": text})
    return Problem(
        intent.at("terms"),
        f"the live choice {text} is no key of a term",
        "add a term for it by hand, or take the choice out in the admin",
    )


def offering(
    intent: Offering, wish: Restatement, compilation: Compilation
) -> Iterator[Edit | Problem]:
    """The field of the offering whose metafield moved."""
    contract = mappings(compilation.intents, intent.mapping)[0]
    key = Name.of(wish.address.key).key
    for field, destination in contract.fields.items():
        if key in (destination.attribute, destination.metadata):
            yield from _field(intent, field, destination, wish, compilation)


def _field(
    intent: Offering,
    field: str,
    destination: Destination,
    wish: Restatement,
    compilation: Compilation,
) -> Iterator[Edit | Problem]:
    place = ("fields", field)
    if wish.values is None:
        yield Edit(intent.path, place, REMOVE if field in intent.fields else None)
        return
    if "value" not in wish.values:
        return
    live = wish.values["value"]
    about = taxonomies(compilation.intents).get(destination.attribute or destination.taxonomy or "")
    type_ = TYPES[about.input] if destination.attribute and about else None
    try:
        said = content(type_ or type_of(destination, compilation), live)
    except Misfit as misfit:
        yield Problem(intent.at(*place), misfit.cause, misfit.remedy)
        return
    if about is None or (about.input == "boolean" and destination.attribute):
        yield Edit(intent.path, place, said)
    else:
        yield from _termed(intent, field, said, about, compilation)


def _termed(
    intent: Offering, field: str, said: Content, about: Taxonomy, compilation: Compilation
) -> Iterator[Edit | Problem]:
    texts = said if isinstance(said, tuple) else () if said is None else (said,)
    terms = {text: term_of(about, str(text), compilation) for text in texts}
    unknown = [str(text) for text, term in terms.items() if term is None]
    place = ("fields", field)
    if unknown:
        yield Problem(
            intent.at(*place),
            f"the product carries {', '.join(unknown)}, no term of {about.taxonomy}",
            "add it to the taxonomy's terms first, or apply to put back what git says",
        )
    elif isinstance(said, tuple):
        yield Edit(intent.path, place, [terms[text] for text in said])
    else:
        yield Edit(intent.path, place, next(iter(terms.values()), None))
