"""What intents come to on Plytix.

| intent | resources |
|---|---|
| images | assets, and galleries of Amazon products |
"""

from __future__ import annotations

from typing import Final

from providers.plytix.mapping.images import images
from reconciler.intent.images import Images
from reconciler.provider import IntentMapping

MAPPING: Final[IntentMapping] = {Images: images}
