"""Pages and files: what metafields refer to. They can be read here, and edited in the admin."""

from __future__ import annotations

from typing import Any, Final

from providers.shopify.sandbox import search
from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.jobs import is_over
from providers.shopify.sandbox.paging import connection
from providers.shopify.sandbox.shop import Info, Shop, Thing

FILE_SORTS: Final = ("MediaImage", "GenericFile")


def name_of(file: Thing) -> str:
    """The last segment of a file's address."""
    return str(file["url"]).split("?", 1)[0].rsplit("/", 1)[-1]


def file_named(shop: Shop, name: str) -> Thing | None:
    return next((file for file in _files(shop) if name_of(file) == name), None)


def _files(shop: Shop) -> list[Thing]:
    return [file for sort in FILE_SORTS for file in shop.all(sort)]


_PAGE_FIELDS: Final[search.Fields] = {
    "handle": search.in_list(lambda page: str(page["handle"])),
    "title": search.text_is(lambda page: str(page["title"])),
    "id": search.id_matches,
}
_FILE_FIELDS: Final[search.Fields] = {
    "filename": search.text_is(name_of),
    "id": search.id_matches,
}
_PAGE_ORDER: Final = {
    "ID": lambda page: number(page["id"]),
    "TITLE": lambda page: page["title"].casefold(),
    "UPDATED_AT": lambda page: page["updatedAt"],
}


def _pages(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    found = search.found(
        shop,
        shop.all("Page"),
        args.get("query"),
        _PAGE_FIELDS,
        lambda page: (page["title"],),
        str(info.path.key),
    )
    return connection(found, args, _PAGE_ORDER[args["sortKey"]])


def _files_found(_: Any, info: Info, **args: Any) -> dict[str, Any]:
    shop = info.context
    found = search.found(
        shop,
        _files(shop),
        args.get("query"),
        _FILE_FIELDS,
        lambda file: (name_of(file), file["alt"] or ""),
        str(info.path.key),
    )
    return connection(found, args)


def _status(file: Thing, info: Info) -> str:
    """A file is processed a moment after it came; one that an admin set aside stays as it is."""
    since = file["processing_since"]
    if file["fileStatus"] in ("UPLOADED", "PROCESSING") and since is not None:
        return "READY" if is_over(info.context, since) else str(file["fileStatus"])
    return str(file["fileStatus"])


def _image(file: Thing, info: Info) -> Thing | None:
    """An image has an address once it is processed."""
    is_ready = _status(file, info) == "READY"
    return {"url": file["url"], "altText": file["alt"]} if is_ready else None


def _address(file: Thing, info: Info) -> str | None:
    return file["url"] if _status(file, info) == "READY" else None


FIELDS: Final = {
    "QueryRoot": {"pages": _pages, "files": _files_found},
    "MediaImage": {"image": _image, "fileStatus": _status},
    "GenericFile": {"url": _address, "fileStatus": _status},
}
