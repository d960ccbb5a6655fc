"""Images back into their documents: the file that a metafield refers to, a picture that left a
gallery, its description, and which one is first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from providers.shopify.mapping.pictures import in_gallery, name_of
from providers.shopify.metafields import Name
from reconciler.intent.base import Place
from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.images import Images, ProductImages
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.provider import Adopted, Compilation, Restatement

_PURPOSES: Final = ("look", "swatch")


def images(intent: Images, wish: Restatement, _: Compilation) -> Adopted:
    adopt: Callable[[Images, Restatement], Adopted] = _BY_KIND[wish.address.kind]
    return adopt(intent, wish)


# Metafields


def _metafield(intent: Images, wish: Restatement) -> Iterator[Edit | Problem]:
    name = Name.of(wish.address.key)
    purpose = next(p for p in _PURPOSES if getattr(intent.into, p) == name.full)
    place: Place = ("products", name.handle)
    if wish.values is None:
        yield Edit(intent.path, (*place, purpose), REMOVE)
        return
    if "file" not in wish.values:
        return
    file = wish.values["file"]
    if file is None:
        yield Problem(
            wish.source,
            f"the live {purpose} refers to no file that has a name",
            "choose a file of the shop in the admin, or apply to put back git's",
        )
        return
    yield from _another_file(intent, wish, name.handle, purpose, file)


def _another_file(
    intent: Images, wish: Restatement, handle: Key, purpose: str, file: Key
) -> Iterator[Edit | Problem]:
    product, place = intent.products[handle], ("products", handle)
    variant = getattr(product, purpose)
    there = _variant(intent, product, file)
    if there is not None:
        yield Edit(intent.path, (*place, purpose), there)
    elif not _is_shared(intent, product, purpose, variant):
        if product.images[variant].file is not None:
            yield Edit(intent.path, (*place, "images", variant, "file"), file)
        else:
            yield Edit(intent.path, (*place, "images", variant), {"file": file})
    elif intent.into.media and purpose == "look":
        yield Problem(
            wish.source,
            f"the live look is {file}, which is not among the images, and all of these are in the"
            " product's gallery",
            "add it to the images and name it as look, or apply to put back git's",
        )
    else:
        own = _free(product, purpose.upper())
        yield Edit(intent.path, (*place, "images", own), {"file": file})
        yield Edit(intent.path, (*place, purpose), own)


def _variant(intent: Images, product: ProductImages, file: Key) -> str | None:
    """The image that is this file already."""
    return next((v for v, i in product.images.items() if name_of(intent, i) == file), None)


def _is_shared(intent: Images, product: ProductImages, purpose: str, variant: str) -> bool:
    """Whether the image serves another purpose too, which did not move."""
    others = (p for p in ("thumbnail", *_PURPOSES) if p != purpose)
    is_shown = intent.into.media and in_gallery(product, variant)
    return is_shown or any(getattr(product, other) == variant for other in others)


def _free(product: ProductImages, name: str) -> str:
    """A name that no image of the product has yet."""
    names = (name, *(f"{name}_{number}" for number in range(2, 100)))
    return next(n for n in names if n not in product.images)


# Files


def _file(intent: Images, wish: Restatement) -> Iterator[Edit | Problem]:
    if wish.values is None:
        yield Problem(
            wish.source,
            "the file was deleted in the shop, and others may be meant to show it",
            "take the image out by hand, or apply to upload it again",
        )
    elif "alt" in wish.values:
        for handle, product in intent.products.items():
            for variant, image in product.images.items():
                is_it = name_of(intent, image) == wish.address.key
                if is_it and "alt" in image.model_fields_set:
                    place = ("products", handle, "images", variant, "alt")
                    yield Edit(intent.path, place, wish.values["alt"])


# Galleries


def _media(intent: Images, wish: Restatement) -> Iterator[Edit | Problem]:
    handle, _, file = wish.address.key.rpartition("/")
    product = intent.products[handle]
    variants = [v for v, image in product.images.items() if name_of(intent, image) == file]
    if wish.values is not None:
        return
    used = [p for p in _PURPOSES if getattr(product, p) in variants]
    if used:
        yield Problem(
            wish.source,
            f"the picture left the product's gallery, and still is its {used[0]}",
            f"take it out by hand, with {used[0]}, or apply to put it back",
        )
        return
    if len(variants) == len(product.images):
        yield Edit(intent.path, ("products", handle), REMOVE)
        return
    for variant in variants:
        yield Edit(intent.path, ("products", handle, "images", variant), REMOVE)
    if product.thumbnail in variants:
        yield Edit(intent.path, ("products", handle, "thumbnail"), REMOVE)


def _order(intent: Images, wish: Restatement) -> Iterator[Edit | Problem]:
    handle = wish.address.key
    product, values = intent.products[handle], wish.values or {}
    first = _variant(intent, product, str(values["first"])) if "first" in values else None
    if first is not None:
        yield Edit(intent.path, ("products", handle, "thumbnail"), first)
    elif "first" in values:
        yield Problem(
            wish.source,
            "a picture that is not among the product's images here comes first",
            "add it to the images, or apply to put the thumbnail back",
        )
    elif "files" in values:
        found = (_variant(intent, product, str(file)) for file in values["files"] or ())
        order = ", ".join(variant for variant in found if variant is not None)
        yield Problem(
            wish.source,
            f"the gallery shows the images in another order: {order}",
            "write them in that order, or apply to put git's back",
        )


_BY_KIND: Final[Any] = {
    "metafield": _metafield,
    "file": _file,
    "product_media": _media,
    "media_order": _order,
}
