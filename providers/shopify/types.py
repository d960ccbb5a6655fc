"""The metafield types that Planogram writes, and how a value of `desired/` is said in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from reconciler.intent.metafields import Scalar
from reconciler.model.spec import Value


class Misfit(Exception):
    """A value that does not fit its type; carries cause and remedy."""

    def __init__(self, cause: str, remedy: str) -> None:
        self.cause, self.remedy = cause, remedy
        super().__init__(f"{cause} · {remedy}")


REFERENCES: Final = {
    "page_reference": ("page", "a page's handle"),
    "file_reference": ("file", "the name of a file"),
    "product_reference": ("product", "a product's handle"),
}
"""Type → the kind that it refers to, and what its value is."""


def fields(type_: str, value: Scalar) -> dict[str, Value]:
    """The fields of a metafield that has this value. Raises `Misfit`."""
    if value is None:
        return {"value": None}
    if type_ in REFERENCES:
        kind, meaning = REFERENCES[type_]
        if not isinstance(value, str) or not value.strip():
            raise Misfit(f"{value!r} is no {type_}", f"write {meaning}")
        return {"type": type_, kind: value}
    return {"type": type_, "value": _SCALARS[type_](value)}


def field_of(type_: str) -> str:
    """The field of a metafield that holds what is said of this type."""
    return REFERENCES[type_][0] if type_ in REFERENCES else "value"


def scalar(type_: str, live: Value) -> Scalar:
    """The way back: how a live value of this type is said. Raises `Misfit`."""
    if live is None and type_ not in REFERENCES:
        return None
    if not isinstance(live, str):
        raise Misfit(
            f"the live value is no {field_of(type_)} that has a name",
            "choose another one in the admin, or apply to put back git's",
        )
    if type_ == "boolean":
        return live == "true"
    return int(live) if type_ == "number_integer" else live


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Misfit(f"{_said(value)} is not text", f'quote it: "{_said(value)}"')
    if not value.strip():
        raise Misfit("Shopify takes no blank value", "write null for none")
    return value


def _line(value: Any) -> str:
    text = _text(value)
    if "\n" in text or "\r" in text:
        raise Misfit(
            "a single line of text has a line break", "remove it, or use multi_line_text_field"
        )
    return text


def _integer(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Misfit(f"{_said(value)!r} is no whole number", "write it without quotes")
    return str(value)


def _flag(value: Any) -> str:
    if not isinstance(value, bool):
        raise Misfit(f"{value!r} is no flag", "write true or false, without quotes")
    return _said(value)


def _date(value: Any) -> str:
    text = _text(value)
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise Misfit(f"{text} is no date", 'write it like "2026-09-01"')


def _address(value: Any) -> str:
    text = _line(value)
    if not re.fullmatch(r"(https?|mailto|sms|tel):\S+", text):
        raise Misfit(f"{text} is no address", "write one that begins with https://")
    return text


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_SCALARS: Final[Mapping[str, Callable[[Any], str]]] = {
    "single_line_text_field": _line,
    "multi_line_text_field": _text,
    "number_integer": _integer,
    "boolean": _flag,
    "date": _date,
    "url": _address,
}

SUPPORTED: Final = (*_SCALARS, *REFERENCES)
