"""A mapping file: Amazon products, matched with the catalog's or not, and their images.

Two shapes are in use, and may stand side by side: `amazon_images: [{link, variant}]`, and flat
keys (`amazon_image_main`, `amazon_image_variant_1` … `_8`, `amazon_image_swatch`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.model.wording import nearest

LISTS: Final = ("matched", "unmatched_amazon")

FLAT: Final[Mapping[str, str]] = {
    "amazon_image_main": "MAIN",
    **{f"amazon_image_variant_{number}": f"PT{number:02}" for number in range(1, 9)},
    "amazon_image_swatch": "SWATCH",
}
"""The flat keys, and the slot that each of them means."""


_FLATLY: Final = "amazon_image"
_NEARLY: Final = 0.85
"""How much alike two names are that are taken for one, misspelt."""


class UnreadableMapping(Exception):
    """The file is no mapping; carries its problems."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class Reference:
    """One image of a row as it is written there. link: empty where there is none. unfit: why it
    can not be understood."""

    link: str
    variant: str | None
    place: str
    unfit: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One product of the file. product_id: what older files name instead of a SKU."""

    place: str
    sku: str | None
    product_id: str | None
    references: tuple[Reference, ...]


def read(name: str, content: bytes) -> list[Row]:
    """The rows in the order of the file. Raises `UnreadableMapping`."""
    data = _parsed(name, content)
    if not isinstance(data, dict) or not any(part in data for part in LISTS):
        cause = f"has neither {' nor '.join(LISTS)}"
        raise UnreadableMapping(Problem(Source(name, 1), cause, "give the mapping file itself"))
    _must_be_spelt(name, data)
    return list(_rows(name, data))


def _parsed(name: str, content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        place = Source(name, error.lineno, error.colno)
        problem = Problem(place, f"is not JSON: {error.msg}", "write the mapping anew")
        raise UnreadableMapping(problem) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = Problem(Source(name, line), "is not UTF-8 text", "write the mapping anew")
        raise UnreadableMapping(problem) from error


def _must_be_spelt(name: str, data: Mapping[str, Any]) -> None:
    """Other keys are other people's; what is nearly called like a list of ours would be lost."""
    for key in data:
        if key not in LISTS and get_close_matches(key, LISTS, 1, _NEARLY):
            cause = f"has a list {key}, which nobody reads"
            raise UnreadableMapping(Problem(Source(name, 1), cause, nearest(key, LISTS)))


def _rows(name: str, data: Mapping[str, Any]) -> Iterator[Row]:
    for part in LISTS:
        rows = data.get(part)
        if not isinstance(rows, list | None):
            problem = Problem(Source(name, 1), f"{part} is no list", "write the mapping anew")
            raise UnreadableMapping(problem)
        for index, row in enumerate(rows or ()):
            place = f"{part}[{index}]"
            if not isinstance(row, dict):
                problem = Problem(Source(name, 1), f"{place} is no product", "take it out")
                raise UnreadableMapping(problem)
            yield _row(place, row)


def _row(place: str, row: Mapping[str, Any]) -> Row:
    listed = row.get("amazon_images")
    references = _listed(place, listed) if listed else _flat(place, row)
    return Row(
        place,
        sku=_text(row.get("suggested_sku")) or None,
        product_id=_text(row.get("plytix_product_id")) or None,
        references=tuple(references),
    )


def _listed(place: str, images: Any) -> Iterator[Reference]:
    for index, image in enumerate(images if isinstance(images, list) else [images]):
        own = image if isinstance(image, dict) else {"link": image}
        variant = _text(own.get("variant")).upper() or None
        yield Reference(_text(own.get("link")), variant, f"{place}.amazon_images[{index}]")


def _flat(place: str, row: Mapping[str, Any]) -> Iterator[Reference]:
    for key in sorted(row, key=_turn):
        value = row[key]
        if not key.startswith(_FLATLY) or key == "amazon_images" or value in (None, ""):
            continue
        link, slot = _text(value), FLAT.get(key)
        unfit = None if isinstance(value, str) else "it is no address · write the link as text"
        if slot is None:
            unfit = f"it is no key of an image · {nearest(key, list(FLAT))}"
        yield Reference(link, slot, f"{place}.{key}", unfit)


def _turn(key: str) -> int:
    """MAIN first, whatever the order in the file."""
    return list(FLAT).index(key) if key in FLAT else len(FLAT)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
