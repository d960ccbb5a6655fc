"""What intents come to on Saleor.

| intent | resources |
|---|---|
| taxonomy | an attribute and its values, and their order where it is said to count |
| registry | nothing: taxonomies are held against it |
| mapping | the assignments of its attributes to product types |
| offering | what the product carries, and its metadata |
| collections | collections with the products that the rules find |
| metafields | metadata of products |
| images | media of products, and which of them is the thumbnail |
| channels | listings |
| bundles | references to components; the attribute, where the document declares it |
"""

from __future__ import annotations

from typing import Final

from providers.saleor.mapping.bundles import bundles
from providers.saleor.mapping.channels import channels
from providers.saleor.mapping.collections import collections
from providers.saleor.mapping.contract import mapping, registry
from providers.saleor.mapping.images import images
from providers.saleor.mapping.metafields import metafields
from providers.saleor.mapping.offering import offering
from providers.saleor.mapping.taxonomy import taxonomy
from reconciler.intent.bundles import Bundles
from reconciler.intent.channels import Channels
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
    Channels: channels,
    Bundles: bundles,
}
