"""Metafields as the platform tells them: asked for by name in few requests, by id, or all.

A row is a metafield as Shopify answers it: `id namespace key type value compareDigest reference`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from providers.kit.graphql import Query
from providers.shopify.client import ShopifyReader
from providers.shopify.identified import Field, Wish, identified
from providers.shopify.parts import parts_of
from reconciler.model.address import Key, Remote

Row = dict[str, Any]

_KEYS_TOGETHER: Final = 50
_POINTS_TOGETHER: Final = 500

FRAGMENT: Final = """fragment Value on Metafield {
  id namespace key type value compareDigest
  reference {
    __typename
    ... on Page { handle }
    ... on Product { handle }
    ... on ProductVariant { title product { handle } }
    ... on Collection { handle }
    ... on MediaImage { image { url } }
    ... on GenericFile { url }
  }
}"""
_POINTS: Final = 4
"""What one metafield costs: itself, its reference, the reference's image."""


def points_of(keys: int) -> int:
    """What a product with so many metafields costs: a page of them grows with its logarithm."""
    return 4 + _POINTS * max(1, math.ceil(math.log2(keys)))


_EVERY: Final = Query(
    f"""query EveryMetafield($after: String) {{
      products(first: 4, after: $after, sortKey: ID) {{
        nodes {{
          id handle
          metafields(first: 40) {{ nodes {{ ...Value }} pageInfo {{ hasNextPage endCursor }} }}
        }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}
    {FRAGMENT}""",
    cost=80,
)

POINTS_OF_EVERY: Final = _EVERY.cost / 4
"""What reading a product with everything costs."""

_MORE: Final = Query(
    f"""query MoreMetafields($id: ID!, $after: String) {{
      product(id: $id) {{
        metafields(first: 100, after: $after) {{
          nodes {{ ...Value }}
          pageInfo {{ hasNextPage endCursor }}
        }}
      }}
    }}
    {FRAGMENT}""",
    cost=40,
)

_BY_ID: Final = Query(
    f"""query MetafieldsById($ids: [ID!]!) {{
      nodes(ids: $ids) {{
        ... on Metafield {{ ...Value owner {{ ... on Product {{ id handle }} }} }}
      }}
    }}
    {FRAGMENT}""",
    cost=20,
)


class Name(NamedTuple):
    """What a key is made of."""

    handle: str
    namespace: str
    key: str

    @classmethod
    def of(cls, key: Key) -> Name:
        handle, _, name = key.removeprefix("product/").partition("/")
        namespace, _, rest = name.rpartition(".")
        return cls(handle, namespace, rest)

    @property
    def full(self) -> str:
        return f"{self.namespace}.{self.key}"


def metafield_key(handle: str, namespace: str, key: str) -> Key:
    return f"product/{handle}/{namespace}.{key}"


def points_of_all(wanted: Iterable[Key]) -> int:
    """What the wanted keys cost, asked for by their names."""
    by_product = Counter(Name.of(key).handle for key in wanted)
    return sum(points_of(keys) for keys in by_product.values())


def pieces(wanted: Mapping[Key, Remote | None]) -> Iterable[list[Wish]]:
    """The wanted keys by product, in as few requests as their cost allows."""
    by_product: dict[str, list[str]] = {}
    for name in map(Name.of, wanted):
        by_product.setdefault(name.handle, []).append(name.full)
    wishes = [
        Wish({"handle": handle}, part)
        for handle, names in by_product.items()
        for part in parts_of(names, _KEYS_TOGETHER)
    ]
    piece: list[Wish] = []
    for wish in wishes:
        if piece and piece_points([*piece, wish]) > _POINTS_TOGETHER:
            yield piece
            piece = []
        piece.append(wish)
    if piece:
        yield piece


def piece_points(wishes: Sequence[Wish]) -> int:
    """What these cost at most, asked for in one request."""
    return len(wishes) * points_of(_most_keys(wishes))


def _most_keys(wishes: Sequence[Wish]) -> int:
    return max(len(wish.keys or ()) for wish in wishes)


async def named(session: ShopifyReader, wishes: Sequence[Wish]) -> list[tuple[Key, Row]]:
    most = _most_keys(wishes)
    selection = f"id handle metafields(first: {most}, keys: $keys) {{ nodes {{ ...Value }} }}"
    field = Field(
        "productByIdentifier", "ProductIdentifierInput", selection, FRAGMENT, points_of(most)
    )
    products = await identified(session, field, wishes)
    return [
        (key_of(str(wish.identifier["handle"]), row), row)
        for wish, product in zip(wishes, products, strict=True)
        if product is not None
        for row in product["metafields"]["nodes"]
    ]


async def every(session: ShopifyReader) -> AsyncIterator[tuple[str, Row]]:
    async for product in session.pages(_EVERY, "products"):
        page = product["metafields"]
        for row in page["nodes"]:
            yield product["handle"], row
        async for row in session.rest(page, _MORE, "product", "metafields", id=product["id"]):
            yield product["handle"], row


async def by_id(session: ShopifyReader, ids: Sequence[Remote]) -> AsyncIterator[Row]:
    """The metafields among them that are there still, and belong to a product."""
    for row in (await session.query(_BY_ID, ids=list(ids)))["nodes"]:
        if row and (row.get("owner") or {}).get("handle"):
            yield row


def key_of(handle: str, row: Mapping[str, Any]) -> Key:
    """Asked for by keys, a metafield tells its namespace in its key a second time."""
    return metafield_key(handle, row["namespace"], row["key"].rpartition(".")[2])


def full_name(row: Mapping[str, Any]) -> str:
    return f"{row['namespace']}.{row['key'].rpartition('.')[2]}"
