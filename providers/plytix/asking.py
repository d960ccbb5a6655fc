"""How a Plytix catalog answers what intents ask of it.

Plytix knows no rules for categories, and products are named by their SKUs in our addresses. Which
attribute stands for a product's type, and which for its tags, the target's settings say.
"""

from __future__ import annotations

from collections.abc import Sequence

from providers.plytix.catalog import all_products, product_by_id
from providers.plytix.catalog import condition as where
from providers.plytix.client import Filters, PlytixReader
from providers.plytix.definitions import MULTISELECT, Definitions, definitions
from providers.plytix.terms import key_of
from reconciler.intent.asking import ASKED, EVERY
from reconciler.model.address import Key
from reconciler.model.question import Answers, Question


async def answer(session: PlytixReader, asked: Sequence[Question]) -> Answers:
    """The SKUs that each question finds; a GTIN is what Plytix has for an external reference. What
    no attribute stands for is not answered; the compilation says so at the intent's own place."""
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
    named = session.settings.standing_for(question.by)
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
