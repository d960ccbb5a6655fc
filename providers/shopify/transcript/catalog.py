"""The products of a shop by their types: what a selector would find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from providers.kit.graphql import Query
from providers.shopify.client import PAGE, ShopifyReader
from reconciler.model.address import Key
from reconciler.model.question import Answers, Question

_PRODUCTS: Final = Query(
    f"""query Types($after: String) {{
      products(first: {PAGE}, after: $after, sortKey: ID) {{
        nodes {{ handle productType }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=20,
)


@dataclass(frozen=True, slots=True)
class Catalog:
    """by_type: product type → the handles of all its products, in the order of their ids. Types
    that differ in their case alone are one, as the search has it."""

    by_type: Mapping[str, tuple[Key, ...]]

    @property
    def answers(self) -> Answers:
        return {Question("type", type_): found for type_, found in self.by_type.items()}


async def catalog(session: ShopifyReader) -> Catalog:
    found: dict[str, list[Key]] = {}
    words: dict[str, str] = {}
    async for row in session.pages(_PRODUCTS, "products"):
        type_ = row["productType"]
        if type_:
            found.setdefault(words.setdefault(type_.casefold(), type_), []).append(row["handle"])
    return Catalog({type_: tuple(handles) for type_, handles in found.items()})
