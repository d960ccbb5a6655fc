"""Files, looked up; and images as the CDN serves them."""

from __future__ import annotations

import base64
import mimetypes
from typing import Any, Final
from urllib.parse import unquote

from starlette.responses import Response

from providers.shopify.sandbox import files, search
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.shop import Info, Shop

CDN_PATH: Final = "/s/files/"

_FILE_FIELDS: Final[search.Fields] = {
    "filename": search.text_is(files.name_of),
    "id": search.id_matches,
}


def _files_found(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    found = search.found(
        shop,
        files.every(shop),
        args.get("query"),
        _FILE_FIELDS,
        lambda file: (files.name_of(file), file["alt"] or ""),
        str(info.path.key),
    )
    return connection(found, args)


def served(shop: Shop, path: str) -> Response:
    """An image as the CDN serves it; one whose content is not kept as a single pixel."""
    file = files.file_named(shop, unquote(path.rsplit("/", 1)[-1]))
    if file is None or not files.is_ready(shop, file):
        return Response(status_code=404)
    content = base64.b64decode(file.get("content") or _PIXEL)
    return Response(content, media_type=mimetypes.guess_type(path)[0] or "image/png")


_PIXEL: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)

FIELDS: Final = {"QueryRoot": {"files": _files_found}}
