"""Products and their default variants: made, deleted and searched for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from providers.shopify.sandbox import jobs, membership, search
from providers.shopify.sandbox.handles import free, slug
from providers.shopify.sandbox.ids import number, parts
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, refusal, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

LONGEST: Final = 255

INDEX_SECONDS: Final = 2.0
"""How long the search does not know what was just written."""

_TEXTS: Final = {
    "title": ("Title",),
    "vendor": ("Vendor",),
    "productType": ("Product type", "Custom product type"),
    "handle": ("Handle",),
}

_TAGGED: Final[search.Match] = search.one_of(lambda product: product["tags"])

_SEARCHED: Final[search.Fields] = {
    "id": search.id_matches,
    "handle": search.in_list(lambda product: str(product["handle"])),
    "title": search.text_is(lambda product: str(product["title"])),
    "vendor": search.text_is(lambda product: str(product["vendor"])),
    "product_type": search.text_is(lambda product: str(product["productType"])),
    "status": search.in_list(lambda product: str(product["status"])),
    "tag": _TAGGED,
    "tag_not": lambda product, value: not _TAGGED(product, value),
}
ORDER: Final = {
    "ID": lambda product: number(product["id"]),
    "TITLE": lambda product: product["title"].casefold(),
    "VENDOR": lambda product: product["vendor"].casefold(),
    "PRODUCT_TYPE": lambda product: product["productType"].casefold(),
    "CREATED_AT": lambda product: product["createdAt"],
    "UPDATED_AT": lambda product: product["updatedAt"],
}


def normal_tags(tags: Iterable[str]) -> list[str]:
    """Split at commas, trimmed, each once whatever its case (the first casing stays), sorted."""
    kept: dict[str, str] = {}
    for tag in tags:
        for piece in tag.split(","):
            if piece.strip():
                kept.setdefault(piece.strip().casefold(), piece.strip())
    return [kept[key] for key in sorted(kept)]


def add_product(shop: Shop, fields: Mapping[str, Any], id_: str | None = None) -> Thing:
    """A product as the API would make it of its fields, with its default variant."""
    title = str(fields.get("title", ""))
    wanted = slug(str(fields.get("handle") or title)) or "product"
    product = shop.add(
        "Product",
        {
            "descriptionHtml": "",
            "vendor": shop.setting("shop").get("name", ""),
            "productType": "",
            "status": "ACTIVE",
            "was": None,
            "changed_at": shop.now,
            **fields,
            "title": title,
            "handle": free(wanted, (other["handle"] for other in shop.all("Product"))),
            "tags": normal_tags(fields.get("tags") or ()),
        },
        id_,
    )
    add_variant(shop, product["id"], {})
    return product


def change_product(shop: Shop, product: Thing, fields: Mapping[str, Any]) -> Thing:
    """The search goes on knowing the product as it last knew it, for a while."""
    known = product if _is_known(shop, product) else product["was"]
    was = known and {name: value for name, value in known.items() if name != "was"}
    tags = {"tags": normal_tags(fields["tags"])} if "tags" in fields else {}
    return shop.change(product, **{**fields, **tags}, was=was, changed_at=shop.now)


def _is_known(shop: Shop, product: Thing) -> bool:
    """Whether the search knows a product as it is."""
    return jobs.is_over(shop, product["changed_at"], INDEX_SECONDS)


def _as_searched(shop: Shop) -> Iterator[tuple[Thing, Thing]]:
    """Products that the search knows: as it knows them, and as they are."""
    for product in shop.all("Product"):
        if _is_known(shop, product):
            yield product, product
        elif product["was"] is not None:
            yield product["was"], product


def add_variant(
    shop: Shop, product_id: str, fields: Mapping[str, Any], id_: str | None = None
) -> Thing:
    plain = {"title": "Default Title", "price": "0.00", "product_id": product_id}
    return shop.add("ProductVariant", {**plain, **fields}, id_)


def remove_product(shop: Shop, product: Thing) -> None:
    """A product goes with its variants and all their metafields."""
    for thing in (product, *shop.where("ProductVariant", "product_id", product["id"])):
        for metafield in shop.where("Metafield", "owner_id", thing["id"]):
            shop.remove(metafield)
        shop.remove(thing)


def input_errors(fields: Mapping[str, Any]) -> list[UserError]:
    """What is wrong with the texts of a product."""
    if not str(fields.get("title") or "").strip():
        return [user_error(["title"], "Title can't be blank")]
    errors = [
        user_error([_camel(label)], f"{label} is too long (maximum is {LONGEST} characters)")
        for name, labels in _TEXTS.items()
        for label in labels
        if len(fields.get(name) or "") > LONGEST
    ]
    if any(len(tag) > LONGEST for tag in fields.get("tags") or ()):
        errors.append(user_error(["tags"], "Product tags is invalid"))
    return errors


def _camel(label: str) -> str:
    first, *rest = label.split()
    return first.lower() + "".join(word.capitalize() for word in rest)


def _create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    fields = dict(args.get("product") or args.get("input") or {})
    joined = fields.pop("collectionsToJoin", None) or ()
    errors = input_errors(fields)
    if errors:
        return {"product": None, "shop": shop.setting("shop"), "userErrors": errors}
    product = add_product(
        shop, {name: value for name, value in fields.items() if value is not None}
    )
    for id_ in joined:
        collection = shop.get(id_)
        if collection is not None:
            membership.join(shop, collection, product["id"])
    return {"product": product, "shop": shop.setting("shop"), "userErrors": []}


def _delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    product = shop.get(args["input"]["id"])
    answer: Thing = {"deletedProductId": None, "shop": shop.setting("shop"), "userErrors": []}
    if product is None or product["__typename"] != "Product":
        return answer | {"userErrors": [user_error(["id"], "Product does not exist")]}
    remove_product(shop, product)
    return answer | {"deletedProductId": product["id"]}


def by_id(sort: str) -> Any:
    """A resolver for a field that takes the id of one type of thing."""

    def resolve(_: Any, info: Info, **args: Any) -> Thing | None:
        found = parts(args["id"])
        if found is None or found[0] != sort:
            raise refusal(f"Invalid id: {args['id']}", "RESOURCE_NOT_FOUND")
        shop = info.context
        return shop.get(args["id"])

    return resolve


def _by_identifier(_: Any, info: Info, identifier: Mapping[str, Any]) -> Any:
    shop = info.context
    if "id" in identifier:
        return by_id("Product")(_, info, id=identifier["id"])
    return next(iter(shop.where("Product", "handle", identifier["handle"])), None)


def _found(shop: Shop, query: str | None, path: str) -> list[Thing]:
    if not query or not query.strip():
        return list(shop.all("Product"))
    now = {known["id"]: product for known, product in _as_searched(shop)}
    known = [known for known, _ in _as_searched(shop)]
    found = search.found(shop, known, query, _SEARCHED, _texts, path)
    return [now[product["id"]] for product in found]


def _texts(product: Thing) -> tuple[str, ...]:
    return (product["title"], product["vendor"], product["productType"], *product["tags"])


def _products(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    found = _found(info.context, args.get("query"), str(info.path.key))
    return connection(found, args, ORDER[args["sortKey"]])


def counted(found: list[Thing], limit: int | None) -> dict[str, Any]:
    if limit is not None and len(found) > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": len(found), "precision": "EXACT"}


def _count(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    return counted(_found(info.context, args.get("query"), str(info.path.key)), args.get("limit"))


def _variants(product: Thing, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    return connection(shop.where("ProductVariant", "product_id", product["id"]), args)


def _variants_product(variant: Thing, info: Info) -> Thing | None:
    shop = info.context
    return shop.get(variant["product_id"])


FIELDS: Final = {
    "QueryRoot": {
        "product": by_id("Product"),
        "productByIdentifier": _by_identifier,
        "productVariant": by_id("ProductVariant"),
        "products": _products,
        "productsCount": _count,
    },
    "Mutation": {"productCreate": _create, "productDelete": _delete},
    "Product": {"variants": _variants},
    "ProductVariant": {"product": _variants_product},
}
