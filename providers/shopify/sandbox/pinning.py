"""Definitions that are pinned: numbered within their owner type, the newest first in the admin.

Recorded: a new pin takes the next place, and at most 50 are pinned. The other words are the
schema's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.shopify.sandbox.definitions import MOST_PINNED, identified, next_pin, unpinned
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing


def _named(shop: Shop, args: Mapping[str, Any]) -> Thing | None:
    if args.get("definitionId"):
        return shop.one("MetafieldDefinition", args["definitionId"])
    return identified(shop, args["identifier"]) if args.get("identifier") else None


def _not_found(args: Mapping[str, Any]) -> UserError:
    place = "definitionId" if args.get("definitionId") else "identifier"
    return user_error([place], "Definition not found.", "NOT_FOUND")


def _pin(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    found = _named(shop, args)
    error = _not_found(args) if found is None else _pin_error(shop, found)
    if error or found is None:
        return {"pinnedDefinition": None, "userErrors": [error]}
    return {
        "pinnedDefinition": shop.change(found, pinnedPosition=next_pin(shop, found)),
        "userErrors": [],
    }


def _pin_error(shop: Shop, found: Thing) -> UserError | None:
    if found["pinnedPosition"] is not None:
        return user_error(None, "Definition already pinned.", "ALREADY_PINNED")
    if found["constraints"]:
        message = "Constrained metafield definitions do not support pinning."
        return user_error(None, message, "UNSUPPORTED_PINNING")
    if next_pin(shop, found) > MOST_PINNED:
        message = f"Limit of {MOST_PINNED} pinned definitions."
        return user_error(None, message, "PINNED_LIMIT_REACHED")
    return None


def _unpin(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    found = _named(shop, args)
    if found is None:
        return {"unpinnedDefinition": None, "userErrors": [_not_found(args)]}
    if found["pinnedPosition"] is None:
        error = user_error(None, "Definition isn't pinned.", "NOT_PINNED")
        return {"unpinnedDefinition": None, "userErrors": [error]}
    return {"unpinnedDefinition": unpinned(shop, found), "userErrors": []}


FIELDS: Final = {
    "Mutation": {"metafieldDefinitionPin": _pin, "metafieldDefinitionUnpin": _unpin},
}
