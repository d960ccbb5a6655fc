"""A file from somewhere, on this machine's disk while it is read: never the whole in memory."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from tempfile import TemporaryFile
from typing import IO, Any

import httpx

from providers.kit.retry import ATTEMPTS, SAFE
from reconciler.provider import Distrusted, Unavailable

Row = dict[str, Any]


@asynccontextmanager
async def fetched(client: httpx.AsyncClient, url: str) -> AsyncIterator[IO[bytes]]:
    """The file at an address, from its beginning; gone when the block ends.

    Raises `Unavailable` where it is not to be had in whole.
    """
    with TemporaryFile() as file:
        for attempt in range(1, ATTEMPTS + 1):
            file.seek(0)
            file.truncate()
            try:
                await _fetch(client, url, file)
                break
            except httpx.TransportError as error:
                if attempt == ATTEMPTS:
                    text = f"a file was broken off {ATTEMPTS} times ({type(error).__name__})"
                    raise Unavailable(text) from error
        file.seek(0)
        yield file


async def _fetch(client: httpx.AsyncClient, url: str, file: IO[bytes]) -> None:
    async with client.stream("GET", url, extensions={SAFE: True}) as response:
        if not response.is_success:
            raise Unavailable(f"HTTP {response.status_code} for a file that was promised")
        async for piece in response.aiter_bytes():
            file.write(piece)


def rows(file: IO[bytes]) -> Iterator[Row]:
    """The lines of a JSONL file, one at a time. Raises `Distrusted` for one that is cut off."""
    for number, line in enumerate(file, 1):
        try:
            row = json.loads(line)
        except ValueError:
            raise Distrusted(f"line {number} of a file is no JSON: it is cut off") from None
        if not isinstance(row, dict):
            raise Distrusted(f"line {number} of a file is no JSON object")
        yield row
