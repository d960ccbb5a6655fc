"""What intents come to on Shopify."""

from __future__ import annotations

from typing import Final

from providers.shopify.mapping.bundles import bundles
from providers.shopify.mapping.channels import channels
from providers.shopify.mapping.collections import collections
from providers.shopify.mapping.images import images
from providers.shopify.mapping.metafields import metafields
from providers.shopify.mapping.offerings import offering
from providers.shopify.mapping.tags import tags
from providers.shopify.mapping.taxonomies import mapping, registry, taxonomy
from reconciler.intent.bundles import Bundles
from reconciler.intent.channels import Channels
from reconciler.intent.collection import Collections
from reconciler.intent.images import Images
from reconciler.intent.mapping import Mapping, Registry
from reconciler.intent.metafields import Metafields
from reconciler.intent.offering import Offering
from reconciler.intent.tags import Tags
from reconciler.intent.taxonomy import Taxonomy
from reconciler.provider import IntentMapping

MAPPING: Final[IntentMapping] = {
    Collections: collections,
    Metafields: metafields,
    Images: images,
    Channels: channels,
    Bundles: bundles,
    Tags: tags,
    Taxonomy: taxonomy,
    Mapping: mapping,
    Registry: registry,
    Offering: offering,
}
