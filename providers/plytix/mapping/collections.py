"""Collections: categories at the root, called by their titles. What the rules find is worked out
here, since Plytix knows no rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from providers.plytix.kinds.category import Category
from providers.plytix.mapping.metafields import nothing_stands_for
from providers.plytix.terms import key_of, option_of
from reconciler.intent.asking import ASKED
from reconciler.intent.collection import Collection as Declared
from reconciler.intent.collection import Collections
from reconciler.intent.condition import Condition
from reconciler.intent.contract import taxonomies
from reconciler.intent.members import members
from reconciler.intent.styles import declared
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import digest
from reconciler.model.wording import nearest
from reconciler.provider import Compilation, Mapped


def collections(intent: Collections, compilation: Compilation) -> Mapped:
    """Nothing of those whose rules nobody was asked about. Two of one title are one category, which
    is said twice then."""
    for found in declared(intent):
        if isinstance(found, Problem):
            yield found
            continue
        _, collection, place = found
        problems = list(_problems(collection, place, compilation))
        yield from problems
        belonging = members(collection, compilation.answers)
        if not problems and belonging is not None:
            yield _category(collection, belonging, place, compilation.target.name)


def _problems(collection: Declared, place: Source, compilation: Compilation) -> Iterator[Problem]:
    for name in (
        "description", "sort", "template", "seo", "image", "collections", "channels", "migrate",
    ):  # fmt: skip
        if name in collection.model_fields_set:
            yield Problem(place, f"a category of Plytix has no {name}", "take it out")
    if collection.rules is not None and collection.rules.excluding is not None:
        cause = "excluding is not managed on Plytix"
        yield Problem(place, cause, "write a condition with relation: is_not")
    for condition in collection.conditions:
        yield from _condition_problems(condition, place, compilation)


def _condition_problems(
    condition: Condition, place: Source, compilation: Compilation
) -> Iterator[Problem]:
    by = condition.by
    if by not in ASKED or condition.relation not in ("is", "is_not"):
        cause = f"{by} {condition.relation} can not be asked on Plytix"
        yield Problem(place, cause, f"ask for {', '.join(ASKED)} with is or is_not")
    elif by == "term":
        yield from _term_problems(condition.term or "", place, compilation)
    elif compilation.target.settings.standing_for(by) is None:
        yield nothing_stands_for(by, place, compilation)


def _term_problems(asked: str, place: Source, compilation: Compilation) -> Iterator[Problem]:
    """A term of a taxonomy that git states must be one of its terms, and read like its key in
    Plytix, which has the option alone. Others are the account's."""
    slug, _, key = asked.partition("/")
    taxonomy = taxonomies(compilation.intents).get(slug)
    if taxonomy is None:
        return
    if key not in taxonomy.terms:
        cause = f"the taxonomy {slug} has no term {key}"
        yield Problem(place, cause, nearest(key, list(taxonomy.terms)))
        return
    option = option_of(taxonomy, key, compilation.target.settings.options)
    if option != key and key_of(option) != key:
        cause = f"the option {option!r} does not read like {key}, so no search finds it by that"
        yield Problem(place, cause, f"set options: key for {compilation.target.name}")


def _category(
    collection: Declared, members: tuple[Key, ...], place: Source, target: str
) -> Resource[Any]:
    """Its intent is what is written in git, rules and all: when its products move and that does
    not, the catalog moved."""
    return Resource(
        Address(target, "category", collection.title),
        Category(products=members),
        source=place,
        intent=digest(collection.model_dump(mode="json")),
    )
