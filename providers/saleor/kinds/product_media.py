"""A product's images, each fetched by the platform from an address. The key is
`<product>/<variant>`.

Saleor forgets where a picture came from and calls its file otherwise, and takes the same address
a second time as another picture. So each one carries in its metadata what it stands for and
where it came from. One that was made while its answer was lost is known by its file's name.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from providers.saleor.aliased import ERRORS, Part, carried_out
from providers.saleor.changing import READ_TOGETHER, batches_of, carried
from providers.saleor.client import SaleorReader, SaleorWriter
from providers.saleor.kinds.product import products
from providers.saleor.shelf import Node
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Action, Change, Pictures
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome, failed
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, spec
from reconciler.provider import (
    All,
    Batch,
    Echo,
    Lookup,
    OnDrop,
    PlatformError,
    Precondition,
    Wanted,
)

_WAIT: Final = (
    "the server still fetches a picture of this product, which may be this one · plan again later"
)

VARIANT: Final = "planogram.variant"
SOURCE: Final = "planogram.source"

Media = Mapping[str, Any]


@spec
class ProductMedia:
    """source: where the picture was fetched from."""

    source: Owned[str | None] = UNSTATED


class ProductMediaKind:
    name = "product_media"
    spec = ProductMedia
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[ProductMedia]]:
        """Those that carry our metadata; others are a hand's."""
        for slug, node in await _products(session, wanted):
            for variant, media in marked(node).items():
                key = media_key(slug, variant)
                if isinstance(wanted, All) or key in wanted:
                    yield Resource(
                        Address(target, self.name, key),
                        ProductMedia(source=said(media, SOURCE)),
                        remote=media["id"],
                        needs=(Address(target, "product", slug),),
                    )

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "product", key.rpartition("/")[0]

    def pictures(self, change: Change[ProductMedia], _at: Lookup) -> Pictures | None:
        sides = [
            (side.spec.source,) if side and isinstance(side.spec.source, str) else ()
            for side in (change.before, change.after)
        ]
        return Pictures(*sides)

    def batches(self, changes: Sequence[Change[ProductMedia]]) -> Iterable[Batch[ProductMedia]]:
        """One mutation makes a picture; others say what it is, give it its place and let go of
        the one before, once it is there. What stands there is looked at before each."""
        for batch in (b for part in _by_product(changes) for b in batches_of(part, _mutations)):
            made = any(change.after for change in batch.changes)
            replaced = any(change.after and change.before for change in batch.changes)
            requests = batch.requests + (1 if made and batch.requests == 1 else 0)
            besides = Range(Cost(made), Cost(made + replaced))
            lane = media_lane(batch.changes[0])
            yield Batch(batch.changes, requests, lane=lane, reading=batch.reading, besides=besides)

    async def write(
        self, session: SaleorWriter, batch: Batch[ProductMedia]
    ) -> Sequence[Outcome[ProductMedia]]:
        made, refused = await _made(session, batch.changes)
        places = await _places(session, batch.changes, made)
        left = [change for change in batch.changes if change.address not in refused]
        outcomes = await carried(
            session,
            left,
            lambda change: _parts(change, made.get(change.address), places),
            lambda change, _told: made.get(change.address),
        )
        by_address = {change.address: change for change in batch.changes}
        return outcomes + [failed(a, text, by_address[a].remote) for a, text in refused.items()]


def _by_product(
    changes: Sequence[Change[ProductMedia]],
) -> Iterator[Sequence[Change[ProductMedia]]]:
    """Whole products, at most so many changes together: what puts a product's pictures in order
    must know them all. One product that has more by itself is cut, and its parts wait for each
    other."""
    pending: list[Change[ProductMedia]] = []
    for _, group in groupby(changes, key=media_lane):
        own = list(group)
        if pending and len(pending) + len(own) > READ_TOGETHER:
            yield pending
            pending = []
        pending += own
    if pending:
        yield pending


def media_lane(change: Change[ProductMedia]) -> Key:
    return change.address.key.rpartition("/")[0]


def media_key(product: Key, variant: str) -> Key:
    return f"{product}/{variant}"


def marked(product: Node) -> dict[str, Media]:
    """The pictures that are ours, by what they stand for."""
    return {name: media for media in product["media"] if (name := said(media, VARIANT))}


def said(media: Media, key: str) -> str | None:
    return next((entry["value"] for entry in media["metadata"] if entry["key"] == key), None)


async def _products(session: SaleorReader, wanted: Wanted) -> list[tuple[Key, Node]]:
    if isinstance(wanted, All):
        return await products(session, wanted)
    return await products(session, dict.fromkeys(key.rpartition("/")[0] for key in wanted))


Made = dict[Address, Remote]
"""The pictures that stand for a change from now on."""


async def _made(
    session: SaleorWriter, changes: Sequence[Change[ProductMedia]]
) -> tuple[Made, dict[Address, str]]:
    """The new pictures, and why some were not made. What an earlier try left behind is taken
    instead of a second one."""
    wished = [change for change in changes if change.after is not None]
    found = dict(await _products(session, {change.address.key: None for change in wished}))
    made: Made = {}
    parts: dict[Address, Part] = {}
    refused: dict[Address, str] = {}
    for change in wished:
        product, source = found.get(change.address.key.rpartition("/")[0]), _source(change)
        left = _left_behind(product, source, set(made.values())) if product else None
        if left is not None:
            made[change.address] = left
        elif product is None:
            refused[change.address] = "there is no such product"
        elif any(map(_is_on_its_way, product["media"])):
            refused[change.address] = _WAIT
        else:
            parts[change.address] = _creation(product["id"], source)
    for address, told in zip(parts, await carried_out(session, list(parts.values())), strict=True):
        if told.is_done:
            made[address] = str(told.payload["media"]["id"])
        else:
            refused[address] = told.message
    return made, refused


def _source(change: Change[ProductMedia]) -> str:
    assert change.after is not None
    source = change.after.spec.source
    if not isinstance(source, str):
        raise PlatformError(f"{change.address.key} has no address to be fetched from")
    return source


def _creation(product: Remote, source: str) -> Part:
    given = {"product": product, "mediaUrl": source}
    asked = f"media {{ id }} {ERRORS}"
    return Part("productMediaCreate", {"input": ("ProductMediaCreateInput!", given)}, asked)


def _left_behind(product: Node, source: str, taken: set[Remote]) -> Remote | None:
    """A picture without a mark whose file is called like the address's: `a_ac75d4b5.png` is what
    Saleor makes of `a.png`."""
    file = PurePosixPath(urlsplit(source).path)
    stems = "|".join(re.escape(_kept(name)) for name in (file.stem, unquote(file.stem)))
    ending = re.escape(file.suffix)
    pattern = re.compile(rf"({stems})(_[0-9A-Za-z]{{7,8}})?{ending}", re.IGNORECASE)
    for media in product["media"]:
        name = PurePosixPath(unquote(urlsplit(media["url"]).path)).name
        if not said(media, VARIANT) and media["id"] not in taken and pattern.fullmatch(name):
            return str(media["id"])
    return None


def _kept(name: str) -> str:
    """What storages keep of a file's name (Django: `get_valid_filename`)."""
    return re.sub(r"[^-\w.]", "", name.strip().replace(" ", "_"))


def _is_on_its_way(media: Media) -> bool:
    """Whether a picture without a mark has no file yet: the server fetches them later, and until
    then tells a place that makes thumbnails (Saleor: `fetch_product_media_image_task`)."""
    return not said(media, VARIANT) and urlsplit(media["url"]).path.startswith("/thumbnail/")


Places = Mapping[Key, Part]
"""Product → the mutation that puts its new pictures where those stand that they come for."""


async def _places(
    session: SaleorWriter, changes: Sequence[Change[ProductMedia]], made: Made
) -> Places:
    """Of products of which a picture is replaced: a new one stands behind all others at first."""
    instead = {c.remote: made[c.address] for c in changes if c.remote and c.address in made}
    keys = [c.address.key for c in changes if c.remote in instead]
    found = await _products(session, dict.fromkeys(keys)) if keys else []
    return {slug: reordering(node["id"], _replaced(node, instead)) for slug, node in found}


def _replaced(product: Node, instead: Mapping[Remote, Remote]) -> list[Remote]:
    """The ids in their order, each new one before the one that it replaces."""
    new = set(instead.values())
    return [
        id_
        for media in product["media"]
        if media["id"] not in new
        for id_ in ((instead[media["id"]],) if media["id"] in instead else ()) + (media["id"],)
    ]


def reordering(product: Remote, media: Sequence[Remote]) -> Part:
    """The mutation that puts all of a product's pictures into this order."""
    ids = ("[ID!]!", list(media))
    return Part("productMediaReorder", {"productId": ("ID!", product), "mediaIds": ids})


def _mutations(change: Change[ProductMedia]) -> int:
    if change.action is Action.DELETE:
        return 1
    return 2 if change.before is None else 4


def _parts(change: Change[ProductMedia], made: Remote | None, places: Places) -> list[Part]:
    """The new picture takes its place before the old one goes. It is marked last: wherever this
    is cut off, a picture without a mark is found by its file's name, and no two have one mark."""
    gone = Part("productMediaDelete", {"id": ("ID!", change.remote)})
    if change.action is Action.DELETE:
        return [gone]
    if made is None:
        raise PlatformError("the picture was not made")
    product, _, variant = change.address.key.rpartition("/")
    marks = [{"key": SOURCE, "value": _source(change)}, {"key": VARIANT, "value": variant}]
    mark = Part("updateMetadata", {"id": ("ID!", made), "input": ("[MetadataInput!]!", marks)})
    replaces = change.remote is not None and change.remote != made
    return [places[product], gone, mark] if replaces else [mark]
