"""Products: made, changed, deleted, and looked up by what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from typing import Any, Final

from providers.shopify.sandbox import jobs, membership, product_media, texts, variants
from providers.shopify.sandbox.conditions import category
from providers.shopify.sandbox.handles import slug, unused
from providers.shopify.sandbox.ids import gid, number, parts
from providers.shopify.sandbox.refusal import UserError, refusal, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing
from providers.shopify.sandbox.tags import LONGEST as LONGEST_TAG
from providers.shopify.sandbox.tags import normal

LONGEST: Final = 255

NAMELESS: Final = "product"
"""The handle of a product whose title has no letter in it."""

INDEX_SECONDS: Final = 2.0
"""How long the search does not know what was just written."""

_TEXTS: Final = {
    "title": ("Title",),
    "vendor": ("Vendor",),
    "productType": ("Product type", "Custom product type"),
    "handle": ("Handle",),
}

_WRITABLE: Final = (
    "title",
    "handle",
    "descriptionHtml",
    "vendor",
    "productType",
    "status",
    "tags",
    "seo",
    "templateSuffix",
    "giftCardTemplateSuffix",
    "requiresSellingPlan",
)
_CLEARABLE: Final = ("templateSuffix", "giftCardTemplateSuffix")

ORDER: Final = {
    "ID": lambda product: number(product["id"]),
    "TITLE": lambda product: product["title"].casefold(),
    "VENDOR": lambda product: product["vendor"].casefold(),
    "PRODUCT_TYPE": lambda product: product["productType"].casefold(),
    "CREATED_AT": lambda product: product["createdAt"],
    "UPDATED_AT": lambda product: product["updatedAt"],
    "RELEVANCE": lambda product: number(product["id"]),
}


_PLAIN: Final[Mapping[str, Any]] = {
    "descriptionHtml": "",
    "productType": "",
    "status": "ACTIVE",
    "templateSuffix": None,
    "giftCardTemplateSuffix": None,
    "isGiftCard": False,
    "requiresSellingPlan": False,
    "was": None,
}
_NO_SEO: Final = {"title": None, "description": None}


def add_product(shop: Shop, fields: Mapping[str, Any], id_: str | None = None) -> Thing:
    """A product as the API would make it of its fields, with its default variant. What the API
    can not say at once: `variants`, and `category`, its id in the taxonomy (`aa-1-4`)."""
    title = str(fields.get("title", ""))
    wanted = slug(str(fields.get("handle") or title)) or NAMELESS
    product = shop.add(
        "Product",
        {
            **_PLAIN,
            "vendor": shop.setting("shop").get("name", ""),
            "category": None,
            "changed_at": shop.now,
            **fields,
            "seo": {**_NO_SEO, **(fields.get("seo") or {})},
            "options": fields.get("options") or variants.default_options(shop),
            "title": title,
            "handle": unused(wanted, lambda handle: is_taken(shop, handle)),
            "tags": normal(fields.get("tags") or ()),
        },
        id_,
    )
    own: Iterable[Mapping[str, Any]] = product.get("variants") or ({},)
    for variant in own:
        variants.add_variant(shop, product["id"], variant)
    return product


def is_taken(shop: Shop, handle: str) -> bool:
    return bool(shop.where("Product", "handle", handle))


def change_product(shop: Shop, product: Thing, fields: Mapping[str, Any]) -> Thing:
    """The search goes on knowing the product as it last knew it, for a while."""
    known = product if is_known(shop, product) else product["was"]
    was = known and {name: value for name, value in known.items() if name != "was"}
    tags = {"tags": normal(fields["tags"])} if "tags" in fields else {}
    return shop.change(product, **{**fields, **tags}, was=was, changed_at=shop.now)


def is_known(shop: Shop, product: Thing) -> bool:
    """Whether the search knows a product as it is."""
    return jobs.is_over(shop, product["changed_at"], INDEX_SECONDS)


def remove_product(shop: Shop, product: Thing) -> None:
    """A product goes with its variants."""
    for thing in (product, *shop.where("ProductVariant", "product_id", product["id"])):
        shop.remove(thing)


def input_errors(fields: Mapping[str, Any]) -> list[UserError]:
    """What is wrong with the texts of a product, of those that are given."""
    if "title" in fields and not str(fields["title"] or "").strip():
        return [user_error(["title"], "Title can't be blank")]
    errors = [
        user_error([_camel(label)], f"{label} is too long (maximum is {LONGEST} characters)")
        for name, labels in _TEXTS.items()
        for label in labels
        if len(fields.get(name) or "") > LONGEST
    ]
    if any(len(tag) > LONGEST_TAG for tag in fields.get("tags") or ()):
        errors.append(user_error(["tags"], "Product tags is invalid"))
    return errors


def _camel(label: str) -> str:
    first, *rest = label.split()
    return first.lower() + "".join(word.capitalize() for word in rest)


def _create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    fields = dict(args.get("product") or args.get("input") or {})
    errors = [*input_errors({"title": None, **fields}), *_media_errors(args)]
    if errors:
        return {"product": None, "shop": shop.setting("shop"), "userErrors": errors}
    product = add_product(shop, _stated(shop, fields))
    _move(shop, product, fields)
    product_media.add(shop, product, args.get("media") or ())
    return {"product": shop.get(product["id"]), "shop": shop.setting("shop"), "userErrors": []}


def _stated(shop: Shop, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What an input says of a product's own fields."""
    stated = {name: fields[name] for name in _WRITABLE if fields.get(name) is not None}
    if fields.get("giftCard"):
        stated["isGiftCard"] = True
    if fields.get("productOptions"):
        stated["options"] = [
            variants.new_option(
                shop, option["name"], [value["name"] for value in option.get("values") or ()]
            )
            for option in fields["productOptions"]
        ]
    return stated


def _move(shop: Shop, product: Thing, fields: Mapping[str, Any]) -> None:
    """Into and out of collections; what is none is passed over, as recorded."""
    ways = (("collectionsToJoin", membership.join), ("collectionsToLeave", membership.leave))
    for name, move in ways:
        for id_ in fields.get(name) or ():
            collection = shop.one("Collection", id_)
            if collection is not None:
                move(shop, collection, product["id"])


def _update(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    fields = dict(args.get("product") or args.get("input") or {})
    product = _meant(shop, args.get("identifier") or {"id": fields.get("id")})
    if product is None:
        return {"product": None, "userErrors": [user_error(["id"], "Product does not exist")]}
    errors = [
        *input_errors(fields),
        *_handle_errors(shop, product, fields),
        *_media_errors(args),
    ]
    if errors:
        return {"product": product, "userErrors": errors}
    changed = change_product(shop, product, _changes(shop, product, fields))
    _move(shop, changed, fields)
    product_media.add(shop, changed, args.get("media") or ())
    return {"product": shop.get(changed["id"]), "userErrors": []}


def _change_status(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    product = _meant(shop, {"id": args["productId"]})
    if product is None:
        message = "Product does not exist"
        error = user_error(["productId"], message, "PRODUCT_NOT_FOUND")
        return {"product": None, "userErrors": [error]}
    changed = change_product(shop, product, {"status": args["status"]})
    return {"product": changed, "userErrors": []}


def _media_errors(args: Mapping[str, Any]) -> list[UserError]:
    return product_media.address_errors(args.get("media") or ())


def _meant(shop: Shop, identifier: Mapping[str, Any]) -> Thing | None:
    if identifier.get("handle"):
        return next(iter(shop.where("Product", "handle", identifier["handle"])), None)
    return shop.one("Product", identifier.get("id"))


def _handle_errors(shop: Shop, product: Thing, fields: Mapping[str, Any]) -> Iterator[UserError]:
    wanted = slug(fields.get("handle") or "")
    others = (p for p in shop.where("Product", "handle", wanted) if p["id"] != product["id"])
    if wanted and any(others):
        message = f"Handle '{wanted}' already in use. Please provide a new handle."
        yield user_error(["input", "handle"], message)


def _changes(shop: Shop, product: Thing, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A handle that is blank is passed over; one without any letter gets a name of its own."""
    changes = _stated(shop, fields) | {name: fields[name] for name in _CLEARABLE if name in fields}
    changes.pop("handle", None)
    if (fields.get("handle") or "").strip():
        wanted = slug(fields["handle"])
        changes["handle"] = wanted or unused(NAMELESS, lambda handle: is_taken(shop, handle))
    if fields.get("seo") is not None:
        changes["seo"] = {**product["seo"], **fields["seo"]}
    return changes


def _delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    product = shop.one("Product", args["input"]["id"])
    answer: Thing = {"deletedProductId": None, "shop": shop.setting("shop"), "userErrors": []}
    if product is None:
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
    if "customId" in identifier:
        raise custom_id_refusal()
    if "id" in identifier:
        return by_id("Product")(_, info, id=identifier["id"])
    return _meant(shop, identifier)


def custom_id_refusal() -> Exception:
    """Recorded where there is no definition of that name; none of type `id` is emulated."""
    return refusal(
        "Metafield definition of type 'id' is required when using custom ids.", "NOT_FOUND"
    )


def _by_handle(_: Any, info: Info, handle: str) -> Thing | None:
    return _meant(info.context, {"handle": handle})


def counted(found: Sized, limit: int | None) -> dict[str, Any]:
    if limit is not None and len(found) > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": len(found), "precision": "EXACT"}


def _preview(product: Thing, info: Info) -> str:
    shop = info.context.setting("shop")
    return f"https://{shop.get('myshopifyDomain')}/products_preview?preview_key={product['handle']}"


def _category(product: Thing, _: Info) -> Thing | None:
    name = product.get("category")
    return category(gid("TaxonomyCategory", name)) if name else None


FIELDS: Final = {
    "QueryRoot": {
        "product": by_id("Product"),
        "productByHandle": _by_handle,
        "productByIdentifier": _by_identifier,
        "productVariant": by_id("ProductVariant"),
    },
    "Mutation": {
        "productCreate": _create,
        "productDelete": _delete,
        "productUpdate": _update,
        "productChangeStatus": _change_status,
    },
    "Product": {
        "category": _category,
        "description": lambda product, info, **args: texts.plain(
            product["descriptionHtml"], args.get("truncateAt")
        ),
        "legacyResourceId": lambda product, info: str(number(product["id"])),
        "onlineStorePreviewUrl": _preview,
        "onlineStoreUrl": lambda product, info: None,
    },
}
