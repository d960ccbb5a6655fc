"""Look and swatch back into their documents: the file's name, or the purpose taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from providers.shopify.metafields import Name
from reconciler.intent.base import Place
from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.images import Images, ProductImages
from reconciler.model.problem import Problem
from reconciler.provider import Compilation, Restatement

_PURPOSES: Final = ("look", "swatch")


def images(intent: Images, wish: Restatement, _: Compilation) -> Iterator[Edit | Problem]:
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
    product = intent.products[name.handle]
    variant = getattr(product, purpose)
    if not _is_shared(product, purpose, variant):
        yield Edit(intent.path, (*place, "images", variant, "file"), file)
        return
    own = _free(product, purpose.upper())
    yield Edit(intent.path, (*place, "images", own), {"file": file})
    yield Edit(intent.path, (*place, purpose), own)


def _is_shared(product: ProductImages, purpose: str, variant: str) -> bool:
    """Whether the image serves another purpose too, which did not move."""
    others = (p for p in ("thumbnail", *_PURPOSES) if p != purpose)
    return any(getattr(product, other) == variant for other in others)


def _free(product: ProductImages, name: str) -> str:
    """A name that no image of the product has yet."""
    names = (name, *(f"{name}_{number}" for number in range(2, 100)))
    return next(n for n in names if n not in product.images)
