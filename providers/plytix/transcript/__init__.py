"""What an account has now, as intents: the way in for a catalog that was there before Planogram.

| intent | from |
|---|---|
| taxonomy | a dropdown, a multiselect or a flag, and its options |
| mapping | all attributes that hold a value |
| offering | a product, and what it says |
| images | galleries of Amazon products whose images' names follow the convention |
| collections | categories at the root, with their products |
| bundles | relations |

Only what a plan would find as it is stated is stated; the rest is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from providers.plytix.catalog import all_assets
from providers.plytix.client import PlytixReader
from providers.plytix.definitions import IMAGE, definitions
from providers.plytix.kinds.bundle import BundleKind
from providers.plytix.kinds.category import CategoryKind, tree
from providers.plytix.kinds.gallery import GalleryKind
from providers.plytix.kinds.product_attributes import ProductAttributesKind
from providers.plytix.kinds.relationship import relationships
from providers.plytix.transcript.assortment import Told, bundles, collections
from providers.plytix.transcript.images import images
from providers.plytix.transcript.values import offerings, taxonomies, vocabularies
from reconciler.model.resource import Resource
from reconciler.provider import ALL, LeftOut, Target, Transcript


async def transcribe(session: PlytixReader, target: Target) -> Transcript:
    """Raises `PlatformError`: an account that was not read whole is not written down."""
    known = await definitions(session)
    found = vocabularies(known, target.settings.options)
    values = await _read(ProductAttributesKind().read(session, target.name, ALL))
    singles = [label for label, row in known.items() if row["type_class"] == IMAGE]
    galleries = await _read(GalleryKind().read(session, target.name, ALL))
    categories = await _read(CategoryKind().read(session, target.name, ALL))
    related = await _read(BundleKind().read(session, target.name, ALL))
    return _transcript(
        *taxonomies(target.name, found),
        *offerings(target.name, known, found, values),
        *images(target.name, galleries, await all_assets(session), singles),
        *collections(target.name, categories, await tree(session)),
        *bundles(target.name, related, await relationships(session)),
    )


async def _read(found: AsyncIterator[Resource[Any]]) -> list[Resource[Any]]:
    return [resource async for resource in found]


def _transcript(*told: Told) -> Transcript:
    return Transcript(
        dict(part for part in told if not isinstance(part, LeftOut)),
        [part for part in told if isinstance(part, LeftOut)],
    )
