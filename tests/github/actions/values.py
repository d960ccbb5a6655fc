"""GitHub's loose values: what is true, what is equal, and what a value reads as in a text."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any


class Closed(dict[str, Any]):
    """A context of which every name is known beforehand: another one is a misspelling."""


def is_true(value: Any) -> bool:
    """Objects and lists always are, also empty ones."""
    if isinstance(value, dict | list):
        return True
    if isinstance(value, float) and math.isnan(value):
        return False
    return bool(value)


def number(value: Any) -> float:
    """A value as a number; what is none is not a number."""
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    if not isinstance(value, str):
        return math.nan
    try:
        return float(int(value, 16)) if value.lower().startswith("0x") else float(value)
    except ValueError:
        return math.nan


def text(value: Any) -> str:
    """What stands in the text where `${{ }}` stood."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:.15g}"
        case str():
            return value
        case list():
            return "Array"
    return "Object"


def equal(left: Any, right: Any) -> bool:
    """Texts without regard to case; values of different types as numbers."""
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if isinstance(left, dict | list) or isinstance(right, dict | list):
        return left is right
    if left is None and right is None:
        return True
    return number(left) == number(right)


def compare(sign: str, left: Any, right: Any) -> bool:
    """`<`, `<=`, `>`, `>=`."""
    pair: tuple[Any, Any] = (number(left), number(right))
    if isinstance(left, str) and isinstance(right, str):
        pair = (left.lower(), right.lower())
    compared: dict[str, Callable[[Any, Any], bool]] = {
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
    return compared[sign](*pair)


def member(thing: Any, key: Any) -> Any:
    """One of an object's or a list's parts; a missing part is null, except of a closed context."""
    if isinstance(thing, list):
        index = number(key)
        return thing[int(index)] if 0 <= index < len(thing) else None
    if not isinstance(thing, Mapping):
        return None
    folded = {name.lower(): value for name, value in thing.items()}
    name = text(key).lower()
    if name not in folded and isinstance(thing, Closed):
        raise LookupError(f"there is no {text(key)!r} among {', '.join(thing) or 'nothing'}")
    return folded.get(name)


def to_json(value: Any) -> str:
    """As `toJSON` writes it."""
    return json.dumps(value, indent=2, ensure_ascii=False)
