"""Products, and what of them rules look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, Final

from providers.kit.graphql import Query
from providers.shopify.client import PAGE, ShopifyReader
from providers.shopify.conditions import CATEGORY
from providers.shopify.identified import Field, by_handle
from providers.shopify.preview.rules import Looked
from reconciler.concurrent import side_by_side
from reconciler.model.address import Key

_VARIANTS: Final = 20
"""Variants that are read along with a product; more of them are read page by page."""

_WITH_VARIANTS: Final = 50
"""Products a page where their variants are looked at."""

_TOGETHER: Final = 50

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Variant:
    """weight: in its own unit, with the vendor's name of it."""

    title: str
    price: Decimal
    compare_at_price: Decimal | None
    inventory: int | None
    weight: tuple[Decimal, str] | None


@dataclass(frozen=True, slots=True)
class Product:
    """metafields: the stored values by `namespace.key`, of those that are looked at."""

    handle: Key
    title: str
    type: str
    vendor: str
    tags: frozenset[str]
    status: str
    category: str | None
    variants: tuple[Variant, ...] = ()
    metafields: Mapping[str, str | None] = field(default_factory=dict)


_VARIANT: Final = """title price compareAtPrice inventoryQuantity
  inventoryItem { measurement { weight { unit value } } }"""

_MORE: Final = Query(
    f"""query MoreVariants($id: ID!, $after: String) {{
      product(id: $id) {{ variants(first: {PAGE}, after: $after) {{
        nodes {{ {_VARIANT} }} pageInfo {{ hasNextPage endCursor }}
      }} }}
    }}""",
    cost=40,
)


def _selection(looked: Looked) -> str:
    page = f"nodes {{ {_VARIANT} }} pageInfo {{ hasNextPage endCursor }}"
    variants = f"variants(first: {_VARIANTS}) {{ {page} }}" if looked.variants else ""
    metafields = " ".join(
        f'f{n}: metafield(namespace: "{name.partition(".")[0]}", key: "{name.partition(".")[2]}")'
        " { value }"
        for n, name in enumerate(looked.metafields)
    )
    plain = "id handle title productType vendor tags status category { id }"
    return f"{plain} {metafields} {variants}"


async def found(session: ShopifyReader, search: str | None, looked: Looked) -> list[Product]:
    """The products that a search finds; all of them where it is None."""
    size = _WITH_VARIANTS if looked.variants else PAGE
    query = Query(
        f"""query ProductsOfRules($search: String, $after: String) {{
          products(first: {size}, after: $after, query: $search, sortKey: ID) {{
            nodes {{ {_selection(looked)} }} pageInfo {{ hasNextPage endCursor }}
          }}
        }}""",
        cost=_cost(looked, size),
    )
    rows = [row async for row in session.pages(query, "products", search=search)]
    return await _whole(session, rows, looked)


async def called(session: ShopifyReader, handles: Iterable[Key], looked: Looked) -> list[Product]:
    """Products by their handles; one that is not there is left out."""
    asked = Field(
        "productByIdentifier", "ProductIdentifierInput", _selection(looked), cost=_cost(looked, 1)
    )
    together = 10 if looked.variants else _TOGETHER
    there = by_handle(session, asked, sorted(handles), together)
    return await _whole(session, [row async for _, row in there], looked)


_MEMBERS: Final = Query(
    f"""query MembersOfCollection($handle: String!, $after: String) {{
      collectionByIdentifier(identifier: {{ handle: $handle }}) {{
        products(first: {PAGE}, after: $after, sortKey: ID) {{
          nodes {{ handle }} pageInfo {{ hasNextPage endCursor }}
        }}
      }}
    }}""",
    cost=20,
)


async def members_of(session: ShopifyReader, handle: Key) -> frozenset[Key] | None:
    """The products that belong to a collection now; None where there is no such collection."""
    found = (await session.query(_MEMBERS, handle=handle))["collectionByIdentifier"]
    if found is None:
        return None
    way = ("collectionByIdentifier", "products")
    rest = session.rest(found["products"], _MEMBERS, *way, handle=handle)
    first = [node["handle"] for node in found["products"]["nodes"]]
    return frozenset([*first, *[node["handle"] async for node in rest]])


def _cost(looked: Looked, size: int) -> float:
    """Generously: what a product costs, and how often that counts on a page."""
    one = 3 + len(looked.metafields) + (25 if looked.variants else 0)
    return one if size == 1 else 2 + 8 * one


async def _whole(
    session: ShopifyReader, rows: Sequence[dict[str, Any]], looked: Looked
) -> list[Product]:
    if looked.variants:
        await side_by_side(partial(_with_all_variants, session, row) for row in rows)
    return [_product(row, looked) for row in rows]


async def _with_all_variants(session: ShopifyReader, row: dict[str, Any]) -> None:
    variants = row["variants"]
    rest = session.rest(variants, _MORE, "product", "variants", id=row["id"])
    variants["nodes"] += [node async for node in rest]


def _product(row: Row, looked: Looked) -> Product:
    values = {name: row[f"f{n}"] for n, name in enumerate(looked.metafields)}
    category = row["category"]
    return Product(
        handle=row["handle"],
        title=row["title"],
        type=row["productType"],
        vendor=row["vendor"],
        tags=frozenset(tag.casefold() for tag in row["tags"]),
        status=row["status"],
        category=category["id"].removeprefix(CATEGORY) if category else None,
        variants=tuple(map(_variant, row["variants"]["nodes"])) if looked.variants else (),
        metafields={name: held["value"] if held else None for name, held in values.items()},
    )


def _variant(row: Row) -> Variant:
    compared, weight = row["compareAtPrice"], row["inventoryItem"]["measurement"]["weight"]
    return Variant(
        title=row["title"],
        price=Decimal(row["price"]),
        compare_at_price=Decimal(compared) if compared is not None else None,
        inventory=row["inventoryQuantity"],
        weight=(Decimal(str(weight["value"])), weight["unit"]) if weight else None,
    )
