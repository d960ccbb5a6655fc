"""Redirects from addresses that no longer are."""

from __future__ import annotations

from typing import Any, Final

from providers.shopify.sandbox import search
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.shop import Info, Shop

_SEARCHED: Final[search.Fields] = {
    "path": search.text_is(lambda redirect: str(redirect["path"])),
    "target": search.text_is(lambda redirect: str(redirect["target"])),
    "id": search.id_matches,
}


def add(shop: Shop, folder: str, old: str, new: str) -> None:
    """From the old handle's address to the new one's."""
    if old != new:
        shop.add("UrlRedirect", {"path": f"/{folder}/{old}", "target": f"/{folder}/{new}"})


def _redirects(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    found = search.found(
        shop,
        shop.all("UrlRedirect"),
        args.get("query"),
        _SEARCHED,
        lambda redirect: (redirect["path"], redirect["target"]),
        str(info.path.key),
    )
    return connection(found, args)


FIELDS: Final = {"QueryRoot": {"urlRedirects": _redirects}}
