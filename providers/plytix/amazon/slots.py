"""Which image of a mapping file goes into which slot of which product, and what can not.

What can not be used is told with its product and its place; the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from providers.plytix.amazon.reading import Reference, Row
from providers.plytix.filenames import SLOTS, filename, priority
from providers.plytix.mapping.images import AMAZON_SKU
from providers.plytix.urls import UnfitUrl, image_name
from reconciler.model.address import Key

VIEWS: Final = tuple(slot for slot in SLOTS if slot.startswith("PT"))

PARENT_PATTERN: Final = r"(?P<parent>.+)-[A-Z]-\d{2}(\.\d)?"
"""Variants like `…-M-13` and `…-W-07.5` belong to what stands before."""

Slots = Mapping[str, str]
"""Slot → the image's address."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What can not be used, and of which product it is said. url: None: all of the product."""

    url: str | None
    error: str
    product_sku: str | None


@dataclass
class Chosen:
    """What a mapping file comes to. derived: the parents that are known by their variants' SKUs
    alone. skipped: products that were left alone because they have images."""

    products: dict[Key, dict[str, str]] = field(default_factory=dict)
    derived: set[Key] = field(default_factory=set)
    skipped: set[Key] = field(default_factory=set)
    flaws: list[Flaw] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class UnfitPattern(ValueError):
    """A pattern for parents' SKUs that names none."""


def chosen(
    rows: Sequence[Row], skus: Mapping[str, Key], parent_pattern: str = PARENT_PATTERN
) -> Chosen:
    """skus: what the catalog calls the products that older files know by their id.

    A parent that is a row itself has what its row says; one that is known by its variants' SKUs
    has its first variant's images, and of the next ones what fills slots that are free.
    Raises `UnfitPattern`.
    """
    pattern = _compiled(parent_pattern)
    found = Chosen()
    addresses: dict[Key, str] = {}
    for row in rows:
        sku = row.sku or skus.get(row.product_id or "")
        if row.references and (flaw := _unfit_product(row, sku)):
            found.flaws.append(flaw)
        elif row.references and sku:
            _fill(found, row, sku, addresses)
    _derive(found, pattern)
    found.warnings += _out_of_order(found.products)
    return found


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise UnfitPattern(f"{pattern} is no pattern: {error}") from None
    if "parent" not in compiled.groupindex:
        raise UnfitPattern(f"{pattern} has no group (?P<parent>…), which tells the parent's SKU")
    return compiled


def _unfit_product(row: Row, sku: Key | None) -> Flaw | None:
    if sku is None and row.product_id:
        return Flaw(None, f"{row.place}: there is no product {row.product_id} in Plytix", None)
    if sku is None:
        return Flaw(None, f"{row.place}: no suggested_sku says which product it is", None)
    if not AMAZON_SKU.fullmatch(sku):
        text = f"{row.place}: {sku} is no Amazon product; canonical products are not touched"
        return Flaw(None, text, sku)
    return None


def _fill(found: Chosen, row: Row, sku: Key, addresses: dict[Key, str]) -> None:
    slots = found.products.get(sku, {})
    named = {reference.variant for reference in row.references}
    for index, reference in enumerate(row.references):
        slot = reference.variant or _free(index, slots, named)
        link, error = _address(reference, slot, addresses)
        if error is None and slot in slots and slots[slot] != link:
            text = f"{reference.place}: {sku} has two images for {slot}; the first is taken"
            found.warnings.append(f"{text}, not {reference.link}")
        elif error is None and slot is not None:
            slots[slot] = link
        else:
            told = reference.link or None
            found.flaws.append(Flaw(told, f"{reference.place}: {error}", sku))
    if slots:
        found.products[sku] = slots


def _free(index: int, slots: Slots, named: set[str | None]) -> str | None:
    """Where an image goes that does not say: the first one is MAIN, another the next view."""
    if index == 0 and "MAIN" not in slots:
        return "MAIN"
    return next((view for view in VIEWS if view not in slots and view not in named), None)


def _address(
    reference: Reference, slot: str | None, addresses: dict[Key, str]
) -> tuple[str, str | None]:
    """The address of an image, and what is wrong with it. One image has one address, in which
    scheme and query do not count."""
    if reference.unfit is not None:
        return "", reference.unfit
    if slot is None:
        return "", "no slot is free for an image that names none"
    if slot not in SLOTS:
        return "", f"{slot} is no slot of an Amazon image · use one of {', '.join(SLOTS)}"
    if not reference.link:
        return "", "the image has no link"
    try:
        name = image_name(reference.link)
    except UnfitUrl as unfit:
        return "", f"{unfit} · {unfit.remedy}"
    known = addresses.setdefault(name, reference.link)
    if _place(known) != _place(reference.link):
        return "", f"{known} is called {name} too, and an image is known by its name"
    return known, None


def _place(url: str) -> tuple[str | None, str]:
    parts = urlsplit(url)
    return parts.hostname, parts.path


def _derive(found: Chosen, pattern: re.Pattern[str]) -> None:
    stated = set(found.products)
    for sku in list(found.products):
        match = pattern.fullmatch(sku)
        parent = match.group("parent") if match else None
        if parent is None or parent in stated:
            continue
        if not AMAZON_SKU.fullmatch(parent):
            text = f"{parent}, the parent of {sku}, is no Amazon product; it is not touched"
            found.flaws.append(Flaw(None, text, parent))
            continue
        found.derived.add(parent)
        slots = found.products.setdefault(parent, {})
        for slot, link in found.products[sku].items():
            if link not in slots.values():
                slots.setdefault(slot, link)


def _out_of_order(products: Mapping[Key, Slots]) -> Iterator[str]:
    """Products whose gallery, sorted by file name, is in another order than their slots: an image
    that is shared keeps its best slot's name."""
    best = _best_slots(products.values())
    for sku, slots in products.items():
        names = dict.fromkeys(image_name(slots[slot]) for slot in sorted(slots, key=priority))
        files = [filename(best[name], name) for name in names]
        if files != sorted(files):
            yield (
                f"{sku}: sorted by name its gallery is in another order than its slots,"
                " because of images that it shares"
            )


def _best_slots(products: Iterable[Slots]) -> dict[Key, str]:
    best: dict[Key, str] = {}
    for slots in products:
        for slot, link in slots.items():
            name = image_name(link)
            best[name] = min(best.get(name, slot), slot, key=priority)
    return best
