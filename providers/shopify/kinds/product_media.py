"""Pictures in a product's gallery: which of the shop's files it shows. The key is
`<handle>/<file name>`.

Taking a picture out of a gallery leaves the file in the shop, where others may show it. What a
hand put into the gallery is left alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final

from providers.kit.graphql import Mutation
from providers.shopify.client import ShopifyReader, ShopifyWriter
from providers.shopify.galleries import Gallery, galleries, reading
from providers.shopify.parts import parts_of, together
from reconciler.model.address import Address, Key, Remote
from reconciler.model.change import Change, Pictures
from reconciler.model.outcome import Outcome, done, failed
from reconciler.model.product import About
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Owned, Ref, spec
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

_TOGETHER: Final = 50

_UPDATE: Final = Mutation(
    """mutation ShowFiles($files: [FileUpdateInput!]!) {
      fileUpdate(files: $files) { files { id } userErrors { field message code } }
    }"""
)


@spec
class ProductMedia:
    """file: the name of the file that is shown; the key says it too."""

    file: Owned[Annotated[str, Ref("file")]] = UNSTATED


class ProductMediaKind:
    name = "product_media"
    spec = ProductMedia
    managed = True
    on_drop = OnDrop.DELETE
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[ProductMedia]]:
        handles = ALL if wanted is ALL else dict.fromkeys(product_of(key) for key in wanted)
        async for gallery in galleries(session, handles):
            for name, file in gallery.pictures.items():
                key = media_key(gallery.handle, name)
                if wanted is ALL or key in wanted:
                    yield _resource(target, gallery, key, name, file)

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "product", product_of(key)

    def about(self, resource: Resource[Any]) -> About:
        return About("media", products=(product_of(resource.address.key),))

    def pictures(self, change: Change[ProductMedia], at: Lookup) -> Pictures | None:
        """The picture, unless the product is a draft."""
        handle, _, name = change.address.key.rpartition("/")
        product, file = at("product", handle), at("file", name)
        if product is None or product.is_draft:
            return None
        live = change.before or file
        url = live.picture(name) if live else None
        shown = (url,) if url else ()
        return Pictures(shown if change.before else (), shown if change.after else ())

    def batches(self, changes: Sequence[Change[ProductMedia]]) -> Iterable[Batch[ProductMedia]]:
        for part in parts_of(changes, _TOGETHER):
            products = {product_of(change.address.key) for change in part}
            yield Batch(part, points=10, reading=reading(len(products)))

    async def write(
        self, session: ShopifyWriter, batch: Batch[ProductMedia]
    ) -> Sequence[Outcome[ProductMedia]]:
        return await together(batch.changes, partial(_written, session))


def media_key(handle: Key, file: Key) -> Key:
    return f"{handle}/{file}"


def product_of(key: Key) -> Key:
    return key.rpartition("/")[0]


def _resource(
    target: str, gallery: Gallery, key: Key, name: Key, file: Mapping[str, Any]
) -> Resource[ProductMedia]:
    return Resource(
        Address(target, "product_media", key),
        ProductMedia(file=name),
        remote=file["id"],
        token=gallery.product,
        needs=(Address(target, "product", gallery.handle),),
        shows=((name, file["image"]["url"]),),
        is_draft=gallery.is_draft,
    )


async def _written(
    session: ShopifyWriter, changes: Sequence[Change[ProductMedia]]
) -> list[Outcome[ProductMedia]]:
    """One row a file, with all products that it comes to or goes from."""
    rows: dict[Remote, dict[str, Any]] = {}
    outcomes: list[Outcome[ProductMedia]] = []
    for change in changes:
        handle, _, name = change.address.key.rpartition("/")
        try:
            file = change.remote or session.remotes("file", name)
            known = change.before.token if change.before else None
            product = known or session.remotes("product", handle)
        except PlatformError as error:
            outcomes.append(failed(change.address, str(error), change.remote))
            continue
        row = rows.setdefault(file, {"id": file})
        row.setdefault(_LISTS[change.after is not None], []).append(product)
        outcomes.append(done(change.address, file if change.after else None))
    if rows:
        await session.mutate(_UPDATE, "fileUpdate", files=list(rows.values()))
    return outcomes


_LISTS: Final = {True: "referencesToAdd", False: "referencesToRemove"}
