"""Channels, looked up by slug because things are listed in them. They are never made.

A channel that is not there is no error to Saleor, which then finds nothing in it: so each one
that git names is looked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from providers.kit.graphql import Query
from providers.kit.lookup import Existing, Lookup
from providers.saleor.client import SaleorReader
from reconciler.model.address import Address
from reconciler.model.resource import Resource
from reconciler.provider import All, Wanted

_CHANNELS: Final = Query("query Channels { channels { id slug } }")


class ChannelKind(Lookup):
    name = "channel"

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        data = await session.query(_CHANNELS)
        for channel in data["channels"] or ():
            if isinstance(wanted, All) or channel["slug"] in wanted:
                address = Address(target, self.name, channel["slug"])
                yield Resource(address, Existing(), remote=channel["id"])
