"""GitHub's REST API, as much of it as a repository's own workflows need.

Errors:

PlanogramError (1)
└── GitHubError            GitHub could not be reached, or did not answer as it should
    └── Refused            it said no; `status` and its own words are kept
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import anyio
import httpx

from reconciler.model.errors import PlanogramError

Row = dict[str, Any]

PAGE: Final = 100
ATTEMPTS: Final = 5
LONGEST_WAIT_SECONDS: Final = 120.0
MOST_BYTES: Final = 200 * 1024 * 1024
"""What an artifact may come to when it is unpacked."""

_AGAIN: Final = frozenset({429, 500, 502, 503, 504})


class GitHubError(PlanogramError):
    """GitHub could not be reached, or did not answer as it should."""


class Refused(GitHubError):
    """GitHub said no, in its own words."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class GitHub:
    """One repository at GitHub. `login` is who its token writes as."""

    client: httpx.AsyncClient
    repository: str
    login: str

    async def get(self, path: str, **parameters: Any) -> Row:
        answer: Row = (await self._ask("GET", path, params=parameters)).json()
        return answer

    async def pages(
        self, path: str, rows: str | None = None, **parameters: Any
    ) -> AsyncIterator[Row]:
        """Every row of a list, page by page. `rows`: the field that holds them, if one does."""
        url: str | None = self._path(path)
        asked: dict[str, Any] | None = {"per_page": PAGE, **parameters}
        while url is not None:
            response = await self._send("GET", url, params=asked)
            content = response.json()
            for row in content[rows] if rows else content:
                yield row
            # The next address is whole; with parameters of any sort httpx would cut its own off.
            url, asked = response.links.get("next", {}).get("url"), None

    async def post(self, path: str, **body: Any) -> Row:
        answer: Row = (await self._ask("POST", path, json=body)).json()
        return answer

    async def patch(self, path: str, **body: Any) -> Row:
        answer: Row = (await self._ask("PATCH", path, json=body)).json()
        return answer

    async def artifact(self, artifact: Row) -> dict[str, bytes]:
        """The files of an artifact. Raises `Refused` with 410 where it has expired."""
        response = await self._ask("GET", f"actions/artifacts/{artifact['id']}/zip")
        try:
            with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                    raise GitHubError(
                        f"the artifact {artifact['name']} is too large to be a plan's"
                    )
                return {entry.filename: archive.read(entry) for entry in archive.infolist()}
        except zipfile.BadZipFile as error:
            raise GitHubError(f"the artifact {artifact['name']} is no archive: {error}") from error

    def _path(self, path: str) -> str:
        return f"/repos/{self.repository}/{path}"

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self._send(method, self._path(path), **options)

    async def _send(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Only what may be sent twice is sent again, and what was refused unread (a rate limit)."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = await self.client.request(method, url, **options)
            except httpx.HTTPError as error:
                if method == "POST" or attempt == ATTEMPTS:
                    raise GitHubError(f"{method} {url} had no answer: {error}") from error
                await anyio.sleep(_pause(attempt))
                continue
            wait = _wait(response, attempt, method)
            if wait is None or attempt == ATTEMPTS:
                return _judged(response, method, url)
            await anyio.sleep(wait)
        raise AssertionError("the last attempt returns or raises")


@asynccontextmanager
async def connect(
    api: str, token: str, repository: str, login: str | None = None
) -> AsyncIterator[GitHub]:
    """A session with one repository. login: who the token writes as; found out if not given."""
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": "2022-11-28",
        "User-Agent": "planogram",
    }
    async with httpx.AsyncClient(
        base_url=api, headers=headers, timeout=30, follow_redirects=True
    ) as client:
        yield GitHub(client, repository, login or await _login(client))


async def _login(client: httpx.AsyncClient) -> str:
    """A token of a workflow may not ask who it is: it is GitHub's own bot."""
    try:
        response = await client.get("/user")
    except httpx.HTTPError as error:
        raise GitHubError(f"GitHub can not be reached: {error}") from error
    if response.status_code == 401:
        raise Refused(401, "GitHub does not know the token · set GITHUB_TOKEN")
    return str(response.json()["login"]) if response.is_success else "github-actions[bot]"


def _wait(response: httpx.Response, attempt: int, method: str) -> float | None:
    """Seconds until it is sent again, or None where it is not to be."""
    after = response.headers.get("Retry-After")
    limited = response.headers.get("X-RateLimit-Remaining") == "0"
    if response.status_code in (403, 429) and (after or limited):
        return min(float(after or 60), LONGEST_WAIT_SECONDS)
    if response.status_code in _AGAIN and method != "POST":
        return _pause(attempt)
    return None


def _pause(attempt: int) -> float:
    return min(8.0, 0.5 * 2.0 ** (attempt - 1)) * random.random()


def _judged(response: httpx.Response, method: str, url: str) -> httpx.Response:
    if response.is_success:
        return response
    raise Refused(
        response.status_code,
        f"{method} {url}: GitHub answers {response.status_code} {_words(response)}",
    )


def _words(response: httpx.Response) -> str:
    try:
        content = response.json()
    except ValueError:
        return response.text[:200]
    if not isinstance(content, Mapping):
        return str(content)[:200]
    errors = content.get("errors") or ()
    details = "; ".join(_detail(error) for error in errors)
    return str(content.get("message", "")) + (f" ({details})" if details else "")


def _detail(error: object) -> str:
    if isinstance(error, Mapping):
        return str(error.get("message") or f"{error.get('field')}: {error.get('code')}")
    return str(error)
