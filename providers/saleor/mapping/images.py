"""Images: a product's media, each fetched by the platform, and which of them comes first."""

from __future__ import annotations

from collections.abc import Iterator

from providers.saleor.kinds.product_media import ProductMedia, media_key
from providers.saleor.kinds.thumbnail import Thumbnail
from reconciler.intent.images import Images, ProductImages
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import digest
from reconciler.provider import Compilation, Mapped


def images(intent: Images, compilation: Compilation) -> Mapped:
    yield from _without_a_home(intent)
    for product, wanted in intent.products.items():
        problems = list(_problems(intent, product, wanted))
        yield from problems
        if not problems and intent.into.media:
            yield from _media(intent, product, wanted, compilation.target.name)
            if wanted.thumbnail is not None:
                yield _thumbnail(intent, product, wanted, compilation.target.name)


def _without_a_home(intent: Images) -> Iterator[Problem]:
    if not intent.into.media:
        cause = "Saleor keeps images as the product's own media"
        yield Problem(intent.at("into"), cause, "write media: true")
    for purpose in ("gallery", "look", "swatch"):
        if getattr(intent.into, purpose) is not None:
            cause = f"Saleor has no home for a {purpose} beside the product's media"
            yield Problem(intent.at("into", purpose), cause, "take it out")


def _problems(intent: Images, product: Key, wanted: ProductImages) -> Iterator[Problem]:
    for purpose in ("look", "swatch"):
        if getattr(wanted, purpose) is not None:
            cause = f"Saleor has no home for a {purpose} beside the product's media"
            yield Problem(intent.at("products", product, purpose), cause, "take it out")
    for variant, image in wanted.images.items():
        if image.url is None:
            yield Problem(
                intent.at("products", product, "images", variant),
                "Saleor takes images by their address only, and this one has none",
                "write url: with the address it can be fetched from",
            )
        if image.alt is not None:
            yield Problem(
                intent.at("products", product, "images", variant, "alt"),
                "Planogram describes no pictures on Saleor yet",
                "take alt out, or write the product's images on Saleor in a document of their own",
            )


def _media(
    intent: Images, product: Key, wanted: ProductImages, target: str
) -> Iterator[Resource[ProductMedia]]:
    for variant, image in wanted.images.items():
        key = media_key(product, variant)
        yield Resource(
            Address(target, "product_media", key),
            ProductMedia(source=image.url),
            source=intent.at("products", product, "images", variant),
            intent=digest([key, image.url]),
            needs=(Address(target, "product", product),),
        )


def _thumbnail(
    intent: Images, product: Key, wanted: ProductImages, target: str
) -> Resource[Thumbnail]:
    """It is put first when all new pictures are there."""
    variant = str(wanted.thumbnail)
    media = {v: Address(target, "product_media", media_key(product, v)) for v in wanted.images}
    return Resource(
        Address(target, "thumbnail", product),
        Thumbnail(variant=variant),
        source=intent.at("products", product, "thumbnail"),
        intent=digest([product, variant]),
        needs=(Address(target, "product", product), media[variant]),
        follows=tuple(media.values()),
    )
