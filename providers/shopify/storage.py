"""The hosts beside the API: where uploads are put, as they were signed, and without a credential.

An upload may be repeated: it lies under the key that was signed for it, whatever was there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from providers.kit.retry import SAFE
from reconciler.provider import PlatformError


class Refused(PlatformError):
    """The storage did not take an upload; the message is in its own words."""


class Storage:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def upload(self, target: Mapping[str, Any], name: str, content: bytes, mime: str) -> None:
        """Put a content where a staged target says. A target with a signed form is posted to: its
        parameters in their order, the file behind them; one without is put to. That it was taken
        is said before the answer's words, which nobody needs. Raises `Refused`, and
        `Unavailable`."""
        named = [(p["name"], p["value"]) for p in target["parameters"]]
        is_form = "key" in dict(named)
        request = (
            _form(self._client, target["url"], named, name, content, mime)
            if is_form
            else self._client.build_request(
                "PUT",
                target["url"],
                content=content,
                headers={"Content-Type": mime},
                extensions={SAFE: True},
            )
        )
        await request.aread()  # What is sent again must be there again.
        response = await self._client.send(request, stream=True)
        try:
            if not response.is_success:
                told = f"HTTP {response.status_code}: {await _words(response)}"
                raise Refused(f"the storage answered {told}")
        finally:
            await response.aclose()


def _form(
    client: httpx.AsyncClient,
    url: str,
    named: list[tuple[str, str]],
    name: str,
    content: bytes,
    mime: str,
) -> httpx.Request:
    """httpx keeps the order of files; a field that is none has no name of a file."""
    parts: list[tuple[str, Any]] = [(key, (None, value.encode())) for key, value in named]
    parts.append(("file", (name, content, mime)))
    return client.build_request("POST", url, files=parts, extensions={SAFE: True})


async def _words(response: httpx.Response) -> str:
    """What a storage says beside a refusal, as far as it comes."""
    try:
        await response.aread()
    except httpx.HTTPError:
        return "and no more"
    return " ".join(response.text.split())[:300]
