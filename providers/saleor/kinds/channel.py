"""Channels, looked up by slug because things are listed in them. They are never made.

A channel that is not there is no error to Saleor, which then finds nothing in it: so each one
that git names is looked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from providers.kit.lookup import Existing, Lookup
from providers.saleor.asking import channels
from providers.saleor.client import SaleorReader
from reconciler.model.address import Address
from reconciler.model.resource import Resource
from reconciler.provider import All, Wanted


class ChannelKind(Lookup):
    name = "channel"

    async def read(
        self, session: SaleorReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        for slug, id_ in (await channels(session)).items():
            if isinstance(wanted, All) or slug in wanted:
                yield Resource(Address(target, self.name, slug), Existing(), remote=id_)
