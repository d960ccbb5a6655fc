"""What a shop has now, as intents: the way in for a shop that was there before Planogram.

| intent | from |
|---|---|
| taxonomy | an attribute of products that takes terms or a flag, and its values |
| mapping | a product type that has products, and the attributes that they carry |
| offering | a product, and what it carries of these |
| collections | collections with their products, told one by one |
| channels | listings |
| bundles | references to products |

Only what a plan would find as it is stated is stated; the rest is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from providers.saleor.client import SaleorReader
from providers.saleor.kinds.attribute_assignment import AttributeAssignmentKind
from providers.saleor.kinds.attribute_value import FOR_PRODUCTS
from providers.saleor.kinds.bundle import BundleKind
from providers.saleor.kinds.channel_listing import ChannelListingKind
from providers.saleor.kinds.collection import CollectionKind
from providers.saleor.kinds.product import products
from providers.saleor.listing import attributes_with_choices
from providers.saleor.transcript.assortment import bundles, channels, collections
from providers.saleor.transcript.offerings import offerings
from providers.saleor.transcript.shop import Assigned, Shop, Told
from providers.saleor.transcript.taxonomies import taxonomies
from reconciler.model.resource import Resource
from reconciler.provider import ALL, LeftOut, Target, Transcript


async def transcribe(session: SaleorReader, target: Target) -> Transcript:
    """Raises `PlatformError`: a shop that was not read whole is not written down."""
    shop = await _shop(session, target)
    listings = await _read(ChannelListingKind().read(session, target.name, ALL))
    grouped = await _read(CollectionKind().read(session, target.name, ALL))
    referred = await _read(BundleKind().read(session, target.name, ALL))
    return _transcript(
        *taxonomies(shop),
        *offerings(shop),
        *collections(target.name, grouped),
        *channels(target.name, listings),
        *bundles(shop, referred),
    )


async def _shop(session: SaleorReader, target: Target) -> Shop:
    assignments = await _read(AttributeAssignmentKind().read(session, target.name, ALL))
    return Shop(
        target,
        await attributes_with_choices(session, [FOR_PRODUCTS]),
        [node for _, node in await products(session, ALL)],
        frozenset(_assigned(found) for found in assignments if found.spec.on == "product"),
    )


def _assigned(found: Resource[Any]) -> Assigned:
    product_type, _, attribute = found.address.key.partition("/")
    return product_type, attribute


async def _read(found: AsyncIterator[Resource[Any]]) -> list[Resource[Any]]:
    return [resource async for resource in found]


def _transcript(*told: Told) -> Transcript:
    return Transcript(
        dict(part for part in told if not isinstance(part, LeftOut)),
        [part for part in told if isinstance(part, LeftOut)],
    )
