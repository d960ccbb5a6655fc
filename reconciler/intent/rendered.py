"""Values as YAML text: one scalar, one flow collection, or the lines of a block."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from reconciler.intent import yaml
from reconciler.model.spec import Value, plain

_WIDTH: Final = 120

_UNPRINTABLE: Final = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def scalar(value: Value, like: str = "", *, flow: bool = False, key: bool = False) -> str:
    """One line. A text is written in the style of what stood there (`like`: `'`, `"` or plain)
    where it can be, and quoted where a plain one would read as something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return json.dumps(value)
    if like not in ("'", '"') and _is_plainly(value, flow, key):
        return value
    if like == "'" and "\n" not in value and not _UNPRINTABLE.search(value):
        return "'" + value.replace("'", "''") + "'"
    return _double_quoted(value)


def flow_text(value: Value) -> str:
    """A value on one line, in braces or brackets."""
    if isinstance(value, dict):
        inner = (f"{scalar(k, flow=True, key=True)}: {flow_text(v)}" for k, v in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    return scalar(value, flow=True)


def after_key(value: Value, column: int) -> str:
    """What comes right after `key:`, a block's lines beginning at a column."""
    if isinstance(value, dict) and value:
        return "\n" + block_lines(value, column)
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        lines = (" " * column + "-" + after_dash(item, column + 2) for item in value)
        return "\n" + "\n".join(lines)
    return " " + (flow_text(value) if isinstance(value, list | dict) else scalar(value))


def after_dash(value: Value, column: int) -> str:
    """What comes right after `-`."""
    if isinstance(value, dict) and value:
        return " " + block_lines(value, column).lstrip()
    return " " + (flow_text(value) if isinstance(value, list | dict) else scalar(value))


def block_lines(entries: dict[str, Any], column: int) -> str:
    """The entries of a mapping, each beginning at a column."""
    return "\n".join(
        f"{' ' * column}{scalar(key, key=True)}:{after_key(value, column + 2)}"
        for key, value in entries.items()
    )


def document(data: Mapping[str, Any]) -> str:
    """A new document's text: entries that hold no entries of their own stand on one line each,
    below the first two floors and where they are short enough."""
    return "".join(f"{line}\n" for line in _entries(plain(data), 0))


def _entries(entries: dict[str, Any], depth: int) -> Iterator[str]:
    for key, value in entries.items():
        head = f"{'  ' * depth}{scalar(key, key=True)}:"
        if not isinstance(value, dict) or not value or (depth and _fits(head, value)):
            is_flat = isinstance(value, dict | list)
            yield f"{head} {flow_text(value) if is_flat else scalar(value)}"
        else:
            yield head
            yield from _entries(value, depth + 1)


def _fits(head: str, value: dict[str, Any]) -> bool:
    is_leaf = not any(isinstance(part, dict) for part in value.values())
    return is_leaf and len(head) + 1 + len(flow_text(value)) <= _WIDTH


def block_scalar(value: str, column: int) -> tuple[str, str] | None:
    """Indicator and lines of a literal text, None where it has no such form."""
    body = value.removesuffix("\n")
    lines = body.split("\n")
    odd = not lines[0] or lines[0][0].isspace() or body.endswith("\n") or not body.strip()
    if odd or _UNPRINTABLE.search(value):
        return None
    chomping = "" if value.endswith("\n") else "-"
    return chomping, "\n".join(" " * column + line if line else "" for line in lines)


@lru_cache(maxsize=4096)
def _is_plainly(text: str, flow: bool, key: bool) -> bool:
    """Whether a plain scalar in this surrounding reads as this very text, for older readers of
    YAML too: `yes` is a flag there."""
    if not text or "\n" in text or _UNPRINTABLE.search(text):
        return False
    part, meant = (f"{text}: x", {text: "x"}) if key else (f"k: {text}", {"k": text})
    try:
        document = yaml.read("", (f"{{{part}}}" if flow else part).encode())
    except yaml.Unreadable:
        return False
    reads_so = document.data == meant and not document.problems
    return reads_so and yaml.is_text_in_older_yaml(text)


def _double_quoted(text: str) -> str:
    """JSON's form, which YAML reads alike."""
    escaped = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\U{ord(found[0]):08x}", escaped)
