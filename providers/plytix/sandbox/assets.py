"""Assets: uploaded by URL or content, renamed, searched. A second upload of the same is a 409."""

from __future__ import annotations

import base64
import binascii
import hashlib
import mimetypes
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from providers.kit.store import Document, Store
from providers.plytix.sandbox.refusal import Refusal, invalid, unknown_asset
from providers.plytix.sandbox.search import Column, search

FILES: Final = "https://files.plytix.com/api/v1.1"
KINDS: Final = {"image": "IMAGES", "video": "VIDEOS", "audio": "SOUNDS", "text": "TEXTS"}
ORDERED_DATES: Final = ("eq", "gt", "gte", "lt", "lte")
PLAIN_TEXT: Final = ("like", "eq", "!eq")

COLUMNS: Final[Mapping[str, Column]] = {
    column.key: column
    for column in (
        Column("status", "TextAttribute", lambda row: row["status"], PLAIN_TEXT),
        Column(
            "file_type",
            "MultiSelectAttribute",
            lambda row: row["file_type"],
            ("in", "!in"),
            ("IMAGES", "SOUNDS", "VIDEOS", "COMPRESSED", "REPORTS", "TEXTS", "OTHER"),
        ),
        Column("file_size", "DecimalAttribute", lambda row: row["file_size"]),
        Column("id", "TextAttribute", lambda row: row["id"], ("eq", "!eq", "in", "!in")),
        Column("categories", "HierarchyAttribute", lambda row: row["categories"]),
        Column("extension", "TextAttribute", lambda row: row["extension"], PLAIN_TEXT),
        Column("created", "DateAttribute", lambda row: row["created"], ORDERED_DATES),
        Column("modified", "DateAttribute", lambda row: row["modified"], ORDERED_DATES),
        Column("filename", "TextAttribute", lambda row: row["filename"], PLAIN_TEXT),
    )
}
"""What can be searched by, with the operators that the vendor lists for each."""

ONLY_TOLD: Final = ("assigned", "content_type", "file_modified", "n_catalogs", "n_products")
ALWAYS: Final = ("id", "url", "thumbnail", *ONLY_TOLD)


def created(store: Store, body: Any, now: str) -> dict[str, Any]:
    """Upload an asset. Raises the 409 that names the asset which is already there."""
    if not isinstance(body, dict):
        raise invalid(("_schema", "Invalid input type."))
    source, filename = _by_url(store, body) if "url" in body else _by_content(body)
    for asset in store.where("asset", "source", source):
        raise Refusal(409, "Asset already exists", ("asset.id", asset["id"]))
    asset = new_asset(store, filename, source, now)
    return told(store, asset)


def new_asset(store: Store, filename: str, source: str, now: str) -> Document:
    id_ = f"69a0{store.next_number('asset'):020x}"
    content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    asset = {
        "id": id_,
        "filename": filename,
        "source": source,
        "stored": f"public_files/pim/assets/{id_}/{filename}",
        "extension": _extension(filename).lower(),
        "content_type": content_type,
        "file_type": KINDS.get(content_type.split("/")[0], "OTHER"),
        "file_size": 20_000 + int(hashlib.sha256(source.encode()).hexdigest()[:4], 16),
        "status": "ACTIVE",
        "categories": [],
        "created": now,
        "modified": now,
        "file_modified": now,
    }
    store.put("asset", id_, asset)
    return asset


def patched(store: Store, id_: str, body: Any, now: str) -> dict[str, Any]:
    """Change the file name and the categories, which is all that can be changed."""
    asset = existing(store, id_)
    if not isinstance(body, dict):
        raise invalid(("_schema", "Invalid input type."))
    unknown = [name for name in body if name not in ("filename", "categories")]
    if unknown:
        raise invalid(*((name, "unknown field") for name in unknown))
    if "filename" in body:
        _check_filename(body["filename"])
        if _extension(body["filename"]).lower() != asset["extension"]:
            words = "Extension changes are not allowed"
            raise Refusal(422, words, ("filename", words))
    changed = asset | body | {"modified": now}
    store.put("asset", id_, changed)
    return told(store, changed)


def deleted(store: Store, id_: str) -> None:
    """Remove an asset, and its links with it."""
    existing(store, id_)
    for product in list(store.all("product").values()):
        store.put("product", product["id"], without_asset(product, id_))
    store.delete("asset", id_)


def without_asset(product: Document, asset: str) -> Document:
    """A product that is linked with an asset under no attribute any more."""
    media = {label: [id_ for id_ in ids if id_ != asset] for label, ids in product["media"].items()}
    thumbnail = None if product["thumbnail"] == asset else product["thumbnail"]
    return product | {"media": media, "thumbnail": thumbnail}


def existing(store: Store, id_: str) -> Document:
    asset = store.get("asset", id_)
    if asset is None:
        raise unknown_asset(id_)
    return asset


def searched(store: Store, body: Any) -> dict[str, Any]:
    columns = {**COLUMNS, "assigned": _assigned(store)}
    found = search(body, store.all("asset").values(), columns, ALWAYS)
    rows = []
    for row in found.rows:
        whole = told(store, row) if set(found.columns) & set(ONLY_TOLD) else row | _urls(row)
        rows.append({"id": row["id"], **{name: whole[name] for name in found.columns}})
    return {"data": rows, "pagination": found.pagination}


def filters(store: Store) -> dict[str, Any]:
    columns = {**COLUMNS, "assigned": _assigned(store)}
    return {"data": [{"attributes": [column.described() for column in columns.values()]}]}


def told(store: Store, asset: Document) -> dict[str, Any]:
    """An asset as `/assets/{id}` shows it: where it came from is not told."""
    products = _products_with(store, asset["id"])
    shown = {name: value for name, value in asset.items() if name not in ("source", "stored")}
    return (
        shown
        | _urls(asset)
        | {
            "assigned": products > 0,
            "n_products": products,
            "n_catalogs": 0,
        }
    )


def expanded(store: Store, id_: str) -> dict[str, Any]:
    """An asset as products show it where they do not show its id only."""
    asset = existing(store, id_)
    return {"id": id_, "filename": asset["filename"], **_urls(asset)}


def _urls(asset: Document) -> dict[str, str]:
    """The place in the file store keeps the name of the upload when the asset is renamed."""
    return {
        "url": f"{FILES}/file/{asset['stored']}",
        "thumbnail": f"{FILES}/thumb/{asset['stored']}",
    }


def _assigned(store: Store) -> Column:
    return Column("assigned", "BooleanAttribute", lambda row: _products_with(store, row["id"]) > 0)


def _products_with(store: Store, asset: str) -> int:
    return store.derived("product", "held assets", _held)[asset]


def _held(products: Iterable[Document]) -> Counter[str]:
    """How many products hold each asset."""
    return Counter(
        id_
        for product in products
        for id_ in {product["thumbnail"], *chain.from_iterable(product["media"].values())} - {None}
    )


def _by_url(store: Store, body: Mapping[str, Any]) -> tuple[str, str]:
    url = body["url"]
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid(("url", "Not a valid URL."))
    gone = store.all("account")["account"].get("gone", ())
    if parts.hostname.endswith(".invalid") or url in gone:
        # Assumed: this is how it is told that an address answers with 404, or not at all.
        raise invalid(("url", "The file could not be downloaded from the url"))
    filename = body.get("filename") or unquote(PurePosixPath(parts.path).name)
    _check_filename(filename)
    return url, filename


def _by_content(body: Mapping[str, Any]) -> tuple[str, str]:
    if "content" not in body:
        raise invalid(("url", "Missing data for required field."))
    if not body.get("filename"):
        words = "filename field is mandatory when uploading from content"
        raise invalid(("filename", words))
    _check_filename(body["filename"])
    try:
        content = base64.b64decode(body["content"], validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise invalid(("content", "Not a valid base64 string.")) from None
    return f"sha256:{hashlib.sha256(content).hexdigest()}", body["filename"]


def _check_filename(filename: Any) -> None:
    if not isinstance(filename, str):
        raise invalid(("filename", "Not a valid string."))
    if not _extension(filename):
        raise invalid(("filename", "File type is not supported"))


def _extension(filename: str) -> str:
    return PurePosixPath(filename).suffix.removeprefix(".")
