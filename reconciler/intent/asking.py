"""What intents ask of a catalog whose platform knows no rules for collections: who its conditions
find, and which product an offering names by something else than the key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from reconciler.intent.base import Intent
from reconciler.intent.collection import Collections
from reconciler.intent.condition import Condition
from reconciler.intent.offering import Offering
from reconciler.intent.styles import declared
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.model.question import Answers, Question

EVERY: Final = Question("every", "")
"""All products, from which a condition that says "not" takes away."""

ASKED: Final[tuple[Literal["type", "tag", "term"], ...]] = ("type", "tag", "term")
"""What a product can be asked for there."""


def questions(intent: Intent) -> Iterator[Question]:
    """What an intent of any kind asks."""
    if isinstance(intent, Offering):
        yield from () if (question := _identity_of(intent)) is None else (question,)
    elif isinstance(intent, Collections):
        yield from _rules(intent)
    else:
        yield from intent.questions()


def asked_by(condition: Condition) -> Iterator[Question]:
    """A question for each value of a condition; none, where it can not be asked."""
    for by in ASKED:
        if condition.by == by:
            yield from (Question(by, text) for text in condition.texts)


def product_of(intent: Offering, answers: Answers | None) -> Key | None:
    """The key of an offering's product. Where the catalog has no such product, the name that was
    looked for: what is written on it is then held, since there is no product of that name. None
    where it is named by an id that nobody was asked about."""
    question = _identity_of(intent)
    if question is None:
        return (intent.product and intent.product.slug) or intent.offering
    if answers is None or question not in answers:
        return None
    found = answers[question]
    return found[0] if found else f"{question.by}:{question.value}"


def _identity_of(intent: Offering) -> Question | None:
    """The question that tells a product which is named by something else than its key."""
    if intent.product is None or intent.product.slug is not None:
        return None
    if intent.product.id is not None:
        return Question("id", intent.product.id)
    return Question("external_reference", intent.product.external_reference or "")


def _rules(intent: Collections) -> Iterator[Question]:
    for found in declared(intent):
        if not isinstance(found, Problem):
            for condition in found[1].conditions:
                yield from asked_by(condition)
                if condition.relation == "is_not":
                    yield EVERY
