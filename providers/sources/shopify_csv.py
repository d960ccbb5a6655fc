"""A Shopify product export (CSV) to intents: styles from tags, collections by type, images.

The export has one product over several rows: the first has the title, the others more variants
or images. Columns are found by name; others than those named here are passed over.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from reconciler.model.problem import Problem
from reconciler.model.resource import Source

HANDLE, TAGS, TYPE = "Handle", "Tags", "Type"
IMAGE, POSITION = "Image Src", "Image Position"
_HANDLE: Final = re.compile(r"[^\s/]+")
_ADDRESS: Final = re.compile(r"https?://\S+/\S+")

NEEDED: Final = (HANDLE, TAGS, TYPE, IMAGE, POSITION)

Documents = Mapping[str, Mapping[str, Any]]
"""Path below `desired/` → the data to be merged into that file."""


class UnreadableExport(Exception):
    """The file is not a product export; carries its problems."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass
class Product:
    """What the rows of one handle come to. images: position → address."""

    handle: str
    type: str = ""
    tags: list[str] = field(default_factory=list)
    images: dict[int, str] = field(default_factory=dict)


def read(name: str, content: bytes) -> list[Product]:
    """The products of an export in the order of their first rows. Raises `UnreadableExport`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = Problem(Source(name, line), "is not UTF-8 text", "export it again as plain CSV")
        raise UnreadableExport(problem) from error
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if not text.strip():
            raise UnreadableExport(Problem(Source(name, 1), "is empty", "export it again"))
        missing = [column for column in NEEDED if column not in (rows.fieldnames or ())]
        if missing:
            raise UnreadableExport(_missing(name, missing))
        return _products(name, rows)
    except csv.Error as error:
        problem = Problem(Source(name, rows.line_num), f"is not CSV: {error}", "export it again")
        raise UnreadableExport(problem) from error


def documents(
    products: list[Product], target: str, style_prefix: str, look: str | None
) -> Documents:
    """The intents that an export comes to, for one target.

    style_prefix: tags beginning so name a style. look: the metafield that the first image of
    each product becomes the look image of; None to leave images out. Raises `UnreadableExport`
    for styles that come to one handle.
    """
    styles = sorted(set(_styles(products, style_prefix)))
    if alike := list(_alike(styles)):
        raise UnreadableExport(*alike)
    types = sorted({product.type for product in products if product.type})
    pictured = [product for product in products if product.images]
    result: dict[str, Mapping[str, Any]] = {}
    if styles:
        result["collections/styles.yaml"] = _style_document(target, styles, style_prefix)
    if types:
        result["collections/types.yaml"] = _type_document(target, types)
    if pictured and look:
        result[f"images/{target}-export.yaml"] = _image_document(target, pictured, look)
    return result


def _products(name: str, rows: csv.DictReader[str]) -> list[Product]:
    products: dict[str, Product] = {}
    problems: list[Problem] = []
    for row in rows:
        place = Source(name, rows.line_num)
        handle = _cell(row, HANDLE)
        if not handle:
            if any(_cell(row, column) for column in row if column):
                problems.append(
                    Problem(place, "a row has no handle", "give it its product's handle")
                )
            continue
        if not _HANDLE.fullmatch(handle):
            problems.append(Problem(place, f"{handle!r} is no handle", "use letters and dashes"))
            continue
        product = products.setdefault(handle, Product(handle))
        product.type = product.type or _cell(row, TYPE)
        product.tags = product.tags or _split(_cell(row, TAGS))
        problems += _take_image(product, row, place)
    if not products:
        problems.append(Problem(Source(name, 1), "holds no product", "export the products again"))
    if problems:
        raise UnreadableExport(*problems)
    return list(products.values())


def _take_image(product: Product, row: Mapping[str, str], place: Source) -> Iterator[Problem]:
    address, position = _cell(row, IMAGE), _cell(row, POSITION)
    if not address or address in product.images.values():
        return
    if not _ADDRESS.fullmatch(address):
        yield Problem(place, f"{address!r} is no image's address", "write one with https://")
        return
    if position and not position.isdecimal():
        yield Problem(
            place, f"the image position {position!r} is no number", "write a whole number"
        )
        return
    wanted = int(position) if position else 1
    free = wanted if wanted not in product.images else max(product.images) + 1
    product.images[free] = address


def _styles(products: list[Product], prefix: str) -> Iterator[str]:
    for product in products:
        for tag in product.tags:
            if tag.startswith(prefix) and len(tag) > len(prefix):
                yield tag.removeprefix(prefix)


def _alike(styles: list[str]) -> Iterator[Problem]:
    """Styles whose collections would come to one handle."""
    by_slug: dict[str, str] = {}
    for style in styles:
        other = by_slug.setdefault(slug(style), style)
        if other != style:
            cause = f"the styles {other} and {style} come to one handle, {slug(style)}"
            yield Problem(Source("tags", 1), cause, "give both products one tag")


def _style_document(target: str, styles: list[str], prefix: str) -> Mapping[str, Any]:
    tag = f"{prefix}{{style}}"
    return {
        "targets": [target],
        "per_style": {
            "styles": styles,
            "handle": "style-{slug}",
            "collection": {"title": tag, "rules": {"conditions": [{"tag": tag}]}},
        },
    }


def _type_document(target: str, types: list[str]) -> Mapping[str, Any]:
    return {
        "targets": [target],
        "collections": {
            slug(name): {"title": name, "rules": {"conditions": [{"type": name}]}} for name in types
        },
    }


def _image_document(target: str, products: list[Product], look: str) -> Mapping[str, Any]:
    return {
        "targets": [target],
        "into": {"look": look},
        "products": {
            product.handle: {"look": "MAIN", "images": _images(product)} for product in products
        },
    }


def _images(product: Product) -> Mapping[str, Any]:
    """MAIN for the first position, PT01 and so on for the others, by the names of the files that
    Shopify holds since the products were imported."""
    addresses = [product.images[position] for position in sorted(product.images)]
    variants = ["MAIN", *(f"PT{number:02}" for number in range(1, len(addresses)))]
    return {
        variant: {"file": _file_name(address)}
        for variant, address in zip(variants, addresses, strict=True)
    }


def _file_name(address: str) -> str:
    return unquote(PurePosixPath(urlsplit(address).path).name) or address


def slug(text: str) -> str:
    """A handle as Shopify makes it of a title: lowercase, dashes for all that is not a letter or
    a digit."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _cell(row: Mapping[str, str | None], column: str) -> str:
    return (row.get(column) or "").strip()


def _split(tags: str) -> list[str]:
    return [tag.strip() for tag in tags.split(",") if tag.strip()]


def _missing(name: str, columns: list[str]) -> Problem:
    return Problem(
        Source(name, 1),
        f"the column{'s' if len(columns) > 1 else ''} {', '.join(columns)} "
        f"{'are' if len(columns) > 1 else 'is'} missing",
        "export products from the Shopify admin as CSV for Excel or plain CSV",
    )
