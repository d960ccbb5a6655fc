"""A product's gallery: files that stand there in an order. A product that is taken from a file's
references loses it from its gallery; the file itself stays in the shop."""

from __future__ import annotations

from typing import Any, Final

from providers.shopify.sandbox import jobs
from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing


def gallery(shop: Shop, product: Thing) -> list[Thing]:
    """The files in their order, after all moves whose job is done. What was seen to be done is so
    for good, whatever clock comes next."""
    product = shop.get(product["id"]) or product
    order, pending = product.get("media") or [], []
    for move in product.get("media_moves") or ():
        if jobs.is_over(shop, move["started"]):
            order = _moved(order, move["moves"])
        else:
            pending.append(move)
    if len(pending) < len(product.get("media_moves") or ()):
        shop.change(product, media=order, media_moves=pending)
    return [file for id_ in order if (file := shop.get(id_))]


def shown_by(shop: Shop, file_id: str) -> list[Thing]:
    """The products in whose gallery a file stands."""
    return [p for p in shop.all("Product") if file_id in (p.get("media") or ())]


def attach(shop: Shop, product_id: str, file_id: str) -> None:
    """At the end; one that is there already stays where it stands."""
    order = _order(shop, product_id)
    if file_id not in order:
        shop.change(_there(shop, product_id), media=[*order, file_id])


def detach(shop: Shop, product_id: str, file_id: str) -> None:
    order = [id_ for id_ in _order(shop, product_id) if id_ != file_id]
    shop.change(_there(shop, product_id), media=order)


def _order(shop: Shop, product_id: str) -> list[str]:
    return [file["id"] for file in gallery(shop, _there(shop, product_id))]


def _there(shop: Shop, product_id: str) -> Thing:
    product = shop.get(product_id)
    assert product is not None
    return product


def set_gallery(shop: Shop, product: Thing, order: list[str]) -> Thing:
    """As an admin arranges it: at once."""
    return shop.change(product, media=order, media_moves=[])


def _moved(order: list[str], moves: list[Thing]) -> list[str]:
    """One move after another; a file that is not there moves nothing."""
    for move in moves:
        if move["id"] in order:
            rest = [id_ for id_ in order if id_ != move["id"]]
            place = int(move["newPosition"])
            order = [*rest[:place], move["id"], *rest[place:]]
    return order


def _reorder(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    product = shop.one("Product", args["id"])
    if product is None:
        error = user_error(["id"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return {"job": None, "mediaUserErrors": [error], "userErrors": [error]}
    moves = [*(product.get("media_moves") or ()), {"started": shop.now, "moves": args["moves"]}]
    shop.change(product, media_moves=moves)
    return {"job": jobs.start(shop), "mediaUserErrors": [], "userErrors": []}


def _media(product: Thing, info: Info, **args: Any) -> dict[str, Any]:
    files = gallery(info.context, product)
    place = {file["id"]: index for index, file in enumerate(files)}
    if args["sortKey"] == "ID":
        return connection(files, args)
    return connection(files, args, lambda file: place[file["id"]])


def _images(product: Thing, info: Info, **args: Any) -> dict[str, Any]:
    """The pictures of the gallery, each as an image of the product's own."""
    files = [f for f in gallery(info.context, product) if f["__typename"] == "MediaImage"]
    images = [
        {
            "id": f"gid://shopify/ProductImage/{number(file['id'])}",
            "url": file["url"],
            "altText": file["alt"],
            "width": file["width"],
            "height": file["height"],
            "place": place,
        }
        for place, file in enumerate(files)
    ]
    return connection(images, args, lambda image: image["place"])


FIELDS: Final = {
    "Mutation": {"productReorderMedia": _reorder},
    "Product": {"media": _media, "images": _images},
}
