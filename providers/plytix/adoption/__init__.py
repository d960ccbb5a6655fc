"""From what is live on Plytix back to intents."""

from __future__ import annotations

from typing import Final

from providers.plytix.adoption.bundles import bundles
from providers.plytix.adoption.collections import collections
from providers.plytix.adoption.images import images
from providers.plytix.adoption.metafields import metafields
from providers.plytix.adoption.offerings import mapping, offering
from providers.plytix.adoption.taxonomy import taxonomy
from reconciler.intent.bundles import Bundles
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
    Bundles: bundles,
}
