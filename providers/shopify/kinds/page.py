"""Pages of the online store, looked up by handle because metafields refer to them.

Shopify has no exact way to a page by its handle, only the search; what it finds is compared
with the handles once more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from providers.kit.graphql import Query
from providers.kit.lookup import Existing, Lookup
from providers.shopify.client import PAGE, ShopifyReader
from providers.shopify.parts import parts_of
from providers.shopify.search import any_of
from reconciler.model.address import Address
from reconciler.model.resource import Resource
from reconciler.provider import ALL, Wanted

_TOGETHER: Final = 50

_PAGES: Final = Query(
    f"""query Pages($search: String, $after: String) {{
      pages(first: {PAGE}, after: $after, query: $search, sortKey: ID) {{
        nodes {{ id handle }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=20,
)


class PageKind(Lookup):
    name = "page"

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        """Keys are handles."""
        searches = [(None, None)] if wanted is ALL else _searches(wanted)
        for query, handles in searches:
            async for page in session.pages(_PAGES, "pages", search=query):
                if handles is None or page["handle"] in handles:
                    address = Address(target, "page", page["handle"])
                    yield Resource(address, Existing(), page["id"])


def _searches(wanted: Wanted) -> list[tuple[str | None, frozenset[str] | None]]:
    assert wanted is not ALL
    return [(any_of("handle", part), frozenset(part)) for part in parts_of(wanted, _TOGETHER)]
