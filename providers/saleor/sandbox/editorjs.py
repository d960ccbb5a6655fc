"""Descriptions: EditorJS documents, cleaned and reordered on their way into the database.

The mutation that writes one answers with what it was given; only a later read shows what is kept.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, Final

from providers.kit.store import Document
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.refusal import refuse

BLOCKS: Final = frozenset({"paragraph", "header", "list", "image", "quote", "embed"})
TAGS: Final = frozenset(
    {"a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s"}
    | {"samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr"}
)
VOID: Final = frozenset({"br", "wbr"})
DROPPED_WHOLE: Final = frozenset({"script", "style"})
SAFE_SCHEMES: Final = ("http:", "https:", "mailto:", "tel:", "/", "#")


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
    if "<" not in text:
        return text
    cleaner = _Cleaner()
    cleaner.feed(text)
    cleaner.close()
    return "".join(cleaner.kept)


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self._dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED_WHOLE:
            self._dropping += 1
        elif tag in TAGS and not self._dropping:
            self.kept.append(f"<{tag}{_attributes(tag, attrs)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED_WHOLE:
            self._dropping = max(0, self._dropping - 1)
        elif tag in TAGS - VOID and not self._dropping:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.kept.append(html.escape(data, quote=False))


def _attributes(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    if tag != "a":
        return ""
    kept = [(name, value or "") for name, value in attrs if name in ("href", "title", "hreflang")]
    safe = [(n, v) for n, v in kept if n != "href" or v.lower().startswith(SAFE_SCHEMES)]
    said = [*safe, ("rel", "noopener noreferrer")]
    return "".join(f' {name}="{html.escape(value)}"' for name, value in said)
