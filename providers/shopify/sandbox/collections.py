"""Collections: made, changed and deleted, in the older model (`ruleSet`, `products`) and in
that of 2026-07 (`sources`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from providers.shopify.sandbox import jobs, membership, redirects, search, sources, variants
from providers.shopify.sandbox.handles import free, slug
from providers.shopify.sandbox.ids import number, parts
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.products import ORDER as PRODUCT_ORDER
from providers.shopify.sandbox.products import by_id, counted, custom_id_refusal
from providers.shopify.sandbox.refusal import UserError, refusal, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

LONGEST: Final = 255

SOURCES_SINCE: Final = "2026-07"
"""Versions before this one do not show collections that have sources."""

_WRITABLE: Final = ("title", "descriptionHtml", "sortOrder", "templateSuffix")

_CDN: Final = "https://cdn.shopify.com/s/files/1/0710/0000/0001/collections"


def add_collection(shop: Shop, fields: Mapping[str, Any], id_: str | None = None) -> Thing:
    """A collection of its fields, `sources` being already made."""
    wanted = slug(str(fields.get("handle") or fields["title"])) or "collection"
    return shop.add(
        "Collection",
        {
            "descriptionHtml": "",
            "sortOrder": "BEST_SELLING",
            "templateSuffix": None,
            "seo": {"title": None, "description": None},
            "image": None,
            "ruleSet": None,
            "products": [],
            "sources": [],
            "settled": [],
            "settled_count": 0,
            "settling_since": shop.now,
            **fields,
            "handle": free(wanted, (other["handle"] for other in shop.all("Collection"))),
        },
        id_,
    )


def _create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    fields = args.get("collection") or args.get("input")
    if fields is None:
        raise refusal("collection must be specified on collectionCreate", "BAD_REQUEST")
    errors = list(_creation_errors(shop, fields))
    if errors:
        return {"collection": None, "userErrors": errors}
    made = [sources.made(shop, target) for target in fields.get("sources") or ()]
    stated = {name: fields[name] for name in _WRITABLE if fields.get(name) is not None}
    stated |= _shown_with(fields, {})
    rules = fields.get("ruleSet")
    collection = add_collection(
        shop,
        {
            **stated,
            "handle": fields.get("handle"),
            "ruleSet": rules if rules and rules.get("rules") else None,
            "products": list(fields.get("products") or ()),
            "sources": made,
        },
    )
    return {"collection": collection, "userErrors": []}


def _creation_errors(shop: Shop, fields: Mapping[str, Any]) -> Iterator[UserError]:
    if fields.get("id"):
        yield user_error(["id"], "id cannot be specified on collection creation")
        return
    yield from _title_errors(fields.get("title"))
    for index, id_ in enumerate(fields.get("products") or ()):
        if shop.one("Product", id_) is None:
            yield user_error(["products", str(index)], "Product does not exist")
    if fields.get("ruleSet") is not None and fields["ruleSet"].get("rules") is None:
        yield user_error(["ruleSet", "rules"], "Rules cannot be an empty set")
    yield from sources.creation_errors(shop, fields.get("sources") or (), "sources")


def _title_errors(title: str | None) -> Iterator[UserError]:
    if not (title or "").strip():
        yield user_error(["title"], "Title can't be blank")
    elif len(title or "") > LONGEST:
        yield user_error(["title"], f"Title is too long (maximum is {LONGEST} characters)")


def _update(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    fields = args.get("collection") or args.get("input") or {}
    if not fields.get("id"):
        raise refusal("id must be specified on collectionUpdate", "BAD_REQUEST")
    found = shop.one("Collection", fields["id"])
    answer: Thing = {"collection": None, "job": None, "userErrors": []}
    if found is None:
        return answer | {"userErrors": [user_error(None, "Collection does not exist")]}
    errors = list(_change_errors(shop, found, fields))
    if errors:
        return answer | {"userErrors": errors}
    collection = shop.change(found, **_changes(shop, found, fields))
    moved = any(collection[name] != found[name] for name in ("ruleSet", "sources"))
    return answer | {"collection": collection, "job": jobs.start(shop) if moved else None}


def _change_errors(shop: Shop, found: Thing, fields: Mapping[str, Any]) -> Iterator[UserError]:
    if "title" in fields:
        yield from _title_errors(fields["title"])
    if fields.get("ruleSet") is not None:
        if found["ruleSet"] is None:
            yield user_error(["id"], "Cannot update rule set of a custom collection")
        elif not fields["ruleSet"].get("rules"):
            yield user_error(["ruleSet", "rules"], "Rules cannot be an empty set")
    yield from sources.change_errors(shop, found, fields)


def _changes(shop: Shop, found: Thing, fields: Mapping[str, Any]) -> dict[str, Any]:
    changes = {name: fields[name] for name in _WRITABLE if fields.get(name) is not None}
    changes |= _shown_with(fields, found)
    if fields.get("handle"):
        others = (c["handle"] for c in shop.all("Collection") if c["id"] != found["id"])
        changes["handle"] = free(slug(fields["handle"]) or "collection", others)
        if fields.get("redirectNewHandle"):
            redirects.add(shop, "collections", found["handle"], changes["handle"])
    if fields.get("ruleSet") is not None:
        changes["ruleSet"] = fields["ruleSet"]
    if any(fields.get(f"sourcesTo{verb}") for verb in ("Create", "Update", "Delete")):
        changes["sources"] = sources.changed(shop, found, fields)
        changes["ruleSet"] = None  # Sources take the place of the older model.
    if "ruleSet" in changes or "sources" in changes:
        changes |= membership.unsettled(shop, found)
    return changes


def _shown_with(fields: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The picture and what search engines are told. Empty texts are none."""
    changes: dict[str, Any] = {}
    if fields.get("seo") is not None:
        before = found.get("seo") or {"title": None, "description": None}
        changes["seo"] = {**before, **{n: text or None for n, text in fields["seo"].items()}}
    if fields.get("templateSuffix") == "":
        changes["templateSuffix"] = None
    if "image" in fields:
        changes["image"] = _image(fields["image"], found.get("image"))
    return changes


def _image(given: Mapping[str, Any] | None, before: Thing | None) -> Thing | None:
    """Shopify keeps a copy of its own, under the name that the picture came with."""
    if given is None:
        return None
    url = before and before["url"]
    if given.get("src"):
        name = urlsplit(given["src"]).path.rsplit("/", 1)[-1]
        url = f"{_CDN}/{name}?v=1793491200"
    alt = given.get("altText", before and before["altText"])
    return {"url": url, "altText": alt or None} if url else None


def _delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    found = shop.one("Collection", args["input"]["id"])
    answer: Thing = {"deletedCollectionId": None, "shop": shop.setting("shop"), "userErrors": []}
    if found is None:
        return answer | {"userErrors": [user_error(["id"], "Collection does not exist")]}
    shop.remove(found)
    return answer | {"deletedCollectionId": found["id"]}


def _visible(shop: Shop) -> Iterator[Thing]:
    return (c for c in shop.all("Collection") if is_visible(shop, c))


def is_visible(shop: Shop, collection: Thing) -> bool:
    return not collection["sources"] or shop.version >= SOURCES_SINCE


def _by_id(_: Any, info: Info, **args: Any) -> Thing | None:
    found: Thing | None = by_id("Collection")(_, info, **args)
    return found if found and is_visible(info.context, found) else None


def _by_handle(_: Any, info: Info, handle: str) -> Thing | None:
    shop = info.context
    found = shop.where("Collection", "handle", handle)
    return next((collection for collection in found if is_visible(shop, collection)), None)


def _by_identifier(_: Any, info: Info, identifier: Mapping[str, Any]) -> Any:
    if "customId" in identifier:
        raise custom_id_refusal()
    if "id" in identifier:
        return _by_id(_, info, id=identifier["id"])
    return _by_handle(_, info, identifier["handle"])


def _searched(shop: Shop) -> search.Fields:
    return {
        "id": search.id_matches,
        "handle": search.in_list(lambda collection: str(collection["handle"])),
        "title": search.text_is(lambda collection: str(collection["title"])),
        "collection_type": search.text_is(
            lambda collection: "smart" if is_smart(collection) else "custom"
        ),
        "product_id": lambda collection, value: (
            value in {str(number(id_)) for id_ in membership.members(shop, collection)}
        ),
    }


def is_smart(collection: Thing) -> bool:
    return bool(collection["ruleSet"] or collection["sources"])


_ORDER: Final = {
    "ID": lambda collection: number(collection["id"]),
    "TITLE": lambda collection: collection["title"].casefold(),
    "UPDATED_AT": lambda collection: collection["updatedAt"],
}


def _found(shop: Shop, query: str | None, path: str) -> list[Thing]:
    return search.found(
        shop, _visible(shop), query, _searched(shop), lambda c: (c["title"], c["handle"]), path
    )


def _collections(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    found = _found(info.context, args.get("query"), str(info.path.key))
    return connection(found, args, _ORDER[args["sortKey"]])


def _count(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    return counted(_found(info.context, args.get("query"), str(info.path.key)), args.get("limit"))


def _of_product(product: Thing, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    found = _found(shop, args.get("query"), str(info.path.key))
    own = [c for c in found if product["id"] in membership.members(shop, c)]
    return connection(own, args, _ORDER[args["sortKey"]])


def _products(collection: Thing, info: Info, **args: Any) -> dict[str, Any]:
    """By default in the collection's own order: by hand, by title, by age."""
    shop = info.context
    ids = membership.members(shop, collection)
    products = [product for id_ in ids if (product := shop.get(id_))]
    key, backwards = _product_order(collection, args["sortKey"])
    places = {id_: place for place, id_ in enumerate(ids)}
    own = {
        "MANUAL": lambda product: places[product["id"]],
        "PRICE": lambda product: variants.lowest_price(shop, product),
    }
    value = {**PRODUCT_ORDER, **own}[key]
    reverse = bool(args.get("reverse")) != backwards
    return connection(products, {**args, "reverse": reverse}, value)


def _product_order(collection: Thing, asked: str) -> tuple[str, bool]:
    """What is sorted by, and whether backwards. Nothing was ever sold here: as recorded, the
    newest comes first then, and in a collection's own order what came first."""
    if asked in ("BEST_SELLING", "RELEVANCE"):
        return "ID", True
    wanted = collection["sortOrder"] if asked == "COLLECTION_DEFAULT" else asked
    return {
        "ALPHA_ASC": ("TITLE", False),
        "ALPHA_DESC": ("TITLE", True),
        "TITLE": ("TITLE", False),
        "CREATED": ("CREATED_AT", False),
        "CREATED_DESC": ("CREATED_AT", True),
        "ID": ("ID", False),
        "PRICE": ("PRICE", False),
        "PRICE_ASC": ("PRICE", False),
        "PRICE_DESC": ("PRICE", True),
    }.get(wanted, ("MANUAL", False))


def _products_count(collection: Thing, info: Info) -> dict[str, Any]:
    return {"count": membership.counted(info.context, collection), "precision": "EXACT"}


def _source_products(source: Thing, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    return connection(
        (p for p in shop.all("Product") if membership.is_in_source(shop, source, p)), args
    )


def _has_product(collection: Thing, info: Info, **args: Any) -> bool:
    return args["id"] in membership.members(info.context, collection)


def _node(_: Any, info: Info, **args: Any) -> Thing | None:
    shop = info.context
    found = shop.get(args["id"]) if parts(args["id"]) else None
    found = found or sources.source_called(shop, args["id"])
    is_hidden = found and found["__typename"] == "Collection" and not is_visible(shop, found)
    return None if is_hidden else found


def _nodes(_: Any, info: Info, ids: list[str]) -> list[Thing | None]:
    return [_node(_, info, id=id_) for id_ in ids]


FIELDS: Final = {
    "QueryRoot": {
        "collection": _by_id,
        "collectionByHandle": _by_handle,
        "collectionByIdentifier": _by_identifier,
        "collections": _collections,
        "collectionsCount": _count,
        "node": _node,
        "nodes": _nodes,
    },
    "Mutation": {
        "collectionCreate": _create,
        "collectionUpdate": _update,
        "collectionDelete": _delete,
    },
    "Product": {"collections": _of_product},
    "CollectionConditionsSource": {"products": _source_products},
    "Collection": {
        "products": _products,
        "productsCount": _products_count,
        "hasProduct": _has_product,
    },
}
