"""Files that are made: what their rows must be like, how they are called and processed.

An image's content is looked at where it came through the storage; what stands elsewhere on the
internet is imagined: it is an image if it is called one, as large as its address says (`600x400`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from graphql import GraphQLError

from providers.shopify.sandbox import pixels, staged
from providers.shopify.sandbox.files import add_file, cdn, file_named, is_ready
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

LONGEST_ALT: Final = 512
LONGEST_SOURCE: Final = 2048

_SORT_OF: Final = {
    "IMAGE": "MediaImage",
    "FILE": "GenericFile",
    "VIDEO": "Video",
    "EXTERNAL_VIDEO": "ExternalVideo",
}
_VIDEOS: Final = ("mp4", "mov", "webm")
_IMAGES: Final = ("jpg", "jpeg", "png", "gif", "webp", "heic", "svg")

Rows = list[Mapping[str, Any]]


def _create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """All of them, or none."""
    shop = info.context
    expect_sources_to_fit(args["files"], info)
    errors = [e for index, wanted in enumerate(args["files"]) for e in _wrong(shop, index, wanted)]
    if errors:
        return {"files": [], "userErrors": errors}
    return {"files": [made(shop, wanted) for wanted in args["files"]], "userErrors": []}


def expect_sources_to_fit(rows: Rows, info: Info) -> None:
    """What is wrong with a source's length is told of the field and of the variable."""
    for source in (row["originalSource"] for row in rows if row.get("originalSource") is not None):
        told = None if source else "originalSource is too short (minimum is 1)"
        if len(source) > LONGEST_SOURCE:
            told = f"originalSource is too long (maximum is {LONGEST_SOURCE})"
        if told is not None:
            places = [*info.field_nodes, *(info.operation.variable_definitions or ())]
            code = {"code": "INVALID_FIELD_ARGUMENTS"}
            raise GraphQLError(told, nodes=places, extensions=code)


def _wrong(shop: Shop, index: int, wanted: Mapping[str, Any]) -> Iterator[UserError]:
    """The first thing that is wrong with one file."""
    source, name = wanted["originalSource"], wanted.get("filename")
    mode, sort = wanted["duplicateResolutionMode"], wanted.get("contentType")

    def error(field: str, message: str, code: str) -> UserError:
        return user_error(["files", str(index), field], message, code)

    if urlsplit(source).scheme not in ("http", "https"):
        yield error("originalSource", "File URL is invalid", "INVALID_IMAGE_SOURCE_URL")
    elif name is not None and not _same_ending(name, source):
        told = "Provided filename extension must match original source."
        yield error("filename", told, "MISMATCHED_FILENAME_AND_ORIGINAL_SOURCE")
    elif mode == "REPLACE" and sort not in ("IMAGE", "FILE"):
        told = (
            "Duplicate resolution mode 'REPLACE' is not supported for "
            f"'{sort or 'MISSING'}' media type."
        )
        yield error("duplicateResolutionMode", told, "INVALID_DUPLICATE_MODE_FOR_TYPE")
    elif mode == "REPLACE" and name is None:
        told = "Missing filename argument when attempting to use REPLACE duplicate mode."
        yield error("filename", told, "MISSING_FILENAME_FOR_DUPLICATE_MODE_REPLACE")
    elif len(wanted.get("alt") or "") > LONGEST_ALT:
        yield error("alt", TOO_LONG, "ALT_VALUE_LIMIT_EXCEEDED")
    elif mode == "RAISE_ERROR" and name is not None and _in_use(shop, name):
        told = "A file with this filename already exists."
        yield error("filename", told, "FILENAME_ALREADY_EXISTS")


TOO_LONG: Final = f"The alt value exceeds the maximum limit of {LONGEST_ALT} characters."


def ending_of(address: str) -> str:
    name = urlsplit(address).path.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[-1] if "." in name else ""


def _same_ending(name: str, source: str) -> bool:
    """In the very case; an address without an ending fits any name."""
    there = ending_of(source)
    return not there or (name.rsplit(".", 1)[-1] if "." in name else "") == there


def _in_use(shop: Shop, name: str) -> Thing | None:
    found = file_named(shop, name)
    return found if found and is_ready(shop, found) else None


def made(shop: Shop, wanted: Mapping[str, Any]) -> Thing:
    """A file of a row of fileCreate that has nothing wrong in it."""
    source = wanted["originalSource"]
    sort = _SORT_OF[wanted.get("contentType") or _inferred(source)]
    name, mode = _wanted_name(wanted), wanted["duplicateResolutionMode"]
    twin = file_named(shop, name)
    fields = {"alt": wanted.get("alt") or "", **_processing(shop, sort, source)}
    if twin is not None and mode == "REPLACE":
        return _new(shop, shop.change(twin, **fields))
    if twin is not None and mode == "RAISE_ERROR":
        fields["failure"] = "DUPLICATE_FILENAME_ERROR"
    if twin is not None:
        name = _with_uuid(shop, name)
    url = None if sort in ("Video", "ExternalVideo") else cdn(name)
    return _new(shop, add_file(shop, sort, {**fields, "url": url}))


def _new(shop: Shop, file: Thing) -> Thing:
    shop.fresh.add(file["id"])
    return file


def _processing(shop: Shop, sort: str, source: str) -> dict[str, Any]:
    """What is known of a file once it is processed: that it failed, or how large it is."""
    known = {"fileStatus": "UPLOADED", "processing_since": shop.now, "failure": None}
    if sort != "MediaImage":
        return known
    key = staged.key_of(shop, source)
    if key is None:
        width, height = _imagined(source)
        return known | {"width": width, "height": height}
    content = staged.uploaded(shop, key)
    if content is None:
        return known | {"failure": "IMAGE_DOWNLOAD_FAILURE"}
    size = pixels.size(content)
    if size is None:
        return known | {"failure": "IMAGE_PROCESSING_FAILURE"}
    too_large = max(size) > pixels.LONGEST_SIDE or size[0] * size[1] > pixels.MOST
    return known | {
        "width": size[0],
        "height": size[1],
        "content": base64.b64encode(content).decode(),
        "failure": "INVALID_IMAGE_RESOLUTION" if too_large else None,
    }


def _imagined(source: str) -> tuple[int, int]:
    found = re.search(r"(\d{2,4})x(\d{2,4})", source)
    return (int(found[1]), int(found[2])) if found else (800, 600)


def _inferred(source: str) -> str:
    ending = ending_of(source).lower()
    if ending in _IMAGES:
        return "IMAGE"
    return "VIDEO" if ending in _VIDEOS else "FILE"


def _wanted_name(wanted: Mapping[str, Any]) -> str:
    """What is a picture is called as is asked for, another file as its source is."""
    last = urlsplit(wanted["originalSource"]).path.rsplit("/", 1)[-1] or "file"
    if wanted.get("contentType") == "IMAGE" or ending_of(last).lower() in _IMAGES:
        name = str(wanted.get("filename") or last)
        return name if "." in name else f"{name}.{name if name in _IMAGES else 'jpg'}"
    return last if "." in last else str(wanted.get("filename") or last)


def _with_uuid(shop: Shop, name: str) -> str:
    stem, _, ending = name.rpartition(".")
    unique = uuid5(NAMESPACE_URL, f"file {shop.next_number('file')}")
    return f"{stem}_{unique}.{ending}"


FIELDS: Final = {"Mutation": {"fileCreate": _create}}
