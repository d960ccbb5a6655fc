"""Collections back into their documents: single ones at their handle, of styles as overrides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.shopify.mapping.collections import SORT_ORDERS
from providers.shopify.sources import condition, condition_parts
from reconciler.intent.base import Place
from reconciler.intent.collection import Collection as Declared
from reconciler.intent.collection import Collections, Condition
from reconciler.intent.edit import REMOVE, Edit, substituted
from reconciler.intent.styles import handle_of, of_style
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.model.spec import Path, Value
from reconciler.provider import Adopted, Compilation, Restatement

Values = Mapping[Path, Value]

_WORDS: Final = {order: word for word, order in SORT_ORDERS.items()}

_FIELDS: Final = {"title": "title", "description_html": "description", "sort_order": "sort"}
"""Fields of the spec, and what they are called in a document."""


def collections(intent: Collections, wish: Restatement, _: Compilation) -> Adopted:
    handle = wish.address.key
    if handle in intent.collections:
        return _single(intent, wish, handle)
    return _of_style(intent, wish, handle)


def _single(intent: Collections, wish: Restatement, handle: Key) -> Adopted:
    place: Place = ("collections", handle)
    if wish.values is None:
        return [Edit(intent.path, place, REMOVE)]
    return _stated(intent, place, intent.collections[handle], wish, wish.values)


def _of_style(intent: Collections, wish: Restatement, handle: Key) -> Iterator[Edit | Problem]:
    """The template stays as it is: a style that is otherwise gets an override, one that is gone
    leaves the list."""
    template = intent.per_style
    assert template is not None
    style = next(s for s in template.styles if handle_of(template, s) == handle)
    place: Place = ("per_style", "overrides", style)
    if wish.values is None:
        yield Edit(intent.path, ("per_style", "styles", template.styles.index(style)), REMOVE)
        if style in template.overrides:
            yield Edit(intent.path, place, REMOVE)
        return
    yield from _stated(intent, place, of_style(template, style), wish, wish.values)


def _stated(
    intent: Collections, place: Place, declared: Declared, wish: Restatement, values: Values
) -> Iterator[Edit | Problem]:
    for path, name in _FIELDS.items():
        if path not in values:
            continue
        value = values[path]
        if path != "sort_order":
            yield Edit(intent.path, (*place, name), value)
        elif value in _WORDS:
            yield Edit(intent.path, (*place, name), _WORDS[value])
        else:
            yield _no_word_for(value, wish.source)
    if "match" in values or "conditions" in values:
        yield from _rules(intent, place, declared, wish, values)


def _rules(
    intent: Collections, place: Place, declared: Declared, wish: Restatement, values: Values
) -> Iterator[Edit | Problem]:
    """An override states its rules whole, also where only a part of them is otherwise."""
    spec = wish.resource.spec
    match = values.get("match", spec.match)
    texts = values.get("conditions", spec.conditions)
    foreign = [text for text in texts if condition_parts(text) is None]
    if match is None or not texts or foreign:
        yield _no_words_for(foreign, wish.source)
        return
    assert declared.rules is not None
    written = {_canonical(c): _said(c) for c in declared.conditions}
    conditions = [
        written.get(text) or _condition(text) for text in substituted(list(written), texts)
    ]
    if place[0] == "per_style":
        says_match = match != "all" or "match" in declared.rules.model_fields_set
        rules = ({"match": match} if says_match else {}) | {"conditions": conditions}
        yield Edit(intent.path, (*place, "rules"), rules)
        return
    if "match" in values:
        yield Edit(intent.path, (*place, "rules", "match"), match)
    if "conditions" in values:
        yield Edit(intent.path, (*place, "rules", "conditions"), conditions)


def _canonical(declared: Condition) -> str:
    by = "tag" if declared.tag is not None else "type"
    return condition(by, declared.relation, declared.tag or declared.type or "")


def _said(declared: Condition) -> dict[str, Any]:
    """A condition as it stands in the document."""
    return declared.model_dump(include=declared.model_fields_set)


def _condition(text: str) -> dict[str, Any]:
    parts = condition_parts(text)
    assert parts is not None
    by, relation, value = parts
    return {by: value} | ({"relation": relation} if relation != "is" else {})


def _no_word_for(order: Value, source: Source) -> Problem:
    return Problem(
        source,
        f"the live collection is sorted {order}, for which desired/ has no word",
        f"choose one of {', '.join(SORT_ORDERS)} in the admin, or apply to put back git's",
    )


def _no_words_for(foreign: Sequence[str], source: Source) -> Problem:
    return Problem(
        source,
        f"the live collection has {', '.join(foreign) or 'no rules at all'},"
        " for which desired/ has no words",
        "apply, to put back the rules that git states",
    )
