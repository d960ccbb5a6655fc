"""Values of products back into the fields of their offerings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from providers.plytix.mapping.labels import home_of
from providers.plytix.terms import option_of
from reconciler.intent.contract import mappings, taxonomies
from reconciler.intent.edit import REMOVE, Edit, substituted
from reconciler.intent.mapping import Mapping
from reconciler.intent.offering import Offering
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.problem import Problem
from reconciler.provider import Compilation, Restatement


def mapping(
    _intent: Mapping, wish: Restatement, _compilation: Compilation
) -> Iterator[Edit | Problem]:
    yield Problem(
        wish.source,
        f"the attribute {wish.address.key} is gone, and the contract is not rewritten for one shop",
        "take the field out by hand, or apply to make it again",
    )


def offering(
    intent: Offering, wish: Restatement, compilation: Compilation
) -> Iterator[Edit | Problem]:
    """Every field of the offering whose value moved."""
    if wish.values is None:
        yield Edit(intent.path, (), REMOVE)
        return
    known = taxonomies(compilation.intents)
    for field, destination in mappings(compilation.intents, intent.mapping)[0].fields.items():
        path = f"values.{home_of(destination)}"
        if path in wish.values:
            about = known.get(destination.attribute or "")
            yield _field(intent, field, about, wish.values[path], compilation)


def _field(
    intent: Offering, field: str, about: Taxonomy | None, live: Any, compilation: Compilation
) -> Edit | Problem:
    place = ("fields", field)
    if about is None or about.input == "boolean" or live is None:
        return Edit(intent.path, place, live)
    naming = compilation.target.settings.options
    terms = {option_of(about, key, naming): key for key in about.terms}
    carried = [live] if isinstance(live, str) else list(live)
    unknown = [option for option in carried if option not in terms]
    if unknown:
        return Problem(
            intent.at(*place),
            f"the product has {', '.join(unknown)}, no term of {about.taxonomy}",
            "add it to the taxonomy's terms first, or apply to put back what git says",
        )
    keys = [terms[option] for option in carried]
    if about.input == "dropdown":
        return Edit(intent.path, place, next(iter(keys), None))
    stated = intent.fields.get(field)
    return Edit(intent.path, place, substituted(stated if isinstance(stated, tuple) else (), keys))
