"""What a shop has now, as intents: the way in for a shop that was there before Planogram.

| intent | from |
|---|---|
| metafields | definitions by namespace, values of products; what a whole type has by a selector |
| images | look and swatch: references to files in metafields of these names; galleries |
| collections | collections with their rules and choices |
| tags | tags of products |
| channels | publications, and what is published there |
| bundles | fixed bundles |

Only what a plan would find as it is stated is stated; the rest is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from providers.shopify.client import ShopifyReader
from providers.shopify.kinds.bundle import BundleKind
from providers.shopify.kinds.collection import CollectionKind
from providers.shopify.kinds.media_order import MediaOrderKind
from providers.shopify.kinds.metafield import MetafieldKind
from providers.shopify.kinds.metafield_definition import MetafieldDefinitionKind
from providers.shopify.kinds.product_tags import ProductTagsKind
from providers.shopify.kinds.publication import shared_names
from providers.shopify.kinds.publication_listing import PublicationListingKind
from providers.shopify.transcript.assortment import bundles, channels, collections, tags
from providers.shopify.transcript.catalog import Catalog, catalog
from providers.shopify.transcript.definitions import definitions, known_in
from providers.shopify.transcript.images import galleries, images, is_picture
from providers.shopify.transcript.told import Told
from providers.shopify.transcript.values import values
from reconciler.model.resource import Resource
from reconciler.provider import ALL, LeftOut, Target, Transcript


async def transcribe(session: ShopifyReader, target: Target) -> Transcript:
    """Raises `PlatformError`: a shop that was not read whole is not written down."""
    name = target.name
    described = await _read(MetafieldDefinitionKind().read(session, name, ALL))
    held = await _read(MetafieldKind().read(session, name, ALL))
    grouped = await _read(CollectionKind().read(session, name, ALL))
    tagged = await _read(ProductTagsKind().read(session, name, ALL))
    published = await _read(PublicationListingKind().read(session, name, ALL))
    shared = await shared_names(session)
    ordered = await _read(MediaOrderKind().read(session, name, ALL))
    bundled = await _read(BundleKind().read(session, name, ALL))
    products = await catalog(session)
    known = known_in(described)
    pictures = [found for found in held if is_picture(found, known)]
    others = [found for found in held if not is_picture(found, known)]
    return _transcript(
        products,
        *_merged(definitions(name, described), values(name, others, known, products)),
        *images(name, pictures),
        *galleries(name, ordered),
        *collections(name, grouped),
        *tags(name, tagged),
        *channels(name, published, shared),
        *bundles(name, bundled),
    )


async def _read(found: AsyncIterator[Resource[Any]]) -> list[Resource[Any]]:
    return [resource async for resource in found]


def _merged(*parts: Any) -> list[Told]:
    """Definitions and values of a namespace are one document."""
    documents: dict[str, dict[str, Any]] = {}
    told: list[Told] = []
    for part in (each for some in parts for each in some):
        if isinstance(part, LeftOut):
            told.append(part)
        else:
            documents[part[0]] = {**documents.get(part[0], {}), **part[1]}
    return [*documents.items(), *told]


def _transcript(products: Catalog, *told: Told) -> Transcript:
    return Transcript(
        dict(part for part in told if not isinstance(part, LeftOut)),
        [part for part in told if isinstance(part, LeftOut)],
        products.answers,
    )
