"""Products as the shop shows them, with their media: what a capsule is inspected by. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.kit.graphql import Query
from providers.shopify.client import ShopifyReader
from providers.shopify.identified import Field, by_handle
from providers.shopify.naming import file_name
from reconciler.model.address import Key
from reconciler.model.product import LiveProduct, LiveProducts, Medium

_TOGETHER: Final = 10
_MEDIA: Final = 50

_NODES: Final = """nodes { __typename id alt status ... on MediaImage { image { url } } }
  pageInfo { hasNextPage endCursor }"""

_PRODUCT: Final = Field(
    "productByIdentifier",
    "ProductIdentifierInput",
    f"""id handle title status productType tags
    resourcePublicationsCount {{ count }}
    media(first: {_MEDIA}, sortKey: POSITION) {{ {_NODES} }}""",
    cost=40,
)

_MORE: Final = Query(
    f"""query MoreMedia($id: ID!, $after: String) {{
      product(id: $id) {{ media(first: 250, after: $after, sortKey: POSITION) {{ {_NODES} }} }}
    }}""",
    cost=30,
)


async def inspect(session: ShopifyReader, keys: Sequence[Key]) -> LiveProducts:
    """By handle. An image's name is that of its file; a video or a model has none."""
    found: dict[Key, LiveProduct] = {}
    async for handle, row in by_handle(session, _PRODUCT, keys, _TOGETHER):
        found[handle] = _product(handle, row, await _media(session, row))
    return found


async def _media(session: ShopifyReader, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All media, however many pages they take."""
    rest = session.rest(row["media"], _MORE, "product", "media", id=row["id"])
    return [*row["media"]["nodes"], *[node async for node in rest]]


def _product(handle: Key, row: Mapping[str, Any], media: Sequence[dict[str, Any]]) -> LiveProduct:
    count = row["resourcePublicationsCount"]
    return LiveProduct(
        key=handle,
        remote=row["id"],
        status=row["status"],
        is_active=row["status"] == "ACTIVE",
        is_published=bool(count and count["count"]),
        type=row["productType"],
        tags=tuple(row["tags"]),
        media=tuple(_mediums(media)),
        title=row["title"],
    )


def _mediums(media: Sequence[dict[str, Any]]) -> Iterator[Medium]:
    for position, node in enumerate(media, start=1):
        is_image = node["__typename"] == "MediaImage"
        yield Medium(
            remote=node.get("id", ""),
            position=position,
            name=file_name(node) if is_image else None,
            is_image=is_image,
            status=node.get("status", ""),
            alt=node.get("alt"),
            url=(node.get("image") or {}).get("url"),
        )
