"""Products: found, listed and changed. Visitors see what a channel publishes, apps everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox import assignments, callers, editorjs, filters
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.fields import must_be_clean
from providers.saleor.sandbox.listings import channel_for, is_visible
from providers.saleor.sandbox.metadata import merged
from providers.saleor.sandbox.paging import connection
from providers.saleor.sandbox.refusal import Refusal, TopLevel, named, node, one_named, refuse
from providers.saleor.sandbox.slugs import slugify, unique_slug
from providers.saleor.sandbox.world import World, pk_in

Args = Mapping[str, Any]

BLANK: Mapping[str, Any] = {
    "name": "",
    "description": None,
    "category": None,
    "externalReference": None,
    "metadata": {},
    "privateMetadata": {},
    "attributes": {},
    "channelListings": [],
}


def _one(call: Call, _root: Any, args: Args) -> Document | None:
    channel = channel_for(call, args)
    found = one_named(call.world, "Product", args, "id", "slug", "externalReference")
    return found if found is not None and is_visible(call, found, channel) else None


def _listing(call: Call, _root: Any, args: Args) -> Document:
    return page(call, call.world.all("Product"), args, channel_for(call, args))


def page(call: Call, among: Iterable[Document], args: Args, channel: str | None) -> Document:
    """One page of those products that are visible in a channel and pass the arguments."""
    tests, filter_tests = _tests(call.world), _filter_tests(call.world)
    found = [
        product
        for product in among
        if is_visible(call, product, channel)
        and filters.passes(product, args.get("where"), tests)
        and filters.passes(product, args.get("filter"), filter_tests)
        and filters.passes(product, {"search": args.get("search")}, filter_tests)
    ]
    found.sort(key=lambda product: product["slug"])
    return connection("products", found, args, lambda product: [product["slug"]])


def _tests(world: World) -> dict[str, filters.Test]:
    return {
        "ids": filters.ids("Product"),
        "name": filters.text("name"),
        "slug": filters.text("slug"),
        "productType": _points_at("productType", "ProductType"),
        "category": _points_at("category", "Category"),
        "metadata": filters.metadata,
        "attributes": _carries(world),
    }


def _filter_tests(world: World) -> dict[str, filters.Test]:
    return _tests(world) | {
        "slugs": filters.among("slug"),
        "search": filters.search("name", "slug"),
        "productTypes": lambda p, ids: p["productType"] in {pk_in(i, "ProductType") for i in ids},
        "categories": lambda p, ids: p["category"] in {pk_in(i, "Category") for i in ids},
    }


def _points_at(field: str, sort: str) -> filters.Test:
    def test(product: Document, wanted: Args) -> bool:
        pks = {
            pk_in(id_, sort)
            for given in wanted.values()
            for id_ in (given if isinstance(given, list) else [given])
        }
        return product[field] in pks

    return test


def _carries(world: World) -> filters.Test:
    """Products that carry, for every attribute named, one of its values or its flag."""

    def test(product: Document, wanted: list[Args]) -> bool:
        return all(_carries_one(world, product, entry) for entry in wanted)

    return test


def _carries_one(world: World, product: Document, wanted: Args) -> bool:
    attribute = world.first("Attribute", slug=wanted.get("slug"))
    if attribute is None:
        return False
    pks = product["attributes"].get(str(attribute["pk"]), [])
    carried = [world.one("AttributeValue", pk) for pk in pks]
    if wanted.get("boolean") is not None:
        return any(value["boolean"] is wanted["boolean"] for value in carried)
    return any(value["slug"] in (wanted.get("values") or ()) for value in carried)


def _create(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    world, given = call.world, dict(args["input"])
    type_ = node(world, given["productType"], "ProductType", "productType")
    category = _category(world, given)
    new = assignments.resolved(world, type_, given.pop("attributes", None) or [], new=True)
    product = {**BLANK, **_plain(given), **category, "productType": type_["pk"]}
    product["slug"] = given.get("slug") or _slug_for(world, product["name"])
    product["metadata"] = merged({}, given.get("metadata") or [])
    product["privateMetadata"] = merged({}, given.get("privateMetadata") or [])
    must_be_clean(world, "Product", product)
    written, kept = editorjs.described(product, given)
    kept = world.create("Product", {**kept, "created": world.now(), "updatedAt": world.now()})
    try:
        kept = world.change("Product", kept, attributes=assignments.assign(world, kept, new))
    except (Refusal, TopLevel):
        world.delete("Product", kept["pk"])
        raise
    return {"product": {**kept, "description": written}}


def _update(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    world, given = call.world, dict(args["input"])
    product = named(world, "Product", args)
    type_ = world.one("ProductType", product["productType"])
    category = _category(world, given)
    new = assignments.resolved(world, type_, given.pop("attributes", None) or [], new=False)
    changed = {**product, **_plain(given), **category}
    if "slug" in given and not given["slug"]:
        raise refuse("slug", "Slug value cannot be blank.", "REQUIRED")
    changed["metadata"] = merged(product["metadata"], given.get("metadata") or [])
    private = given.get("privateMetadata") or []
    changed["privateMetadata"] = merged(product["privateMetadata"], private)
    must_be_clean(world, "Product", changed)
    changed["attributes"] = assignments.assign(world, product, new)
    written, kept = editorjs.described(changed, given)
    kept = world.change("Product", {**kept, "updatedAt": world.now()})
    return {"product": {**kept, "description": written}}


def _plain(given: Args) -> dict[str, Any]:
    """The fields that are kept as they are given; null leaves texts that must be texts alone."""
    texts = {n: given[n] for n in ("name", "slug") if given.get(n) is not None}
    return texts | {n: given[n] for n in ("externalReference",) if n in given}


def _category(world: World, given: Args) -> dict[str, Any]:
    if "category" not in given:
        return {}
    if given["category"] is None:
        return {"category": None}
    return {"category": node(world, given["category"], "Category", "category")["pk"]}


def _slug_for(world: World, name: str) -> str:
    taken = {product["slug"] for product in world.all("Product")}
    return unique_slug(slugify(name) or "-", taken)


def _selected(call: Call, product: Document, _args: Args) -> list[Document]:
    """Every attribute of the product's type, in the type's order, with or without values."""
    world = call.world
    type_ = world.one("ProductType", product["productType"])
    attributes = [world.one("Attribute", pk) for pk in type_["productAttributes"]]
    sees_all = call.caller.has(callers.PRODUCTS)
    return [
        {"attribute": attribute, "values": _carried(world, product, attribute)}
        for attribute in attributes
        if sees_all or attribute["visibleInStorefront"]
    ]


def _selected_one(call: Call, product: Document, args: Args) -> Document | None:
    found = _selected(call, product, args)
    return next((s for s in found if s["attribute"]["slug"] == args["slug"]), None)


def _carried(world: World, product: Document, attribute: Document) -> list[Document]:
    pks = product["attributes"].get(str(attribute["pk"]), [])
    return [world.one("AttributeValue", pk) for pk in pks]


def _reference(sort: str, field: str) -> Callable[[Call, Document, Args], Document | None]:
    return lambda call, product, _args: call.world.get(sort, product[field])


RESOLVERS = {
    ("Query", "product"): _one,
    ("Query", "products"): _listing,
    ("Product", "attributes"): _selected,
    ("Product", "attribute"): _selected_one,
    ("Product", "productType"): _reference("ProductType", "productType"),
    ("Product", "category"): _reference("Category", "category"),
    ("Product", "description"): editorjs.shown,
}
MUTATIONS = {"productCreate": _create, "productUpdate": _update}
