"""Attributes and values back into metafields; what a selector gave is then said by name."""

from __future__ import annotations

from collections.abc import Iterator

from providers.plytix.keys import parts
from providers.plytix.mapping.metafields import field_label
from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.metafields import Metafields
from reconciler.model.problem import Problem
from reconciler.provider import Compilation, Restatement


def metafields(
    intent: Metafields, wish: Restatement, _compilation: Compilation
) -> Iterator[Edit | Problem]:
    if wish.address.kind == "product_values":
        yield from _values(intent, wish)
        return
    key = next(
        k for k in intent.definitions if field_label(intent.namespace, k) == wish.address.key
    )
    place = ("definitions", key)
    if wish.values is None:
        yield Edit(intent.path, place, REMOVE)
        return
    for name in ("name", "description"):
        if name in wish.values:
            yield Edit(intent.path, (*place, name), wish.values[name])
    if "options" in wish.values or "order" in wish.values:
        live = wish.values.get("order") or wish.values.get("options")
        yield Edit(intent.path, (*place, "choices"), list(live or ()))
    if "type_class" in wish.values:
        yield Problem(
            intent.at(*place, "type"),
            f"the live attribute is a {wish.values['type_class']}",
            "correct the type by hand, or make the attribute anew in Plytix",
        )


def _values(intent: Metafields, wish: Restatement) -> Iterator[Edit]:
    product, _ = parts(wish.address.key)
    if wish.values is None:
        if product in intent.values:
            yield Edit(intent.path, ("values", product), REMOVE)
        return
    named = {key for s in intent.selectors for key in s.set} | set(intent.values.get(product, ()))
    for key in sorted(named):
        path = f"values.{field_label(intent.namespace, key)}"
        if path in wish.values:
            yield Edit(intent.path, ("values", product, key), wish.values[path])
