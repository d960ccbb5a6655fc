"""Redirects: where somebody is led who asks for an address that is no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from providers.shopify.sandbox import search
from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

_SEARCHED: Final[search.Fields] = {
    "id": search.id_matches,
    "path": search.text_is(lambda redirect: str(redirect["path"])),
    "target": search.text_is(lambda redirect: str(redirect["target"])),
}
_ORDER: Final = {
    "ID": lambda redirect: number(redirect["id"]),
    "PATH": lambda redirect: redirect["path"],
}


def add(shop: Shop, folder: str, old: str, new: str) -> None:
    """From the old handle's address to the new one's."""
    if old != new:
        lead(shop, f"/{folder}/{old}", f"/{folder}/{new}")


def lead(shop: Shop, path: str, target: str) -> Thing:
    """An address leads on to one place only: the newest."""
    for old in shop.where("UrlRedirect", "path", path):
        shop.remove(old)
    return shop.add("UrlRedirect", {"path": path, "target": target})


def _stated(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: fields[name] for name in ("path", "target") if fields.get(name) is not None}


def _errors(shop: Shop, fields: Mapping[str, Any], found: Thing | None) -> Iterator[UserError]:
    for name in ("path", "target"):
        if (name in fields or found is None) and not str(fields.get(name) or "").strip():
            label = name.capitalize()
            yield user_error(["urlRedirect", name], f"{label} can't be blank", None)
    others = shop.where("UrlRedirect", "path", fields.get("path"))
    if any(found is None or other["id"] != found["id"] for other in others):
        yield user_error(["urlRedirect", "path"], "Path has already been taken", None)


def _create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop, fields = info.context, args["urlRedirect"]
    errors = list(_errors(shop, fields, None))
    if errors:
        return {"urlRedirect": None, "userErrors": errors}
    return {"urlRedirect": lead(shop, fields["path"], fields["target"]), "userErrors": []}


def _update(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop, fields, found = (
        info.context,
        args["urlRedirect"],
        info.context.one("UrlRedirect", args["id"]),
    )
    errors = [_MISSING] if found is None else list(_errors(shop, fields, found))
    if errors or found is None:
        return {"urlRedirect": None, "userErrors": errors}
    return {"urlRedirect": shop.change(found, **_stated(fields)), "userErrors": []}


def _delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    found = info.context.one("UrlRedirect", args["id"])
    if found is None:
        return {"deletedUrlRedirectId": None, "userErrors": [_MISSING]}
    info.context.remove(found)
    return {"deletedUrlRedirectId": found["id"], "userErrors": []}


_MISSING: Final = user_error(["id"], "Redirect does not exist", "DOES_NOT_EXIST")


def _one(_: Any, info: Info, **args: Any) -> Thing | None:
    return info.context.one("UrlRedirect", args["id"])


def _many(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    return connection(_all(info, args), args, _ORDER[args["sortKey"]])


def _count(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    return {"count": len(_all(info, args)), "precision": "EXACT"}


def _all(info: Info, args: Mapping[str, Any]) -> list[Thing]:
    shop, path = info.context, str(info.path.key)
    there = shop.all("UrlRedirect")
    return search.found(shop, there, args.get("query"), _SEARCHED, lambda r: (r["path"],), path)


FIELDS: Final = {
    "QueryRoot": {"urlRedirect": _one, "urlRedirects": _many, "urlRedirectsCount": _count},
    "Mutation": {
        "urlRedirectCreate": _create,
        "urlRedirectUpdate": _update,
        "urlRedirectDelete": _delete,
    },
}
