"""Metafields: values of owners under namespace and key, written with compare-and-set."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.shopify.sandbox import values
from providers.shopify.sandbox.definitions import definition_of, metafields_of, namespace_of
from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing
from providers.shopify.sandbox.validating import Unfit

MOST_SET: Final = 25

OWNER_TYPES: Final = {
    "Product": "PRODUCT",
    "ProductVariant": "PRODUCTVARIANT",
    "Collection": "COLLECTION",
    "Page": "PAGE",
    "Blog": "BLOG",
    "Article": "ARTICLE",
}

_STALE: Final = (
    "The resource has been updated since it was loaded."
    " Try again with an updated `compareDigest` value."
)


def metafield_of(shop: Shop, owner_id: str, namespace: str, key: str) -> Thing | None:
    own = shop.where("Metafield", "owner_id", owner_id)
    return next((m for m in own if (m["namespace"], m["key"]) == (namespace, key)), None)


def set_metafield(
    shop: Shop,
    owner: Thing,
    namespace: str,
    key: str,
    type_: str,
    value: str,
    id_: str | None = None,
) -> Thing:
    """Write a value that is known to fit."""
    found = metafield_of(shop, owner["id"], namespace, key)
    if found is None:
        return shop.add(
            "Metafield",
            {
                "owner_id": owner["id"],
                "ownerType": OWNER_TYPES[owner["__typename"]],
                "namespace": namespace,
                "key": key,
                "type": type_,
                "value": value,
            },
            id_,
        )
    if (found["type"], found["value"]) == (type_, value):
        return found
    return shop.change(found, type=type_, value=value)


def digest(metafield: Thing) -> str:
    """Opaque, and the same whenever the same metafield holds the same value."""
    content = [metafield["id"], metafield["type"], metafield["value"]]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _set(_: Any, info: Info, metafields: Sequence[Mapping[str, Any]]) -> Any:
    """All rows, or none."""
    shop = info.context
    if len(metafields) > MOST_SET:
        message = f"Exceeded the maximum metafields input limit of {MOST_SET}."
        error = user_error(["metafields"], message, "LESS_THAN_OR_EQUAL_TO")
        return {"metafields": None, "userErrors": [error]}
    rows = [_Row(shop, index, row) for index, row in enumerate(metafields)]
    errors = [error for row in rows for error in row.errors()]
    if errors:
        return {"metafields": [], "userErrors": errors}
    return {"metafields": [row.write() for row in rows], "userErrors": []}


class _Row:
    """One row of a `metafieldsSet`: what it is about, what is wrong with it, its writing."""

    def __init__(self, shop: Shop, index: int, row: Mapping[str, Any]) -> None:
        self._shop = shop
        self._index = str(index)
        self._row = row
        self._owner = _owner(shop, row["ownerId"])
        self._namespace = namespace_of(row.get("namespace"))
        self._found = self._stored()
        self._definition = self._described()
        self._type = row.get("type") or (self._definition or self._found or {}).get("type")

    def errors(self) -> Iterator[UserError]:
        if self._owner is None:
            yield self._wrong("Owner does not exist.", "INVALID_VALUE", "ownerId")
            return
        yield from self._name_errors("namespace", self._namespace, 3, 255)
        yield from self._name_errors("key", self._row["key"], 2, 64)
        if self._type is None:
            yield self._wrong("Type can't be blank", "BLANK", "type")
            return
        yield from self._type_errors()
        try:
            value = self._value()
        except Unfit as error:
            yield self._wrong(str(error), "INVALID_VALUE", "value")
            return
        yield from self._repeated(value)
        yield from self._digest_errors(value)

    def write(self) -> Thing:
        assert self._owner is not None
        assert self._type is not None
        return set_metafield(
            self._shop, self._owner, self._namespace, self._row["key"], self._type, self._value()
        )

    def _stored(self) -> Thing | None:
        return metafield_of(self._shop, self._row["ownerId"], self._namespace, self._row["key"])

    def _described(self) -> Thing | None:
        owner_type = OWNER_TYPES.get(self._owner["__typename"], "") if self._owner else ""
        return definition_of(self._shop, owner_type, self._namespace, self._row["key"])

    def _value(self) -> str:
        rules = self._definition["validations"] if self._definition else ()
        return values.stored(self._shop, str(self._type), self._row["value"], rules)

    def _name_errors(self, name: str, text: str, least: int, most: int) -> Iterator[UserError]:
        if len(text) < least:
            message = f"{name.capitalize()} is too short (minimum is {least} characters)"
            yield self._wrong(message, "TOO_SHORT", name)
        if len(text) > most:
            message = f"{name.capitalize()} is too long (maximum is {most} characters)"
            yield self._wrong(message, "TOO_LONG", name)

    def _type_errors(self) -> Iterator[UserError]:
        if self._type not in values.TYPES:
            message = f"Type name {self._type} is not a valid type."
            yield self._wrong(message, "INVALID_TYPE", "type")
        elif self._definition and self._definition["type"] != self._type:
            message = (
                f"Type '{self._type}' must be consistent with the definition's type:"
                f" '{self._definition['type']}'."
            )
            yield self._wrong(message, "INVALID_TYPE", "type")

    def _repeated(self, value: str) -> Iterator[UserError]:
        """A definition may want each value once only."""
        if not self._definition or "uniqueValues" not in self._definition["capabilities"]:
            return
        others = metafields_of(self._shop, self._definition)
        if any(m["value"] == value and m["owner_id"] != self._row["ownerId"] for m in others):
            yield self._wrong("Value must be unique.", "CAPABILITY_VIOLATION", "value")

    def _digest_errors(self, value: str) -> Iterator[UserError]:
        """What is stored already may be written again whatever digest is sent."""
        if "compareDigest" not in self._row:
            return
        given = self._row["compareDigest"]
        if self._found is None:
            if given is not None:
                yield self._wrong("Invalid `compareDigest` value.", "INVALID_COMPARE_DIGEST")
        elif (self._found["type"], self._found["value"]) != (self._type, value) and (
            given != digest(self._found)
        ):
            yield self._wrong(_STALE, "STALE_OBJECT")

    def _wrong(self, message: str, code: str, *place: str) -> UserError:
        return user_error(["metafields", self._index, *place], message, code)


def _owner(shop: Shop, id_: str) -> Thing | None:
    found = shop.get(id_)
    return found if found and found["__typename"] in OWNER_TYPES else None


def _delete(_: Any, info: Info, metafields: Sequence[Mapping[str, Any]]) -> Any:
    """A row that is not there is answered by null; it is no error."""
    shop = info.context
    return {"deletedMetafields": [_deleted(shop, row) for row in metafields], "userErrors": []}


def _deleted(shop: Shop, row: Mapping[str, Any]) -> dict[str, str] | None:
    namespace = namespace_of(row["namespace"])
    found = metafield_of(shop, row["ownerId"], namespace, row["key"])
    if found is None:
        return None
    shop.remove(found)
    return {"ownerId": row["ownerId"], "namespace": namespace, "key": row["key"]}


def _of_owner(owner: Thing, info: Info, **args: Any) -> Thing | None:
    return metafield_of(info.context, owner["id"], namespace_of(args.get("namespace")), args["key"])


def _all_of_owner(owner: Thing, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    own = shop.where("Metafield", "owner_id", owner["id"])
    if args.get("namespace"):
        own = [m for m in own if m["namespace"] == namespace_of(args["namespace"])]
    if args.get("keys") is None:
        return connection(own, args)
    return _by_keys(own, args)


def _by_keys(own: Sequence[Thing], args: Mapping[str, Any]) -> dict[str, Any]:
    """In the order of the keys asked for, each answered under its full name."""
    full = {f"{m['namespace']}.{m['key']}": m for m in own}
    places = {full[name]["id"]: place for place, name in enumerate(args["keys"]) if name in full}
    named = [{**m, "key": name} for name, m in full.items() if m["id"] in places]
    return connection(named, args, lambda metafield: places[metafield["id"]])


def _reference(metafield: Thing, info: Info) -> Thing | None:
    """The thing that is referred to, while it exists."""
    if not metafield["type"].endswith("_reference") or metafield["type"].startswith("list."):
        return None
    shop = info.context
    return shop.get(metafield["value"])


def _references(metafield: Thing, info: Info, **args: Any) -> dict[str, Any] | None:
    """The things that a list refers to, those that exist."""
    if not re.fullmatch(r"list\.\w+_reference", metafield["type"]):
        return None
    shop = info.context
    there = [found for id_ in json.loads(metafield["value"]) if (found := shop.get(id_))]
    places = {found["id"]: place for place, found in enumerate(there)}
    return connection(there, args, lambda thing: places[thing["id"]])


def _json_value(metafield: Thing, _: Info) -> Any:
    type_, value = metafield["type"], metafield["value"]
    if type_ == "boolean":
        return True if value == "true" else value
    is_json = type_.startswith("list.") or type_ in values.JSON_TYPES
    return json.loads(value) if is_json else value


def _definition(metafield: Thing, info: Info) -> Thing | None:
    named = (metafield["ownerType"], metafield["namespace"], metafield["key"])
    return definition_of(info.context, *named)


def _owner_of(metafield: Thing, info: Info) -> Thing | None:
    shop = info.context
    return shop.get(metafield["owner_id"])


_OF_OWNERS: Final = {"metafield": _of_owner, "metafields": _all_of_owner}

FIELDS: Final = {
    "Mutation": {"metafieldsSet": _set, "metafieldsDelete": _delete},
    "Product": _OF_OWNERS,
    "ProductVariant": _OF_OWNERS,
    "Collection": _OF_OWNERS,
    "Page": _OF_OWNERS,
    "Blog": _OF_OWNERS,
    "Article": _OF_OWNERS,
    "Metafield": {
        "compareDigest": lambda metafield, info: digest(metafield),
        "reference": _reference,
        "references": _references,
        "jsonValue": _json_value,
        "definition": _definition,
        "description": lambda metafield, info: (_definition(metafield, info) or {}).get(
            "description"
        ),
        "legacyResourceId": lambda metafield, info: str(number(metafield["id"])),
        "sizeInBytes": lambda metafield, info: len(metafield["value"].encode()),
        "owner": _owner_of,
    },
}
