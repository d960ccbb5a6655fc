"""Files that are there: changed, given to products and taken from them, deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from providers.shopify.sandbox import media
from providers.shopify.sandbox.access import expect_to_manage_products
from providers.shopify.sandbox.file_making import (
    LONGEST_ALT,
    TOO_LONG,
    Rows,
    ending_of,
    expect_sources_to_fit,
)
from providers.shopify.sandbox.files import SORTS, cdn, is_ready, name_of, remove_file
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop, Thing

_RENAMED: Final = ("MediaImage", "GenericFile")


def _update(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    """What is wrong with the files themselves stops all; what is wrong with the values of one
    stops that one."""
    shop = info.context
    expect_sources_to_fit(args["files"], info)
    if _referring(args["files"]):
        expect_to_manage_products(shop)
    for check in (_missing, _unready, _misnamed, _unreferable):
        wrong = check(shop, args["files"])
        if wrong is not None:
            return {"files": [], "userErrors": [wrong]}
    changed: list[Thing] = []
    errors: list[UserError] = []
    for index, wanted in enumerate(args["files"]):
        file = _there(shop, wanted)
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
    if all(name.rpartition(".")[2] == ending_of(file["url"]) for file, name in renamed):
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
        yield error("alt", TOO_LONG, "ALT_VALUE_LIMIT_EXCEEDED")
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


def _delete(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    ids = args["fileIds"]
    missing = _missing(shop, [{"id": id_} for id_ in ids])
    if missing is not None:
        return {"deletedFileIds": None, "userErrors": [{**missing, "field": ["fileIds"]}]}
    for id_ in ids:
        remove_file(shop, _there(shop, {"id": id_}))
    return {"deletedFileIds": ids, "userErrors": []}


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


FIELDS: Final = {
    "Mutation": {
        "fileUpdate": _update,
        "fileDelete": _delete,
        "fileAcknowledgeUpdateFailed": _acknowledge,
    }
}
