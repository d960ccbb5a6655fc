"""From what is live on Shopify back to intents."""

from __future__ import annotations

from typing import Final

from providers.shopify.adoption.bundles import bundles
from providers.shopify.adoption.channels import channels
from providers.shopify.adoption.collections import collections
from providers.shopify.adoption.images import images
from providers.shopify.adoption.metafields import metafields
from providers.shopify.adoption.offerings import offering, taxonomy
from providers.shopify.adoption.tags import tags
from reconciler.intent.bundles import Bundles
from reconciler.intent.channels import Channels
from reconciler.intent.collection import Collections
from reconciler.intent.images import Images
from reconciler.intent.metafields import Metafields
from reconciler.intent.offering import Offering
from reconciler.intent.tags import Tags
from reconciler.intent.taxonomy import Taxonomy
from reconciler.provider import IntentAdoption

ADOPTION: Final[IntentAdoption] = {
    Collections: collections,
    Metafields: metafields,
    Images: images,
    Channels: channels,
    Bundles: bundles,
    Tags: tags,
    Taxonomy: taxonomy,
    Offering: offering,
}
