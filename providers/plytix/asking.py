"""What intents ask of a Plytix catalog, and how that is answered.

Plytix knows no rules for categories, and products are named by their SKUs in our addresses. Which
attribute stands for a product's type, and which for its tags, the target's settings say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from providers.plytix.catalog import all_products, product_by_id
from providers.plytix.catalog import condition as where
from providers.plytix.client import Filters, PlytixReader
from providers.plytix.definitions import MULTISELECT, Definitions, definitions
from providers.plytix.terms import key_of
from reconciler.intent.base import Intent
from reconciler.intent.collection import Collections
from reconciler.intent.condition import Condition
from reconciler.intent.offering import Offering
from reconciler.intent.styles import declared
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.model.question import Answers, Question

EVERY: Final = Question("every", "")
ASKED: Final = ("type", "tag", "term")
"""What a product can be asked for: each is the value of an attribute."""


def questions(intent: Intent) -> Iterator[Question]:
    """What an intent of any kind asks of this platform."""
    if isinstance(intent, Offering):
        question = identity_of(intent)
        yield from () if question is None else (question,)
    elif isinstance(intent, Collections):
        yield from _rules(intent)
    else:
        yield from intent.questions()


def identity_of(intent: Offering) -> Question | None:
    """The question that tells an offering's SKU, where it is named by something else: by the
    platform's id, or by its GTIN, which is what Plytix has for an external reference."""
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


def asked_by(condition: Condition) -> Iterator[Question]:
    """What a condition asks of this platform: nothing, where it can not be asked here."""
    if condition.by in ASKED:
        yield from (Question(condition.by, text) for text in condition.texts)


async def answer(session: PlytixReader, asked: Sequence[Question]) -> Answers:
    """The SKUs that each question finds. What no attribute stands for is not answered; the
    compilation says so at the intent's own place."""
    known = await definitions(session) if any(q.by in ASKED for q in asked) else {}
    answers: dict[Question, tuple[Key, ...]] = {}
    for question in asked:
        found = await _found(session, question, known)
        if found is not None:
            answers[question] = tuple(sorted(found))
    return answers


async def _found(session: PlytixReader, question: Question, known: Definitions) -> list[Key] | None:
    if question == EVERY:
        return [row["sku"] async for row in all_products(session)]
    if question.by == "id":
        product = await product_by_id(session, question.value)
        return [product["sku"]] if product else []
    if question.by == "external_reference":
        return await _searched(session, [[where("gtin", "eq", question.value)]])
    if question.by == "term":
        label, _, term = question.value.partition("/")
        return await _carrying(session, label, term, known, is_term=True)
    named = session.settings.type if question.by == "type" else session.settings.tags
    if named is None:
        return None
    return await _carrying(session, named, question.value, known, is_term=False)


async def _carrying(
    session: PlytixReader, label: Key, value: str, known: Definitions, *, is_term: bool
) -> list[Key]:
    """The products that have a value in an attribute. One that is not there may be one that git is
    about to make: nothing has it yet."""
    if label not in known:
        return []
    options = known[label].get("options") or ()
    named = [o for o in options if o == value or (is_term and key_of(o) == value)]
    if options and not named:
        return []
    field = f"attributes.{label}"
    if known[label]["type_class"] == MULTISELECT or options:
        return await _searched(session, [[where(field, "in", named)]])
    return await _searched(session, [[where(field, "eq", value)]])


async def _searched(session: PlytixReader, filters: Filters) -> list[Key]:
    return [row["sku"] async for row in all_products(session, alike=filters)]
