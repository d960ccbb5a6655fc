"""Sessions with a Plytix account (REST v1 and v2): opening, reading, writing.

Every answer is `{"data": […]}`, every refusal `{"error": {"msg", "errors": [{"field", "msg"}]}}`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings

from providers.kit.connection import connect
from providers.kit.retry import SAFE
from providers.kit.throttle import Windows, parsed
from providers.plytix.tokens import Bearer, token_request
from providers.plytix.versions import PRODUCTS, WrittenVersions, asks
from reconciler.model.cost import Pace
from reconciler.provider import (
    Distrusted,
    PlatformError,
    Remotes,
    Target,
    Unauthorised,
    Usage,
    Wire,
)

PAGE: Final = 100
"""The most rows that a page may have."""

_PAGE_OF_ONE: Final = r"^https://[^\s/]+/\S*\{id\}\S*$"

Row = dict[str, Any]
Filters = Sequence[Sequence[Row]]


class Settings(BaseModel):
    """`settings:` of a target."""

    model_config = ConfigDict(extra="forbid")

    auth_endpoint: str = "https://auth.plytix.com"
    """The host that gives tokens. Accounts of other environments have another one."""
    product_page: str | None = Field(default=None, pattern=_PAGE_OF_ONE)
    """Where the app shows a product, `{id}` standing for its id. Plytix documents no such address,
    so that none is known unless it is said here."""
    asset_page: str | None = Field(default=None, pattern=_PAGE_OF_ONE)
    """Where the app shows an asset."""
    options: Literal["label", "key"] = "label"
    """What an option of a dropdown is called: as the term's label, or as its key."""
    type: str | None = None
    """The label of the attribute that stands for a product's type, which rules may ask for."""
    tags: str | None = None
    """The label of the attribute that stands for tags."""

    def standing_for(self, by: str) -> str | None:
        """The label of the attribute that stands for a product's `type`, or its `tag`."""
        return self.tags if by == "tag" else self.type


class Credentials(BaseSettings):
    """`<PREFIX>_API_KEY` and `<PREFIX>_API_PASSWORD`."""

    api_key: SecretStr
    api_password: SecretStr


SANDBOX_CREDENTIALS: Final = ("sandbox", "sandbox")


class Refused(PlatformError):
    """The platform refused a request. `errors` are its pairs of field and message."""

    def __init__(self, status: int, msg: str, errors: Sequence[tuple[str, str]]) -> None:
        self.status = status
        self.errors = tuple(errors)
        told = ", ".join(f"{field}: {text}" for field, text in errors if text not in msg)
        super().__init__(f"HTTP {status} {msg.strip()}" + (f" ({told})" if told else ""))

    def says(self, field: str) -> str | None:
        """The message about a field."""
        return next((text for name, text in self.errors if name == field), None)


@dataclass
class PlytixReader:
    """A session that can only read. `tells_pictures`: whether a search for assets may ask where
    they are to be seen; it has been refused where it is False. `types`: those of the attributes
    that were read so far, by their labels."""

    client: httpx.AsyncClient
    bearer: Bearer
    usage: Usage
    windows: Windows
    settings: Settings = field(default_factory=Settings)
    tells_pictures: bool = True
    types: dict[str, str] = field(default_factory=dict)

    @property
    def pace(self) -> Pace:
        """The account's windows, as the token names them, and how long answers took."""
        return replace(self.windows.pace, latency=self.usage.latency)

    async def get(self, path: str) -> Row | None:
        """The one thing at a path, or None where there is none."""
        response = await self.client.get(path, extensions={SAFE: True})
        if response.status_code == 404:
            return None
        rows = _data(response)
        return rows[0] if rows else None

    async def search(
        self, path: str, filters: Filters, attributes: Sequence[str], order: str
    ) -> AsyncIterator[Row]:
        """Every row that matches, page by page, in an order that does not move between pages.

        Raises `Distrusted` where pages overlap: something moved, and a row may be missing.
        """
        seen: set[str] = set()
        page = 0
        while True:
            page += 1
            body = {
                "filters": filters,
                "attributes": attributes,
                "pagination": {"order": order, "page": page, "page_size": PAGE},
            }
            response = await self.client.post(path, json=body, extensions={SAFE: True})
            rows = _data(response)
            for row in rows:
                if row["id"] in seen:
                    raise Distrusted(f"{path} told {row['id']} twice: it moved while being read")
                seen.add(row["id"])
                yield row
            # `total_count` counts at least what matches; a page that is not full is the last.
            total = parsed(response).get("pagination", {}).get("total_count", 0)
            if len(rows) < PAGE or total <= page * PAGE:
                return


@dataclass
class PlytixWriter(PlytixReader):
    """A session that may write. Every write here may be repeated: what is already so is told
    with 409 or 404, and nothing is doubled."""

    remotes: Remotes = field(kw_only=True)

    async def write(self, method: str, path: str, body: Any = None) -> Row:
        """The first row of the answer, empty where there is none. Raises `Refused`."""
        response = await self.client.request(method, path, json=body)
        rows = _data(response)
        return rows[0] if rows else {}


class ReadOnly(httpx.AsyncBaseTransport):
    """Lets nothing through but reads and searches."""

    def __init__(self, inner: Wire) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not asks(request):
            raise ValueError(f"a read session does not send {request.method} {request.url.path}")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def reading(target: Target, wire: Wire | None) -> AsyncIterator[PlytixReader]:
    async with _opened(target, wire, read_only=True) as (client, bearer, usage, windows):
        yield PlytixReader(client, bearer, usage, windows, target.settings)


@asynccontextmanager
async def writing(
    target: Target, wire: Wire | None, remotes: Remotes
) -> AsyncIterator[PlytixWriter]:
    async with _opened(target, wire, read_only=False) as (client, bearer, usage, windows):
        yield PlytixWriter(client, bearer, usage, windows, target.settings, remotes=remotes)


async def identify(session: PlytixReader) -> str:
    """The account's id: from the token, or from any product where the token does not tell it. The
    products are in no order, which the platform refuses where there are very many."""
    account = (await session.bearer.token()).account
    known = account.get("id") or account.get("_id")
    if known:
        return str(known)
    async for row in session.search(f"{PRODUCTS}/search", [], [], ""):
        product = await session.get(f"{PRODUCTS}/{row['id']}")
        if product and product.get("account_id"):
            return str(product["account_id"])
    raise Distrusted("neither the token nor a product tells which account this is")


@asynccontextmanager
async def _opened(
    target: Target, wire: Wire | None, *, read_only: bool
) -> AsyncIterator[tuple[httpx.AsyncClient, Bearer, Usage, Windows]]:
    """Connected and with a token in hand, so that the limits are known before they count."""
    key, password = _credentials(target) if wire is None else SANDBOX_CREDENTIALS
    request = token_request(target.settings.auth_endpoint, key, password)
    layers: list[tuple[Bearer, Windows]] = []

    def throttle(inner: Wire) -> Wire:
        bearer = Bearer(inner, request, lambda token: windows.allow(token.windows))
        windows = Windows(bearer)
        layers.append((bearer, windows))
        return ReadOnly(windows) if read_only else WrittenVersions(windows)

    usage = Usage()
    async with connect(target, wire, usage, throttle=throttle, window=60.0) as client:
        bearer, windows = layers[0]
        await bearer.token()
        yield client, bearer, usage, windows


def _credentials(target: Target) -> tuple[str, str]:
    try:
        held = Credentials(_env_prefix=f"{target.credentials}_")
    except ValidationError as error:
        missing = (f"{target.credentials}_{e['loc'][0]}".upper() for e in error.errors())
        raise Unauthorised(
            f"{target.name} has no credential · set {' and '.join(missing)}"
        ) from None
    return held.api_key.get_secret_value(), held.api_password.get_secret_value()


def _data(response: httpx.Response) -> list[Row]:
    """The rows of an answer. Raises `Refused`, `Unauthorised` or `Distrusted`."""
    body = parsed(response)
    if response.status_code in (401, 403):
        told = _refused(response, body)
        raise Unauthorised(f"{told} · is the credential this account's, and not revoked?")
    if 400 <= response.status_code < 500:
        raise _refused(response, body)
    if response.status_code == 204:
        return []
    if not response.is_success or not isinstance(body, dict) or "data" not in body:
        raise Distrusted(
            f"HTTP {response.status_code} without Plytix's envelope · check the target's endpoint"
        )
    return list(body["data"])


def _refused(response: httpx.Response, body: Any) -> Refused:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return Refused(response.status_code, response.reason_phrase, ())
    return Refused(
        response.status_code, str(error.get("msg", "")), tuple(_pairs(error.get("errors") or ()))
    )


def _pairs(errors: Iterable[Any]) -> Iterable[tuple[str, str]]:
    return ((str(e.get("field")), str(e.get("msg"))) for e in errors if isinstance(e, dict))
