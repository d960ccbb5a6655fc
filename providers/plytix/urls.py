"""Image URLs: what an image is called, and which URLs are not to be handed to a platform.

Plytix fetches what it is given. A URL that leads into somebody's own network is refused here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from reconciler.model.public import is_public_name

_REMEMBERED: Final = 65_536
"""Images whose names are not worked out again: products share them, and each is looked at often."""

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._+-]")


class UnfitUrl(ValueError):
    """A URL that no image can be fetched from. `remedy` says what to write instead."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.remedy = remedy


@lru_cache(_REMEMBERED)
def image_name(url: str) -> str:
    """The image's own name: the path's last part, percent-decoded, with `_` for what does not
    belong into a file name. Raises `UnfitUrl`."""
    _must_be_public(url)
    name = _UNSAFE.sub("_", unquote(PurePosixPath(urlsplit(url).path).name))
    stem, extension = PurePosixPath(name).stem, PurePosixPath(name).suffix
    if len(extension) < 2 or not stem.strip("._"):
        raise UnfitUrl(
            f"{url} does not end with the name of an image file",
            "write a URL like https://m.media-amazon.com/images/I/61wixnPXtlL.jpg",
        )
    return name


def _must_be_public(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UnfitUrl(f"{url} is no URL: {error}", "correct it") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UnfitUrl(f"{url} is no http(s) URL", "write the whole URL, beginning with https://")
    if parts.username is not None or parts.password is not None:
        raise UnfitUrl("the URL carries a user name", "take the credential out of the URL")
    if not _is_public(host.rstrip(".")):
        raise UnfitUrl(
            f"{host} is no public host, and Plytix fetches the image itself",
            "put the image where everybody can fetch it",
        )


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return is_public_name(host)
