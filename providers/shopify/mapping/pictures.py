"""The files that documents name: each once for all of them, whichever documents show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from providers.kit.pictures import REMEDY, why_unreachable
from providers.shopify.kinds.file import File
from providers.shopify.naming import known_as, last_of, name_for_address, name_for_content
from reconciler.intent.assets import ENDINGS, is_asset
from reconciler.intent.base import Place
from reconciler.intent.images import Image, Images, ProductImages
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Unstated, digest
from reconciler.provider import Mapped

LONGEST_ALT: Final = 512


@dataclass(frozen=True, slots=True)
class Naming:
    """One image at its place: what the shop calls it, where it comes from, what it shows."""

    intent: Images
    place: Place
    name: Key
    source: str | Unstated
    alt: str | Unstated | None


def name_of(intent: Images, image: Image) -> Key | None:
    """What the shop calls an image; None for one that is told as a problem."""
    if image.file is not None:
        return known_as(image.file)
    if image.path is not None:
        found = intent.asset(image.path)
        return name_for_content(image.path, found.digest) if found else None
    return name_for_address(image.url) if image.url and is_asset(last_of(image.url)) else None


def in_gallery(product: ProductImages, variant: str) -> bool:
    """Every image is in the product's gallery but the one that is its swatch and nothing else."""
    return variant != product.swatch or variant in (product.thumbnail, product.look)


def files(documents: Iterable[Images], target: str) -> Mapped:
    """A resource for each file that git uploads or describes. A file shows one thing, wherever it
    is shown: two descriptions of one are a problem at the second."""
    first: dict[Key, Naming] = {}
    for naming in _namings(documents):
        known = first.get(naming.name)
        if known is None:
            first[naming.name] = naming
            continue
        if UNSTATED not in (known.alt, naming.alt) and known.alt != naming.alt:
            yield _described_otherwise(naming, known)
        first[naming.name] = _both(known, naming)
    for naming in first.values():
        if UNSTATED not in (naming.source,) or naming.alt is not UNSTATED:
            yield _resource(naming, target)


def problems(intent: Images, place: Place, image: Image, *, loopback: bool) -> Iterator[Problem]:
    """What an image itself can not be on Shopify. loopback: whether it may come from here."""
    unreachable = why_unreachable(image.url, loopback=loopback) if image.url else None
    if unreachable is not None:
        yield Problem(intent.at(*place, "url"), unreachable, REMEDY)
    elif image.url is not None and not is_asset(last_of(image.url)):
        yield Problem(
            intent.at(*place, "url"),
            f"the address does not end like a picture's name (.{', .'.join(ENDINGS)})",
            "use one that does, or commit the picture and write path:",
        )
    if image.alt is not None and len(image.alt) > LONGEST_ALT:
        yield Problem(
            intent.at(*place, "alt"),
            f"it has {len(image.alt)} characters, and Shopify takes {LONGEST_ALT}",
            "shorten it",
        )


def _namings(documents: Iterable[Images]) -> Iterator[Naming]:
    for intent in documents:
        for handle, product in intent.products.items():
            for variant, image in product.images.items():
                name = name_of(intent, image)
                if name is not None:
                    alt = (image.alt or None) if "alt" in image.model_fields_set else UNSTATED
                    source = image.path or image.url or UNSTATED
                    place = ("products", handle, "images", variant)
                    yield Naming(intent, place, name, source, alt)


def _both(known: Naming, other: Naming) -> Naming:
    """The place that describes a file is where its description is changed."""
    if known.alt is UNSTATED and other.alt is not UNSTATED:
        source = known.source if known.source is not UNSTATED else other.source
        return Naming(other.intent, other.place, other.name, source, other.alt)
    if known.source is UNSTATED and other.source is not UNSTATED:
        return Naming(known.intent, known.place, known.name, other.source, known.alt)
    return known


def _resource(naming: Naming, target: str) -> Resource[File]:
    spec = File(source=naming.source, alt=naming.alt)
    said = None if naming.alt is UNSTATED else [naming.alt]
    return Resource(
        Address(target, "file", naming.name),
        spec,
        source=naming.intent.at(*naming.place),
        intent=digest([naming.name, said]),
    )


def _described_otherwise(naming: Naming, known: Naming) -> Problem:
    there = known.intent.at(*known.place, "alt")
    return Problem(
        naming.intent.at(*naming.place, "alt"),
        f"the same picture is described otherwise at {there}, and a file has one description",
        "write the same, or leave one out",
    )
