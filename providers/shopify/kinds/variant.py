"""Variants, looked up because metafields refer to them: `<product's handle>/<variant's title>`.

A title is what tells a product's variants apart (`Small / Black`); SKUs may be missing, and may
stand on several.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from providers.kit.graphql import Query
from providers.kit.lookup import Existing, Lookup
from providers.shopify.client import PAGE, ShopifyReader
from providers.shopify.identified import Field, by_handle
from reconciler.model.address import Address
from reconciler.model.resource import Resource
from reconciler.provider import ALL, Wanted

_TOGETHER: Final = 20

_NODES: Final = "nodes { id title } pageInfo { hasNextPage endCursor }"
_BY_HANDLE: Final = Field(
    "productByIdentifier",
    "ProductIdentifierInput",
    f"id variants(first: {PAGE}) {{ {_NODES} }}",
    cost=12,
)
_MORE: Final = Query(
    f"""query MoreTitles($id: ID!, $after: String) {{
      product(id: $id) {{ variants(first: {PAGE}, after: $after) {{ {_NODES} }} }}
    }}""",
    cost=12,
)


class VariantKind(Lookup):
    name = "variant"

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        """There is no reading of all: nobody lists a shop's variants."""
        keys = () if wanted is ALL else tuple(wanted)
        handles = dict.fromkeys(key.partition("/")[0] for key in keys)
        async for handle, product in by_handle(session, _BY_HANDLE, handles, _TOGETHER):
            for variant in await _variants(session, product):
                key = f"{handle}/{variant['title']}"
                if key in keys:
                    yield Resource(Address(target, "variant", key), Existing(), variant["id"])


async def _variants(session: ShopifyReader, product: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All of a product, however many pages they take."""
    page = product["variants"]
    rest = session.rest(page, _MORE, "product", "variants", id=product["id"])
    return [*page["nodes"], *[variant async for variant in rest]]
