"""How many products carry something: what a deletion would take from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from providers.kit.graphql import Query
from providers.saleor.client import SaleorReader
from providers.saleor.listing import PRODUCTS, attributes_with_choices, by_id, listed
from providers.saleor.shelf import Node
from reconciler.model.address import Address, Remote

AT_ONCE: Final = 50
"""Counts in one request, of the hundred aliases that it may hold."""

FILTERED: Final = frozenset({"DROPDOWN", "MULTISELECT", "SWATCH", "BOOLEAN"})
"""Input types whose carriers a filter finds. Asked for the values of another one, a server answers
with no product at all (Saleor: `filter_products_by_attributes`), as if nothing carried any."""

Condition = Mapping[str, Any]
"""On an attribute."""
Filter = Mapping[str, Any]
"""On products."""


def would_lose(count: int, what: str) -> str:
    return f"{count} product{'' if count == 1 else 's'} would lose {what}"


async def carrying_values(
    session: SaleorReader, values: Mapping[Address, tuple[str, str]]
) -> dict[Address, int]:
    """values: address → attribute slug and value slug."""
    conditions = [{"slug": slug, "values": [value]} for slug, value in values.values()]
    return dict(zip(values, await _counts(session, conditions), strict=True))


async def carrying_attributes(
    session: SaleorReader, attributes: Mapping[Address, Remote]
) -> dict[Address, int]:
    """Products with any value of an attribute; a flag counts whichever way it stands."""
    found = await attributes_with_choices(session, by_id(attributes.values()))
    by_remote = {node["id"]: node for node in found}
    counts = dict.fromkeys(attributes, 0)
    asked: list[tuple[Address, Condition]] = []
    for address, remote in attributes.items():
        asked += [(address, c) for c in _conditions(by_remote.get(remote))]
    told = await _counts(session, [condition for _, condition in asked])
    for (address, _), count in zip(asked, told, strict=True):
        counts[address] += count
    read = {a: by_remote[r] for a, r in attributes.items() if _must_be_read(by_remote.get(r))}
    return counts | await _counted_by_reading(session, {a: (None, n) for a, n in read.items()})


async def carrying_assignments(
    session: SaleorReader, assignments: Mapping[Address, tuple[Remote, Remote]]
) -> dict[Address, int]:
    """Products of a type with any value of an attribute. assignments: the ids of both."""
    nodes = await attributes_with_choices(session, by_id(a for _, a in assignments.values()))
    by_remote = {node["id"]: node for node in nodes}
    counts = dict.fromkeys(assignments, 0)
    asked: list[tuple[Address, Filter]] = []
    for address, (product_type, attribute) in assignments.items():
        for condition in _conditions(by_remote.get(attribute)):
            asked.append((address, {"attributes": [condition], "productTypes": [product_type]}))
    told = await _counted(session, [filter_ for _, filter_ in asked])
    for (address, _), count in zip(asked, told, strict=True):
        counts[address] += count
    read = {
        address: (address.key.partition("/")[0], by_remote[attribute])
        for address, (_, attribute) in assignments.items()
        if _must_be_read(by_remote.get(attribute))
    }
    return counts | await _counted_by_reading(session, read)


def _must_be_read(attribute: Node | None) -> bool:
    return attribute is not None and attribute["inputType"] not in FILTERED


async def _counted_by_reading(
    session: SaleorReader, wanted: Mapping[Address, tuple[str | None, Node]]
) -> dict[Address, int]:
    """wanted: address → the slug of a product type, or None for all, and the attribute."""
    products = await listed(session, PRODUCTS, "products", [{}]) if wanted else []
    return {
        address: sum(
            type_ in (None, product["productType"]["slug"]) and _carries(product, attribute)
            for product in products
        )
        for address, (type_, attribute) in wanted.items()
    }


def _carries(product: Node, attribute: Node) -> bool:
    return any(
        selected["attribute"]["id"] == attribute["id"] and selected["values"]
        for selected in product["attributes"]
    )


def _conditions(attribute: Mapping[str, Any] | None) -> list[Condition]:
    if attribute is None or _must_be_read(attribute):
        return []
    if attribute["choices"]:
        slugs = [choice["slug"] for choice in attribute["choices"]]
        return [{"slug": attribute["slug"], "values": slugs}]
    return [{"slug": attribute["slug"], "boolean": flag} for flag in (True, False)]


async def _counts(session: SaleorReader, conditions: Sequence[Condition]) -> list[int]:
    return await _counted(session, [{"attributes": [condition]} for condition in conditions])


async def _counted(session: SaleorReader, filters: Sequence[Filter]) -> list[int]:
    counts: list[int] = []
    for start in range(0, len(filters), AT_ONCE):
        part = filters[start : start + AT_ONCE]
        variables = {f"f{index}": filter_ for index, filter_ in enumerate(part)}
        data = await session.query(Query(_document(len(part))), **variables)
        counts += [int(data[f"c{index}"]["totalCount"]) for index in range(len(part))]
    return counts


def _document(count: int) -> str:
    declared = ", ".join(f"$f{index}: ProductFilterInput" for index in range(count))
    fields = "\n".join(
        f"  c{index}: products(filter: $f{index}) {{ totalCount }}" for index in range(count)
    )
    return f"query Carrying({declared}) {{\n{fields}\n}}"
