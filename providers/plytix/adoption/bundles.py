"""Relationships and bundles back into their documents."""

from __future__ import annotations

from collections.abc import Iterator

from providers.plytix.keys import parts
from reconciler.intent.bundles import Bundles
from reconciler.intent.edit import REMOVE, Edit, substituted
from reconciler.model.problem import Problem
from reconciler.provider import Compilation, Restatement


def bundles(
    intent: Bundles, wish: Restatement, _compilation: Compilation
) -> Iterator[Edit | Problem]:
    if wish.address.kind == "bundle":
        yield from _bundle(intent, wish)
    elif wish.values is not None:
        yield Edit(intent.path, ("into", "label"), wish.values["name"])
    else:
        cause = f"the relationship {wish.address.key} is gone, and bundles need it"
        yield Problem(wish.source, cause, "apply to make it again, or name another one")


def _bundle(intent: Bundles, wish: Restatement) -> Iterator[Edit]:
    product, _ = parts(wish.address.key)
    if wish.values is None:
        yield Edit(intent.path, ("bundles", product), REMOVE)
        return
    stated = intent.bundles[product]
    live = wish.values.get("components", list(stated.components)) or ()
    if "components" in wish.values:
        components = substituted(stated.components, live)
        yield Edit(intent.path, ("bundles", product, "components"), components)
    for component in stated.components:
        place = ("bundles", product, "quantities", component)
        if component not in live:
            yield from [Edit(intent.path, place, REMOVE)] if component in stated.quantities else ()
        elif f"quantities.{component}" in wish.values:
            yield Edit(intent.path, place, wish.values[f"quantities.{component}"])
