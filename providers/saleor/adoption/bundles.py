"""Bundles back into their documents."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.intent.bundles import Bundles
from reconciler.intent.edit import REMOVE, Edit
from reconciler.model.problem import Problem
from reconciler.provider import Compilation, Restatement


def bundles(
    intent: Bundles, wish: Restatement, _compilation: Compilation
) -> Iterator[Edit | Problem]:
    if wish.address.kind == "bundle":
        yield _bundle(intent, wish)
    elif wish.values is not None and set(wish.values) == {"name"}:
        yield Edit(intent.path, ("into", "label"), wish.values["name"])
    else:
        yield Problem(
            wish.source,
            f"{wish.address.key} is not as bundles need it any more",
            "apply to put it back, or name another attribute",
        )


def _bundle(intent: Bundles, wish: Restatement) -> Edit:
    product = wish.address.key.partition("/")[0]
    if wish.values is None:
        return Edit(intent.path, ("bundles", product), REMOVE)
    live = list(wish.values.get("components") or ())
    return Edit(intent.path, ("bundles", product, "components"), live)
