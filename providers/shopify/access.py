"""How a client shows who it is: a permanent token, or one that is asked for with the client
credentials grant and renewed before it lapses."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

import anyio
import httpx

from providers.kit.retry import SAFE
from providers.kit.throttle import parsed
from reconciler.provider import Unauthorised

HEADER: Final = "X-Shopify-Access-Token"

EARLY_SECONDS: Final = 300.0
"""A token is renewed so long before it lapses."""


class StaticToken(httpx.Auth):
    """A token that does not lapse."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers[HEADER] = self._token
        yield request


class ClientCredentials(httpx.Auth):
    """A token that lives for about a day. It is asked for with the first request and again in
    time, and once more when the shop no longer takes it. There is no refresh token."""

    def __init__(self, endpoint: str, client_id: str, client_secret: str) -> None:
        self._url = f"{endpoint.rstrip('/')}/admin/oauth/access_token"
        self._grant = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        self._token: str | None = None
        self._lapses = 0.0

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        if self._token is None or anyio.current_time() >= self._lapses - EARLY_SECONDS:
            self._take((yield self._asking()))
        request.headers[HEADER] = self._token or ""
        response = yield request
        if response.status_code == 401:
            self._take((yield self._asking()))
            request.headers[HEADER] = self._token or ""
            yield request

    def _asking(self) -> httpx.Request:
        return httpx.Request("POST", self._url, data=self._grant, extensions={SAFE: True})

    def _take(self, response: httpx.Response) -> None:
        """The client's transport has read the whole answer already (`Deadline`)."""
        body = parsed(response)
        if not response.is_success or not isinstance(body, dict) or "access_token" not in body:
            told = body.get("error_description") or body.get("error") if body else None
            raise Unauthorised(
                f"HTTP {response.status_code} {told or response.reason_phrase}"
                " · check the client id and secret, and that the app is installed in this shop"
            )
        self._token = str(body["access_token"])
        self._lapses = anyio.current_time() + float(body.get("expires_in", 0))
