"""Products' galleries as they are shown, asked for by handle, some products at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from providers.kit.graphql import Query
from providers.shopify.client import ShopifyReader
from providers.shopify.identified import Field, by_handle
from providers.shopify.naming import file_name
from reconciler.model.address import Key, Remote
from reconciler.model.cost import Cost, Range
from reconciler.provider import All, PlatformError

LARGEST: Final = 250
"""Pictures that a gallery may have."""

_TOGETHER: Final = 20
_POINTS: Final = 20

_SELECTION: Final = f"""id handle status media(first: {LARGEST}) {{
  nodes {{ id ... on MediaImage {{ image {{ url }} }} }}
  pageInfo {{ hasNextPage }}
}}"""
_BY_HANDLE: Final = Field("productByIdentifier", "ProductIdentifierInput", _SELECTION, cost=_POINTS)
_EVERY: Final = Query(
    f"""query EveryGallery($after: String) {{
      products(first: {_TOGETHER}, after: $after, sortKey: ID) {{
        nodes {{ {_SELECTION} }}
        pageInfo {{ hasNextPage endCursor }}
      }}
    }}""",
    cost=110,
)


@dataclass(frozen=True, slots=True)
class Gallery:
    """order: the ids of all media; pictures: those that have a name, by it, the first of each."""

    handle: Key
    product: Remote
    is_draft: bool
    order: tuple[Remote, ...]
    pictures: Mapping[Key, Mapping[str, Any]]

    @property
    def names(self) -> tuple[Key, ...]:
        """The names of the pictures, in order."""
        return tuple(self.pictures)

    @property
    def first(self) -> Key | None:
        """The name of what comes first of all; None where that is no picture with a name."""
        by_id = {file["id"]: name for name, file in self.pictures.items()}
        return by_id.get(self.order[0]) if self.order else None


async def galleries(session: ShopifyReader, handles: All | Iterable[Key]) -> AsyncIterator[Gallery]:
    """Of the products that are there. Raises `PlatformError` for a gallery that is not told as a
    whole."""
    if isinstance(handles, All):
        async for product in session.pages(_EVERY, "products"):
            yield _gallery(product["handle"], product)
        return
    async for handle, product in by_handle(session, _BY_HANDLE, handles, _TOGETHER):
        yield _gallery(handle, product)


def reading(products: int) -> Range:
    """What it costs to ask for the galleries of so many products."""
    pieces = -(-products // _TOGETHER)
    return Range(Cost(pieces, 3 * products), Cost(pieces, _POINTS * products))


def _gallery(handle: Key, product: Mapping[str, Any]) -> Gallery:
    media = product["media"]
    if media["pageInfo"]["hasNextPage"]:
        cause = f"{handle} shows more than {LARGEST} media, and Shopify says that none does"
        raise PlatformError(f"{cause} · take some out of its gallery in the admin")
    pictures: dict[Key, Mapping[str, Any]] = {}
    for node in media["nodes"]:
        name = file_name(node)
        if name is not None:
            pictures.setdefault(name, node)
    order = tuple(node["id"] for node in media["nodes"])
    is_draft = product["status"] != "ACTIVE"
    return Gallery(handle, product["id"], is_draft, order, pictures)
