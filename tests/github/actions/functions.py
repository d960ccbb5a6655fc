"""The functions of expressions that need nothing but their arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from tests.github.actions.values import equal, text, to_json


def contains(where: Any, what: Any) -> bool:
    """In a list a value, in a text a part."""
    if isinstance(where, list):
        return any(equal(one, what) for one in where)
    return text(what).lower() in text(where).lower()


def starts_with(where: Any, what: Any) -> bool:
    return text(where).lower().startswith(text(what).lower())


def ends_with(where: Any, what: Any) -> bool:
    return text(where).lower().endswith(text(what).lower())


def fill_in(template: str, *values: Any) -> str:
    """`{0}` is the first value; doubled braces are braces."""
    signs = {"{{": "{", "}}": "}"}
    return re.sub(
        r"\{\{|\}\}|\{(\d+)\}",
        lambda found: signs.get(found[0]) or text(values[int(found[1])]),
        template,
    )


def join(things: Any, separator: Any = ",") -> str:
    if not isinstance(things, list):
        return text(things)
    return text(separator).join(text(one) for one in things)


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "contains": contains,
    "startsWith": starts_with,
    "endsWith": ends_with,
    "format": fill_in,
    "join": join,
    "toJSON": to_json,
    "fromJSON": lambda written: json.loads(text(written)),
}
