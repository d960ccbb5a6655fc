"""Attributes one at a time: looked up, listed, made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox import callers, filters, values
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.fields import must_be_clean, problems_of
from providers.saleor.sandbox.paging import SortKey, connection
from providers.saleor.sandbox.references import REFERENCES, UNNAMED
from providers.saleor.sandbox.refusal import Refusal, named, node, one_named, problem, refuse
from providers.saleor.sandbox.slugs import slugify, unique_slug
from providers.saleor.sandbox.values import WITH_CHOICES
from providers.saleor.sandbox.world import World

Args = Mapping[str, Any]

BLANK: Mapping[str, Any] = {
    "inputType": "DROPDOWN",
    "entityType": None,
    "unit": None,
    "valueRequired": False,
    "visibleInStorefront": True,
    "externalReference": None,
    "metadata": {},
    "privateMetadata": {},
}

_TESTS = {
    "ids": filters.ids("Attribute"),
    "name": filters.text("name"),
    "slug": filters.text("slug"),
    "inputType": filters.text("inputType"),
    "type": filters.text("type"),
    "valueRequired": filters.same("valueRequired"),
    "withChoices": lambda document, wanted: (document["inputType"] in WITH_CHOICES) == wanted,
}
_FILTERS = _TESTS | {
    "slugs": filters.among("slug"),
    "type": filters.same("type"),
    "search": filters.search("name", "slug"),
}
_CHOICE_TESTS = {
    "ids": filters.ids("AttributeValue"),
    "name": filters.text("name"),
    "slug": filters.text("slug"),
    "slugs": filters.among("slug"),
    "search": filters.search("name", "slug"),
}


def delete(world: World, attribute: Document) -> None:
    """With its values, from every product type and product; nothing is asked."""
    for value in values.of(world, attribute):
        world.delete("AttributeValue", value["pk"])
    for type_ in world.all("ProductType"):
        fields = ("productAttributes", "variantAttributes")
        left = {f: [pk for pk in type_[f] if pk != attribute["pk"]] for f in fields}
        world.change("ProductType", type_, **left)
    for product in world.all("Product"):
        if str(attribute["pk"]) in product["attributes"]:
            left_on = {k: v for k, v in product["attributes"].items() if k != str(attribute["pk"])}
            world.change("Product", product, attributes=left_on)
    world.delete("Attribute", attribute["pk"])


def _one(call: Call, _root: Any, args: Args) -> Document | None:
    return one_named(call.world, "Attribute", args, "id", "slug", "externalReference")


def _listing(call: Call, _root: Any, args: Args) -> Document:
    sees_all = call.caller.has(*callers.SEEING)
    found = [
        attribute
        for attribute in call.world.all("Attribute")
        if (sees_all or attribute["visibleInStorefront"])
        and filters.passes(attribute, args.get("where"), _TESTS)
        and filters.passes(attribute, args.get("filter"), _FILTERS)
        and filters.passes(attribute, {"search": args.get("search")}, _FILTERS)
    ]
    return _sorted_page("attributes", found, args, lambda a: [0, a["slug"]])


def _choices(call: Call, attribute: Document, args: Args) -> Document:
    has_choices = attribute["inputType"] in WITH_CHOICES
    found = [
        value
        for value in (values.of(call.world, attribute) if has_choices else ())
        if filters.passes(value, args.get("where"), _CHOICE_TESTS)
        and filters.passes(value, args.get("filter"), _CHOICE_TESTS)
        and filters.passes(value, {"search": args.get("search")}, _CHOICE_TESTS)
    ]
    if args.get("sortBy"):
        return _sorted_page("choices", found, args, lambda v: [v["name"]])
    return connection("choices", found, args, lambda v: [v.get("sortOrder"), v["pk"]])


_SORT_KEYS: Mapping[str, SortKey] = {
    "NAME": lambda document: [document["name"], document["slug"]],
    "SLUG": lambda document: [document["slug"]],
}


def _sorted_page(field: str, found: list[Document], args: Args, otherwise: SortKey) -> Document:
    """`sortBy` names a field; equal ones are told apart by their slugs."""
    sorting = args.get("sortBy") or {}
    key = _SORT_KEYS.get(sorting.get("field", ""), otherwise)
    found.sort(key=key, reverse=sorting.get("direction") == "DESC")
    return connection(field, found, args, key)


def _product_types(call: Call, attribute: Document, args: Args) -> Document:
    found = [
        type_
        for type_ in call.world.all("ProductType")
        if attribute["pk"] in type_["productAttributes"]
    ]
    found.sort(key=lambda type_: type_["slug"])
    return connection("productTypes", found, args, lambda type_: [type_["slug"]])


def _with_choices(_call: Call, attribute: Document, _args: Args) -> bool:
    return attribute["inputType"] in WITH_CHOICES


def _create(call: Call, _root: Any, args: Args) -> Document:
    given = dict(args["input"])
    call.caller.must_have(callers.TYPE_PERMISSIONS[given["type"]])
    new_values = given.pop("values", None) or []
    attribute = {**BLANK, **_stated(given)}
    _references_must_name_a_type(attribute)
    attribute["slug"] = _slug_for(call.world, given)
    _values_must_fit(call.world, attribute, new_values, "values")
    must_be_clean(call.world, "Attribute", attribute)
    kept = call.world.create("Attribute", attribute)
    for value in values.with_slugs((), new_values):
        values.add(call.world, kept, value)
    return {"attribute": kept}


def _references_must_name_a_type(attribute: Document) -> None:
    if attribute["inputType"] in REFERENCES and not attribute["entityType"]:
        raise refuse("entityType", UNNAMED, "REQUIRED")


def _update(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.ATTRIBUTES)
    attribute = named(call.world, "Attribute", args)
    given = dict(args["input"])
    new_values = given.pop("addValues", None) or []
    doomed = _doomed(call.world, attribute, given.pop("removeValues", None) or [])
    changed = {**attribute, **_stated(given)}
    if "slug" in given and not given["slug"]:
        raise refuse("slug", "Slug value cannot be blank.", "REQUIRED")
    _values_must_fit(call.world, attribute, new_values, "addValues")
    must_be_clean(call.world, "Attribute", changed)
    kept = call.world.change("Attribute", attribute, **changed)
    taken = [value["slug"] for value in values.of(call.world, attribute)]
    for value in doomed:
        values.delete(call.world, value)
    for value in values.with_slugs(taken, new_values):
        values.add(call.world, kept, value)
    return {"attribute": kept}


def _delete(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.ATTRIBUTES)
    attribute = named(call.world, "Attribute", args)
    delete(call.world, attribute)
    return {"attribute": attribute}


def _bulk_delete(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.ATTRIBUTES)
    found = [node(call.world, id_, "Attribute", "ids") for id_ in args["ids"]]
    for attribute in found:
        delete(call.world, attribute)
    return {"count": len(found)}


def _doomed(world: World, attribute: Document, ids: Sequence[str]) -> list[Document]:
    found = [node(world, id_, "AttributeValue", "removeValues") for id_ in ids]
    for value in found:
        if value["attribute"] != attribute["pk"]:
            words = f"Value {value['name']} does not belong to this attribute."
            raise refuse("removeValues", words, "INVALID")
    return found


def _slug_for(world: World, given: Args) -> str:
    """The slug that was given, or one made of the name, numbered where it is taken."""
    if "slug" in given and given["slug"] is not None:
        if not given["slug"]:
            raise refuse("slug", "Slug value cannot be blank.", "REQUIRED")
        return str(given["slug"])
    taken = {attribute["slug"] for attribute in world.all("Attribute")}
    return unique_slug(slugify(given["name"]) or "-", taken)


def _values_must_fit(world: World, attribute: Document, given: Sequence[Args], field: str) -> None:
    """What new values must be, before any of them is kept."""
    kind = attribute["inputType"]
    if given and kind not in WITH_CHOICES:
        words = f"Values cannot be used with input type {kind.lower().replace('_', '-')}."
        raise refuse(field, words, "INVALID")
    for value in given:
        if value.get("name") is None:
            raise refuse(field, "The name field is required.", "REQUIRED")
        if kind != "SWATCH" and value.get("value"):
            words = "Cannot define value, file and contentType fields for not swatch attribute."
            raise refuse(field, words, "INVALID")
        wrong = list(problems_of(world, "AttributeValue", {"slug": "-", **value}))
        if wrong:
            raise Refusal([problem(field, each["message"], "INVALID") for each in wrong])
    known = attribute if "pk" in attribute else None
    values.names_must_be_free(world, known, given, field)


def _stated(given: Args) -> dict[str, Any]:
    """A null in a field that must have a value leaves its default."""
    return {n: BLANK[n] if v is None and n in BLANK else v for n, v in given.items()}


RESOLVERS = {
    ("Query", "attribute"): _one,
    ("Query", "attributes"): _listing,
    ("Attribute", "choices"): _choices,
    ("Attribute", "productTypes"): _product_types,
    ("Attribute", "withChoices"): _with_choices,
}
MUTATIONS = {
    "attributeCreate": _create,
    "attributeUpdate": _update,
    "attributeDelete": _delete,
    "attributeBulkDelete": _bulk_delete,
}
