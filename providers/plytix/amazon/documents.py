"""What a mapping file comes to as a document of `desired/images/`.

A document that is there keeps its comments, its order and what stands in no mapping file; what
the file says otherwise is changed in place; what vanished from it is told, and taken out only
with leave.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from providers.plytix.amazon.slots import Slots
from reconciler.intent.edit import REMOVE, Edit
from reconciler.intent.images import Images, MappingFile
from reconciler.intent.written import edited
from reconciler.model.address import Key
from reconciler.model.spec import plain


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the document shall say."""

    targets: Sequence[str]
    gallery: str
    source: MappingFile
    products: Mapping[Key, Slots]


@dataclass(frozen=True, slots=True)
class Written:
    """The document's text, and where it says what the file does not say any more."""

    text: str
    vanished: tuple[str, ...] = ()


def document_name(file: PurePath) -> str:
    """Its path below `desired/`."""
    stem = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "mapping"
    return f"images/{stem}.yaml"


def new(wanted: Wanted) -> Written:
    return Written("".join(f"{line}\n" for line in _lines(wanted)))


def again(text: str, intent: Images, wanted: Wanted, *, prune: bool) -> Written:
    """A document that is there, brought up to date. Raises `Unwritable`."""
    edits = list(_edits(intent, wanted))
    gone = list(_vanished(intent, wanted))
    if prune:
        edits += [Edit(intent.path, place, REMOVE) for place in gone]
    told = () if prune else tuple(f"{intent.at(*place)} {_words(place)}" for place in gone)
    return Written(edited(intent.path, text, edits) if edits else text, told)


def _lines(wanted: Wanted) -> Iterator[str]:
    yield f"targets: [{', '.join(wanted.targets)}]"
    yield ""
    yield "imported:"
    for name, value in _source(wanted.source).items():
        yield f"  {name}: {json.dumps(value, ensure_ascii=False)}"
    yield ""
    yield f"into: {{gallery: {wanted.gallery}}}"
    yield ""
    yield "products:" if wanted.products else "products: {}"
    for sku, slots in wanted.products.items():
        yield f"  {sku}:"
        yield "    images:"
        for slot, link in slots.items():
            yield f"      {slot}: {{url: {json.dumps(link, ensure_ascii=False)}}}"


def _edits(intent: Images, wanted: Wanted) -> Iterator[Edit]:
    targets = [*intent.targets, *(t for t in wanted.targets if t not in intent.targets)]
    if targets != list(intent.targets):
        yield Edit(intent.path, ("targets",), targets)
    source = _source(wanted.source)
    if intent.imported is None or _source(intent.imported) != source:
        yield Edit(intent.path, ("imported",), source)
    for sku, slots in wanted.products.items():
        if sku not in intent.products:
            data = {slot: {"url": link} for slot, link in slots.items()}
            yield Edit(intent.path, ("products", sku), {"images": data})
            continue
        there = intent.products[sku].images
        for slot, link in slots.items():
            place = ("products", sku, "images", slot)
            if slot not in there:
                yield Edit(intent.path, place, {"url": link})
            elif there[slot].url != link:
                yield Edit(intent.path, (*place, "url"), link)


def _vanished(intent: Images, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    for sku, product in intent.products.items():
        if sku not in wanted.products:
            yield ("products", sku)
            continue
        for slot in product.images:
            if slot not in wanted.products[sku]:
                yield ("products", sku, "images", slot)


def _words(place: tuple[str, ...]) -> str:
    return f"{place[1]} has no {place[3]} any more" if len(place) > 2 else f"{place[1]} is gone"


def _source(source: MappingFile) -> dict[str, Any]:
    data: dict[str, Any] = plain(source.model_dump(mode="json", exclude_defaults=True))
    return data
