"""Categories and relations as their intents."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

from providers.plytix.client import Row
from providers.plytix.keys import parts
from providers.plytix.kinds.bundle import Bundle
from providers.plytix.kinds.category import Category
from reconciler.model.address import Key
from reconciler.model.resource import Resource
from reconciler.provider import LeftOut

Told = tuple[str, Mapping[str, Any]] | LeftOut
"""A document by its path below `desired/`, or what can not be said."""


def collections(
    target: str, found: Sequence[Resource[Category]], tree: Sequence[Row]
) -> Iterator[Told]:
    """Those at the root, all in one document, under handles of our making."""
    entries: dict[Key, dict[str, Any]] = {}
    for resource in found:
        name, live = resource.address.key, resource.spec
        products = list(live.products) if isinstance(live.products, tuple) else []
        entries[_handle(name, entries)] = {"title": name, "products": products}
    below = [row for row in tree if row.get("parents_ids")]
    if below:
        many = f"{len(below)} categories stand" if len(below) > 1 else "1 category stands"
        yield LeftOut(f"{many} below others · only those at the root can be said")
    if entries:
        yield f"collections/{target}.yaml", {"targets": [target], "collections": entries}


def bundles(
    target: str, found: Sequence[Resource[Bundle]], known: Mapping[Key, Row]
) -> Iterator[Told]:
    """A document a relationship. Quantities are told where they are not one."""
    entries: dict[Key, dict[Key, Any]] = {}
    for resource in found:
        sku, label = parts(resource.address.key)
        counts = resource.spec.quantities
        counts = counts if isinstance(counts, Mapping) else {}
        entry: dict[str, Any] = {"components": sorted(counts)}
        several = {component: count for component, count in counts.items() if count != 1}
        entry |= {"quantities": several} if several else {}
        entries.setdefault(label, {})[sku] = entry
    for label, content in entries.items():
        into = {"attribute": label, "label": known[label]["name"]}
        document = {"targets": [target], "into": into, "bundles": content}
        yield f"bundles/{label}.yaml", document


def _handle(name: str, taken: Mapping[Key, Any]) -> Key:
    return unlike(re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "category", taken)


def unlike(name: str, taken: Collection[str]) -> str:
    """The name, with a number where another has it already; `taken` are in lower case."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(one for one in chain((name,), numbered) if one.casefold() not in taken)
