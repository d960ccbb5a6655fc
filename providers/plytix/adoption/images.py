"""From what is live on Plytix back to the images of products.

| live | written back to |
|---|---|
| an asset left a gallery | its slots go |
| an asset came into it | a slot, where desired/ knows the URL that it was fetched from |
| another thumbnail | `thumbnail:` with its slot |
| an asset's file name | nothing: it follows from the slot |
| a gallery or an asset is gone | the product, or every slot of the image, goes |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from providers.plytix.filenames import SLOTS, priority
from providers.plytix.keys import parts
from providers.plytix.mapping.images import best_uses, named
from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.images import Images
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.provider import Adopted, Compilation, Restatement

_PUT_BACK: Final = "apply, to put back what git says"


def images(intent: Images, wish: Restatement, compilation: Compilation) -> Adopted:
    if wish.address.kind == "asset":
        return _asset(wish, compilation)
    return _gallery(intent, wish, compilation)


def _asset(wish: Restatement, compilation: Compilation) -> Iterator[Edit | Problem]:
    if wish.values is not None:
        name = wish.values.get("filename")
        yield Problem(
            wish.source,
            f"the live file is called {name!r}, and git's name follows from the image's slot",
            f"{_PUT_BACK}, or give the image another slot by hand",
        )
        return
    for document in compilation.intents.of(Images):
        for sku in document.products:
            for slot in _slots_of(document, sku, wish.address.key):
                yield Edit(document.path, ("products", sku, "images", slot), REMOVE)


def _gallery(
    intent: Images, wish: Restatement, compilation: Compilation
) -> Iterator[Edit | Problem]:
    sku, _ = parts(wish.address.key)
    if wish.values is None:
        yield Edit(intent.path, ("products", sku), REMOVE)
        return
    there = _names(intent, sku)
    slots = dict(there)
    if "assets" in wish.values:
        live: list[Key] = wish.values["assets"]
        slots = {slot: name for slot, name in there.items() if name in live}
        for slot in there.keys() - slots.keys():
            yield Edit(intent.path, ("products", sku, "images", slot), REMOVE)
        for name in live:
            if name not in slots.values():
                yield from _added(intent, wish, compilation, sku, name, slots)
    if "thumbnail" in wish.values:
        yield from _thumbnail(intent, wish, sku, wish.values["thumbnail"], slots)


def _added(
    intent: Images,
    wish: Restatement,
    compilation: Compilation,
    sku: str,
    name: Key,
    slots: dict[str, Key],
) -> Iterator[Edit | Problem]:
    """An image comes into a slot that leaves its best one, and so its file name, as it is."""
    use = best_uses(compilation).get(name)
    if use is None:
        yield Problem(
            wish.source,
            f"the live gallery holds {name}, and Plytix does not tell where it was fetched from",
            f"write it under images with its url, or {_PUT_BACK}",
        )
        return
    fitting = (slot for slot in SLOTS if priority(slot) >= priority(use.slot))
    slot = next((slot for slot in fitting if slot not in slots), None)
    if slot is None:
        yield Problem(
            wish.source,
            f"the live gallery holds {name} too, and no slot from {use.slot} on is free",
            f"free one, or {_PUT_BACK}",
        )
        return
    slots[slot] = name
    yield Edit(intent.path, ("products", sku, "images", slot), {"url": use.url})


def _thumbnail(
    intent: Images, wish: Restatement, sku: str, live: Key | None, slots: Mapping[str, Key]
) -> Iterator[Edit | Problem]:
    """MAIN is the thumbnail where none is named; without both it is not git's."""
    place = ("products", sku, "thumbnail")
    is_named = intent.products[sku].thumbnail is not None
    slot = next((slot for slot in SLOTS if slots.get(slot) == live), None)
    if live is None and "MAIN" not in slots:
        if is_named:
            yield Edit(intent.path, place, REMOVE)
    elif slot is None:
        told = "no thumbnail" if live is None else f"the thumbnail {live}, not one of its images"
        remedy = f"choose one of its images there, or {_PUT_BACK}"
        yield Problem(wish.source, f"the live product has {told}", remedy)
    elif slot != "MAIN" or is_named:
        yield Edit(intent.path, place, slot)


def _names(intent: Images, sku: str) -> dict[str, Key]:
    images = intent.products[sku].images
    return {slot: named(image.url or "") for slot, image in images.items()}


def _slots_of(document: Images, sku: str, name: Key) -> list[str]:
    return [slot for slot, other in _names(document, sku).items() if other == name]
