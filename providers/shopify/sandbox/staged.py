"""Staged uploads: a place to put a file, and the storage behind it.

    stagedUploadsCreate                       a target, with what an upload must send along
    POST /staged-uploads/                     a form: the parameters as given, then `file`
    PUT  /staged-uploads/<key>?<signature>    the content itself

What was not signed is not taken. An upload lies under its key for whoever refers to it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from mimetypes import guess_extension
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from providers.shopify.sandbox.access import denied
from providers.shopify.sandbox.ids import number
from providers.shopify.sandbox.refusal import UserError, user_error
from providers.shopify.sandbox.shop import Info, Shop

DOOR: Final = "/staged-uploads/"

Row = Mapping[str, Any]
Parameters = list[dict[str, str]]

_FOLDERS: Final = {
    "BULK_MUTATION_VARIABLES": "bulk",
    "COLLECTION_IMAGE": "collections",
    "DISPUTE_FILE_UPLOAD": "payments_file_uploads",
    "FILE": "files",
    "IMAGE": "files",
    "PRODUCT_IMAGE": "products",
    "RETURN_LABEL": "return_labels",
    "URL_REDIRECT_IMPORT": "redirect_imports",
}
_SIZED: Final = {"VIDEO": "video", "MODEL_3D": "3D model"}
"""Resources that are kept elsewhere, and want to know the size beforehand."""
_READ_BY_PATH: Final = ("BULK_MUTATION_VARIABLES", "URL_REDIRECT_IMPORT")
"""Resources that are referred to by their key, so that they have no address of their own."""
_PICTURES: Final = ("IMAGE", "PRODUCT_IMAGE", "COLLECTION_IMAGE")
_SHOWN: Final = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/heic",
    "image/svg+xml",
)


def uploaded(shop: Shop, key: str) -> bytes | None:
    """What was put under a key; None where nothing was."""
    found = shop.kept("upload", key)
    return None if found is None else base64.b64decode(found["content"])


def keep(shop: Shop, key: str, content: bytes, mime: str = "text/jsonl") -> None:
    """Put something there as an upload does."""
    held = {"content": base64.b64encode(content).decode(), "size": len(content), "mimeType": mime}
    shop.keep_under("upload", key, held)


def key_of(shop: Shop, address: str) -> str | None:
    """The key that an address of the storage names; None for an address elsewhere."""
    door = f"{shop.door}{DOOR}"
    return unquote(urlsplit(address).path.removeprefix(DOOR)) if address.startswith(door) else None


def size_of(shop: Shop, key: str) -> int | None:
    """How many bytes were put under a key; None where nothing was."""
    found = shop.kept("upload", key)
    return None if found is None else int(found["size"])


def _create(_: Any, info: Info, **args: Any) -> Row:
    shop, rows = info.context, args["input"]
    if any(row["resource"] == "SHOP_IMAGE" for row in rows):
        raise denied(info.field_name)
    targets = [_target(shop, row, _wrong(index, row)) for index, row in enumerate(rows)]
    errors = [error for index, row in enumerate(rows) if (error := _wrong(index, row))]
    return {"stagedTargets": targets, "userErrors": errors}


def _wrong(index: int, row: Row) -> UserError | None:
    resource, mime = row["resource"], row["mimeType"]
    if resource in _SIZED and row.get("fileSize") is None:
        text = f"file size is required for {_SIZED[resource]} resources"
        return user_error(["input", str(index), "fileSize"], text)
    if resource in _PICTURES and mime not in _SHOWN:
        text = f"{row['filename']}: ({mime}) is not a recognized format"
        return user_error(["input", str(index), "mimeType"], text)
    return None


def _target(shop: Shop, row: Row, wrong: UserError | None) -> Row:
    if wrong is not None:
        return {"url": None, "resourceUrl": None, "parameters": []}
    if row["resource"] in _SIZED:
        return _elsewhere(shop, row)
    key = _key(shop, row)
    shop.keep_under("staged", key, {"mimeType": row["mimeType"]})
    return _to_post(shop, row, key) if row["httpMethod"] == "POST" else _to_put(shop, row, key)


def _key(shop: Shop, row: Row) -> str:
    name = uuid5(NAMESPACE_URL, f"staged upload {shop.next_number('staged')}")
    account = number(str(shop.setting("shop")["id"]))
    filename = row["filename"]
    if row["resource"] == "RETURN_LABEL":
        filename = f"{name.hex}{guess_extension(row['mimeType']) or ''}"
    return f"tmp/{account}/{_FOLDERS[row['resource']]}/{name}/{filename}"


def _to_post(shop: Shop, row: Row, key: str) -> Row:
    door = f"{shop.door}{DOOR}"
    own = door if row["resource"] in _READ_BY_PATH else f"{door}{quote(key)}"
    signed = {
        "Content-Type": row["mimeType"],
        "success_action_status": "201",
        "acl": "private",
        "key": key,
        "x-goog-date": _DATE,
        "x-goog-credential": _CREDENTIAL,
        "x-goog-algorithm": _ALGORITHM,
        "x-goog-signature": _signature(key),
        "policy": base64.b64encode(key.encode()).decode(),
    }
    return {"url": door, "resourceUrl": own, "parameters": _named(signed)}


def _to_put(shop: Shop, row: Row, key: str) -> Row:
    own = f"{shop.door}{DOOR}{quote(key)}"
    signed = (
        f"{own}?X-Goog-Algorithm={_ALGORITHM}&X-Goog-Credential={_CREDENTIAL}&X-Goog-Date={_DATE}"
        f"&X-Goog-Expires=604800&X-Goog-SignedHeaders=host&X-Goog-Signature={_signature(key)}"
    )
    parameters = _named({"content_type": row["mimeType"], "acl": "private"})
    read_by = signed if row["resource"] in _READ_BY_PATH else own
    return {"url": signed, "resourceUrl": read_by, "parameters": parameters}


def _elsewhere(shop: Shop, row: Row) -> Row:
    """Videos and models: only that there is a target is told, nothing can be put there."""
    token = uuid5(NAMESPACE_URL, f"staged upload {shop.next_number('staged')}").hex
    model = row["resource"] == "MODEL_3D"
    key = f"models/{token[:16]}/{row['filename']}" if model else f"c/o/v/{token}.mp4"
    door = f"{shop.door}{DOOR}"
    url = f"{door}{key}?external_model3d_id={token[:8]}" if model else door
    own = url if model else f"{door}?external_video_id={int(token[:7], 16)}"
    signed = {"GoogleAccessId": _CREDENTIAL, "key": key}
    signed |= {"policy": _signature(key), "signature": _signature(f"{key}!")}
    return {"url": url, "resourceUrl": own, "parameters": _named(signed)}


_DATE: Final = "20261101T000000Z"
_CREDENTIAL: Final = "sandbox"
_ALGORITHM: Final = "GOOG4-RSA-SHA256"


def _signature(key: str) -> str:
    return hashlib.sha256(f"signed {key}".encode()).hexdigest()


def _named(values: Mapping[str, str]) -> Parameters:
    return [{"name": name, "value": value} for name, value in values.items()]


def answer(shop: Shop, request: Request, body: bytes) -> Response:
    """What the storage answers to an upload."""
    if request.method == "POST":
        return _posted(shop, dict(_form(request, body)))
    if request.method == "PUT":
        key = unquote(request.url.path.removeprefix(DOOR))
        given = parse_qs(request.url.query).get("X-Goog-Signature", [""])[0]
        if not _is_signed(shop, key, given):
            return _refused()
        keep(shop, key, body, request.headers.get("Content-Type", ""))
        return Response(status_code=200)
    return _refused()


def _posted(shop: Shop, form: Mapping[str, bytes]) -> Response:
    """A form must hold all parameters as they were given, and the file."""
    key = form.get("key", b"").decode()
    policy_ = base64.b64encode(key.encode())
    fits = form.get("policy") == policy_ and form.get("success_action_status") == b"201"
    staged = shop.kept("staged", key)
    if (
        staged is None
        or not fits
        or "file" not in form
        or form.get("Content-Type") != staged["mimeType"].encode()
        or not _is_signed(shop, key, form.get("x-goog-signature", b"").decode())
    ):
        return _refused()
    keep(shop, key, form["file"], staged["mimeType"])
    place = f"<Location>{escape(shop.door + DOOR + key)}</Location>"
    text = f"<PostResponse>{place}<Bucket>staged</Bucket><Key>{escape(key)}</Key></PostResponse>"
    return Response(f"<?xml version='1.0' encoding='UTF-8'?>{text}", 201, media_type=_XML)


_XML: Final = "application/xml"


def _is_signed(shop: Shop, key: str, signature: str) -> bool:
    return shop.kept("staged", key) is not None and signature == _signature(key)


def _refused() -> Response:
    text = "<Error><Code>SignatureDoesNotMatch</Code><Message>Access denied.</Message></Error>"
    return Response(f"<?xml version='1.0' encoding='UTF-8'?>{text}", 403, media_type=_XML)


def _form(request: Request, body: bytes) -> Iterator[tuple[str, bytes]]:
    """The parts of a `multipart/form-data` body by their names; what stands behind the file is
    not looked at."""
    head = f"Content-Type: {request.headers.get('Content-Type', '')}\r\n\r\n".encode()
    message = message_from_bytes(head + body, EmailMessage, policy=policy.HTTP)
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        yield str(name), content if isinstance(content, bytes) else b""
        if name == "file":
            return


FIELDS: Final = {"Mutation": {"stagedUploadsCreate": _create}}
