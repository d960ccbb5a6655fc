"""Whether a field's value fits the taxonomy that it is kept in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.intent.offering import Offering
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.model.wording import nearest, sort_of

_WANTED: Final = {
    "boolean": "true or false",
    "dropdown": "one term",
    "multiselect": "a list of terms, like [one, another]",
}


def term_problems(intent: Offering, field: str, taxonomy: Taxonomy) -> Iterator[Problem]:
    match taxonomy.input, intent.fields[field]:
        case (_, None) | ("boolean", bool()):
            return
        case "dropdown", str(term):
            yield from _unknown_term(intent.at("fields", field), term, taxonomy)
        case "multiselect", tuple(terms):
            for index, term in enumerate(terms):
                yield from _unknown_term(intent.at("fields", field, index), term, taxonomy)
        case _, value:
            yield Problem(
                intent.at("fields", field),
                f"{field} is {sort_of(value)}, and {taxonomy.taxonomy} is a {taxonomy.input}",
                f"write {_WANTED[taxonomy.input]}, or null",
            )


def _unknown_term(place: Source, term: Key, taxonomy: Taxonomy) -> Iterator[Problem]:
    if term not in taxonomy.terms:
        cause = f"the taxonomy {taxonomy.taxonomy} has no term {term}"
        yield Problem(place, cause, nearest(term, list(taxonomy.terms)))
