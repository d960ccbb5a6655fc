"""Metafield definitions as they are told: one, many of them, and how their values fit them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.shopify.sandbox import search, values
from providers.shopify.sandbox.definitions import is_valid, metafields_of, namespace_of, wanted
from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.shop import Info, Shop, Thing
from providers.shopify.sandbox.validating import OPTIONS

_ORDER: Final = {
    "ID": lambda definition: number(definition["id"]),
    "NAME": lambda definition: definition["name"].casefold(),
    "PINNED_POSITION": lambda definition: -(definition["pinnedPosition"] or 0),
    "RELEVANCE": lambda definition: number(definition["id"]),
}


def _one(_: Any, info: Info, **args: Any) -> Thing | None:
    return wanted(info.context, args)


def _many(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    named = {name: args[name] for name in ("ownerType", "key") if args.get(name)}
    if args.get("namespace"):
        named["namespace"] = namespace_of(args["namespace"])
    pinned = {"PINNED": (True,), "UNPINNED": (False,)}.get(args["pinnedStatus"], (True, False))
    told = [
        definition
        for definition in shop.where("MetafieldDefinition", "ownerType", args["ownerType"])
        if all(definition[name] == value for name, value in named.items())
        and (definition["pinnedPosition"] is not None) in pinned
        and _is_constrained_as(definition, args)
    ]
    path = str(info.path.key)
    found = search.found(shop, told, args.get("query"), _SEARCHED, lambda d: (d["name"],), path)
    return connection(found, args, _ORDER[args["sortKey"]])


def _is_constrained_as(definition: Thing, args: Mapping[str, Any]) -> bool:
    constraints = definition["constraints"]
    subtype = args.get("constraintSubtype")
    if subtype and (
        not constraints
        or constraints["key"] != subtype["key"]
        or subtype["value"] not in constraints["values"]
    ):
        return False
    status = args.get("constraintStatus")
    return status != ("UNCONSTRAINED_ONLY" if constraints else "CONSTRAINED_ONLY")


_SEARCHED: Final[search.Fields] = {
    "id": search.id_matches,
    "key": search.text_is(lambda definition: str(definition["key"])),
    "namespace": search.text_is(lambda definition: str(definition["namespace"])),
    "owner_type": search.text_is(lambda definition: str(definition["ownerType"])),
    "type": search.text_is(lambda definition: str(definition["type"])),
}


def _type(definition: Thing, _: Info) -> dict[str, str]:
    return {"name": definition["type"], "category": values.category(definition["type"])}


def _validations(definition: Thing, _: Info) -> list[dict[str, Any]]:
    return [{**rule, "type": OPTIONS[rule["name"]]} for rule in definition["validations"]]


def _judged(shop: Shop, definition: Thing, status: str | None) -> list[Thing]:
    """The definition's values, those only that fit it or that do not."""
    found = list(metafields_of(shop, definition))
    if status in (None, "ANY"):
        return found
    return [m for m in found if is_valid(shop, definition, m) == (status == "VALID")]


def _metafields_count(definition: Thing, info: Info, **args: Any) -> int:
    return len(_judged(info.context, definition, args.get("validationStatus")))


def _metafields(definition: Thing, info: Info, **args: Any) -> dict[str, Any]:
    return connection(_judged(info.context, definition, args.get("validationStatus")), args)


def _status(definition: Thing, info: Info) -> str:
    return "SOME_INVALID" if _judged(info.context, definition, "INVALID") else "ALL_VALID"


FIELDS: Final = {
    "QueryRoot": {"metafieldDefinition": _one, "metafieldDefinitions": _many},
    "MetafieldDefinition": {
        "type": _type,
        "validations": _validations,
        "metafieldsCount": _metafields_count,
        "metafields": _metafields,
        "validationStatus": _status,
    },
}
