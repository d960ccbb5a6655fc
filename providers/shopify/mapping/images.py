"""Images: files of the shop, pictures in products' galleries, and the metafields that refer to look
and swatch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from providers.shopify.kinds.media_order import MediaOrder
from providers.shopify.kinds.metafield import Metafield
from providers.shopify.kinds.product_media import ProductMedia, media_key
from providers.shopify.mapping import pictures
from providers.shopify.mapping.metafield import defined, metafield
from reconciler.intent.base import Place
from reconciler.intent.images import Images, ProductImages
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, digest
from reconciler.provider import Compilation, Mapped

_METAFIELD: Final = re.compile(r"([A-Za-z0-9_-]{3,255})\.([A-Za-z0-9_-]{2,64})")
_PURPOSES: Final = ("look", "swatch")


def images(intent: Images, compilation: Compilation) -> Mapped:
    """Metafields and galleries by document; files once for all documents, with the first of them,
    because several may show one."""
    yield from _purposes_without_a_home(intent, compilation)
    accessories = _accessories(intent, compilation)
    for handle, product in intent.products.items():
        yield from _problems(intent, compilation, handle, product)
        for purpose in _PURPOSES:
            if purpose != "look" or (accessories is not None and handle not in accessories):
                yield from _metafield(intent, compilation, handle, product, purpose)
        if intent.into.media:
            yield from _media(intent, compilation.target.name, handle, product)
    documents = tuple(compilation.intents.of(Images))
    if documents and intent is documents[0]:
        yield from pictures.files(documents, compilation.target.name)


def _accessories(intent: Images, compilation: Compilation) -> frozenset[Key] | None:
    """The products that get no look image; None where the catalog was asked, but not for these:
    then nobody knows whether a product is one, and no look image is stated."""
    if compilation.answers is None:
        return frozenset()
    asked = [compilation.answers.get(question) for question in intent.accessories]
    if any(found is None for found in asked):
        return None
    return frozenset(handle for found in asked for handle in found or ())


def _purposes_without_a_home(intent: Images, compilation: Compilation) -> Iterator[Problem]:
    """A metafield without a definition can hold a file all the same: its type is sent with it."""
    if intent.into.gallery is not None:
        yield Problem(
            intent.at("into", "gallery"),
            "Shopify has no attributes that hold images; a product's gallery is its media",
            "write media: true instead",
        )
    for purpose in _PURPOSES:
        into = getattr(intent.into, purpose)
        if into is None:
            continue
        name = _METAFIELD.fullmatch(into)
        if name is None:
            yield Problem(
                intent.at("into", purpose),
                f"{into} is no metafield",
                f"write namespace.key, like altuzarra.{purpose}_image",
            )
            continue
        definition = defined(compilation, name[1], name[2])
        if definition is not None and definition.type != "file_reference":
            yield Problem(
                intent.at("into", purpose),
                f"{into} is defined as {definition.type}, which refers to no file",
                "name another metafield, or define it as file_reference",
            )


def _problems(
    intent: Images, compilation: Compilation, handle: Key, product: ProductImages
) -> Iterator[Problem]:
    loopback = compilation.target.settings.pictures_from_loopback
    for variant, image in product.images.items():
        place: Place = ("products", handle, "images", variant)
        yield from pictures.problems(intent, place, image, loopback=loopback)
    if product.thumbnail is not None and not intent.into.media:
        yield Problem(
            intent.at("products", handle, "thumbnail"),
            "the thumbnail is the first picture of the product's gallery, which is not ours here",
            "write media: true under into, or take thumbnail out",
        )
    for purpose in _PURPOSES:
        if getattr(product, purpose) is not None and getattr(intent.into, purpose) is None:
            yield Problem(
                intent.at("products", handle, purpose),
                f"the {purpose} has nowhere to go",
                f"add {purpose}: under into, with the metafield that refers to it",
            )


def _metafield(
    intent: Images, compilation: Compilation, handle: Key, product: ProductImages, purpose: str
) -> Mapped:
    variant, into = getattr(product, purpose), getattr(intent.into, purpose)
    name = _METAFIELD.fullmatch(into) if into is not None else None
    file = pictures.name_of(intent, product.images[variant]) if variant is not None else None
    if name is None or file is None:
        return
    spec = Metafield(type="file_reference", file=file)
    meant = digest({"file": file, "into": into})
    place = intent.at("products", handle, purpose)
    yield metafield(compilation, handle, (name[1], name[2]), spec, place, meant)


def _media(intent: Images, target: str, handle: Key, product: ProductImages) -> Mapped:
    """The product's gallery, each picture in it once."""
    named = {
        variant: name
        for variant, image in product.images.items()
        if pictures.in_gallery(product, variant)
        and (name := pictures.name_of(intent, image)) is not None
    }
    media: dict[Key, Resource[ProductMedia]] = {}
    for variant, name in named.items():
        key = media_key(handle, name)
        media.setdefault(
            name,
            Resource(
                Address(target, "product_media", key),
                ProductMedia(file=name),
                source=intent.at("products", handle, "images", variant),
                intent=digest([key]),
                needs=(Address(target, "product", handle),),
            ),
        )
    yield from media.values()
    first = named.get(product.thumbnail) if product.thumbnail is not None else None
    if len(media) > 1 or first is not None:
        yield _order(intent, target, handle, tuple(media), first, tuple(media.values()))


def _order(
    intent: Images,
    target: str,
    handle: Key,
    names: tuple[Key, ...],
    first: Key | None,
    media: tuple[Resource[ProductMedia], ...],
) -> Resource[MediaOrder]:
    """They are put in order when all of them are there, and not before."""
    place = ("products", handle, "thumbnail" if first is not None else "images")
    order = names if first is None else (first, *(name for name in names if name != first))
    return Resource(
        Address(target, "media_order", handle),
        MediaOrder(
            files=order if len(order) > 1 else UNSTATED,
            first=first if first is not None else UNSTATED,
        ),
        source=intent.at(*place),
        intent=digest([handle, list(order), first]),
        needs=(Address(target, "product", handle), *(shown.address for shown in media)),
    )
