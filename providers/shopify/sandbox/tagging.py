"""Tags are added to a thing and taken from it; what has other tags beside keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from providers.shopify.sandbox.ids import parts
from providers.shopify.sandbox.products import change_product
from providers.shopify.sandbox.refusal import user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing
from providers.shopify.sandbox.tags import LONGEST, normal


def _changing(combine: Callable[[list[str], list[str]], list[str]]) -> Any:
    """A resolver that gives a thing the tags that `combine` makes of its own and the named."""

    def resolve(_: Any, info: Info, **args: Any) -> Mapping[str, Any]:
        shop = info.context
        found = shop.get(args["id"])
        if found is None or "tags" not in found:
            sort = (parts(args["id"]) or ("Node", ""))[0]
            return {"node": None, "userErrors": [user_error(["id"], f"{sort} does not exist")]}
        named = normal(args["tags"])
        if any(len(tag) > LONGEST for tag in named):
            error = user_error(["tags"], f"{found['__typename']} tags is invalid")
            return {"node": found, "userErrors": [error]}
        tags = combine(found["tags"], named)
        changed = found if tags == found["tags"] else _retagged(shop, found, tags)
        return {"node": changed, "userErrors": []}

    return resolve


def _retagged(shop: Shop, found: Thing, tags: list[str]) -> Thing:
    if found["__typename"] != "Product":
        return shop.change(found, tags=tags)
    return change_product(shop, found, {"tags": tags})


def _with(own: list[str], named: list[str]) -> list[str]:
    return normal([*own, *named])


def _without(own: list[str], named: list[str]) -> list[str]:
    gone = {tag.casefold() for tag in named}
    return [tag for tag in own if tag.casefold() not in gone]


FIELDS: Final = {"Mutation": {"tagsAdd": _changing(_with), "tagsRemove": _changing(_without)}}
