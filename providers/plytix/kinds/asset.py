"""Assets: images uploaded by URL, under a file name that carries their best position.

An asset is shared by products and never deleted. Plytix does not tell the URL it once fetched,
so an image is recognised by its own name at the end of the file name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

from providers.plytix.catalog import all_assets, assets, by_image, parts_of, picture
from providers.plytix.client import PlytixReader, PlytixWriter, Refused, Row
from providers.plytix.filenames import follows_convention, image_of
from providers.plytix.versions import ASSETS
from providers.plytix.writing import each
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change, Pictures
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome, done
from reconciler.model.resource import Resource
from reconciler.model.spec import CREATE_ONLY, UNSTATED, Owned, spec
from reconciler.provider import (
    ALL,
    Batch,
    Echo,
    Lookup,
    OnDrop,
    PlatformError,
    Precondition,
    Wanted,
)

READ_TOGETHER: Final = 20
"""Changes of a batch: the core reads a batch again with one search before it and one after."""


@spec
class Asset:
    url: Owned[Annotated[str, CREATE_ONLY]] = UNSTATED
    filename: Owned[str] = UNSTATED


class AssetKind:
    name = "asset"
    spec = Asset
    managed = True
    for_others = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: PlytixReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Asset]]:
        """Keys are images' names. An asset that was given another name is found by its id."""
        if wanted is ALL:
            for image, row in by_image((await all_assets(session)).values()).items():
                yield _resource(target, image, row)
            return
        found = await assets(session, wanted, filter(None, wanted.values()))
        for image, row in _matched(wanted, found).items():
            yield _resource(target, image, row)

    def lasts(self, _: Asset) -> str | None:
        """Others may use an asset by now: none is ever deleted."""
        return "the asset stays in Plytix; it is no longer linked or managed"

    def batches(self, changes: Sequence[Change[Asset]]) -> Iterable[Batch[Asset]]:
        """There is no bulk upload: a request an asset, and a few more where it is there already."""
        for part in parts_of(changes, READ_TOGETHER):
            uploads = sum(change.remote is None for change in part)
            there = Range(Cost(), Cost(2 * uploads))
            yield Batch(
                tuple(part),
                requests=len(part),
                reading=Range(Cost(1), Cost(2)),
                besides=there,
            )

    async def write(self, session: PlytixWriter, batch: Batch[Asset]) -> Sequence[Outcome[Asset]]:
        return await each(session, batch.changes, _written)

    def pictures(self, change: Change[Asset], _at: Lookup) -> Pictures | None:
        """What is uploaded, or what gets another name; a forgotten asset stays as it is."""
        key = change.address.key
        if change.before is not None and change.after is not None:
            live = picture_of(change.before, key)
            return Pictures(live, live)
        return Pictures((), picture_of(change.after, key))


async def _written(session: PlytixWriter, change: Change[Asset]) -> Outcome[Asset]:
    assert change.after is not None
    wanted = change.after.spec
    if change.remote is None:
        return await _uploaded(session, change.address, wanted)
    await session.write("PATCH", f"{ASSETS}/{change.remote}", {"filename": wanted.filename})
    return done(change.address, change.remote)


async def _uploaded(session: PlytixWriter, address: Address, wanted: Asset) -> Outcome[Asset]:
    """Upload by URL. That it is there already is success, under whatever name."""
    body = {"url": wanted.url, "filename": wanted.filename}
    try:
        return done(address, str((await session.write("POST", ASSETS, body))["id"]))
    except Refused as refusal:
        existing = refusal.says("asset.id") if refusal.status == 409 else None
        if existing is None:
            raise
    await _named(session, existing, address.key, wanted)
    return replace(done(address, existing), found=True)


async def _named(session: PlytixWriter, existing: Remote, image: Key, wanted: Asset) -> None:
    """Give an asset that is there already its file name, unless that would take it from another
    image: the two would rename it to and fro for ever."""
    row = await session.get(f"{ASSETS}/{existing}") or {}
    name = str(row.get("filename", ""))
    if name == wanted.filename:
        return
    if follows_convention(name) and image_of(name) != image:
        raise PlatformError(f"Plytix holds this image as {name} already · use one URL for both")
    await session.write("PATCH", f"{ASSETS}/{existing}", {"filename": wanted.filename})


def _matched(wanted: Mapping[Key, Remote | None], found: Mapping[Remote, Row]) -> dict[Key, Row]:
    """The asset of each image. The one that we know comes before others of the same name, and
    others of the same name before the one that we know under another."""
    named = by_image(found.values())
    matched: dict[Key, Row] = {}
    for image, remote in wanted.items():
        known = found.get(remote) if remote else None
        if known and image_of(known["filename"]) == image:
            matched[image] = known
        elif row := named.get(image) or known:
            matched[image] = row
    return matched


def picture_of(asset: Resource[Any] | None, image: Key) -> tuple[str, ...]:
    """The address of an asset's picture: Plytix's own where it is there, else that which it is
    uploaded from."""
    url = asset.picture(image) if asset else None
    if url is None and asset is not None and isinstance(asset.spec.url, str):
        url = asset.spec.url
    return (url,) if url else ()


def _resource(target: str, image: Key, row: Row) -> Resource[Asset]:
    live_key = image_of(row["filename"])
    url = picture(row)
    return Resource(
        Address(target, "asset", image),
        Asset(filename=row["filename"]),
        remote=row["id"],
        live_key=live_key if live_key != image else None,
        shows=((image, url),) if url else (),
    )
