"""Who belongs to a collection, on a platform that knows no rules: answers, joined as rules say."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from reconciler.intent.asking import EVERY, asked_by
from reconciler.intent.collection import Collection
from reconciler.intent.condition import Condition
from reconciler.model.address import Key
from reconciler.model.question import Answers, Question


def members(collection: Collection, answers: Answers | None) -> tuple[Key, ...] | None:
    """The keys of the products that belong, in order; None where it is not known."""
    rules, chosen = collection.rules, frozenset(collection.products or ())
    if rules is None:
        return tuple(sorted(chosen))
    joined = _joined((_found(one, answers or {}) for one in rules.conditions), rules.match)
    return None if joined is None else tuple(sorted(joined | chosen))


def _found(condition: Condition, answers: Answers) -> frozenset[Key] | None:
    """A condition of several values that says "not" is met value by value."""
    found = (_with_value(question, condition, answers) for question in asked_by(condition))
    return _joined(found, condition.values)


def _with_value(
    question: Question, condition: Condition, answers: Answers
) -> frozenset[Key] | None:
    if question not in answers:
        return None
    found = frozenset(answers[question])
    if condition.relation == "is":
        return found
    return frozenset(answers[EVERY]) - found if EVERY in answers else None


def _joined(sets: Iterable[frozenset[Key] | None], match: str) -> frozenset[Key] | None:
    """All or any of them; None where one is not known, or there is none."""
    known = list(sets)
    if not known or None in known:
        return None
    join = frozenset.intersection if match == "all" else frozenset.union
    return reduce(join, (found for found in known if found is not None))
