"""Publications, looked up by name because products and collections are published to them.

A publication is what Shopify's admin calls a sales channel: `Online Store`, `Point of Sale`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from providers.kit.graphql import Query
from providers.kit.lookup import Existing, Lookup
from providers.shopify.client import PAGE, ShopifyReader
from reconciler.model.address import Address
from reconciler.model.resource import Resource
from reconciler.provider import ALL, Wanted

NAMED: Final = "id name catalog { title }"

_EVERY: Final = Query(
    f"""query Publications($after: String) {{
      publications(first: {PAGE}, after: $after) {{
        nodes {{ {NAMED} }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=26,
)


class PublicationKind(Lookup):
    name = "publication"

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        """Keys are names."""
        async for row in session.pages(_EVERY, "publications"):
            name = name_of(row)
            if wanted is ALL or name in wanted:
                yield Resource(Address(target, self.name, name), Existing(), row["id"])


def name_of(row: Mapping[str, Any]) -> str:
    """What the admin shows. `name` is deprecated in favour of the catalog's title, which a
    publication without a channel has not."""
    return str(row["name"] or (row["catalog"] or {}).get("title") or "")
