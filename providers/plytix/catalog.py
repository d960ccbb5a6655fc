"""What is found in the account's catalog, in the fewest searches.

By the vendor's own list of operators a SKU and a file name can be compared with `eq` and `like`
but not with `in`, so many of them are asked for as alternatives of one search.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Final, TypeVar

from providers.plytix.client import PAGE, Filters, PlytixReader, PlytixWriter, Refused, Row
from providers.plytix.filenames import follows_convention, image_of
from providers.plytix.versions import ASSETS, PRODUCTS
from providers.plytix.windowed import everything
from reconciler.model.address import Address, Key, Remote

T = TypeVar("T")

AT_ONCE: Final = PAGE - 1
"""Things asked for in one search: when each is found once, the page is not full, and no second
one need be asked for."""

COLUMNS: Final = 50
"""The most that a search may ask for beside id and SKU."""


def condition(field: str, operator: str, value: object = None) -> Row:
    return {"field": field, "operator": operator, "value": value}


async def products(
    session: PlytixReader, skus: Iterable[str], columns: Sequence[str] = ()
) -> AsyncIterator[Row]:
    """The products of these SKUs. The platform ignores case when it compares; we do not."""
    for some in parts_of(skus):
        alternatives = [[condition("sku", "eq", sku)] for sku in some]
        search = partial(session.search, f"{PRODUCTS}/search", alternatives, order="sku")
        async for row in _in_columns(search, columns):
            if row["sku"] in some:
                yield row


async def all_products(
    session: PlytixReader, columns: Sequence[str] = (), alike: Filters = ()
) -> AsyncIterator[Row]:
    """Every product, or every one that is alike."""
    search = partial(everything, session, f"{PRODUCTS}/search", order="sku", alike=alike)
    async for row in _in_columns(search, columns):
        yield row


async def _in_columns(
    search: Callable[[Sequence[str]], AsyncIterator[Row]], columns: Sequence[str]
) -> AsyncIterator[Row]:
    """Of more columns than a search tells, several tell a part of each row."""
    if len(columns) <= COLUMNS:
        async for row in search(columns):
            yield row
        return
    whole: dict[Remote, Row] = {}
    for some in parts_of(columns, COLUMNS):
        async for row in search(some):
            before = whole.get(row["id"], {})
            attributes = (before.get("attributes") or {}) | (row.get("attributes") or {})
            whole[row["id"]] = before | row | {"attributes": attributes}
    for row in whole.values():
        yield row


async def product_by_id(session: PlytixReader, id_: str) -> Row | None:
    """People may write an id: what holds anything but letters and digits is none, and would lead
    to another path."""
    return await session.get(f"{PRODUCTS}/{id_}") if id_.isalnum() else None


async def product_ids(session: PlytixWriter, skus: Iterable[Key]) -> dict[Key, Remote]:
    """What products are called by the platform: as it is known by now, else as it is found."""
    known = session.remotes.known
    wanted = {sku: known.get(Address(session.remotes.target, "product", sku)) for sku in skus}
    missing = [sku for sku, remote in wanted.items() if remote is None]
    found = {row["sku"]: row["id"] async for row in products(session, missing)}
    return {sku: remote or found[sku] for sku, remote in wanted.items() if remote or sku in found}


async def assets(
    session: PlytixReader, images: Iterable[str], ids: Iterable[str] = ()
) -> dict[str, Row]:
    """By id: the assets whose file name holds one of these images' names, and those of `ids`."""
    found: dict[str, Row] = {}
    wanted = [condition("filename", "like", image) for image in images]
    wanted += [condition("id", "in", list(some)) for some in parts_of(ids)]
    for some_conditions in parts_of(wanted):
        found |= await _assets(session, [[one] for one in some_conditions])
    return found


async def all_assets(session: PlytixReader) -> dict[str, Row]:
    return await _assets(session, [])


async def _assets(session: PlytixReader, filters: Filters) -> dict[str, Row]:
    """Of these filters, or all. With their pictures, where the platform lets a search tell them:
    that is not documented, and nothing but pictures hangs on it, so a refusal is taken for a no."""
    if session.tells_pictures:
        try:
            return await _searched(session, filters, ["filename", "thumbnail", "url"])
        except Refused as refusal:
            if refusal.status != 422:
                raise
            session.tells_pictures = False
    return await _searched(session, filters, ["filename"])


async def _searched(
    session: PlytixReader, filters: Filters, columns: Sequence[str]
) -> dict[str, Row]:
    found = everything(session, f"{ASSETS}/search", columns, "filename", filters)
    return {row["id"]: row async for row in found}


def by_image(found: Iterable[Row]) -> dict[str, Row]:
    """Assets by their image's name. Of two the one whose name follows the convention counts,
    then the older one (ids grow); the other is an asset that no key fits."""
    named: dict[str, Row] = {}
    for row in sorted(found, key=_preference):
        named.setdefault(image_of(row["filename"]), row)
    return named


def keys_of(ids: Iterable[str], found: Mapping[str, Row]) -> dict[str, str]:
    """What each linked asset is called: by its image's name, else by its file name, else by
    its id, so that two assets never hide behind one name."""
    keys: dict[str, str] = {}
    rows = [found.get(id_) or {"id": id_, "filename": id_} for id_ in dict.fromkeys(ids)]
    for row in sorted(rows, key=_preference):
        choices = (image_of(row["filename"]), row["filename"], row["id"])
        keys[row["id"]] = next(name for name in choices if name not in keys.values())
    return keys


def picture(asset: Row) -> str | None:
    """Where an asset is to be seen."""
    url = asset.get("thumbnail") or asset.get("url")
    return str(url) if url else None


def is_already_linked(refusal: Refused) -> bool:
    return refusal.status == 409 and refusal.says("asset.id") == "already linked"


def parts_of(things: Iterable[T], size: int = AT_ONCE) -> Iterable[list[T]]:
    """In lists of at most `size`."""
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part


def _preference(row: Row) -> tuple[bool, str]:
    return not follows_convention(row["filename"]), row["id"]
