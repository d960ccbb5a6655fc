"""Look and swatch images: metafields that refer to files."""

from __future__ import annotations

import re
from typing import Final

from providers.shopify.kinds.metafield import Metafield
from providers.shopify.mapping.metafield import metafield
from reconciler.intent.images import Images, ProductImages
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.model.spec import digest
from reconciler.provider import Compilation, Mapped

_METAFIELD: Final = re.compile(r"([A-Za-z0-9_-]{3,255})\.([A-Za-z0-9_-]{2,64})")


def images(intent: Images, compilation: Compilation) -> Mapped:
    """Look and swatch become references to files; other images of a product are for others."""
    if intent.into.gallery is not None:
        yield _no_home(intent.at("into", "gallery"), "gallery")
    for purpose in ("look", "swatch"):
        into = getattr(intent.into, purpose)
        if into is not None and not _METAFIELD.fullmatch(into):
            yield Problem(
                intent.at("into", purpose),
                f"{into} is no metafield",
                f"write namespace.key, like altuzarra.{purpose}_image",
            )
    for handle, product in intent.products.items():
        if product.thumbnail is not None:
            yield _no_home(intent.at("products", handle, "thumbnail"), "thumbnail")
        for purpose in ("look", "swatch"):
            yield from _image(intent, compilation, handle, product, purpose)


def _image(
    intent: Images, compilation: Compilation, handle: str, product: ProductImages, purpose: str
) -> Mapped:
    variant, into = getattr(product, purpose), getattr(intent.into, purpose)
    if variant is None:
        return
    place = intent.at("products", handle, purpose)
    if into is None:
        yield Problem(
            place,
            f"the {purpose} has nowhere to go",
            f"add {purpose}: under into, with the metafield that refers to it",
        )
        return
    file = product.images[variant].file
    if file is None:
        yield Problem(
            intent.at("products", handle, "images", variant, "url"),
            f"the {purpose} is given by a URL, and Planogram uploads nothing to Shopify yet",
            "upload it in the admin, and write file: with the file's name",
        )
        return
    name = _METAFIELD.fullmatch(into)
    if name is not None:
        spec = Metafield(type="file_reference", file=file)
        meant = digest({"file": file, "into": into})
        yield metafield(compilation, handle, (name[1], name[2]), spec, place, meant)


def _no_home(place: Source, purpose: str) -> Problem:
    return Problem(
        place,
        f"Planogram does not keep a {purpose} on Shopify",
        f"take {purpose} out, or the Shopify target out of targets",
    )
