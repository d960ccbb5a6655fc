"""Which version of the API serves which call: the only place that names one.

v1 and v2 serve everything. v3 (a release candidate, which changed three times in five weeks) serves
nothing yet: its PATCH of attributes replaces all of them, and it links no assets. It may be read,
and nothing is ever written by it: that is refused here, whatever asks for it.
"""

from __future__ import annotations

import re
from typing import Final

import httpx

from reconciler.provider import Wire

PRODUCTS: Final = "/api/v2/products"
"""v2 tells the ids of linked assets where v1 tells whole assets."""
RELATED: Final = "/api/v1/products"
"""Relations are written in v1's forms: those of v2 are not known for sure."""
ASSETS: Final = "/api/v1/assets"
ATTRIBUTES: Final = "/api/v1/attributes/product"
RELATIONSHIPS: Final = "/api/v1/relationships"
CATEGORIES: Final = "/api/v1/categories/product"

_WRITTEN: Final = re.compile(r"/api/v[12]/")


def asks(request: httpx.Request) -> bool:
    """Whether a request reads or searches, and so changes nothing."""
    path = request.url.path
    return request.method == "GET" or (request.method == "POST" and path.endswith("/search"))


class WrittenVersions(httpx.AsyncBaseTransport):
    """Lets writes through by v1 and v2 only."""

    def __init__(self, inner: Wire) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not asks(request) and not _WRITTEN.match(request.url.path):
            raise ValueError(f"{request.method} {request.url.path} is no write of v1 or v2")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
