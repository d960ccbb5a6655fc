"""The links of one product, written one after another: the platform loses some when two are
made at once.

Taking an asset off a product takes it off all its attributes, so whatever else it was linked
to is linked again at once.
"""

from __future__ import annotations

from providers.plytix.catalog import is_already_linked
from providers.plytix.client import PlytixWriter, Refused, Row
from providers.plytix.holdings import THUMBNAIL, linked
from providers.plytix.versions import PRODUCTS
from providers.plytix.writing import repeated
from reconciler.model.address import Remote
from reconciler.provider import PlatformError


class Links:
    """Makes and removes links. What is so already is success."""

    def __init__(self, session: PlytixWriter, product: Remote) -> None:
        self._session = session
        self._product = product

    async def read(self) -> Row:
        """The product, with the ids of all that it is linked to."""
        product = await self._session.get(f"{PRODUCTS}/{self._product}")
        if product is None:
            raise PlatformError(f"the product {self._product} is gone")
        return product

    async def add(self, asset: Remote, label: str) -> None:
        """Link to an attribute: a gallery appends, the thumbnail is replaced."""
        body = {"id": asset, "attribute_label": label}
        try:
            await self._sent("POST", f"{PRODUCTS}/{self._product}/assets", body)
        except Refused as refusal:
            if not is_already_linked(refusal):
                raise

    async def remove(self, asset: Remote, label: str, before: Row, *, keep: bool) -> None:
        """Take an asset out of one attribute. `before` is the product as v2 tells it: all its
        media attributes as ids. `keep` says whether the asset shall stay its thumbnail."""
        try:
            await self._sent("DELETE", f"{PRODUCTS}/{self._product}/assets/{asset}")
        except Refused as refusal:
            if refusal.status != 404:
                raise
        for other in before.get("attributes") or {}:
            if other != label and asset in linked(before, f"attributes.{other}"):
                await self.add(asset, other)
        if keep and asset in linked(before, THUMBNAIL):
            await self.add(asset, THUMBNAIL)

    async def clear_thumbnail(self) -> None:
        await self._sent("PATCH", f"{PRODUCTS}/{self._product}", {THUMBNAIL: None})

    async def _sent(self, method: str, path: str, body: Row | None = None) -> Row:
        return await repeated(self._session, method, path, body)
