"""Rich text: plain paragraphs as text, anything richer as Shopify's own tree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconciler.model.spec import plain


def from_text(text: str) -> dict[str, Any]:
    """A paragraph for each block of lines; a blank line stands between them."""
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", text.strip("\n"))]
    return {"type": "root", "children": [_paragraph(block) for block in blocks if block.strip()]}


def to_text(tree: Mapping[str, Any]) -> str | None:
    """The text of which this tree would be made; None where it holds more than paragraphs."""
    texts = [_text_of(child) for child in tree.get("children", ())]
    if any(text is None for text in texts):
        return None
    joined = "\n\n".join(text for text in texts if text)
    return joined if from_text(joined) == plain(tree) else None


def is_tree(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and value.get("type") == "root"
        and isinstance(value.get("children"), list | tuple)
    )


def _paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "children": [{"type": "text", "value": text}]}


def _text_of(child: Any) -> str | None:
    match child:
        case {"type": "paragraph", "children": [{"type": "text", "value": str(text)}]}:
            return text
    return None
