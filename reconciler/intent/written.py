"""Writing YAML so that what people wrote around it stays: comments, quotes, order, anchors.

A file is touched only where its meaning moves: writing the same data again changes no byte.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from reconciler.model.spec import plain


def merged(text: str | None, additions: Mapping[str, Any]) -> str:
    """A document's text with data merged in: mappings entry by entry, lists by adding what they
    do not hold yet. What stands there already stays as it is; nothing is ever taken away.

    text: None for a new document. Returns the very same text where nothing moves.
    """
    yaml = _round_trip(text)
    document = yaml.load(text) if text else CommentedMap()
    if not _merge(document, plain(additions)):
        return text or ""
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def _round_trip(text: str | None) -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    if text and "\r\n" in text:
        yaml.line_break = "\r\n"  # type: ignore[assignment]  # typed as None, taken as text
    return yaml


def _merge(document: CommentedMap, additions: Mapping[str, Any]) -> bool:
    """Whether anything moved."""
    moved = False
    for key, value in additions.items():
        present = document.get(key)
        if isinstance(value, dict) and isinstance(present, CommentedMap):
            moved |= _merge(present, value)
        elif isinstance(value, list) and isinstance(present, CommentedSeq):
            missing = [item for item in value if item not in present]
            present.extend(missing)
            moved |= bool(missing)
        elif key not in document:
            document[key] = value
            moved = True
    return moved
