"""Files of the shop: made, changed and deleted. They are processed a moment after they came.

    UPLOADED    in the answer that made it
    PROCESSING  for a second more
    READY       with an address and a size, or FAILED with the reason

An image's content is looked at where it came through the storage; what stands elsewhere on the
internet is imagined: it is an image if it is called one, as large as its address says (`600x400`).
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import NAMESPACE_URL, uuid5

from graphql import GraphQLError

from providers.shopify.sandbox import media, pixels, staged
from providers.shopify.sandbox.access import expect_to_manage_products
from providers.shopify.sandbox.ids import parts
from providers.shopify.sandbox.jobs import is_over
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

SORTS: Final = ("MediaImage", "GenericFile", "Video", "ExternalVideo")

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
_RENAMED: Final = ("MediaImage", "GenericFile")

_FAILURES: Final = {
    "DUPLICATE_FILENAME_ERROR": "a file with the same name already exists",
    "IMAGE_DOWNLOAD_FAILURE": "the image could not be downloaded",
    "IMAGE_PROCESSING_FAILURE": "the image could not be processed",
    "INVALID_IMAGE_RESOLUTION": "the image's resolution exceeds the max limit",
    "UNSUPPORTED_IMAGE_FILE_TYPE": "the image is an unsupported file type",
}
_PROCESSED: Final = ("IMAGE_DOWNLOAD_FAILURE", "IMAGE_PROCESSING_FAILURE")


Rows = list[Mapping[str, Any]]

# What a file is


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


# fileCreate


def _create(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """All of them, or none."""
    shop = info.context
    _sources_fit(args["files"], info)
    errors = [e for index, wanted in enumerate(args["files"]) for e in _wrong(shop, index, wanted)]
    if errors:
        return {"files": [], "userErrors": errors}
    return {"files": [made(shop, wanted) for wanted in args["files"]], "userErrors": []}


def _sources_fit(rows: Rows, info: Info) -> None:
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
        yield error("alt", _TOO_LONG, "ALT_VALUE_LIMIT_EXCEEDED")
    elif mode == "RAISE_ERROR" and name is not None and _in_use(shop, name):
        told = "A file with this filename already exists."
        yield error("filename", told, "FILENAME_ALREADY_EXISTS")


_TOO_LONG: Final = f"The alt value exceeds the maximum limit of {LONGEST_ALT} characters."


def _ending(address: str) -> str:
    name = urlsplit(address).path.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[-1] if "." in name else ""


def _same_ending(name: str, source: str) -> bool:
    """In the very case; an address without an ending fits any name."""
    there = _ending(source)
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
    ending = _ending(source).lower()
    if ending in _IMAGES:
        return "IMAGE"
    return "VIDEO" if ending in _VIDEOS else "FILE"


def _wanted_name(wanted: Mapping[str, Any]) -> str:
    """What is a picture is called as is asked for, another file as its source is."""
    last = urlsplit(wanted["originalSource"]).path.rsplit("/", 1)[-1] or "file"
    if wanted.get("contentType") == "IMAGE" or _ending(last).lower() in _IMAGES:
        name = str(wanted.get("filename") or last)
        return name if "." in name else f"{name}.{name if name in _IMAGES else 'jpg'}"
    return last if "." in last else str(wanted.get("filename") or last)


def _with_uuid(shop: Shop, name: str) -> str:
    stem, _, ending = name.rpartition(".")
    unique = uuid5(NAMESPACE_URL, f"file {shop.next_number('file')}")
    return f"{stem}_{unique}.{ending}"


# fileUpdate


def _update(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """What is wrong with the files themselves stops all; what is wrong with the values of one
    stops that one."""
    shop = info.context
    _sources_fit(args["files"], info)
    if _referring(args["files"]):
        expect_to_manage_products(shop)
    for check in (_missing, _unready, _misnamed, _unreferable):
        wrong = check(shop, args["files"])
        if wrong is not None:
            return {"files": [], "userErrors": [wrong]}
    changed: list[Thing] = []
    errors: list[UserError] = []
    for index, wanted in enumerate(args["files"]):
        file = shop.get(wanted["id"])
        assert file is not None
        wrong_values = list(_wrong_values(index, wanted, file))
        errors += wrong_values
        if not wrong_values:
            changed.append(_changed(shop, file, wanted))
    return {"files": changed, "userErrors": errors}


def _file(shop: Shop, id_: str) -> Thing | None:
    found = shop.get(id_)
    return found if found and found["__typename"] in SORTS else None


def _quoted(ids: list[str]) -> str:
    return "[" + ", ".join(f'"{id_}"' for id_ in ids) + "]"


def _missing(shop: Shop, rows: Rows) -> UserError | None:
    missing = [row["id"] for row in rows if _file(shop, row["id"]) is None]
    if not missing:
        return None
    verb = "does" if len(missing) == 1 else "do"
    noun = "File id" if len(missing) == 1 else "File ids"
    told = f"{noun} {_quoted(missing)} {verb} not exist."
    return user_error(["files"], told, "FILE_DOES_NOT_EXIST")


def _unready(shop: Shop, rows: Rows) -> UserError | None:
    if all(is_ready(shop, _there(shop, row)) for row in rows):
        return None
    return user_error(["files"], "Non-ready files cannot be updated.", "NON_READY_STATE")


def _there(shop: Shop, row: Mapping[str, Any]) -> Thing:
    found = _file(shop, row["id"])
    assert found is not None
    return found


def _misnamed(shop: Shop, rows: Rows) -> UserError | None:
    renamed = [(_there(shop, row), row["filename"]) for row in rows if row.get("filename")]
    if any(file["__typename"] not in _RENAMED for file, _ in renamed):
        told = "Updating the filename is only supported on images and generic files"
        return user_error(["files"], told, "UNSUPPORTED_MEDIA_TYPE_FOR_FILENAME_UPDATE")
    if all(name.rpartition(".")[2] == _ending(file["url"]) for file, name in renamed):
        return None
    told = "The filename extension provided must match the original filename."
    return user_error(["files"], told, "INVALID_FILENAME_EXTENSION")


def _referring(rows: Rows) -> list[str]:
    """What files are to be shown by, or no more."""
    names = ("referencesToAdd", "referencesToRemove")
    return [id_ for row in rows for name in names for id_ in row.get(name) or ()]


def _unreferable(shop: Shop, rows: Rows) -> UserError | None:
    if all(shop.one("Product", id_) for id_ in _referring(rows)):
        return None
    told = "The reference target does not exist"
    return user_error(["files"], told, "REFERENCE_TARGET_DOES_NOT_EXIST")


def _wrong_values(index: int, wanted: Mapping[str, Any], file: Thing) -> Iterator[UserError]:
    def error(field: str, message: str, code: str) -> UserError:
        return user_error(["files", str(index), field], message, code)

    source, preview = wanted.get("originalSource"), wanted.get("previewImageSource")
    if len(wanted.get("alt") or "") > LONGEST_ALT:
        yield error("alt", _TOO_LONG, "ALT_VALUE_LIMIT_EXCEEDED")
    elif source is not None and file["__typename"] not in _RENAMED:
        told = "Updating the original source is not supported for this media type."
        yield error("originalSource", told, "INVALID")
    elif source is not None and preview is not None and file["__typename"] == "MediaImage":
        told = (
            "Cannot update the preview image and image at the same time because they are one and "
            "the same."
        )
        yield error("previewImageSource", told, "INVALID")
        yield error("originalSource", told, "INVALID")
    elif any(
        s is not None and urlsplit(s).scheme not in ("http", "https") for s in (source, preview)
    ):
        told = "Invalid image source url value provided"
        yield error("previewImageSource", told, "INVALID_IMAGE_SOURCE_URL")


def _changed(shop: Shop, file: Thing, wanted: Mapping[str, Any]) -> Thing:
    fields: dict[str, Any] = {}
    if wanted.get("alt") is not None:
        fields["alt"] = wanted["alt"]
    if wanted.get("filename"):
        fields["url"] = cdn(wanted["filename"], shop.next_number("version"))
    source = wanted.get("originalSource") or wanted.get("previewImageSource")
    if source:
        version = shop.next_number("version")
        fields["url"] = cdn(name_of(file), version)
        fields["resourced_at"] = shop.now if file["__typename"] == "MediaImage" else None
    changed = shop.change(file, **fields) if fields else file
    for id_ in wanted.get("referencesToAdd") or ():
        media.attach(shop, id_, changed["id"])
    for id_ in wanted.get("referencesToRemove") or ():
        media.detach(shop, id_, changed["id"])
    return changed


# fileDelete, fileAcknowledgeUpdateFailed


def _delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    ids = args["fileIds"]
    missing = _missing(shop, [{"id": id_} for id_ in ids])
    if missing is not None:
        return {"deletedFileIds": None, "userErrors": [{**missing, "field": ["fileIds"]}]}
    for id_ in ids:
        remove_file(shop, _there(shop, {"id": id_}))
    return {"deletedFileIds": ids, "userErrors": []}


def remove_file(shop: Shop, file: Thing) -> None:
    """A file goes from the galleries of all products as well."""
    for product in media.shown_by(shop, file["id"]):
        media.detach(shop, product["id"], file["id"])
    shop.remove(file)


def _acknowledge(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    missing = _missing(shop, [{"id": id_} for id_ in args["fileIds"]])
    if missing is not None:
        return {"files": None, "userErrors": [{**missing, "field": ["fileIds"]}]}
    files = [_there(shop, {"id": id_}) for id_ in args["fileIds"]]
    unready = [file["id"] for file in files if not is_ready(shop, file)]
    if unready:
        told = f"File with id {unready[0]} is not in the READY state."
        return {"files": None, "userErrors": [user_error(["fileIds"], told, "NON_READY_STATE")]}
    return {"files": files, "userErrors": []}


# What an answer tells of a file


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
    "Mutation": {
        "fileCreate": _create,
        "fileUpdate": _update,
        "fileDelete": _delete,
        "fileAcknowledgeUpdateFailed": _acknowledge,
    },
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
