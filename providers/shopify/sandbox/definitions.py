"""Metafield definitions: what a metafield of a kind of owner is. Made, changed and deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.shopify.sandbox import jobs, traits, values
from providers.shopify.sandbox.refusal import UserError, refusal, user_error
from providers.shopify.sandbox.shop import APP_NAMESPACE, Info, Shop, Thing
from providers.shopify.sandbox.validating import OPTIONS, Unfit

MOST_PINNED: Final = 50

MOST_DEFINITIONS: Final = 256
"""Of one type of owner, of the merchant's and of each app's."""


def namespace_of(given: str | None) -> str:
    """The stored namespace: without one, or under `$app`, it is the app's own."""
    if given is None or given == "$app":
        return APP_NAMESPACE
    return given.replace("$app:", f"{APP_NAMESPACE}--", 1)


def definition_of(shop: Shop, owner_type: str, namespace: str, key: str) -> Thing | None:
    return shop.find("MetafieldDefinition", key=key, namespace=namespace, ownerType=owner_type)


def metafields_of(shop: Shop, definition: Thing) -> Iterator[Thing]:
    """The values that a definition describes."""
    named = ("ownerType", "namespace", "key")
    for metafield in shop.where("Metafield", "key", definition["key"]):
        if all(metafield[name] == definition[name] for name in named):
            yield metafield


def add_definition(shop: Shop, fields: Mapping[str, Any], id_: str | None = None) -> Thing:
    """A definition of its fields as the API takes them."""
    namespace = namespace_of(fields.get("namespace"))
    return shop.add(
        "MetafieldDefinition",
        {
            **traits.new(fields, namespace),
            "ownerType": fields.get("ownerType", "PRODUCT"),
            "namespace": namespace,
            "key": fields["key"],
            "name": fields["name"],
            "type": fields["type"],
            "description": fields.get("description"),
            "validations": [dict(rule) for rule in fields.get("validations") or ()],
            "pinnedPosition": next_pin(shop, fields) if fields.get("pin") else None,
        },
        id_,
    )


def next_pin(shop: Shop, fields: Mapping[str, Any]) -> int:
    return 1 + max(
        (
            other["pinnedPosition"] or 0
            for other in shop.where(
                "MetafieldDefinition", "ownerType", fields.get("ownerType", "PRODUCT")
            )
        ),
        default=0,
    )


def _create(_: Any, info: Info, definition: Mapping[str, Any]) -> dict[str, Any]:
    shop = info.context
    errors = list(creation_errors(shop, definition))
    if errors:
        return {"createdDefinition": None, "userErrors": errors}
    return {"createdDefinition": create(shop, definition), "userErrors": []}


def create(shop: Shop, fields: Mapping[str, Any]) -> Thing:
    """Values that were there before take the definition's type, where they fit it."""
    definition = add_definition(shop, fields)
    for metafield in list(metafields_of(shop, definition)):
        if metafield["type"] != definition["type"] and is_valid(shop, definition, metafield):
            shop.change(metafield, type=definition["type"])
    return definition


def is_valid(shop: Shop, definition: Thing, metafield: Thing) -> bool:
    try:
        values.stored(shop, definition["type"], metafield["value"], definition["validations"])
    except Unfit:
        return False
    return True


def creation_errors(shop: Shop, fields: Mapping[str, Any]) -> Iterator[UserError]:
    namespace, key = namespace_of(fields.get("namespace")), fields["key"]
    yield from _name_errors("namespace", namespace, 3, 255)
    yield from _name_errors("key", key, 2, 64)
    yield from _label_errors(fields["name"])
    yield from type_errors(fields["type"])
    yield from _validation_errors(fields.get("validations") or ())
    if definition_of(shop, fields["ownerType"], namespace, key):
        yield _wrong(
            "key",
            f"Key is in use for {_plural(fields['ownerType'])} metafields on the"
            f" '{namespace}' namespace.",
            "TAKEN",
        )
    if fields.get("pin") and next_pin(shop, fields) > MOST_PINNED:
        yield user_error(
            ["definition"], f"Limit of {MOST_PINNED} pinned definitions.", "PINNED_LIMIT_REACHED"
        )
    yield from traits.errors(shop, {**fields, "namespace": namespace}, fields)
    yield from _limit_errors(shop, fields["ownerType"], namespace)


def type_errors(type_: str) -> Iterator[UserError]:
    if type_ not in values.TYPES:
        yield _wrong(
            "type",
            f"Type name {type_} is not a valid type. Valid types are: {', '.join(values.TYPES)}.",
            "INCLUSION",
        )


def _limit_errors(shop: Shop, owner_type: str, namespace: str) -> Iterator[UserError]:
    """The merchant's definitions and the app's are counted apart."""
    own = traits.is_own(namespace)
    same = [
        other
        for other in shop.where("MetafieldDefinition", "ownerType", owner_type)
        if traits.is_own(other["namespace"]) == own
    ]
    if len(same) >= MOST_DEFINITIONS:
        who, code = ("Apps", "_BY_APP") if own else ("Stores", "")
        yield user_error(
            ["definition"],
            f"{who} can only have {MOST_DEFINITIONS} definitions for each store resource.",
            f"RESOURCE_TYPE_LIMIT_EXCEEDED{code}",
        )


def _plural(owner_type: str) -> str:
    return owner_type.capitalize()


def _name_errors(name: str, text: str, least: int, most: int) -> Iterator[UserError]:
    label = name.capitalize()
    if len(text) < least:
        yield _wrong(name, f"{label} is too short (minimum is {least} characters)", "TOO_SHORT")
    if len(text) > most:
        yield _wrong(name, f"{label} is too long (maximum is {most} characters)", "TOO_LONG")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        yield _wrong(name, f"{label} contains one or more invalid characters.", "INVALID_CHARACTER")


def _label_errors(name: str) -> Iterator[UserError]:
    if not name.strip():
        yield _wrong("name", "Name can't be blank", "BLANK")
    if len(name) > 255:
        yield _wrong("name", "Name is too long (maximum is 255 characters)", "TOO_LONG")


def _validation_errors(rules: Sequence[Mapping[str, Any]]) -> Iterator[UserError]:
    for rule in rules:
        if rule["name"] not in OPTIONS:
            yield _wrong(
                "validations",
                f"Validations contains an invalid name: {rule['name']}.",
                "INVALID_OPTION",
            )
        elif rule["name"] == "choices" and not _is_list_of_texts(rule["value"]):
            yield _wrong(
                "validations",
                "Validations value for option choices must be an array.",
                "INVALID_OPTION",
            )


def _is_list_of_texts(text: str) -> bool:
    try:
        content = json.loads(text)
    except ValueError:
        return False
    return isinstance(content, list) and all(isinstance(item, str) for item in content)


def _wrong(field: str, message: str, code: str) -> UserError:
    return user_error(["definition", field], message, code)


def _update(_: Any, info: Info, definition: Mapping[str, Any]) -> dict[str, Any]:
    shop = info.context
    answer: Thing = {"updatedDefinition": None, "userErrors": [], "validationJob": None}
    found = identified(shop, definition)
    if found is None:
        error = user_error(["definition"], "Definition not found.", "NOT_FOUND")
        return answer | {"userErrors": [error]}
    errors = list(change_errors(shop, found, definition))
    if errors:
        return answer | {"userErrors": errors}
    changed = shop.change(found, **changes(shop, found, definition))
    job = jobs.start(shop) if changed["validations"] != found["validations"] else None
    return answer | {"updatedDefinition": changed, "validationJob": job}


def change_errors(shop: Shop, found: Thing, fields: Mapping[str, Any]) -> Iterator[UserError]:
    yield from _label_errors(fields.get("name", found["name"]) or "")
    yield from _validation_errors(fields.get("validations") or ())
    yield from traits.errors(shop, found, {"type": found["type"], **fields})
    yield from _pin_errors(shop, found, fields)
    yield from _use_errors(shop, found, fields)


def _pin_errors(shop: Shop, found: Thing, fields: Mapping[str, Any]) -> Iterator[UserError]:
    is_new = fields.get("pin") and found["pinnedPosition"] is None
    if is_new and next_pin(shop, found) > MOST_PINNED:
        yield user_error(
            ["definition"], f"Limit of {MOST_PINNED} pinned definitions.", "PINNED_LIMIT_REACHED"
        )


def _use_errors(shop: Shop, found: Thing, fields: Mapping[str, Any]) -> Iterator[UserError]:
    """What collections ask for may not be taken away from them."""
    asked = (fields.get("capabilities") or {}).get("smartCollectionCondition")
    if asked and not asked["enabled"] and is_in_use(shop, found):
        yield user_error(["definition"], _IN_USE, "METAFIELD_DEFINITION_IN_USE")


_IN_USE: Final = "Action cannot proceed. Definition is currently in use."


def is_in_use(shop: Shop, definition: Thing) -> bool:
    """Whether a collection's condition asks for it."""
    told = (json.dumps([c["sources"], c["ruleSet"]]) for c in shop.all("Collection"))
    return any(f'"{definition["id"]}"' in text for text in told)


def changes(shop: Shop, found: Thing, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is given changes; validations that are given replace all there were."""
    made = {name: fields[name] for name in ("name", "description") if name in fields}
    made |= traits.changes(found, fields)
    if fields.get("validations") is not None:
        made["validations"] = [dict(rule) for rule in fields["validations"]]
    if fields.get("pin") is True and found["pinnedPosition"] is None:
        made["pinnedPosition"] = next_pin(shop, found)
    if fields.get("pin") is False and found["pinnedPosition"] is not None:
        unpinned(shop, found)
        made["pinnedPosition"] = None
    return made


def unpinned(shop: Shop, found: Thing) -> Thing:
    """Those that were pinned later move up."""
    changed = shop.change(found, pinnedPosition=None)
    for other in shop.where("MetafieldDefinition", "ownerType", found["ownerType"]):
        if (other["pinnedPosition"] or 0) > found["pinnedPosition"]:
            shop.change(other, pinnedPosition=other["pinnedPosition"] - 1)
    return changed


def _delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    found = wanted(shop, args)
    error = _deletion_error(shop, found, args)
    if error or found is None:
        return {"deletedDefinition": None, "deletedDefinitionId": None, "userErrors": [error]}
    if args["deleteAllAssociatedMetafields"]:
        for metafield in list(metafields_of(shop, found)):
            shop.remove(metafield)
    shop.remove(found)
    return {"deletedDefinition": found, "deletedDefinitionId": found["id"], "userErrors": []}


def _deletion_error(shop: Shop, found: Thing | None, args: Mapping[str, Any]) -> UserError | None:
    if found is None:
        place = "id" if args.get("id") else "identifier"
        return user_error([place], "Definition not found.", "NOT_FOUND")
    if is_in_use(shop, found):
        return user_error(None, _IN_USE, "METAFIELD_DEFINITION_IN_USE")
    if args["deleteAllAssociatedMetafields"]:
        return None
    if found["namespace"].startswith(APP_NAMESPACE):
        return user_error(
            None,
            "Deleting a definition in a reserved namespace must have all associated metafields"
            " deleted.",
            "RESERVED_NAMESPACE_ORPHANED_METAFIELDS",
        )
    if found["type"].endswith("_reference"):
        return user_error(
            None,
            "Deleting a reference type metafield definition requires deletion of its associated"
            " metafields.",
            "REFERENCE_TYPE_DELETION_ERROR",
        )
    if found["type"] == "id":
        return user_error(
            None,
            "Deleting an id type metafield definition requires deletion of its associated"
            " metafields.",
            "ID_TYPE_DELETION_ERROR",
        )
    return None


def wanted(shop: Shop, args: Mapping[str, Any]) -> Thing | None:
    """The definition that is named by its id or by its identifier."""
    if args.get("id"):
        return shop.one("MetafieldDefinition", args["id"])
    if args.get("identifier"):
        return identified(shop, args["identifier"])
    raise refusal("You must provide either an id or an identifier.", "BAD_REQUEST")


def identified(shop: Shop, identifier: Mapping[str, Any]) -> Thing | None:
    namespace = namespace_of(identifier.get("namespace"))
    return definition_of(shop, identifier["ownerType"], namespace, identifier["key"])


FIELDS: Final = {
    "Mutation": {
        "metafieldDefinitionCreate": _create,
        "metafieldDefinitionUpdate": _update,
        "metafieldDefinitionDelete": _delete,
    },
}
