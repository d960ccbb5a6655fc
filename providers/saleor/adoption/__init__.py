"""From what is live on Saleor back to intents."""

from __future__ import annotations

from typing import Final

from providers.saleor.adoption.bundles import bundles
from providers.saleor.adoption.channels import channels
from providers.saleor.adoption.collections import collections
from providers.saleor.adoption.contract import mapping
from providers.saleor.adoption.images import images
from providers.saleor.adoption.metafields import metafields
from providers.saleor.adoption.offering import offering
from providers.saleor.adoption.taxonomy import taxonomy
from reconciler.intent.bundles import Bundles
from reconciler.intent.channels import Channels
from reconciler.intent.collection import Collections
from reconciler.intent.images import Images
from reconciler.intent.mapping import Mapping
from reconciler.intent.metafields import Metafields
from reconciler.intent.offering import Offering
from reconciler.intent.taxonomy import Taxonomy
from reconciler.provider import IntentAdoption

ADOPTION: Final[IntentAdoption] = {
    Taxonomy: taxonomy,
    Mapping: mapping,
    Offering: offering,
    Collections: collections,
    Metafields: metafields,
    Images: images,
    Channels: channels,
    Bundles: bundles,
}
