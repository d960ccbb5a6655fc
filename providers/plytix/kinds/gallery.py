"""Galleries: the assets of one media attribute of a product, and the product's thumbnail.

A gallery is there when its product and its attribute are, and the attribute or the thumbnail
holds an asset. The attribute is wholly ours: what else it holds is shown, by its image's name or
else its file name, and taken out of it (never deleted). The thumbnail is ours when it is stated.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final

from providers.plytix.catalog import (
    all_products,
    assets,
    keys_of,
    parts_of,
    picture,
    product_by_id,
)
from providers.plytix.client import PlytixReader, PlytixWriter, Row
from providers.plytix.definitions import gallery_labels
from providers.plytix.holdings import THUMBNAIL, columns, holding, in_full, linked
from providers.plytix.keys import key_within, parts
from providers.plytix.kinds.asset import picture_of
from providers.plytix.links import Links
from providers.plytix.writing import in_part, noted
from reconciler.concurrent import side_by_side
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change, Effect, Pictures
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome, done
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, Ref, spec
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

READ_TOGETHER: Final = 10
"""Products of a batch: the core reads a batch again before and after, with two searches each."""

AssetKey = Annotated[str, Ref("asset", spares=True)]
"""An image that could not be fetched keeps no other out of the gallery."""


@spec
class Gallery:
    assets: Owned[Annotated[tuple[AssetKey, ...], Merge.SET]] = UNSTATED
    """In the order of their slots, in which they are linked; it can not be changed afterwards."""
    thumbnail: Owned[AssetKey | None] = UNSTATED


class GalleryKind:
    name = "gallery"
    spec = Gallery
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: PlytixReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Gallery]]:
        """Keys are `<sku>/<attribute label>`, remotes the products' ids. Of everything, only
        the galleries that hold an asset are told: a thumbnail belongs to no attribute."""
        if wanted is ALL:
            found = await _every(session)
        else:
            found = await _wanted(session, wanted)
        ids = {id_ for gallery in found for id_ in gallery.linked}
        known = await assets(session, (), sorted(ids))
        for gallery in found:
            if gallery.linked:
                yield gallery.resource(target, known)

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "product", parts(key)[0]

    def batches(self, changes: Sequence[Change[Gallery]]) -> Iterable[Batch[Gallery]]:
        """All galleries of a product stand in one batch, so that no two requests about one
        product are ever under way at once."""
        by_product: dict[str, list[Change[Gallery]]] = {}
        for change in changes:
            by_product.setdefault(parts(change.address.key)[0], []).append(change)
        for part in parts_of(by_product.values(), READ_TOGETHER):
            together = tuple(change for group in part for change in group)
            yield Batch(
                together,
                requests=sum(_requests(change) for change in together),
                reading=Range(Cost(1), Cost(3 + len(part))),
            )

    async def write(
        self, session: PlytixWriter, batch: Batch[Gallery]
    ) -> Sequence[Outcome[Gallery]]:
        """Products side by side, the links of one product one after another."""
        by_product: dict[str, list[Change[Gallery]]] = {}
        for change in batch.changes:
            by_product.setdefault(parts(change.address.key)[0], []).append(change)
        written = await side_by_side(
            partial(_in_turn, session, group) for group in by_product.values()
        )
        return [outcome for outcomes in written for outcome in outcomes]

    async def effects(
        self, _session: PlytixReader, changes: Sequence[Change[Gallery]]
    ) -> Mapping[Address, Effect]:
        """What comes stands last, wherever its slot is: v1 and v2 set no order."""
        return {
            change.address: Effect(
                "the gallery's order can not be set: what comes stands last; sorted by name it is"
                " in the order of its slots"
            )
            for change in changes
            if _comes_out_of_order(change)
        }

    def pictures(self, change: Change[Gallery], at: Lookup) -> Pictures | None:
        """What goes and what comes: of the gallery, and of the thumbnail."""
        gone, new = _shown(change.before_values), _shown(change.after_values)
        live = change.before
        before = [live.picture(key) for key in gone if key not in new] if live else []
        after = [url for key in new if key not in gone for url in picture_of(at("asset", key), key)]
        return Pictures(tuple(filter(None, before)), tuple(after))


def _shown(values: Mapping[str, Any]) -> list[Key]:
    """The assets that these fields name, each once."""
    thumbnail = [values["thumbnail"]] if values.get("thumbnail") else []
    return list(dict.fromkeys([*(values.get("assets") or ()), *thumbnail]))


class Live:
    """A gallery as the platform shows it: the ids in it, and the id of the thumbnail."""

    def __init__(self, key: Key, label: str, product: Row) -> None:
        self.key = key
        self.label = label
        self.product = product
        self.ids = linked(product, f"attributes.{label}")
        self.thumbnail = next(iter(linked(product, THUMBNAIL)), None)

    @property
    def linked(self) -> tuple[Remote, ...]:
        return (*self.ids, *([self.thumbnail] if self.thumbnail else []))

    def resource(self, target: str, known: Mapping[Remote, Row]) -> Resource[Gallery]:
        keys = keys_of(self.linked, known)
        live_key = key_within(self.product["sku"], self.label)
        return Resource(
            Address(target, "gallery", self.key),
            Gallery(
                assets=tuple(keys[id_] for id_ in self.ids),
                thumbnail=keys[self.thumbnail] if self.thumbnail else None,
            ),
            remote=self.product["id"],
            live_key=live_key if live_key != self.key else None,
            shows=tuple(
                (key, url) for id_, key in keys.items() if (url := picture(known.get(id_, {})))
            ),
        )


async def _every(session: PlytixReader) -> list[Live]:
    labels = await gallery_labels(session)
    rows = [row async for row in all_products(session, columns(labels))]
    galleries = (
        Live(key_within(row["sku"], label), label, row)
        for row in await in_full(session, rows, labels)
        for label in labels
    )
    return [gallery for gallery in galleries if gallery.ids]


async def _wanted(session: PlytixReader, wanted: Mapping[Key, Remote | None]) -> list[Live]:
    labels = sorted({parts(key)[1] for key in wanted})
    skus = dict.fromkeys(parts(key)[0] for key in wanted)
    rows, there = await holding(session, skus, labels)
    by_sku = {row["sku"]: row for row in rows}
    found: list[Live] = []
    for key, remote in wanted.items():
        sku, label = parts(key)
        if label not in there:
            continue
        product = by_sku.get(sku) or (await product_by_id(session, remote) if remote else None)
        if product:
            found.append(Live(key, label, product))
    return found


async def _in_turn(
    session: PlytixWriter, changes: Sequence[Change[Gallery]]
) -> list[Outcome[Gallery]]:
    return [await _written(session, change) for change in changes]


async def _written(session: PlytixWriter, change: Change[Gallery]) -> Outcome[Gallery]:
    """One gallery as far as it can be; what is refused is told together. The product's id is
    told with a failure too, so that what was linked is known to be ours."""
    sku, _ = parts(change.address.key)
    problems: list[PlatformError] = []
    product = change.remote
    try:
        product = product or session.remotes("product", sku)
        write = _unlinked if change.after is None else _linked
        await write(session, change, Links(session, product), problems)
    except PlatformError as error:
        problems.append(error)
    if problems:
        return in_part(change.address, problems, product)
    return done(change.address, product if change.after else None)


async def _linked(
    session: PlytixWriter, change: Change[Gallery], links: Links, problems: list[PlatformError]
) -> None:
    """Add what is missing, then take out what is too much, then set the thumbnail."""
    if change.renamed_from:
        raise PlatformError(f"the product stands under {change.renamed_from} now · correct the SKU")
    assert change.after is not None
    _, label = parts(change.address.key)
    sets_thumbnail = change.differs_in(THUMBNAIL)
    added, removed = _difference(change)
    for key in added:
        with noted(problems):
            await links.add(session.remotes("asset", key), label)
    if removed:
        ours = {session.remotes("asset", key) for key in _assets(change.after.spec)}
        await _take_out(session, links, label, removed, ours, problems, keep=not sets_thumbnail)
    if sets_thumbnail:
        with noted(problems):
            await _set_thumbnail(session, links, change.after.spec.thumbnail)


async def _unlinked(
    session: PlytixWriter, change: Change[Gallery], links: Links, problems: list[PlatformError]
) -> None:
    """Take out exactly the assets that the change names, and the thumbnail if it is named."""
    _, label = parts(change.address.key)
    named = change.before_values
    thumbnail = named.get(THUMBNAIL)
    names = tuple(named.get("assets") or ())
    await _take_out(session, links, label, names, set(), problems, keep=not thumbnail)
    if thumbnail and thumbnail not in names:
        with noted(problems):
            await links.clear_thumbnail()


async def _take_out(
    session: PlytixWriter,
    links: Links,
    label: str,
    names: Sequence[Key],
    spared: set[Remote],
    problems: list[PlatformError],
    *,
    keep: bool,
) -> None:
    product = await links.read()
    live = Live("", label, product)
    keys = keys_of(live.linked, await assets(session, (), live.linked))
    for id_ in live.ids:
        if keys[id_] in names and id_ not in spared:
            with noted(problems):
                await links.remove(id_, label, product, keep=keep)


async def _set_thumbnail(session: PlytixWriter, links: Links, key: object) -> None:
    if isinstance(key, str):
        await links.add(session.remotes("asset", key), THUMBNAIL)
    else:
        await links.clear_thumbnail()


def _difference(change: Change[Gallery]) -> tuple[list[Key], list[Key]]:
    """The assets to link, in the order of their slots, and those to take out."""
    if not change.differs_in("assets") or change.after is None:
        return [], []
    before = _assets(change.before.spec) if change.before else ()
    after = _assets(change.after.spec)
    return [key for key in after if key not in before], [key for key in before if key not in after]


def _comes_out_of_order(change: Change[Gallery]) -> bool:
    added, _ = _difference(change)
    if not added or change.before is None or change.after is None:
        return False
    after = _assets(change.after.spec)
    kept = [key for key in _assets(change.before.spec) if key in after]
    return [*kept, *added] != list(after)


def _assets(gallery: Gallery) -> tuple[Key, ...]:
    return gallery.assets if isinstance(gallery.assets, tuple) else ()


def _requests(change: Change[Gallery]) -> int:
    """Links, and for taking out a reading of the product and of the names beside. What must be
    linked again is known only then."""
    if change.after is None:
        return 2 + len(change.before_values.get("assets") or ())
    added, removed = _difference(change)
    return len(added) + change.differs_in(THUMBNAIL) + (2 + len(removed) if removed else 0)
