"""Requests in several parts: a GraphQL request whose variables files are put into.

The form is the GraphQL multipart request specification's: `operations`, `map`, and the files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request; its bytes are kept nowhere."""

    name: str
    content_type: str


def is_multipart(content_type: str) -> bool:
    return content_type.lower().startswith("multipart/form-data")


def read(content_type: str, body: bytes) -> Any:
    """The request with its files in their places. Raises `ValueError` for a malformed form."""
    form = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts = {_name(part): part for part in form.get_payload() if isinstance(part, Message)}
    try:
        request = json.loads(_text(parts["operations"]))
        for key, places in json.loads(_text(parts["map"])).items():
            part = parts[key]
            file = Upload(part.get_filename() or "", part.get_content_type())
            for place in places:
                _put(request, place.split("."), file)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError("the form is malformed") from error
    return request


def _name(part: Message) -> str:
    return str(part.get_param("name", header="content-disposition"))


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def _put(content: Any, steps: list[str], file: Upload) -> None:
    *outer, last = steps
    for step in outer:
        content = content[step] if isinstance(content, Mapping) else content[int(step)]
    content[last if isinstance(content, Mapping) else int(last)] = file
