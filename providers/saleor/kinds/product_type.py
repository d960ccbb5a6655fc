"""Product types, looked up by slug because attributes are assigned to them. They are never made."""

from __future__ import annotations

from collections.abc import AsyncIterator

from providers.kit.lookup import Existing, Lookup
from providers.saleor.asking import product_types
from providers.saleor.client import SaleorReader
from reconciler.model.address import Address
from reconciler.model.resource import Resource
from reconciler.provider import All, Wanted


class ProductTypeKind(Lookup):
    name = "product_type"

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        for node in await product_types(session, None if isinstance(wanted, All) else wanted):
            yield Resource(Address(target, self.name, node["slug"]), Existing(), remote=node["id"])
