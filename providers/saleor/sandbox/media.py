"""Media of products: images that were sent, or fetched from an address, which is kept nowhere.

There is no network here: what an address serves is told by how it looks (`_fetched`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from providers.kit.store import Document
from providers.saleor.sandbox import callers
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.refusal import node, refuse
from providers.saleor.sandbox.uploads import Upload
from providers.saleor.sandbox.world import World, gid

Args = Mapping[str, Any]

IMAGES: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})
IMAGE_TYPES: Final = frozenset(f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp"))
LONGEST_ALT: Final = 250
SIZES: Final = (32, 64, 128, 256, 512, 1024, 2048, 4096)
BLANK: Mapping[str, Any] = {"alt": "", "type": "IMAGE", "metadata": {}, "privateMetadata": {}}


def of(world: World, product: Document) -> list[Document]:
    """A product's media in their order."""
    found = world.where("ProductMedia", product=product["pk"])
    return sorted(found, key=lambda media: (media["sortOrder"], media["pk"]))


def add(world: World, product: Document, name: str, alt: str, **more: Any) -> Document:
    """Keep an image under a name of its own, which is made of the one it had."""
    places = [media["sortOrder"] for media in of(world, product)]
    own = {"product": product["pk"], "alt": alt, "sortOrder": max(places, default=-1) + 1}
    media = world.create("ProductMedia", {**BLANK, **own, **more})
    return world.change("ProductMedia", media, file=_file(name, media["pk"]))


def remove(world: World, media: Document) -> None:
    """It goes; those after it move up."""
    world.delete("ProductMedia", media["pk"])
    put_in_order(world, of(world, world.one("Product", media["product"])))


def put_in_order(world: World, ordered: Sequence[Document]) -> list[Document]:
    return [
        world.change("ProductMedia", media, sortOrder=place) for place, media in enumerate(ordered)
    ]


def name_in(url: str) -> str:
    """The file's name in an address."""
    return PurePosixPath(urlsplit(url).path).name


def _create(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    given = args["input"]
    _must_be_one_image(given)
    _alt_must_fit(given)
    product = node(call.world, given["product"], "Product", "product")
    name = _uploaded(given["image"]) if given.get("image") else _fetched(call.world, given)
    return {"product": product, "media": add(call.world, product, name, given.get("alt") or "")}


def _must_be_one_image(given: Args) -> None:
    both = bool(given.get("image")), bool(given.get("mediaUrl"))
    if not any(both):
        raise refuse("input", "Image or external URL is required.", "REQUIRED")
    if all(both):
        words = "Either image or external URL is required."
        raise refuse("input", words, "DUPLICATED_INPUT_ITEM")


def _uploaded(image: Any) -> str:
    """The name of a file that came with the request; a text in its place is none."""
    if not isinstance(image, Upload):
        raise refuse("image", "File is required.", "REQUIRED")
    if image.content_type not in IMAGE_TYPES:
        raise refuse("image", "Invalid file type.", "INVALID")
    suffix = PurePosixPath(image.name).suffix
    if suffix.lower() not in IMAGES:
        words = "Invalid file extension. Image file required." if suffix else ""
        raise refuse("image", words or "Lack of file extension.", "INVALID")
    return image.name


def _fetched(world: World, given: Args) -> str:
    """The file's name at an address. Nothing answers at `offline.example` nor at names that can
    not be; the shop itself serves images under `/media/` only; elsewhere the ending tells. Video
    sites are not known here."""
    place = urlsplit(given["mediaUrl"])
    host = place.hostname or ""
    if place.scheme not in ("http", "https") or host == "offline.example":
        raise refuse("mediaUrl", "Failed to fetch media from URL.", "INVALID")
    if host.rpartition(".")[2] == "invalid":
        raise refuse("mediaUrl", "Failed to fetch media from URL.", "INVALID")
    is_own = place.netloc == _host(world) and not place.path.startswith("/media/")
    if is_own or PurePosixPath(place.path).suffix.lower() not in IMAGES:
        words = "Unsupported media provider or incorrect URL."
        raise refuse("mediaUrl", words, "UNSUPPORTED_MEDIA_PROVIDER")
    return name_in(given["mediaUrl"])


def _update(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    media = node(call.world, args["id"], "ProductMedia")
    _alt_must_fit(args["input"])
    alt = args["input"].get("alt")
    kept = call.world.change("ProductMedia", media, **({} if alt is None else {"alt": alt}))
    return {"product": _owner(call.world, media), "media": kept}


def _delete(call: Call, _root: Any, args: Args) -> Document:
    call.caller.must_have(callers.PRODUCTS)
    media = node(call.world, args["id"], "ProductMedia")
    remove(call.world, media)
    return {"product": _owner(call.world, media), "media": media}


def _reorder(call: Call, _root: Any, args: Args) -> Document:
    """All of a product's media must be named."""
    call.caller.must_have(callers.PRODUCTS)
    world = call.world
    product = node(world, args["productId"], "Product", "productId")
    if len(args["mediaIds"]) != len(of(world, product)):
        raise refuse("order", "Incorrect number of media IDs provided.", "INVALID")
    ordered = [node(world, id_, "ProductMedia", "order") for id_ in args["mediaIds"]]
    for media in ordered:
        if media["product"] != product["pk"]:
            id_ = gid("ProductMedia", media["pk"])
            words = f"Media {id_} does not belong to this product."
            raise refuse("order", words, "NOT_PRODUCTS_IMAGE")
    return {"product": product, "media": put_in_order(world, ordered)}


def _alt_must_fit(given: Args) -> None:
    if len(given.get("alt") or "") > LONGEST_ALT:
        words = f"Alt field exceeds the character limit of {LONGEST_ALT}."
        raise refuse("input", words, "INVALID")


def _owner(world: World, media: Document) -> Document:
    return world.one("Product", media["product"])


def _file(name: str, pk: int) -> str:
    """Eight hex digits tell apart what has the same name."""
    parts = PurePosixPath(name)
    return f"{parts.stem}_{hashlib.sha256(str(pk).encode()).hexdigest()[:8]}{parts.suffix}"


def _host(world: World) -> str:
    return str(world.all("Shop")[0]["host"])


def _listed(call: Call, product: Document, _args: Args) -> list[Document]:
    return of(call.world, product)


def _url(call: Call, media: Document, args: Args) -> str:
    """The file itself for the size 0, else where a thumbnail of the nearest size is made. One that
    is still to be fetched has no file (Saleor: `resolve_url`)."""
    origin, size, format_ = f"http://{_host(call.world)}", args.get("size"), args.get("format")
    if size == 0 and media.get("pending"):
        return f"{origin}/thumbnail/{gid('ProductMedia', media['pk'])}/original/"
    if size == 0:
        return f"{origin}/media/products/{media['file']}"
    nearest = min(SIZES, key=lambda known: abs(known - (size or SIZES[-1])))
    ending = f"{format_.lower()}/" if format_ and format_ != "ORIGINAL" else ""
    return f"{origin}/thumbnail/{gid('ProductMedia', media['pk'])}/{nearest}/{ending}"


def _oembed_data(_call: Call, _media: Document, _args: Args) -> str:
    return "{}"


def _product_id(_call: Call, media: Document, _args: Args) -> str:
    return gid("Product", media["product"])


RESOLVERS = {
    ("Product", "media"): _listed,
    ("ProductMedia", "url"): _url,
    ("ProductMedia", "oembedData"): _oembed_data,
    ("ProductMedia", "productId"): _product_id,
}
MUTATIONS = {
    "productMediaCreate": _create,
    "productMediaUpdate": _update,
    "productMediaDelete": _delete,
    "productMediaReorder": _reorder,
}
