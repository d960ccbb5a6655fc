"""Bundles back into their documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from providers.shopify.kinds.bundle import read
from reconciler.intent.base import Place
from reconciler.intent.bundles import Bundle, Bundles
from reconciler.intent.edit import REMOVE, Edit
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.model.spec import Value
from reconciler.provider import Compilation, Restatement


def bundles(
    intent: Bundles, wish: Restatement, _compilation: Compilation
) -> Iterator[Edit | Problem]:
    key = wish.address.key
    place: Place = ("bundles", key)
    if wish.values is None:
        yield Edit(intent.path, place, REMOVE)
        return
    if "title" in wish.values:
        yield Edit(intent.path, (*place, "title"), wish.values["title"])
    stated = intent.bundles[key]
    parts = list(wish.values.get("components", stated.components) or ())
    if sorted(parts) != sorted(stated.components):
        yield Edit(intent.path, (*place, "components"), _in_order(parts, stated))
    numbers = read(wish.values["quantities"]) if "quantities" in wish.values else None
    if numbers is not None and None in numbers.values():
        cause = f"the buyer chooses how often something is in {key}, which git can not say"
        yield Problem(wish.source, cause, "apply to put it back, or set a quantity in the admin")
        return
    for name, value in _quantities(stated, parts, numbers):
        yield Edit(intent.path, (*place, "quantities", name), value)


def _in_order(parts: list[Key], stated: Bundle) -> list[Key]:
    """What stays stands where it stood; what came comes after."""
    kept = [name for name in stated.components if name in parts]
    return [*kept, *(name for name in parts if name not in kept)]


def _quantities(
    stated: Bundle, parts: list[Key], numbers: Mapping[Key, int | None] | None
) -> Iterator[tuple[Key, Value]]:
    """Only what is there more than once is said. numbers: None where they did not move."""
    live = dict(stated.quantities) if numbers is None else numbers
    for name in stated.quantities:
        if name not in live or name not in parts:
            yield name, REMOVE
    for name, number in live.items():
        if name in parts and number != stated.quantities.get(name):
            yield name, number
