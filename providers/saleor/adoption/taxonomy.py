"""Taxonomies back into their documents.

| live | written back to |
|---|---|
| an attribute's name, input type | the taxonomy's label, input |
| a value's label (its name, where the reference carries the key) | the term's label |
| what is gone | the term, or the whole taxonomy goes |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from providers.saleor.terms import attribute_in
from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.taxonomy import Taxonomy
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.model.spec import Value
from reconciler.provider import Adopted, Compilation, Restatement

_INPUTS: Final = ("dropdown", "multiselect", "boolean")


def taxonomy(intent: Taxonomy, wish: Restatement, compilation: Compilation) -> Adopted:
    if wish.address.kind == "attribute":
        return _attribute(intent, wish)
    if wish.address.kind == "value_order":
        return _order(intent)
    return _term(intent, wish, compilation)


def _attribute(intent: Taxonomy, wish: Restatement) -> Iterator[Edit | Problem]:
    if wish.values is None:
        yield Edit(intent.path, (), REMOVE)
        return
    if "name" in wish.values:
        yield Edit(intent.path, ("label",), wish.values["name"])
    if "input" in wish.values:
        yield _input(intent, wish.values["input"])


def _input(intent: Taxonomy, live: Value) -> Edit | Problem:
    if live in _INPUTS:
        return Edit(intent.path, ("input",), live)
    return Problem(
        intent.at("input"),
        f"the live attribute takes {live}, which is no input of a taxonomy",
        "give the taxonomy a new key, or make the attribute anew in the dashboard",
    )


def _term(
    intent: Taxonomy, wish: Restatement, compilation: Compilation
) -> Iterator[Edit | Problem]:
    """The label alone is people's to choose; all else of a value follows from the term's key."""
    key = _term_in(wish.address.key)
    if wish.values is None:
        yield Edit(intent.path, ("terms", key), REMOVE)
        return
    label = "label" if compilation.target.settings.identity == "slug" else "name"
    for path in sorted(wish.values):
        if path != label:
            yield _of_the_key(intent, key, path, wish.values[path])
    if label not in wish.values:
        return
    if wish.values[label]:
        yield Edit(intent.path, ("terms", key, "label"), wish.values[label])
    else:
        cause = f"the live value of {key} has no label any more, and a term must have one"
        yield Problem(
            intent.at("terms", key, "label"), cause, "apply, to put back the label that git says"
        )


def _of_the_key(intent: Taxonomy, key: Key, path: str, live: Value) -> Problem:
    return Problem(
        intent.at("terms", key),
        f"the live {path} is {live!r}, and git's follows from the term's key, which never changes",
        "apply, to put it back, or declare another term for it",
    )


def _order(intent: Taxonomy) -> Iterator[Problem]:
    yield Problem(
        intent.at("ordered"),
        "the live values stand in another order, and the terms here are not moved unasked",
        "move them by hand, take ordered out, or apply to put the order back",
    )


def _term_in(key: Key) -> Key:
    return key.removeprefix(f"{attribute_in(key)}/")
