"""Selectors that find no product: mostly a name that is written otherwise in the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.intent.base import Intents
from reconciler.intent.metafields import Metafields, Selector
from reconciler.intent.styling import asked_for
from reconciler.intent.tags import Tags
from reconciler.model.question import Answers


def unfound(intents: Intents, answers: Answers) -> Iterator[str]:
    """One warning a document, at the first of them. A tag that git itself gives to products, or
    gathers in a collection, may be one that nobody bears yet."""
    coming = {tag.casefold() for tag in (*asked_for(intents), *_given(intents))}
    for document in intents.of(Metafields):
        empty = [
            (index, selected.products)
            for index, selected in enumerate(document.selectors)
            if answers.get(selected.products.question) in ((), [])
            and (selected.products.tag or "").casefold() not in coming
        ]
        if empty:
            place = document.at("selectors", empty[0][0], "products")
            told = ", ".join(_said(selector) for _, selector in empty)
            yield f"{place}: no product is found by {told} · correct it, or take the selector out"


def _given(intents: Intents) -> Iterator[str]:
    for document in intents.of(Tags):
        for tags in document.tags.values():
            yield from tags


def _said(selector: Selector) -> str:
    question = selector.question
    return f"{question.by}: {question.value}"
