"""Files of the shop, and what is told of them. They are processed a moment after they came.

UPLOADED    in the answer that made it
PROCESSING  for a second more
READY       with an address and a size, or FAILED with the reason
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from providers.shopify.sandbox import media
from providers.shopify.sandbox.ids import parts
from providers.shopify.sandbox.jobs import is_over
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.shop import Info, Shop, Thing

SORTS: Final = ("MediaImage", "GenericFile", "Video", "ExternalVideo")

_FAILURES: Final = {
    "DUPLICATE_FILENAME_ERROR": "a file with the same name already exists",
    "IMAGE_DOWNLOAD_FAILURE": "the image could not be downloaded",
    "IMAGE_PROCESSING_FAILURE": "the image could not be processed",
    "INVALID_IMAGE_RESOLUTION": "the image's resolution exceeds the max limit",
    "UNSUPPORTED_IMAGE_FILE_TYPE": "the image is an unsupported file type",
}
_PROCESSED: Final = ("IMAGE_DOWNLOAD_FAILURE", "IMAGE_PROCESSING_FAILURE")


def every(shop: Shop) -> list[Thing]:
    return [file for sort in SORTS for file in shop.all(sort)]


def name_of(file: Thing) -> str:
    """The last segment of a file's address."""
    return unquote(urlsplit(str(file["url"] or "")).path.rsplit("/", 1)[-1])


def file_named(shop: Shop, name: str) -> Thing | None:
    return next((file for file in every(shop) if name_of(file) == name), None)


def status_of(shop: Shop, file: Thing) -> str:
    """One that an admin set aside stays as it is. Once it was seen to be processed it is so for
    good, whatever clock comes next."""
    file = shop.get(file["id"]) or file
    since = file["processing_since"]
    if since is None or file["fileStatus"] not in ("UPLOADED", "PROCESSING"):
        return str(file["fileStatus"])
    if is_over(shop, since):
        status = "FAILED" if file.get("failure") else "READY"
        shop.change(file, fileStatus=status, processing_since=None)
        return status
    is_new = file["id"] in shop.fresh or file["__typename"] == "Video"
    return "UPLOADED" if is_new else "PROCESSING"


def is_ready(shop: Shop, file: Thing) -> bool:
    return status_of(shop, file) == "READY"


def failure(code: str) -> dict[str, Any]:
    verb = "processed" if code in _PROCESSED else "created"
    told = f"File could not be {verb} because {_FAILURES[code]}."
    return {"code": code, "message": told, "details": None}


def errors_of(shop: Shop, file: Thing) -> list[dict[str, Any]]:
    is_failed = status_of(shop, file) == "FAILED" and file.get("failure")
    return [failure(file["failure"])] if is_failed else []


def cdn(name: str, version: int = 0) -> str:
    return f"https://cdn.shopify.com/s/files/1/0710/0000/0001/files/{name}?v={1793491200 + version}"


def add_file(shop: Shop, sort: str, fields: Mapping[str, Any], id_: str | None = None) -> Thing:
    """A file as it stands in the shop, its name given as `name`; what is not given is as of one
    that was processed long ago."""
    given = {name: value for name, value in fields.items() if name != "name"}
    is_new = given.get("fileStatus") in ("UPLOADED", "PROCESSING")
    new: dict[str, Any] = {
        "alt": None,
        "fileStatus": "READY",
        "processing_since": shop.now if is_new else None,
        "failure": None,
        "url": cdn(str(fields.get("name", "file"))),
        "width": 800,
        "height": 600,
        "products": [],
        "resourced_at": None,
        "content": None,
    }
    return shop.add(sort, {**new, **given}, id_)


def remove_file(shop: Shop, file: Thing) -> None:
    """A file goes from the galleries of all products as well."""
    for product in media.shown_by(shop, file["id"]):
        media.detach(shop, product["id"], file["id"])
    shop.remove(file)


def _status(file: Thing, info: Info) -> str:
    return status_of(info.context, file)


def _picture(file: Thing) -> Thing:
    number = parts(file["id"])
    assert number is not None
    return {
        "id": f"gid://shopify/ImageSource/{number[1]}",
        "url": file["url"],
        "altText": file["alt"],
        "width": file["width"],
        "height": file["height"],
    }


def _image(file: Thing, info: Info) -> Thing | None:
    """An image has an address once it is processed, and none while another source is."""
    since = file.get("resourced_at")
    is_hidden = since is not None and not is_over(info.context, since, _RESOURCED)
    return _picture(file) if is_ready(info.context, file) and not is_hidden else None


_RESOURCED: Final = 10.0
"""How long an image has no address after it was given another source."""


def _preview(file: Thing, info: Info) -> Thing:
    shows = is_ready(info.context, file) and file["__typename"] == "MediaImage"
    return {"image": _picture(file) if shows else None}


def _address(file: Thing, info: Info) -> str | None:
    return file["url"] if is_ready(info.context, file) else None


def _mime(file: Thing, info: Info) -> str | None:
    if not is_ready(info.context, file):
        return None
    return mimetypes.guess_type(name_of(file))[0]


def _errors(file: Thing, info: Info) -> list[dict[str, Any]]:
    return errors_of(info.context, file)


def _saved(_: Any, _info: Info, **args: Any) -> dict[str, Any]:
    return connection([], args)


_COMMON: Final = {
    "fileStatus": _status,
    "fileErrors": _errors,
    "preview": _preview,
}
_MEDIA: Final = {
    "status": _status,
    "mediaErrors": _errors,
    "mediaWarnings": lambda _file, _info: [],
}
FIELDS: Final = {
    "QueryRoot": {"fileSavedSearches": _saved},
    "MediaImage": {
        **_COMMON,
        **_MEDIA,
        "image": _image,
        "mimeType": _mime,
        "mediaContentType": lambda _file, _info: "IMAGE",
    },
    "GenericFile": {**_COMMON, "url": _address, "mimeType": _mime},
    "Video": {**_COMMON, **_MEDIA, "mediaContentType": lambda _file, _info: "VIDEO"},
    "ExternalVideo": {
        **_COMMON,
        **_MEDIA,
        "mediaContentType": lambda _file, _info: "EXTERNAL_VIDEO",
    },
}
