"""Metadata back into metafields' documents; what a selector gave is then said by name."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.metafields import Content, Metafields
from reconciler.model.address import Key
from reconciler.provider import Compilation, Restatement


def metafields(intent: Metafields, wish: Restatement, _compilation: Compilation) -> Iterator[Edit]:
    product = wish.address.key.partition("/")[0]
    if wish.values is None:
        if product in intent.values:
            yield Edit(intent.path, ("values", product), REMOVE)
        return
    for path, live in wish.values.items():
        key = path.removeprefix(f"entries.{intent.namespace}.")
        value = _scalar(live, _stated(intent, product, key))
        yield Edit(intent.path, ("values", product, key), value)


def _stated(intent: Metafields, product: Key, key: Key) -> Content:
    by_name = intent.values.get(product, {})
    selected = (s.set[key] for s in intent.selectors if key in s.set)
    return by_name[key] if key in by_name else next(selected, None)


def _scalar(live: str | None, stated: Content) -> Content:
    """Of the sort that is stated now, where the text is one of that sort."""
    if isinstance(stated, bool) and live in ("true", "false"):
        return live == "true"
    if isinstance(stated, int) and live is not None and live.lstrip("-").isdigit():
        return int(live)
    return live
