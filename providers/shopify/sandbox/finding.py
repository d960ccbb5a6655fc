"""Products that a search finds: as it last knew them, and quickly also among many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from providers.shopify.sandbox import search
from providers.shopify.sandbox.ids import gid
from providers.shopify.sandbox.ordered import Ordered
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.products import INDEX_SECONDS, ORDER, counted, is_known
from providers.shopify.sandbox.shop import LONG_AGO, Info, Shop, Thing

_TAGGED: Final[search.Match] = search.one_of(lambda product: product["tags"])

_SEARCHED: Final[search.Fields] = {
    "id": search.id_matches,
    "handle": search.in_list(lambda product: str(product["handle"])),
    "title": search.text_is(lambda product: str(product["title"])),
    "vendor": search.text_is(lambda product: str(product["vendor"])),
    "product_type": search.text_is(lambda product: str(product["productType"])),
    "status": search.in_list(lambda product: str(product["status"])),
    "tag": _TAGGED,
    "tag_not": lambda product, value: not _TAGGED(product, value),
}


def found(shop: Shop, query: str | None, path: str) -> Ordered:
    """In the order of their ids. What a query says wrongly is noted as a warning."""
    if not query or not query.strip():
        return shop.in_order("Product")
    search.warn(shop, query, _SEARCHED, path)
    few = _few(shop, query)
    if few is None and _is_settled(shop):
        return shop.derived(
            "Product", f"found {query}", lambda things: _matching(shop, things, query)
        )
    return _matching(shop, shop.all("Product") if few is None else few, query)


def _matching(shop: Shop, products: Iterable[Thing], query: str) -> Ordered:
    pairs = dict(_as_searched(shop, products))
    known = [pairs[id_][0] for id_ in pairs]
    matching = search.matching(known, query, _SEARCHED, _texts)
    return Ordered.by_id(pairs[product["id"]][1] for product in matching)


def _as_searched(
    shop: Shop, products: Iterable[Thing]
) -> Iterator[tuple[str, tuple[Thing, Thing]]]:
    """Products that the search knows, by their ids: as it knows them, and as they are."""
    for product in products:
        if is_known(shop, product):
            yield product["id"], (product, product)
        elif product["was"] is not None:
            yield product["id"], (product["was"], product)


def _is_settled(shop: Shop) -> bool:
    """Whether the search knows every product as it is, and will until one changes."""
    latest = shop.derived("Product", "the latest change", _latest)
    return shop.now - latest >= INDEX_SECONDS


def _latest(products: Iterable[Thing]) -> float:
    return max((product["changed_at"] for product in products), default=LONG_AGO)


def _few(shop: Shop, query: str) -> list[Thing] | None:
    """The only products that a query can find, where it asks for ids or handles; else None.
    What the search knows otherwise than it is, is looked at as well."""
    ids, handles = search.demanded(query, "id"), search.demanded(query, "handle")
    if ids is not None:
        return _by_ids(shop, ids)
    if handles is not None and "*" not in handles and _is_settled(shop):
        names = [name.strip() for name in handles.split(",")]
        return [p for name in names for p in shop.where("Product", "handle", name.casefold())]
    return None


def _by_ids(shop: Shop, asked: str) -> list[Thing] | None:
    comparison = re.fullmatch(r"(>=|<=|>|<)?(\d+)", asked)
    if comparison is None:
        return None
    number = int(comparison[2])
    if comparison[1] is None:
        one = shop.one("Product", gid("Product", number))
        return [one] if one else []
    ordered = shop.in_order("Product")
    at = ordered.before((number, 0))
    return ordered.nodes[at:] if comparison[1].startswith(">") else ordered.nodes[: at + 1]


def _texts(product: Thing) -> tuple[str, ...]:
    return (product["title"], product["vendor"], product["productType"], *product["tags"])


def _products(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    products = found(info.context, args.get("query"), str(info.path.key))
    if args["sortKey"] in ("ID", "RELEVANCE"):
        return connection(products, args)
    return connection(products.nodes, args, ORDER[args["sortKey"]])


def _count(_: Any, info: Info, **args: Any) -> Mapping[str, Any]:
    products = found(info.context, args.get("query"), str(info.path.key)).nodes
    return counted(products, args.get("limit"))


FIELDS: Final = {"QueryRoot": {"products": _products, "productsCount": _count}}
