"""An embedded Saleor 3.23: its GraphQL API at `/graphql/`, as recorded on a real server.

It knows attributes with their values, order, translations and references, product types, products
with their media and listings, collections, metadata, categories, channels and apps. Its token is
`sandbox`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from providers.kit.sandbox import Sandbox
from providers.kit.store import Store
from providers.saleor.sandbox import admin, uploads
from providers.saleor.sandbox.callers import Call, caller_of
from providers.saleor.sandbox.engine import answer
from providers.saleor.sandbox.grammar import shown
from providers.saleor.sandbox.planting import plant
from providers.saleor.sandbox.world import World


class SaleorSandbox(Sandbox):
    """world: what it starts with, as `planting` reads it; None for the example."""

    def __init__(self, store: Store, world: Mapping[str, Any] | None = None) -> None:
        self._world = world
        super().__init__(store)

    def seed(self) -> None:
        plant(World(self.store), self._world if self._world is not None else _example())

    def answer(self, request: Request, body: bytes) -> Response:
        if request.url.path != "/graphql/":
            return PlainTextResponse("Not Found", 404)
        if request.method != "POST":
            return PlainTextResponse("Method Not Allowed", 405)
        try:
            asked = _asked(request.headers.get("content-type", ""), body)
        except ValueError:
            errors = [shown("Unable to parse query.", "str")]
            return JSONResponse({"errors": errors}, 400)
        world = World(self.store, self.now)
        status, said = answer(Call(world, caller_of(world, request.headers)), asked)
        return JSONResponse(said, status)

    def edit(self, thing: str, key: str, fields: Mapping[str, Any]) -> None:
        admin.edit(World(self.store), thing, key, fields)


def _asked(content_type: str, body: bytes) -> Any:
    if uploads.is_multipart(content_type):
        return uploads.read(content_type, body)
    return json.loads(body)


def _example() -> Mapping[str, Any]:
    example: Mapping[str, Any] = json.loads((Path(__file__).parent / "seed.json").read_text())
    return example
