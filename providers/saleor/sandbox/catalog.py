"""What products stand in: product types with their attributes, categories, channels, the shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox import callers, filters
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.fields import must_be_clean
from providers.saleor.sandbox.paging import connection
from providers.saleor.sandbox.refusal import PermissionDenied, node, one_named, refuse
from providers.saleor.sandbox.slugs import slugify, unique_slug
from providers.saleor.sandbox.world import World, gid, pk_in

Args = Mapping[str, Any]

BLANK_TYPE: Mapping[str, Any] = {
    "kind": "NORMAL",
    "hasVariants": True,
    "isShippingRequired": True,
    "productAttributes": [],
    "variantAttributes": [],
    "metadata": {},
    "privateMetadata": {},
}

_FIELDS = {"PRODUCT": "productAttributes", "VARIANT": "variantAttributes"}

_TYPE_TESTS = {
    "ids": filters.ids("ProductType"),
    "slugs": filters.among("slug"),
    "kind": filters.same("kind"),
    "search": filters.search("name", "slug"),
}


def _app(call: Call, _root: Any, args: Args) -> Document | None:
    if args.get("id"):
        call.caller.must_have("MANAGE_APPS")
        return call.world.get("App", pk_in(args["id"], "App"))
    if call.caller.app is None:
        raise PermissionDenied.needing("AUTHENTICATED_STAFF_USER", "AUTHENTICATED_APP")
    return call.caller.app


def _permissions(_call: Call, app: Document, _args: Args) -> list[Document]:
    return [
        {"code": code, "name": code.replace("_", " ").capitalize()}
        for code in sorted(app["permissions"], key=str.lower)
    ]


def _shop(call: Call, _root: Any, _args: Args) -> Document:
    return call.world.all("Shop")[0]


def _domain(_call: Call, shop: Document, _args: Args) -> Document:
    return {"host": shop["host"]}


def _channels(call: Call, _root: Any, _args: Args) -> list[Document]:
    if call.caller.app is None:
        raise PermissionDenied.needing("AUTHENTICATED_STAFF_USER", "AUTHENTICATED_APP")
    return sorted(call.world.all("Channel"), key=lambda channel: str(channel["slug"]))


def _type(call: Call, _root: Any, args: Args) -> Document | None:
    return call.world.get("ProductType", pk_in(args["id"], "ProductType"))


def _types(call: Call, _root: Any, args: Args) -> Document:
    found = [
        type_
        for type_ in call.world.all("ProductType")
        if filters.passes(type_, args.get("filter"), _TYPE_TESTS)
    ]
    found.sort(key=lambda type_: type_["slug"])
    return connection("productTypes", found, args, lambda type_: [type_["slug"]])


def _attributes_in(field: str) -> Callable[[Call, Document, Args], list[Document]]:
    return lambda call, type_, _args: [call.world.one("Attribute", pk) for pk in type_[field]]


def _assigned_to_variants(call: Call, type_: Document, _args: Args) -> list[Document]:
    attributes = [call.world.one("Attribute", pk) for pk in type_["variantAttributes"]]
    return [{"attribute": attribute, "variantSelection": False} for attribute in attributes]


def _category(call: Call, _root: Any, args: Args) -> Document | None:
    return one_named(call.world, "Category", args, "id", "slug")


def _create_type(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.ATTRIBUTES)
    given = _type_fields(call.world, args["input"])
    type_ = {**BLANK_TYPE, "name": "", **given}
    type_["slug"] = given.get("slug") or _free_slug(call.world, "ProductType", type_["name"])
    must_be_clean(call.world, "ProductType", type_)
    return {"productType": call.world.create("ProductType", type_)}


def _update_type(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.ATTRIBUTES)
    type_ = node(call.world, args["id"], "ProductType")
    changed = {**type_, **_type_fields(call.world, args["input"])}
    must_be_clean(call.world, "ProductType", changed)
    return {"productType": call.world.change("ProductType", type_, **changed)}


def _type_fields(world: World, given: Args) -> dict[str, Any]:
    """The input as it is kept; `productAttributes` is the whole list."""
    kept = {name: value for name, value in given.items() if value is not None}
    if "productAttributes" in kept:
        ids = kept["productAttributes"]
        found = [node(world, id_, "Attribute", "productAttributes") for id_ in ids]
        _must_be_for_products(found)
        kept["productAttributes"] = [attribute["pk"] for attribute in found]
    return kept


def _assign(call: Call, _root: Any, args: Args) -> Document:
    """All of the operations or none."""
    call.caller.must_have(callers.ATTRIBUTES)
    world = call.world
    type_ = node(world, args["productTypeId"], "ProductType", "productTypeId")
    ids = [operation["id"] for operation in args["operations"]]
    found = {id_: world.get("Attribute", pk_in(id_, "Attribute")) for id_ in ids}
    lost = [id_ for id_, attribute in found.items() if attribute is None]
    if lost:
        words = "Attribute doesn't exist."
        raise refuse("operations", words, "NOT_FOUND", attributes=lost)
    attributes = [attribute for attribute in found.values() if attribute is not None]
    _must_be_for_products(attributes)
    _must_be_unassigned(type_, attributes)
    assigned = {field: list(type_[field]) for field in _FIELDS.values()}
    for operation in args["operations"]:
        assigned[_FIELDS[operation["type"]]].append(pk_in(operation["id"], "Attribute"))
    return {"productType": world.change("ProductType", type_, **assigned)}


def _unassign(call: Call, _root: Any, args: Args) -> Document:
    """What is not assigned may be named too; the products' values stay where they are."""
    call.caller.must_have(callers.ATTRIBUTES)
    type_ = node(call.world, args["productTypeId"], "ProductType", "productTypeId")
    pks = {pk_in(id_, "Attribute") for id_ in args["attributeIds"]}
    left = {field: [pk for pk in type_[field] if pk not in pks] for field in _FIELDS.values()}
    return {"productType": call.world.change("ProductType", type_, **left)}


def _must_be_for_products(attributes: Sequence[Document]) -> None:
    others = [gid("Attribute", a["pk"]) for a in attributes if a["type"] != "PRODUCT_TYPE"]
    if others:
        words = "Only product attributes can be assigned."
        raise refuse("operations", words, "INVALID", attributes=others)


def _must_be_unassigned(type_: Document, attributes: Sequence[Document]) -> None:
    assigned = {pk for field in _FIELDS.values() for pk in type_[field]}
    twice = [a for a in attributes if a["pk"] in assigned]
    if twice:
        named = ", ".join(f"{a['name']} ({a['slug']})" for a in twice)
        words = f"{named} have already been assigned to this product type."
        ids = [gid("Attribute", a["pk"]) for a in twice]
        raise refuse("operations", words, "ATTRIBUTE_ALREADY_ASSIGNED", attributes=ids)


def _create_category(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    given = {name: value for name, value in args["input"].items() if value is not None}
    category = {"name": "", "metadata": {}, "privateMetadata": {}, **given}
    category["slug"] = given.get("slug") or _free_slug(call.world, "Category", category["name"])
    must_be_clean(call.world, "Category", category)
    return {"category": call.world.create("Category", category)}


def _free_slug(world: World, sort: str, name: str) -> str:
    return unique_slug(slugify(name) or "-", {document["slug"] for document in world.all(sort)})


RESOLVERS = {
    ("Query", "app"): _app,
    ("Query", "shop"): _shop,
    ("Query", "channels"): _channels,
    ("Query", "productType"): _type,
    ("Query", "productTypes"): _types,
    ("Query", "category"): _category,
    ("App", "permissions"): _permissions,
    ("Shop", "domain"): _domain,
    ("ProductType", "productAttributes"): _attributes_in("productAttributes"),
    ("ProductType", "variantAttributes"): _attributes_in("variantAttributes"),
    ("ProductType", "assignedVariantAttributes"): _assigned_to_variants,
}
MUTATIONS = {
    "productTypeCreate": _create_type,
    "productTypeUpdate": _update_type,
    "productAttributeAssign": _assign,
    "productAttributeUnassign": _unassign,
    "categoryCreate": _create_category,
}
