"""What goes along with a collection that git says has moved."""

from __future__ import annotations

from providers.shopify.kinds.publication_listing import Stand
from reconciler.intent.base import Intents
from reconciler.intent.collection import Collections
from reconciler.model.address import Key


def formerly(stand: Stand, intents: Intents) -> Key | None:
    """The key that a listing had before its collection had another handle."""
    if stand.sort != "collection":
        return None
    for document in intents.of(Collections):
        for old, moved in document.moved.items():
            if moved.to == stand.handle:
                return stand._replace(handle=old).key
    return None
