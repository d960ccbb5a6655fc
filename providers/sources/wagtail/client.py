"""A session with a Wagtail site that only reads: API v3 (Wagtail 8), or API v2.

What the site says of itself was measured on Wagtail 8.0.1:

- Snippets of v3 are shown to a token alone, the unpublished ones too. Pages are shown to anybody
  as the public sees them; with a token they are those which its user may edit or publish, drafts
  too, and none at all for a user without that permission. A wrong token makes one nobody.
- v3 tells `count`, v2 `meta.total_count`; more rows a page than `WAGTAILAPI_LIMIT_MAX` is a 400.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final

import httpx
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings

from providers.kit.connection import connect
from providers.kit.retry import SAFE
from reconciler.concurrent import side_by_side
from reconciler.intent.sources import WagtailSite
from reconciler.provider import Distrusted, PlatformError, Target, Unauthorised, Usage, Wire

AT_ONCE: Final = 4

Row = Mapping[str, Any]


class Credentials(BaseSettings):
    """`<PREFIX>_TOKEN`: an API token of Wagtail."""

    token: Annotated[SecretStr, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Site:
    """An open session. Raises, like any session, `PlatformError` and what is below it."""

    entry: WagtailSite
    client: httpx.AsyncClient
    token: SecretStr | None

    async def snippets(self, name: str, locale: str | None) -> list[Row]:
        """All snippets of a model (v3) or an endpoint (v2), published or not."""
        path = f"snippets/{name}/" if self.entry.api == "v3" else f"{name}/"
        return await self._listed(path, _stated(locale=locale), public=False)

    async def pages(self) -> list[Row]:
        """All pages that are read as offerings, each with all its fields."""
        wanted = self.entry.offerings
        assert wanted is not None
        asked = _stated(type=wanted.pages, locale=wanted.locale, site=wanted.site)
        rows = await self._listed("pages/", asked, public=not wanted.private)
        if wanted.private and not rows:
            raise Unauthorised(
                f"{self._at('pages/')} shows none of {wanted.pages} to the user of"
                f" {self.entry.credentials}_TOKEN · allow it to edit or publish them, or leave"
                " private out"
            )
        if self.entry.api == "v2":
            return rows
        jobs = [partial(self._page, row["id"], not wanted.private) for row in rows]
        return list(await side_by_side(jobs))

    async def may_be_drafts(self, name: str) -> bool:
        """Whether the snippets of a model can be unpublished, as far as the site tells: v2 does
        not."""
        if self.entry.api == "v2":
            return False
        told = await self._got(f"schema/{name}/", {}, public=False)
        parts = (told.get("create") or {}).get("$defs") or {}
        return any("action" in part.get("properties", {}) for part in parts.values())

    async def greet(self) -> None:
        """Raises `Unauthorised` for a token that the site does not know."""
        if self.entry.api == "v3" and self.token is not None:
            await self._got("whoami/", {}, public=False)

    async def _page(self, number: Any, public: bool) -> Row:
        return await self._got(f"pages/{number}/", {}, public=public)

    async def _listed(self, path: str, asked: Row, *, public: bool) -> list[Row]:
        """Every row, page by page. Raises `Distrusted` where they are not as many as the site
        says, or one comes twice: something moved, or something is kept back."""
        rows: list[Row] = []
        more = {"fields": "*"} if self.entry.api == "v2" else {}
        while True:
            window = {"limit": self.entry.page_size, "offset": len(rows)}
            told = await self._got(path, {**asked, **more, **window}, public=public)
            items, count = _page_of(told, path)
            rows += items
            if len(rows) >= count or not items:
                break
        if len(rows) != count or len({str(row["id"]) for row in rows}) != count:
            raise Distrusted(
                f"{self._at(path)} says {count}, and {len(rows)} rows were read: it moved while"
                " being read · try again"
            )
        return rows

    async def _got(self, path: str, asked: Row, *, public: bool) -> Row:
        headers = {"Accept": "application/json"}
        if self.token is not None and not public:
            headers["Authorization"] = f"Bearer {self.token.get_secret_value()}"
        response = await self.client.get(
            path, params=dict(asked), headers=headers, extensions={SAFE: True}
        )
        return self._understood(response, path)

    def _understood(self, response: httpx.Response, path: str) -> Row:
        status, at = response.status_code, self._at(path)
        told = _json(response)
        detail = f"HTTP {status}{_detail(told)}"
        if status in (401, 403):
            raise Unauthorised(f"{at}: {detail} · {self._allow(status, path)}")
        if response.is_redirect:
            raise PlatformError(f"{at}: {detail}, it is elsewhere · write the url that it leads to")
        if response.is_error:
            raise PlatformError(f"{at}: {detail} · {_remedy(status, path)}")
        if not isinstance(told, dict):
            raise Distrusted(f"{at} does not answer with JSON · check the url and api: v3 or v2")
        return told

    def _allow(self, status: int, path: str) -> str:
        if self.token is None:
            return "name the prefix of the variable with its token: credentials"
        if status == 401:
            return f"{self.entry.credentials}_TOKEN is wrong or revoked: set it anew"
        return f"the user of {self.entry.credentials}_TOKEN needs the permission to view {path}"

    def _at(self, path: str) -> str:
        return f"{self.entry.url.rstrip('/')}/{path}"


@asynccontextmanager
async def opened(entry: WagtailSite, wire: Wire | None = None) -> AsyncIterator[Site]:
    """A session whose token the site knows. wire: another door than the network.

    What can be repeated is: five attempts, from half a second to eight, on 429 and 5xx.
    """
    token = token_of(entry)
    async with connect(_target(entry), wire, Usage()) as client:
        site = Site(entry, client, token)
        await site.greet()
        yield site


def token_of(entry: WagtailSite) -> SecretStr | None:
    """Raises `Unauthorised` where the variable is not set, or empty."""
    if entry.credentials is None:
        return None
    try:
        return Credentials(_env_prefix=f"{entry.credentials}_").token
    except ValidationError:
        raise Unauthorised(f"{entry.url} has no token · set {entry.credentials}_TOKEN") from None


def _target(entry: WagtailSite) -> Target:
    return Target(
        name=entry.url,
        provider="wagtail",
        endpoint=entry.url.rstrip("/") + "/",
        environment="",
        credentials=entry.credentials or "",
        settings=None,
        timeout=entry.timeout,
        concurrency=AT_ONCE,
        requests_per_minute=None,
        sandbox=False,
    )


def _page_of(told: Row, path: str) -> tuple[Sequence[Row], int]:
    items = told.get("items")
    count = told.get("count", (told.get("meta") or {}).get("total_count"))
    if not isinstance(items, list) or not isinstance(count, int):
        raise Distrusted(f"{path} tells no items and their count · check api: v3 or v2")
    if not all("id" in row and "type" in row.get("meta", {}) for row in items):
        raise Distrusted(f"{path} tells rows without id or meta.type · models need an id")
    return items, count


def _stated(**asked: str | None) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value is not None}


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _detail(told: Any) -> str:
    """What the site says is wrong: v3's problem details, or v2's message."""
    if not isinstance(told, dict):
        return ""
    parts = [told.get("detail") or told.get("message")]
    parts += [error.get("msg") for error in told.get("errors") or () if isinstance(error, dict)]
    return "".join(f", {part}" for part in parts if part)


def _remedy(status: int, path: str) -> str:
    if status == 400:
        return "lower page_size to the site's WAGTAILAPI_LIMIT_MAX, or correct what is asked for"
    if status in (404, 422):
        name = path.strip("/").rsplit("/", 1)[-1]
        return f"check the url, api, and {name}: models need api_fields to be shown"
    return "look at the site"
