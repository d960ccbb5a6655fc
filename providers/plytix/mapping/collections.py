"""Collections: categories at the root, called by their titles. What the rules find is worked out
here, since Plytix knows no rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import reduce
from typing import Any

from providers.plytix.asking import ASKED, EVERY, asked_by
from providers.plytix.kinds.category import Category
from providers.plytix.mapping.metafields import nothing_stands_for
from providers.plytix.terms import key_of, option_of
from reconciler.intent.collection import Collection as Declared
from reconciler.intent.collection import Collections
from reconciler.intent.condition import Condition
from reconciler.intent.contract import taxonomies
from reconciler.intent.explain import nearest
from reconciler.intent.styles import declared
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.question import Answers, Question
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import digest
from reconciler.provider import Compilation, Mapped


def collections(intent: Collections, compilation: Compilation) -> Mapped:
    """Nothing of those whose rules nobody was asked about."""
    names = Counter(title for title in _titles(compilation))
    for found in declared(intent):
        if isinstance(found, Problem):
            yield found
            continue
        _, collection, place = found
        problems = list(_problems(collection, place, compilation))
        if names[collection.title] > 1:
            cause = f"another collection is called {collection.title}, and Plytix knows no handles"
            problems.append(Problem(place, cause, "give each a title of its own"))
        yield from problems
        members = _members(collection, compilation.answers)
        if not problems and members is not None:
            yield _category(collection, members, place, compilation.target.name)


def _titles(compilation: Compilation) -> Iterator[str]:
    for intent in compilation.intents.of(Collections):
        for found in declared(intent):
            if not isinstance(found, Problem):
                yield found[1].title


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
    elif getattr(compilation.target.settings, "tags" if by == "tag" else "type") is None:
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


def _members(collection: Declared, answers: Answers | None) -> tuple[Key, ...] | None:
    """The products that belong, in the order of their SKUs; None where it is not known."""
    rules, chosen = collection.rules, frozenset(collection.products or ())
    if rules is None:
        return tuple(sorted(chosen))
    sets = [_found(condition, answers) for condition in rules.conditions]
    known = [found for found in sets if found is not None]
    if len(known) < len(sets):
        return None
    joined = reduce(frozenset.intersection if rules.match == "all" else frozenset.union, known)
    return tuple(sorted(joined | chosen))


def _found(condition: Condition, answers: Answers | None) -> frozenset[Key] | None:
    """A condition of several values that says "not" is met value by value."""
    each = [_with_value(question, condition, answers) for question in asked_by(condition)]
    known = [found for found in each if found is not None]
    if not known or len(known) < len(each):
        return None
    return reduce(frozenset.intersection if condition.values == "all" else frozenset.union, known)


def _with_value(
    question: Question, condition: Condition, answers: Answers | None
) -> frozenset[Key] | None:
    if answers is None or question not in answers:
        return None
    found = frozenset(answers[question])
    if condition.relation == "is":
        return found
    return frozenset(answers[EVERY]) - found if EVERY in answers else None


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
