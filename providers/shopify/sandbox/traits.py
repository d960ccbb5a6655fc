"""What a definition may carry beside its type: access, capabilities, constraints.

The defaults are those of the vendor's documentation; which types may have a capability, and the
words of the refusals, are the schema's and the documentation's, but for the refusal of admin
access in a merchant's namespace, which was reported of a live shop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import APP_NAMESPACE, Info, Shop, Thing

Fields = Mapping[str, Any]

MOST_FILTERS: Final = 50
MOST_CONDITIONS: Final = 128

_UNIQUE: Final = ("id", "number_integer", "single_line_text_field", "url")
_CONDITIONS: Final = (
    "boolean",
    "number_integer",
    "number_decimal",
    "rating",
    "single_line_text_field",
    "list.single_line_text_field",
    "metaobject_reference",
    "list.metaobject_reference",
)
_FILTERED: Final = (
    "boolean",
    "date",
    "date_time",
    "id",
    "number_decimal",
    "number_integer",
    "single_line_text_field",
    "list.single_line_text_field",
    "rating",
    "metaobject_reference",
    "list.metaobject_reference",
    "product_reference",
    "list.product_reference",
    "collection_reference",
    "list.collection_reference",
)
_ELIGIBLE: Final[Mapping[str, Callable[[Fields], bool]]] = {
    "adminFilterable": lambda definition: definition["type"] in _FILTERED,
    "analyticsQueryable": lambda definition: not definition["type"].startswith("list."),
    "cartToOrderCopyable": lambda definition: definition["ownerType"] in ("CART", "ORDER"),
    "smartCollectionCondition": lambda definition: (
        definition["ownerType"] in ("PRODUCT", "PRODUCTVARIANT")
        and definition["type"] in _CONDITIONS
    ),
    "uniqueValues": lambda definition: definition["type"] in _UNIQUE,
}
_SNAKE: Final = {
    "adminFilterable": "admin_filterable",
    "analyticsQueryable": "analytics_queryable",
    "cartToOrderCopyable": "cart_to_order_copyable",
    "smartCollectionCondition": "smart_collection_condition",
    "uniqueValues": "unique_values",
}


def is_own(namespace: str) -> bool:
    """Whether a namespace is the app's."""
    return namespace.startswith(APP_NAMESPACE)


def new(fields: Fields, namespace: str) -> dict[str, Any]:
    """The traits of a definition that is made."""
    return {
        "access": _accessed(fields, _default_access(namespace)),
        "capabilities": _enabled(fields, [] if fields["type"] != "id" else ["uniqueValues"]),
        "constraints": _constrained(fields.get("constraints")),
    }


def _default_access(namespace: str) -> dict[str, str]:
    admin = "MERCHANT_READ" if is_own(namespace) else "PUBLIC_READ_WRITE"
    return {"admin": admin, "storefront": "NONE", "customerAccount": "NONE"}


def _accessed(fields: Fields, before: Fields) -> dict[str, Any]:
    given = fields.get("access") or {}
    return {**before, **{name: value for name, value in given.items() if value is not None}}


def _enabled(fields: Fields, before: list[str]) -> list[str]:
    given = {
        name: wanted["enabled"]
        for name, wanted in (fields.get("capabilities") or {}).items()
        if wanted is not None
    }
    if fields.get("useAsCollectionCondition"):
        given.setdefault("smartCollectionCondition", True)
    return [name for name in _ELIGIBLE if given.get(name, name in before)]


def _constrained(given: Fields | None) -> dict[str, Any] | None:
    return {"key": given["key"], "values": list(given["values"])} if given else None


def changes(found: Thing, fields: Fields) -> dict[str, Any]:
    """What an update makes of a definition's traits."""
    made: dict[str, Any] = {}
    if fields.get("access") is not None:
        made["access"] = _accessed(fields, found["access"])
    if fields.get("capabilities") is not None or fields.get("useAsCollectionCondition"):
        made["capabilities"] = _enabled(fields, found["capabilities"])
    if fields.get("constraintsUpdates") is not None:
        made["constraints"] = _reconstrained(found["constraints"], fields["constraintsUpdates"])
    return made


def _reconstrained(before: Fields | None, updates: Fields) -> dict[str, Any] | None:
    """A key that is null takes all constraints away; one that is left out stays."""
    if "key" in updates and updates["key"] is None:
        return None
    key = updates.get("key") or (before or {}).get("key")
    kept = list((before or {}).get("values", ())) if key == (before or {}).get("key") else []
    for update in updates.get("values") or ():
        if update.get("delete") in kept:
            kept.remove(update["delete"])
        if update.get("create") and update["create"] not in kept:
            kept.append(update["create"])
    return {"key": key, "values": kept} if key and kept else None


def errors(shop: Shop, definition: Thing, fields: Fields) -> Iterator[UserError]:
    """What speaks against the traits that an input states; `definition` is as it would be."""
    yield from _access_errors(definition, fields)
    yield from _capability_errors(shop, definition, fields)
    if fields.get("constraints") and not fields["constraints"]["values"]:
        yield user_error(
            ["definition", "constraints"], "Constraints must have values.", "INVALID_CONSTRAINTS"
        )
    if fields.get("pin") and (fields.get("constraints") or definition.get("constraints")):
        yield user_error(
            ["definition"],
            "Constrained metafield definitions do not support pinning.",
            "UNSUPPORTED_PINNING",
        )


def _access_errors(definition: Thing, fields: Fields) -> Iterator[UserError]:
    if (fields.get("access") or {}).get("admin") and not is_own(definition["namespace"]):
        yield user_error(
            ["definition"],
            "Setting this access control is not permitted."
            ' It must be one of ["public_read_write"].',
            "INVALID",
        )


def _capability_errors(shop: Shop, definition: Thing, fields: Fields) -> Iterator[UserError]:
    wanted = _enabled(fields, definition.get("capabilities", []))
    for name in wanted:
        if not _ELIGIBLE[name](definition):
            yield user_error(
                ["definition", "capabilities", name],
                f"The capability {_SNAKE[name]} is not valid for this definition.",
                "INVALID_CAPABILITY",
            )
        elif _is_used_up(shop, definition, name):
            yield _TOO_MANY[name]
    disabled = (fields.get("capabilities") or {}).get("uniqueValues")
    if definition["type"] == "id" and disabled and not disabled["enabled"]:
        yield user_error(
            ["definition"],
            "The capability unique_values is required for this definition type but is disabled.",
            "CAPABILITY_REQUIRED_BUT_DISABLED",
        )


_TOO_MANY: Final = {
    "adminFilterable": user_error(
        ["definition"],
        "You have reached the maximum allowed definitions to be used as admin filters.",
        "OWNER_TYPE_LIMIT_EXCEEDED_FOR_USE_AS_ADMIN_FILTERS",
    ),
    "smartCollectionCondition": user_error(
        ["definition"],
        "You have reached the maximum allowed definitions for automated collections.",
        "OWNER_TYPE_LIMIT_EXCEEDED_FOR_AUTOMATED_COLLECTIONS",
    ),
}


def _is_used_up(shop: Shop, definition: Thing, capability: str) -> bool:
    most = {"adminFilterable": MOST_FILTERS, "smartCollectionCondition": MOST_CONDITIONS}
    if capability not in most:
        return False
    others = (
        other
        for other in shop.where("MetafieldDefinition", "ownerType", definition["ownerType"])
        if other["id"] != definition.get("id") and capability in other["capabilities"]
    )
    return sum(1 for _ in others) >= most[capability]


def _capabilities(definition: Thing, _: Info) -> dict[str, Any]:
    told = {
        name: {"eligible": is_eligible(definition), "enabled": name in definition["capabilities"]}
        for name, is_eligible in _ELIGIBLE.items()
    }
    filtered = told["adminFilterable"]["enabled"]
    status = {"status": "FILTERABLE" if filtered else "NOT_FILTERABLE"}
    return {**told, "adminFilterable": {**told["adminFilterable"], **status}}


def _values(constraints: Thing, _: Info, **args: Any) -> dict[str, Any]:
    rows = [{"id": str(place), "value": v} for place, v in enumerate(constraints["values"], 1)]
    return connection(rows, args)


_UNCONSTRAINED: Final[Fields] = {"key": None, "values": ()}

FIELDS: Final = {
    "MetafieldDefinition": {
        "capabilities": _capabilities,
        "constraints": lambda definition, info: definition["constraints"] or _UNCONSTRAINED,
        "useAsCollectionCondition": lambda definition, info: (
            "smartCollectionCondition" in definition["capabilities"]
        ),
    },
    "MetafieldDefinitionConstraints": {"values": _values},
}
