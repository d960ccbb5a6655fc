"""Metaobjects, looked up because metafields refer to them: `<type>/<handle>`.

They are asked for only where desired/ names one, so that other shops need no scope for them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from providers.kit.graphql import Query
from providers.kit.lookup import Existing, Lookup
from providers.shopify.client import ShopifyReader
from providers.shopify.parts import parts_of
from reconciler.model.address import Address, Key
from reconciler.model.resource import Resource
from reconciler.provider import ALL, Wanted

_TOGETHER: Final = 50


class MetaobjectKind(Lookup):
    name = "metaobject"

    async def read(
        self, session: ShopifyReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Existing]]:
        """There is no reading of all: Shopify lists metaobjects of one type at a time."""
        keys = () if wanted is ALL else tuple(wanted)
        for part in parts_of(keys, _TOGETHER):
            variables = {f"h{n}": _handle(key) for n, key in enumerate(part)}
            found = await session.query(_query(len(part)), **variables)
            for n, key in enumerate(part):
                if found[f"r{n}"] is not None:
                    address = Address(target, "metaobject", key)
                    yield Resource(address, Existing(), found[f"r{n}"]["id"])


def _handle(key: Key) -> dict[str, str]:
    type_, _, handle = key.partition("/")
    return {"type": type_, "handle": handle}


def _query(many: int) -> Query:
    declared = ", ".join(f"$h{n}: MetaobjectHandleInput!" for n in range(many))
    rows = "\n".join(f"r{n}: metaobjectByHandle(handle: $h{n}) {{ id }}" for n in range(many))
    return Query(f"query Metaobjects({declared}) {{\n{rows}\n}}", cost=many)
