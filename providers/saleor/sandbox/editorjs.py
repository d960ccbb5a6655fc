"""Descriptions: EditorJS documents, cleaned and reordered on their way into the database.

The mutation that writes one answers with what it was given; only a later read shows what is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import nh3

from providers.kit.store import Document
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.refusal import refuse

BLOCKS: Final = frozenset({"paragraph", "header", "list", "image", "quote", "embed"})


def described(owner: Document, given: Mapping[str, Any]) -> tuple[Any, Document]:
    """The description as an input's answer echoes it, and its owner as it is kept."""
    if given.get("description") is None:
        cleared = {"description": None} if "description" in given else {}
        return cleared.get("description", owner["description"]), {**owner, **cleared}
    written = json.loads(given["description"])
    must_be_editorjs(written)
    return written, {**owner, "description": stored(written)}


def shown(_call: Call, owner: Document, _args: Mapping[str, Any]) -> str | None:
    """The field `description`."""
    kept = owner["description"]
    return None if kept is None else json.dumps(kept)


def must_be_editorjs(document: Any) -> None:
    blocks = document.get("blocks", []) if isinstance(document, dict) else None
    if not isinstance(blocks, list) or not all(_is_block(block) for block in blocks):
        raise refuse(None, "Invalid EditorJS input", "INVALID")


def stored(document: Any) -> Any:
    """As it is read back: texts sanitised, keys in the order of Postgres' jsonb."""
    if isinstance(document, dict):
        keys = sorted(document, key=lambda key: (len(key.encode()), key.encode()))
        return {key: stored(document[key]) for key in keys}
    if isinstance(document, list):
        return [stored(item) for item in document]
    return _sanitised(document) if isinstance(document, str) else document


def _is_block(block: Any) -> bool:
    return (
        isinstance(block, dict)
        and block.get("type", "paragraph") in BLOCKS
        and isinstance(block.get("data", {}), dict)
    )


def _sanitised(text: str) -> str:
    """Saleor cleans with this very library and its defaults (`core/cleaners/html.py`)."""
    return nh3.clean(text) if "<" in text else text
