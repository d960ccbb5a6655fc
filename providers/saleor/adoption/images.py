"""Media back into their documents."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.images import Images
from reconciler.model.problem import Problem
from reconciler.provider import Compilation, Restatement


def images(
    intent: Images, wish: Restatement, _compilation: Compilation
) -> Iterator[Edit | Problem]:
    if wish.address.kind == "thumbnail":
        yield _thumbnail(intent, wish)
        return
    product, _, variant = wish.address.key.rpartition("/")
    place = ("products", product, "images", variant)
    if wish.values is not None:
        yield Edit(intent.path, (*place, "url"), wish.values.get("source"))
    elif len(intent.products[product].images) == 1:
        yield Edit(intent.path, ("products", product), REMOVE)
    else:
        yield Edit(intent.path, place, REMOVE)
        if intent.products[product].thumbnail == variant:
            yield Edit(intent.path, ("products", product, "thumbnail"), REMOVE)


def _thumbnail(intent: Images, wish: Restatement) -> Edit | Problem:
    product = wish.address.key
    live = wish.values and wish.values.get("variant")
    if live in intent.products[product].images:
        return Edit(intent.path, ("products", product, "thumbnail"), live)
    return Problem(
        wish.source,
        "a picture that is not among the product's images here comes first",
        "add it to the images, or apply to put the thumbnail back",
    )
