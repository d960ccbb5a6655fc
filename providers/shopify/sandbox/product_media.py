"""Media added to products and to their variants: by `media` of productCreate and productUpdate,
and by the mutations before those.

Recorded: media that are made, described and given to variants, and that a variant loses what its
product's gallery loses. The words of the refusals are the schema's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from providers.shopify.sandbox import file_making, media
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

_NO_PRODUCT: Final = user_error(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")


def add(shop: Shop, product: Thing, rows: Sequence[Mapping[str, Any]]) -> list[Thing]:
    """Files of these rows, which `address_errors` finds sound, at the end of a gallery."""
    made = [_made(shop, row) for row in rows]
    for file in made:
        media.attach(shop, product["id"], file["id"])
    return made


def _made(shop: Shop, row: Mapping[str, Any]) -> Thing:
    wanted = {
        "originalSource": row["originalSource"],
        "alt": row.get("alt"),
        "contentType": row["mediaContentType"],
        "duplicateResolutionMode": "APPEND_UUID",
    }
    return file_making.made(shop, wanted)


def address_errors(rows: Sequence[Mapping[str, Any]]) -> list[UserError]:
    return [
        user_error(["media", str(index), "originalSource"], "Image URL is invalid", "INVALID")
        for index, row in enumerate(rows)
        if not urlsplit(row["originalSource"]).netloc
    ]


def _create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop, product = info.context, info.context.one("Product", args["productId"])
    if product is None:
        return _refused("media", None, [_NO_PRODUCT])
    errors = address_errors(args["media"])
    bad = {int(error["field"][1]) for error in errors}
    sound = [row for index, row in enumerate(args["media"]) if index not in bad]
    made = add(shop, product, sound)
    return {"media": made, **_told(shop.get(product["id"]), errors)}


def _update(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop, product = info.context, info.context.one("Product", args["productId"])
    if product is None:
        return _refused("media", None, [_NO_PRODUCT])
    errors = _unknown(shop, product, [row["id"] for row in args["media"]], "media")
    if errors:
        return _refused("media", product, errors)
    changed = [_described(shop, row) for row in args["media"]]
    return {"media": changed, **_told(product, [])}


def _described(shop: Shop, row: Mapping[str, Any]) -> Thing:
    file = shop.get(row["id"])
    assert file is not None
    return shop.change(file, alt=row["alt"]) if row.get("alt") is not None else file


def _delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """The files stay in the shop."""
    shop, product = info.context, info.context.one("Product", args["productId"])
    if product is None:
        return {**_refused("deletedMediaIds", None, [_NO_PRODUCT]), "deletedProductImageIds": None}
    errors = _unknown(shop, product, args["mediaIds"], "mediaIds")
    if errors:
        return {
            **_refused("deletedMediaIds", product, errors),
            "deletedProductImageIds": None,
        }
    images = [
        id_.replace("/MediaImage/", "/ProductImage/")
        for id_ in args["mediaIds"]
        if "/MediaImage/" in id_
    ]
    for id_ in args["mediaIds"]:
        media.detach(shop, product["id"], id_)
    return {
        "deletedMediaIds": args["mediaIds"],
        "deletedProductImageIds": images,
        **_told(shop.get(product["id"]), []),
    }


def _unknown(shop: Shop, product: Thing, ids: Sequence[str], place: str) -> list[UserError]:
    own = {file["id"] for file in media.gallery(shop, product)}
    return [
        user_error([place], f"Media id {id_} does not exist", "MEDIA_DOES_NOT_EXIST")
        for id_ in ids
        if id_ not in own
    ]


def _refused(name: str, product: Thing | None, errors: Sequence[UserError]) -> dict[str, Any]:
    return {name: None, **_told(product, errors)}


def _told(product: Thing | None, errors: Sequence[UserError]) -> dict[str, Any]:
    return {"product": product, "mediaUserErrors": errors, "userErrors": errors}


def _giving(combine: Callable[[list[str], Sequence[str]], list[str]]) -> Any:
    """A resolver that changes which of a product's media its variants have."""

    def resolve(_: Any, info: Info, **args: Any) -> dict[str, Any]:
        shop, product = info.context, info.context.one("Product", args["productId"])
        if product is None:
            return {"product": None, "productVariants": None, "userErrors": [_NO_PRODUCT]}
        rows = args["variantMedia"]
        errors = [
            e for index, row in enumerate(rows) for e in _row_errors(shop, product, index, row)
        ]
        if errors:
            return {"product": product, "productVariants": None, "userErrors": errors}
        given = [_given(shop, row, combine) for row in rows]
        return {"product": product, "productVariants": given, "userErrors": []}

    return resolve


def _given(
    shop: Shop,
    row: Mapping[str, Any],
    combine: Callable[[list[str], Sequence[str]], list[str]],
) -> Thing:
    variant = shop.get(row["variantId"])
    assert variant is not None
    return shop.change(variant, media=combine(variant.get("media") or [], row["mediaIds"]))


def _row_errors(shop: Shop, product: Thing, index: int, row: Mapping[str, Any]) -> list[UserError]:
    way = ["variantMedia", str(index)]
    variant = shop.one("ProductVariant", row["variantId"])
    if variant is None or variant["product_id"] != product["id"]:
        message = "Variant does not exist on the product"
        return [
            user_error([*way, "variantId"], message, "PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT")
        ]
    if _unknown(shop, product, row["mediaIds"], "mediaIds"):
        message = "Media does not exist on the product"
        return [user_error([*way, "mediaIds"], message, "MEDIA_DOES_NOT_EXIST_ON_PRODUCT")]
    return []


def _of_variant(variant: Thing, info: Info, **args: Any) -> dict[str, Any]:
    """Those that still stand in the product's gallery."""
    own = variant.get("media") or ()
    there = media.gallery(info.context, {"id": variant["product_id"]})
    return connection([file for file in there if file["id"] in own], args)


def _featured(product: Thing, info: Info) -> Thing | None:
    return next(iter(media.gallery(info.context, product)), None)


def _count(product: Thing, info: Info) -> dict[str, Any]:
    return {"count": len(media.gallery(info.context, product)), "precision": "EXACT"}


FIELDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "Mutation": {
        "productCreateMedia": _create,
        "productUpdateMedia": _update,
        "productDeleteMedia": _delete,
        "productVariantAppendMedia": _giving(lambda own, ids: list(dict.fromkeys([*own, *ids]))),
        "productVariantDetachMedia": _giving(
            lambda own, ids: [id_ for id_ in own if id_ not in ids]
        ),
    },
    "Product": {"featuredMedia": _featured, "mediaCount": _count},
    "ProductVariant": {"media": _of_variant},
}
