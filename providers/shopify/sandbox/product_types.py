"""The types that the shop's products have, by name."""

from __future__ import annotations

from typing import Any, Final

from providers.shopify.sandbox.shop import Info


def _types(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """A cursor is the type itself."""
    shop = info.context
    types = sorted({str(p["productType"]) for p in shop.all("Product") if p["productType"]})
    rest = [type_ for type_ in types if type_ > (args.get("after") or "")]
    page = rest[: args.get("first") or len(rest)]
    edges = [{"cursor": type_, "node": type_} for type_ in page]
    more = {"hasNextPage": len(rest) > len(page), "hasPreviousPage": bool(args.get("after"))}
    ends = {"startCursor": page[0], "endCursor": page[-1]} if page else {}
    return {"edges": edges, "nodes": page, "pageInfo": {**more, **ends}}


FIELDS: Final = {"QueryRoot": {"productTypes": _types}}
