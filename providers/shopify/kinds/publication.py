"""Publications, looked up by name because products and collections are published to them.

A publication is what Shopify's admin calls a sales channel: `Online Store`, `Point of Sale`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from providers.kit.graphql import Query
from providers.kit.lookup import Existing, Lookup
from providers.shopify.client import PAGE, ShopifyReader
from reconciler.model.address import Address
from reconciler.model.resource import Resource
from reconciler.provider import ALL, PlatformError, Wanted

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
        """Keys are names. Raises `PlatformError` for one that is wanted and borne by several."""
        rows = [row async for row in session.pages(_EVERY, "publications")]
        times = Counter(map(name_of, rows))
        for row in rows:
            name = name_of(row)
            if wanted is not ALL and name not in wanted:
                continue
            if times[name] > 1:
                told = f"{times[name]} publications are called {name}"
                raise PlatformError(f"{told} · rename all but one of them in the admin")
            yield Resource(Address(target, self.name, name), Existing(), row["id"])


async def shared_names(session: ShopifyReader) -> frozenset[str]:
    """Names that several publications have: nobody can say which of them is meant."""
    times = Counter([name_of(row) async for row in session.pages(_EVERY, "publications")])
    return frozenset(name for name, count in times.items() if count > 1)


def name_of(row: Mapping[str, Any]) -> str:
    """What the admin shows. `name` is deprecated in favour of the catalog's title, which a
    publication without a channel has not."""
    return str(row["name"] or (row["catalog"] or {}).get("title") or "")
