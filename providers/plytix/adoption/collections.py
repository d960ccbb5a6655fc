"""Categories back into their collections: single ones at their handle, of styles as overrides."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.intent.collection import Collections
from reconciler.intent.edit import Edit
from reconciler.intent.styles import declared, taken_out
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.provider import Compilation, Restatement


def collections(
    intent: Collections, wish: Restatement, _compilation: Compilation
) -> Iterator[Edit | Problem]:
    """Products that follow from rules can not be turned back into these."""
    handle = _handle(intent, wish.address.key)
    if wish.values is None:
        yield from taken_out(intent, handle)
        return
    single = intent.collections.get(handle)
    if "products" in wish.values and single is not None and single.products is not None:
        live = list(wish.values["products"] or ())
        yield Edit(intent.path, ("collections", handle, "products"), live)
    else:
        yield Problem(
            wish.source,
            "other products are in it than the rules find",
            "change the rules by hand, or apply to put back what they find",
        )


def _handle(intent: Collections, title: str) -> Key:
    found = (f for f in declared(intent) if not isinstance(f, Problem))
    return next(handle for handle, collection, _ in found if collection.title == title)
