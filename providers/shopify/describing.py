"""A definition's fields as Shopify answers them, and as its two mutations take them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from providers.shopify.conditions import CATEGORY
from providers.shopify.validations import compared, sent
from reconciler.model.spec import Value

_ACCESS: Final = {
    "admin": "admin",
    "storefront": "storefront",
    "customer_account": "customerAccount",
}
ADMIN: Final = ("merchant_read", "merchant_read_write")
"""What can be set; a merchant's own are told as `public_read_write`, and take nothing."""

_CAPABILITIES: Final = {
    "admin_filterable": "adminFilterable",
    "smart_collection_condition": "smartCollectionCondition",
    "unique_values": "uniqueValues",
    "analytics_queryable": "analyticsQueryable",
    "cart_to_order_copyable": "cartToOrderCopyable",
}

REMEDIES: Final[Mapping[str, str]] = {
    "PINNED_LIMIT_REACHED": "unpin another definition in the admin, or take pin out",
    "UNSUPPORTED_PINNING": "write pin: false, or take its constraints out",
    "METAFIELD_DEFINITION_IN_USE": "take it out of the rules of the collections that ask for it",
    "REFERENCE_TYPE_DELETION_ERROR": (
        "values are never deleted here; if it is meant, use the admin"
    ),
    "ID_TYPE_DELETION_ERROR": "values are never deleted here; if it is meant, use the admin",
    "UNSTRUCTURED_ALREADY_EXISTS": (
        "values under this key do not fit: correct them in the admin, or use another key"
    ),
    "INVALID_CAPABILITY": "take it out of capabilities, or use a type that has it",
    "CAPABILITY_CANNOT_BE_DISABLED": "take it out of capabilities",
    "CAPABILITY_REQUIRED_BUT_DISABLED": "take it out of capabilities",
    "RESOURCE_TYPE_LIMIT_EXCEEDED": "delete definitions that nobody uses in the admin",
    "OWNER_TYPE_LIMIT_EXCEEDED_FOR_USE_AS_ADMIN_FILTERS": (
        "write admin_filterable: false here, or switch it off for another definition"
    ),
    "OWNER_TYPE_LIMIT_EXCEEDED_FOR_AUTOMATED_COLLECTIONS": (
        "write smart_collection_condition: false here, or switch it off for another definition"
    ),
    "METAOBJECT_DEFINITION_CHANGED": "put back the one there was, or use another key",
    "APP_CONFIG_MANAGED": "an app's configuration manages it: take it out of desired/",
    "STANDARD_METAFIELD_DEFINITION_DEPENDENT_ON_APP": "an app needs it: put it back into desired/",
}
"""What to do, by Shopify's code."""


def described(row: Mapping[str, Any]) -> dict[str, Value]:
    """The fields of a live definition."""
    type_ = row["type"]["name"]
    rules = {rule["name"]: rule["value"] for rule in row["validations"]}
    choices = rules.pop("choices", None)
    return {
        "name": row["name"],
        "description": row["description"] or None,
        "type": type_,
        "choices": tuple(json.loads(choices)) if choices else None,
        "validations": {name: compared(type_, name, text) for name, text in rules.items() if text},
        "access": {
            name: str(row["access"][vendors]).lower()
            for name, vendors in _ACCESS.items()
            if row["access"][vendors] is not None
        },
        "capabilities": {
            name: row["capabilities"][vendors]["enabled"] for name, vendors in _CAPABILITIES.items()
        },
        "categories": _categories(row) or None,
        "pinned": row["pinnedPosition"] is not None,
    }


def _categories(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Shopify tells the end of the id that it was given, and no key."""
    nodes = ((row.get("constraints") or {}).get("values") or {}).get("nodes") or ()
    return tuple(str(node["value"]).removeprefix(CATEGORY) for node in nodes)


def created(fields: Mapping[str, Value]) -> dict[str, Any]:
    """What `metafieldDefinitionCreate` takes for these stated fields."""
    definition = {name: fields[name] for name in ("name", "type")} | _plainly(fields)
    rules = _rules(fields["type"], fields, ())
    if rules:
        definition["validations"] = rules
    if fields.get("categories"):
        values = [CATEGORY + category for category in fields["categories"]]
        definition["constraints"] = {"key": "category", "values": values}
    return definition


def updated(fields: Mapping[str, Value], type_: str, live: Mapping[str, Any]) -> dict[str, Any]:
    """What `metafieldDefinitionUpdate` takes so that just these fields change. live: the row there
    is, where validations or categories are among them; what git does not state of it stays."""
    definition = _plainly(fields)
    if "name" in fields:
        definition["name"] = fields["name"]
    if "choices" in fields or "validations" in fields:
        definition["validations"] = _rules(type_, fields, live.get("validations", ()))
    if "categories" in fields:
        definition["constraintsUpdates"] = _recategorised(fields["categories"], _categories(live))
    return definition


def in_turn(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Pins and constraints exclude one another, and which of them one update looks at first is not
    known: what goes is taken away before what comes."""
    if not {"pin", "constraintsUpdates"} <= definition.keys():
        return [dict(definition)]
    last = "pin" if definition["pin"] else "constraintsUpdates"
    first = {name: value for name, value in definition.items() if name != last}
    return [first, {last: definition[last]}]


def _plainly(fields: Mapping[str, Value]) -> dict[str, Any]:
    """What both mutations take alike."""
    definition: dict[str, Any] = {}
    if "description" in fields:
        definition["description"] = fields["description"] or ""
    access = {
        _ACCESS[name]: value.upper()
        for name, value in (fields.get("access") or {}).items()
        if name != "admin" or value in ADMIN
    }
    if access:
        definition["access"] = access
    if fields.get("capabilities"):
        definition["capabilities"] = {
            _CAPABILITIES[name]: {"enabled": value}
            for name, value in fields["capabilities"].items()
        }
    if "pinned" in fields:
        definition["pin"] = fields["pinned"]
    return definition


def _rules(
    type_: str, fields: Mapping[str, Value], live: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    """All validations, since what is sent replaces what there is: the stated ones, and the live
    ones of which git says nothing."""
    rules: dict[str, str | None] = {rule["name"]: rule["value"] for rule in live}
    for name, text in (fields.get("validations") or {}).items():
        rules[name] = None if text is None else sent(type_, name, text)
    if "choices" in fields:
        choices = fields["choices"]
        rules["choices"] = json.dumps(choices, ensure_ascii=False) if choices else None
    return [{"name": name, "value": text} for name, text in rules.items() if text is not None]


def _recategorised(wanted: Sequence[str] | None, live: Sequence[str]) -> dict[str, Any]:
    if not wanted:
        return {"key": None, "values": []}
    gone = [{"delete": CATEGORY + category} for category in live if category not in wanted]
    new = [{"create": CATEGORY + category} for category in wanted if category not in live]
    return {"key": "category", "values": [*gone, *new]}
