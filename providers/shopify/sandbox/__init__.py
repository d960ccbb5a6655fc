"""Shopify, emulated: the Admin GraphQL API over its real wire protocol.

    POST /admin/api/<version>/graphql.json     with X-Shopify-Access-Token
    POST /admin/oauth/access_token             the client-credentials grant
    POST, PUT /staged-uploads/…                the storage behind staged uploads
    GET /s/files/…                             the shop's images, as its CDN serves them
    GET /bulk-operation-outputs/…              the files of bulk operations
    GET …/*.jpg, *.png, *.gif                  the rest of the internet, imagined

It takes one token, `shpat_sandbox`, and the tokens that it grants to the client
`sandbox_client` with the secret `shpss_sandbox`. Every supported version is answered, and named
in `X-Shopify-API-Version`; a retired one falls forward to the oldest supported, as Shopify does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.kit.sandbox import Sandbox
from providers.shopify.sandbox import admin, bulk, elsewhere, engine, library, seed, staged
from providers.shopify.sandbox.access import granted
from providers.shopify.sandbox.shop import CURRENT_VERSION, Shop

ACCEPTED: Final = "shpat_sandbox"
CLIENT: Final = ("sandbox_client", "shpss_sandbox")
GRANT_SECONDS: Final = 86_399

VERSIONS: Final = ("2026-01", "2026-04", "2026-07", "2026-10")
"""Supported, the oldest first."""

_GRAPHQL: Final = re.compile(r"/admin/api/([^/]+)/graphql\.json")
_VERSION: Final = re.compile(r"20\d\d-(01|04|07|10)")


class ShopifySandbox(Sandbox):
    """A shop. Its content is in the store; each request looks at it through a `Shop`."""

    def seed(self) -> None:
        seed.plant_example(Shop(self.store))

    def edit(self, thing: str, key: str, fields: Mapping[str, Any]) -> None:
        admin.edit(Shop(self.store), thing, key, fields)

    def answer(self, request: Request, body: bytes) -> Response:
        if request.url.path == "/admin/oauth/access_token":
            return self._grant(request, body)
        if request.url.path.startswith(staged.DOOR):
            return staged.answer(self._shop(request), request, body)
        if request.method == "GET" and request.url.path.startswith(library.CDN_PATH):
            return library.served(self._shop(request), request.url.path)
        if request.url.path.startswith(bulk.DOOR):
            return bulk.result(self._shop(request), request)
        if elsewhere.is_picture(request):
            return elsewhere.picture(request)
        match = _GRAPHQL.fullmatch(request.url.path)
        version = _served(match[1]) if match else None
        if version is None or request.method != "POST":
            return JSONResponse({"errors": "Not Found"}, 404)
        if not self._is_accepted(request.headers.get("X-Shopify-Access-Token", "")):
            return JSONResponse({"errors": _UNRECOGNISED}, 401)
        asked = match[1] if match else version
        return self._graphql(self._shop(request, version, asked), body)

    def _shop(
        self, request: Request, version: str = CURRENT_VERSION, asked: str = CURRENT_VERSION
    ) -> Shop:
        return Shop(self.store, self.now(), version, str(request.base_url), asked)

    def _graphql(self, shop: Shop, body: bytes) -> Response:
        try:
            content = json.loads(body)
            query, variables = content["query"], content.get("variables") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            missing = {"query": "Required parameter missing or invalid"}
            return JSONResponse({"errors": missing}, 400)
        answer = engine.run(shop, query, variables, content.get("operationName"))
        return JSONResponse(answer, headers={"X-Shopify-API-Version": shop.version})

    def _is_accepted(self, token: str) -> bool:
        if token == ACCEPTED:
            return True
        granted = self.store.get("grant", token)
        return granted is not None and 0 <= self.now() - granted["at"] < GRANT_SECONDS

    def _grant(self, request: Request, body: bytes) -> Response:
        """A token for a client id and its secret, sent as a form or as JSON."""
        asked = _parameters(request, body)
        if asked.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        if (asked.get("client_id"), asked.get("client_secret")) != CLIENT:
            return JSONResponse({"error": "invalid_client"}, 401)
        token = f"shpat_granted_{self.store.next_number('grant')}"
        self.store.put("grant", token, {"at": self.now()})
        scope = ",".join(granted(Shop(self.store)))
        return JSONResponse({"access_token": token, "scope": scope, "expires_in": GRANT_SECONDS})


_UNRECOGNISED: Final = (
    "[API] Invalid API key or access token (unrecognized login or wrong password)"
)


def _served(version: str) -> str | None:
    """The version that answers when this one is asked for; None for what is no version."""
    if version in VERSIONS:
        return version
    if _VERSION.fullmatch(version) and version < VERSIONS[0]:
        return VERSIONS[0]
    return None


def _parameters(request: Request, body: bytes) -> Mapping[str, Any]:
    if "json" in request.headers.get("Content-Type", ""):
        try:
            content = json.loads(body)
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}
    return dict(parse_qsl(body.decode("utf-8", "replace")))
