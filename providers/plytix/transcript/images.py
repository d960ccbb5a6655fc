"""Galleries of Amazon products as images.

Plytix does not tell the address that an image was once fetched from. It tells where it keeps it,
and the file's name: where that follows the convention it says the image and its best slot, so that
its own address stands for it until somebody writes another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from providers.plytix.client import Row
from providers.plytix.filenames import SLOTS, by_convention, priority
from providers.plytix.keys import parts
from providers.plytix.kinds.gallery import Gallery
from providers.plytix.mapping.images import AMAZON_SKU, named
from providers.plytix.transcript.assortment import Told
from providers.plytix.urls import UnfitUrl
from reconciler.model.address import Key
from reconciler.model.resource import Resource
from reconciler.provider import LeftOut


def images(
    target: str,
    found: Sequence[Resource[Gallery]],
    assets: Mapping[str, Row],
    singles: Sequence[Key],
) -> Iterator[Told]:
    """A document a gallery. singles: attributes that hold one image each."""
    known = _known(assets.values())
    entries: dict[Key, dict[Key, Any]] = {}
    canonical = 0
    for resource in found:
        sku, label = parts(resource.address.key)
        if not AMAZON_SKU.fullmatch(sku):
            canonical += 1
            continue
        said = _said(resource.spec, known)
        if isinstance(said, str):
            yield LeftOut(f"gallery {resource.address.key}: {said}")
        else:
            entries.setdefault(label, {})[sku] = said
    for label in singles:
        yield LeftOut(f"attribute {label}: a single image is not managed")
    if canonical:
        yield LeftOut(f"{canonical} galleries of products that are not Amazon's are not managed")
    yield from _documents(target, entries)


def _documents(target: str, entries: dict[Key, dict[Key, Any]]) -> Iterator[Told]:
    for label, sku, url in _homeless(entries):
        text = f"gallery {sku}/{label}: no product shows {url} in the slot of its name"
        yield LeftOut(f"{text} · write it by hand")
    for label, products in entries.items():
        if products:
            path = f"images/{target}-{label.replace('_', '-')}.yaml"
            yield path, {"targets": [target], "into": {"gallery": label}, "products": products}


def _homeless(entries: dict[Key, dict[Key, Any]]) -> Iterator[tuple[Key, Key, str]]:
    """An image is told where one of its products shows it in the slot that its name says: else it
    would get another name. What can not be told is taken out, until all that is left can be."""
    while True:
        images = [
            (label, sku, slot, image["url"])
            for label, products in entries.items()
            for sku, product in products.items()
            for slot, image in product["images"].items()
        ]
        shown = {(slot, url) for _, _, slot, url in images}
        found = {(la, s): url for la, s, _, url in images if (_slot(url), url) not in shown}
        if not found:
            return
        for (label, sku), url in found.items():
            del entries[label][sku]
            yield label, sku, url


def _known(assets: Sequence[Row] | Any) -> dict[Key, str]:
    """By the image's name the address that Plytix keeps it at, where this tells name and slot."""
    found: dict[Key, str] = {}
    for row in assets:
        told = by_convention(row["filename"])
        url = str(row.get("url") or "")
        try:
            is_same = told is not None and named(url) == told[1] and _slot(url) == told[0]
        except UnfitUrl:
            continue
        if told and is_same:
            found[told[1]] = url
    return found


def _said(live: Gallery, known: Mapping[Key, str]) -> dict[str, Any] | str:
    """The product's images, or why they can not be told."""
    names = live.assets if isinstance(live.assets, tuple) else ()
    slots: dict[str, Key] = {}
    for name in sorted(names, key=lambda name: (_rank(known.get(name)), name)):
        if name not in known:
            return f"the name of {name} tells no slot, or is not that of the file"
        own = _slot(known[name])
        free = (s for s in SLOTS if priority(s) >= priority(own) and s not in slots)
        slot = next(free, None)
        if slot is None:
            return f"no slot is free for {name}"
        slots[slot] = name
    if not slots:
        return "it holds nothing"
    said: dict[str, Any] = {
        "images": {slot: {"url": known[slots[slot]]} for slot in sorted(slots, key=priority)}
    }
    return _with_thumbnail(said, slots, live.thumbnail)


def _with_thumbnail(
    said: dict[str, Any], slots: Mapping[str, Key], live: Any
) -> dict[str, Any] | str:
    """MAIN is the thumbnail where none is named."""
    if live is None and "MAIN" not in slots:
        return said
    chosen = next((slot for slot in sorted(slots, key=priority) if slots[slot] == live), None)
    if chosen is None:
        return "its thumbnail is none of its images"
    return said if chosen == "MAIN" else {**said, "thumbnail": chosen}


def _rank(url: str | None) -> int:
    return priority(_slot(url)) if url else 0


def _slot(url: str) -> str:
    told = by_convention(url.rpartition("/")[2])
    return told[0] if told and told[0] in SLOTS else SLOTS[-1]
