"""What intents come to on Plytix.

| intent | resources |
|---|---|
| taxonomy | an attribute, and its options |
| registry | nothing: taxonomies are held against it |
| mapping | attributes of what other platforms keep in metadata |
| offering | values of a product's attributes |
| collections | categories with the products that the rules find |
| metafields | attributes, and values of products |
| images | assets, and galleries of Amazon products |
| bundles | relations to components; the relationship, where the document declares it |
"""

from __future__ import annotations

from typing import Final

from providers.plytix.mapping.bundles import bundles
from providers.plytix.mapping.collections import collections
from providers.plytix.mapping.images import images
from providers.plytix.mapping.metafields import metafields
from providers.plytix.mapping.offerings import mapping, offering, registry
from providers.plytix.mapping.taxonomy import taxonomy
from reconciler.intent.bundles import Bundles
from reconciler.intent.collection import Collections
from reconciler.intent.images import Images
from reconciler.intent.mapping import Mapping, Registry
from reconciler.intent.metafields import Metafields
from reconciler.intent.offering import Offering
from reconciler.intent.taxonomy import Taxonomy
from reconciler.provider import IntentMapping

MAPPING: Final[IntentMapping] = {
    Taxonomy: taxonomy,
    Registry: registry,
    Mapping: mapping,
    Offering: offering,
    Collections: collections,
    Metafields: metafields,
    Images: images,
    Bundles: bundles,
}
