"""What the whole catalog is asked for: all variants, and the words that its products use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from providers.shopify.sandbox import search
from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.shop import Info, Shop, Thing
from providers.shopify.sandbox.tags import normal
from providers.shopify.sandbox.variants import title_of


def _variant_fields(shop: Shop) -> search.Fields:
    def of_product(read: Callable[[Thing], str]) -> search.Match:
        return search.text_is(lambda variant: read(shop.get(variant["product_id"]) or {}))

    return {
        "id": search.id_matches,
        "product_id": lambda variant, value: str(number(variant["product_id"])) == value,
        "sku": search.text_is(lambda variant: str(variant["sku"] or "")),
        "barcode": search.text_is(lambda variant: str(variant["barcode"] or "")),
        "title": search.text_is(title_of),
        "vendor": of_product(lambda product: str(product.get("vendor"))),
        "product_type": of_product(lambda product: str(product.get("productType"))),
        "product_status": of_product(lambda product: str(product.get("status"))),
        "tag": search.one_of(
            lambda variant: (shop.get(variant["product_id"]) or {}).get("tags") or ()
        ),
    }


_ORDER: Final[Mapping[str, Callable[[Thing], Any]]] = {
    "TITLE": lambda variant: title_of(variant).casefold(),
    "NAME": lambda variant: title_of(variant).casefold(),
    "SKU": lambda variant: variant["sku"] or "",
    "INVENTORY_QUANTITY": lambda variant: variant["inventoryQuantity"],
}


def _found(info: Info, args: Mapping[str, Any]) -> list[Thing]:
    shop, path = info.context, str(info.path.key)
    there, fields = shop.all("ProductVariant"), _variant_fields(shop)
    return search.found(shop, there, args.get("query"), fields, _said, path)


def _said(variant: Thing) -> tuple[str, ...]:
    return (title_of(variant), variant["sku"] or "")


def _variants(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """By other keys than these in the order in which they came."""
    value = _ORDER.get(args["sortKey"], lambda variant: number(variant["id"]))
    return connection(_found(info, args), args, value)


def _count(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    return {"count": len(_found(info, args)), "precision": "EXACT"}


def _words(
    read: Callable[[Thing], Iterable[str]],
    once: Callable[[Iterable[str]], Iterable[str]] = set,
) -> Any:
    """A resolver for the words that products use, each once, whatever its case in order. A cursor
    is the word, so that it leads on also when words came or went."""

    def resolve(_: Any, info: Info, **args: Any) -> dict[str, Any]:
        used = once(word for product in info.context.all("Product") for word in read(product))
        rows = [{"word": word} for word in used if word]
        page = connection(rows, args, _word_order, lambda _: "")
        edges = [{**edge, "node": edge["node"]["word"]} for edge in page["edges"]]
        return {**page, "nodes": [row["word"] for row in page["nodes"]], "edges": edges}

    return resolve


def _word_order(row: Thing) -> list[str]:
    return [row["word"].casefold(), row["word"]]


FIELDS: Final = {
    "QueryRoot": {
        "productVariants": _variants,
        "productVariantsCount": _count,
        "productTags": _words(lambda product: product["tags"], normal),
        "productTypes": _words(lambda product: [product["productType"]]),
        "productVendors": _words(lambda product: [product["vendor"]]),
    }
}
