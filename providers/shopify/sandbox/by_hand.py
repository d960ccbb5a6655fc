"""Products put into a collection by hand, taken out of it, and put in order.

Recorded, all of it. Of two ways to add, the older changes the collection at once and the newer
by a job. A smart collection was refused to both in May 2026, on 2026-04, and granted to the older
in July, after collections had got sources: so versions are told apart here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.shopify.sandbox import jobs, membership, texts
from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

REFUSING: Final = ("2026-04",)
"""The versions on which nothing may be put into a smart collection by hand."""


def _add(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop, found = info.context, info.context.one("Collection", args["id"])
    error = _error(shop, found, "add products to")
    if error or found is None:
        return {"collection": None, "userErrors": [error]}
    return {"collection": membership.join(shop, found, *args["productIds"]), "userErrors": []}


def _add_by_job(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop, found = info.context, info.context.one("Collection", args["id"])
    error = _error(shop, found, "add products to")
    if error or found is None:
        code = "CANT_ADD_TO_SMART_COLLECTION" if found else "COLLECTION_DOES_NOT_EXIST"
        return {"job": None, "userErrors": [{**(error or {}), "code": code}]}
    membership.join(shop, found, *args["productIds"])
    return {"job": jobs.start(shop), "userErrors": []}


def _remove(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop, found = info.context, info.context.one("Collection", args["id"])
    error = _error(shop, found, "remove products from")
    if error or found is None:
        return {"job": None, "userErrors": [error]}
    membership.leave(shop, found, *args["productIds"])
    return {"job": jobs.start(shop), "userErrors": []}


def _reorder(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """One move after another; a product that is not there moves nothing."""
    shop, found = info.context, info.context.one("Collection", args["id"])
    error = _order_error(found)
    if error or found is None:
        return {"job": None, "userErrors": [error]}
    order = list(found["products"])
    for move in args["moves"]:
        if move["id"] in order:
            order.remove(move["id"])
            order.insert(int(move["newPosition"]), move["id"])
    shop.change(found, products=order)
    return {"job": jobs.start(shop), "userErrors": []}


def _error(shop: Shop, found: Thing | None, doing: str) -> UserError | None:
    if found is None:
        return user_error(["id"], "Collection does not exist")
    if found["ruleSet"] and shop.version in REFUSING:
        return user_error(["id"], f"Can't manually {doing} a smart collection")
    return None


def _order_error(found: Thing | None) -> UserError | None:
    """Only what is sorted by hand can be put in order."""
    if found is None:
        return user_error(["id"], "Collection does not exist", "COLLECTION_NOT_FOUND")
    if found["sortOrder"] != "MANUAL":
        message = "Can't reorder products unless collection is manually sorted"
        return user_error(["id"], message, "MANUALLY_SORTED_COLLECTION")
    return None


def _description(collection: Thing, _: Info, **args: Any) -> str:
    return texts.plain(collection["descriptionHtml"], args.get("truncateAt"))


FIELDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "Mutation": {
        "collectionAddProducts": _add,
        "collectionAddProductsV2": _add_by_job,
        "collectionRemoveProducts": _remove,
        "collectionReorderProducts": _reorder,
    },
    "Collection": {
        "description": _description,
        "legacyResourceId": lambda collection, info: str(number(collection["id"])),
    },
}
