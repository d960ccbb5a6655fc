"""Products, looked up by handle because metafields belong to them. A draft's pictures are shown
to nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from providers.kit.graphql import Query
from providers.kit.lookup import Existing, Lookup
from providers.shopify.bulk import Busy
from providers.shopify.client import PAGE, ShopifyReader
from providers.shopify.exports import is_worth, products_in_bulk
from providers.shopify.identified import Field, by_handle
from reconciler.model.address import Address, Key
from reconciler.model.resource import Resource
from reconciler.provider import ALL, Wanted

_TOGETHER: Final = 100

_BY_HANDLE: Final = Field("productByIdentifier", "ProductIdentifierInput", "id status", cost=1)

_EVERY: Final = Query(
    f"""query EveryProduct($after: String) {{
      products(first: {PAGE}, after: $after, sortKey: ID) {{
        nodes {{ id handle status }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=20,
)


class ProductKind(Lookup):
    name = "product"

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        """Keys are handles."""
        if wanted is ALL:
            async for row in session.pages(_EVERY, "products"):
                yield _resource(target, row["handle"], row)
            return
        if is_worth(session, len(wanted), len(wanted) * _BY_HANDLE.cost):
            try:
                async for row in products_in_bulk(session, wanted):
                    yield _resource(target, row["handle"], row)
                return
            except Busy:
                pass
        async for handle, product in by_handle(session, _BY_HANDLE, wanted, _TOGETHER):
            yield _resource(target, handle, product)


_EXISTING: Final = Existing()


def _resource(target: str, handle: Key, row: Mapping[str, Any]) -> Resource[Existing]:
    address = Address(target, "product", handle)
    return Resource(address, _EXISTING, row["id"], is_draft=row["status"] != "ACTIVE")
