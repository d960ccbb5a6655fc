"""What intents come to on Plytix: images become assets, and galleries of Amazon products."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from providers.plytix.filenames import SLOTS, filename, image_of, priority
from providers.plytix.keys import key_within
from providers.plytix.kinds.asset import Asset
from providers.plytix.kinds.gallery import Gallery
from providers.plytix.mapping.labels import LABEL
from providers.plytix.urls import UnfitUrl, image_name
from reconciler.intent.images import Image, Images, ProductImages
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import UNSTATED, digest
from reconciler.provider import Compilation, Mapped

AMAZON_SKU: Final = re.compile(r"AMZN-[A-Z]{2}-[A-Z0-9]+([-.][A-Z0-9]+)*")
"""Marketplace and ASIN, or what a seller calls it. Images live on these products; canonical ones
are never touched."""


@dataclass(frozen=True, slots=True)
class Use:
    """One image in one slot of one product, and where that is written."""

    name: Key
    url: str
    slot: str
    source: Source


def named(url: str) -> Key:
    """What the image behind an address is called. One that Plytix keeps under a name of the
    convention is the image of that name. Raises `UnfitUrl`."""
    return image_of(image_name(url))


def images(intent: Images, compilation: Compilation) -> Mapped:
    """Galleries by document; assets once for all documents, with the first of them, because
    an asset that several share takes the best slot of all."""
    yield from _purposes_that_have_no_home(intent)
    for sku, product in intent.products.items():
        problems = list(_product_problems(intent, sku, product))
        yield from problems
        if not problems and intent.into.gallery:
            yield _gallery(intent, sku, product, compilation.target.name)
    documents = tuple(compilation.intents.of(Images))
    if documents and intent is documents[0]:
        yield from _assets(documents, compilation.target.name)


def _purposes_that_have_no_home(intent: Images) -> Iterator[Problem]:
    if intent.into.gallery is None:
        yield Problem(
            intent.at("into"),
            "Plytix keeps images in a media gallery, and none is named",
            "add gallery: with the label of a MediaGallery attribute, like amazon_images",
        )
    elif not LABEL.fullmatch(intent.into.gallery) or intent.into.gallery == "thumbnail":
        yield Problem(
            intent.at("into", "gallery"),
            f"{intent.into.gallery} is no label of a MediaGallery attribute",
            "write the attribute's label as Plytix shows it, like amazon_images",
        )
    for purpose in ("look", "swatch"):
        if getattr(intent.into, purpose) is not None:
            yield _no_home(intent.at("into", purpose), purpose)


def _product_problems(intent: Images, sku: str, product: ProductImages) -> Iterator[Problem]:
    if not AMAZON_SKU.fullmatch(sku):
        yield Problem(
            intent.at("products", sku),
            f"{sku} is no Amazon product, and images of canonical products are not touched",
            "write its Amazon SKU, like AMZN-US-B07X8Z63ZL, or take Plytix out of targets",
        )
    for purpose in ("look", "swatch"):
        if getattr(product, purpose) is not None:
            yield _no_home(intent.at("products", sku, purpose), purpose)
    for slot, image in product.images.items():
        yield from _image_problems(intent, sku, slot, image)


def _image_problems(intent: Images, sku: str, slot: str, image: Image) -> Iterator[Problem]:
    place = ("products", sku, "images", slot)
    if slot not in SLOTS:
        yield Problem(
            intent.at(*place),
            f"{slot} is no slot of an Amazon image, so its file name would have no position",
            f"use one of {', '.join(SLOTS)}",
        )
    if image.alt is not None:
        yield Problem(
            intent.at(*place, "alt"),
            "Plytix keeps no descriptions of images",
            "take alt out, or write the product's images on Plytix in a document of their own",
        )
    if image.url is None:
        yield Problem(
            intent.at(*place),
            "Plytix takes images by URL only, and this one has none",
            "write url: with the address it can be fetched from",
        )
        return
    try:
        named(image.url)
    except UnfitUrl as unfit:
        yield Problem(intent.at(*place, "url"), str(unfit), unfit.remedy)


def _no_home(place: Source, purpose: str) -> Problem:
    return Problem(
        place,
        f"Plytix has no home for a {purpose} image beside the gallery",
        f"take {purpose} out, or the Plytix target out of targets",
    )


def _gallery(intent: Images, sku: str, product: ProductImages, target: str) -> Resource[Gallery]:
    """The images in the order of their slots. MAIN is the thumbnail unless another is named;
    without either the thumbnail is not ours."""
    assert intent.into.gallery is not None
    names = {slot: named(product.images[slot].url or "") for slot in _in_order(product)}
    chosen = product.thumbnail or ("MAIN" if "MAIN" in names else None)
    return Resource(
        Address(target, "gallery", key_within(sku, intent.into.gallery)),
        Gallery(
            assets=tuple(dict.fromkeys(names.values())),
            thumbnail=names[chosen] if chosen else UNSTATED,
        ),
        source=intent.at("products", sku),
        intent=digest([sku, product.model_dump(mode="json")]),
        needs=(Address(target, "product", sku), Address(target, "attribute", intent.into.gallery)),
    )


def _assets(documents: tuple[Images, ...], target: str) -> Mapped:
    """One asset an image, in its best slot; of two places of the same slot the first."""
    best: dict[Key, Use] = {}
    for use in (use for document in documents for use in _uses(document)):
        other = best.setdefault(use.name, use)
        if other.url != use.url:
            yield Problem(
                use.source,
                f"{use.url} and {other.url} ({other.source}) are both called {use.name}",
                "an image is known by its file name: use one URL, or rename one of the files",
            )
        elif priority(use.slot) < priority(other.slot):
            best[use.name] = use
    for use in best.values():
        yield Resource(
            Address(target, "asset", use.name),
            Asset(url=use.url, filename=filename(use.slot, use.name)),
            source=use.source,
            intent=digest({"url": use.url, "slot": use.slot}),
        )


def best_uses(compilation: Compilation) -> dict[Key, Use]:
    """Each image that desired/ knows, in its best slot."""
    best: dict[Key, Use] = {}
    for use in (use for document in compilation.intents.of(Images) for use in _uses(document)):
        if priority(use.slot) < priority(best.setdefault(use.name, use).slot):
            best[use.name] = use
    return best


def _uses(document: Images) -> Iterator[Use]:
    """The images of a document that can be used; what can not is a problem told elsewhere."""
    for sku, product in document.products.items():
        for slot in _in_order(product):
            url = product.images[slot].url
            try:
                name = named(url or "")
            except UnfitUrl:
                continue
            place = document.at("products", sku, "images", slot, "url")
            yield Use(name, url or "", slot, place)


def _in_order(product: ProductImages) -> list[str]:
    return sorted((slot for slot in product.images if slot in SLOTS), key=priority)
