"""Access tokens: fetched from the auth host, attached to each request, renewed before they lapse.

The token goes on at the very last moment, below the throttle: a request may wait there for
longer than a token lives. A token also tells the account and its rate limits.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import anyio
import httpx

from providers.kit.retry import SAFE, Retry
from providers.kit.throttle import Window, parsed
from reconciler.provider import Distrusted, Unauthorised, Wire

RENEW_BEFORE_SECONDS: Final = 60.0
LIFETIME_SECONDS: Final = 900.0
"""How long a token lives that does not say."""

SMALLEST_PLAN: Final = (Window(20, 10), Window(2_000, 3_600))
"""The limits of the smallest plan, for a token that does not name its own."""

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    claims: Claims
    renew_at: float
    """On the event loop's clock."""

    @classmethod
    def read(cls, text: str, now: float) -> Token:
        """A token fetched at `now`. Its signature is the platform's business. How long it lives
        is the difference of its own two instants, so that clocks need not agree."""
        claims = _claims(text)
        lifetime = LIFETIME_SECONDS
        if "exp" in claims and "iat" in claims:
            lifetime = float(claims["exp"]) - float(claims["iat"])
        return cls(text, claims, now + lifetime - min(RENEW_BEFORE_SECONDS, lifetime / 2))

    @property
    def account(self) -> Claims:
        """`user_claims.account`; empty where the token does not tell it."""
        account = (self.claims.get("user_claims") or {}).get("account")
        return account if isinstance(account, dict) else {}

    @property
    def windows(self) -> tuple[Window, ...]:
        """The rate limits that the token names; where it does not, the smallest plan's."""
        named = self.account.get("rate_limit") or self.claims.get("rate_limit") or ()
        windows = tuple(Window(int(w["limit"]), float(w["window_size"])) for w in named)
        return windows or SMALLEST_PLAN


class Bearer(httpx.AsyncBaseTransport):
    """Sends requests with a token that holds. `learn` is told each new token.

    Token requests are no API requests: they go to another host and are not throttled.
    Raises `Unauthorised` where the platform gives no token.
    """

    def __init__(
        self, inner: Wire, token_request: httpx.Request, learn: Callable[[Token], None]
    ) -> None:
        self._inner = inner
        self._token_request = token_request
        self._learn = learn
        self._auth = Retry(inner, window=60.0)
        self._token: Token | None = None
        self._turn: anyio.Lock | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        token = await self.token()
        response = await self._send(request, token)
        if response.status_code != 401:
            return response
        # Revoked, or lapsed sooner than it said: nothing was done, so once more with a new one.
        return await self._send(request, await self.token(other_than=token))

    async def token(self, other_than: Token | None = None) -> Token:
        """The token in use, or a new one: one request, however many wait for it."""
        self._turn = self._turn or anyio.Lock()
        async with self._turn:
            current = self._token
            lapsed = current is None or anyio.current_time() >= current.renew_at
            if current is None or lapsed or current is other_than:
                current = self._token = await self._fetch()
                self._learn(current)
            return current

    async def _send(self, request: httpx.Request, token: Token) -> httpx.Response:
        request.headers["Authorization"] = f"Bearer {token.text}"
        return await self._inner.handle_async_request(request)

    async def _fetch(self) -> Token:
        response = await self._auth.handle_async_request(self._token_request)
        answer = parsed(response)
        if response.status_code != 200:
            told = answer.get("error") if isinstance(answer, dict) else None
            words = told.get("msg") if isinstance(told, dict) else response.reason_phrase
            raise Unauthorised(f"Plytix gives no token: HTTP {response.status_code} {words}")
        try:
            text = answer["data"][0]["access_token"]
        except (TypeError, LookupError):
            raise Distrusted(
                "no token in the auth host's answer · check settings.auth_endpoint"
            ) from None
        return Token.read(text, anyio.current_time())

    async def aclose(self) -> None:
        await self._inner.aclose()


def token_request(auth_endpoint: str, api_key: str, api_password: str) -> httpx.Request:
    """`POST /auth/api/get-token`. It is safe to repeat: it changes nothing."""
    return httpx.Request(
        "POST",
        auth_endpoint.rstrip("/") + "/auth/api/get-token",
        json={"api_key": api_key, "api_password": api_password},
        extensions={SAFE: True},
    )


def _claims(text: str) -> Claims:
    """What a JWT says; nothing, where the text is none."""
    try:
        payload = text.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
