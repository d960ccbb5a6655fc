"""`where` and `filter` inputs: what a document must be, to be among the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox.world import pk_in

Input = Mapping[str, Any]
Test = Callable[[Document, Any], bool]
"""Whether a document passes one entry of an input."""


def passes(document: Document, wanted: Input | None, tests: Mapping[str, Test]) -> bool:
    """Whether a document passes every entry; `AND` and `OR` hold further inputs."""
    for name, value in (wanted or {}).items():
        if name == "AND":
            fine = all(passes(document, part, tests) for part in value)
        elif name == "OR":
            fine = any(passes(document, part, tests) for part in value)
        else:
            fine = value is None or tests[name](document, value)
        if not fine:
            return False
    return True


def text(field: str) -> Test:
    """`{eq}` and `{oneOf}` on a text or an enum."""

    def test(document: Document, wanted: Input) -> bool:
        return all(
            document.get(field) == value if operator == "eq" else document.get(field) in value
            for operator, value in wanted.items()
            if value is not None
        )

    return test


def same(field: str) -> Test:
    return lambda document, wanted: bool(document.get(field) == wanted)


def among(field: str) -> Test:
    return lambda document, wanted: document.get(field) in wanted


def ids(sort: str) -> Test:
    return lambda document, wanted: document["pk"] in {pk_in(id_, sort) for id_ in wanted}


def search(*fields: str) -> Test:
    """Whether one of the fields contains the text, whatever the case."""

    def test(document: Document, wanted: str) -> bool:
        return any(wanted.lower() in str(document.get(field) or "").lower() for field in fields)

    return test


def metadata(document: Document, wanted: list[Input]) -> bool:
    content = document.get("metadata") or {}
    return all(
        item["key"] in content and item.get("value") in (None, content[item["key"]])
        for item in wanted
    )
