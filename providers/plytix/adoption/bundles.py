"""Relationships and bundles back into their documents."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.intent.bundles import Bundles
from reconciler.intent.edit import REMOVE, Edit, substituted
from reconciler.model.problem import Problem
from reconciler.provider import Compilation, Restatement


def bundles(
    intent: Bundles, wish: Restatement, _compilation: Compilation
) -> Iterator[Edit | Problem]:
    if wish.address.kind == "bundle":
        yield _bundle(intent, wish)
    elif wish.values is not None:
        yield Edit(intent.path, ("into", "label"), wish.values["name"])
    else:
        cause = f"the relationship {wish.address.key} is gone, and bundles need it"
        yield Problem(wish.source, cause, "apply to make it again, or name another one")


def _bundle(intent: Bundles, wish: Restatement) -> Edit:
    product = wish.address.key.rpartition("/")[0]
    if wish.values is None:
        return Edit(intent.path, ("bundles", product), REMOVE)
    live = wish.values.get("components") or ()
    stated = intent.bundles[product].components
    return Edit(intent.path, ("bundles", product, "components"), substituted(stated, live))
