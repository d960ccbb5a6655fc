"""What is wrong with a value, in words that people can do something with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

import providers.plytix
import providers.saleor
import providers.shopify  # noqa: F401 - with these and the next two come all models of files
from reconciler.capsule import state  # noqa: F401
from reconciler.intent import loader  # noqa: F401
from reconciler.model.wording import PATTERNS


def models(above: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """All of Planogram's own that are there once the program has been put together."""
    for model in above.__subclasses__():
        yield from models(model)
        if model.__module__.startswith(("reconciler.", "providers.")):
            yield model


def patterns_in(schema: Any) -> Iterator[str]:
    """Of values, and of the keys of mappings."""
    if isinstance(schema, list):
        for part in schema:
            yield from patterns_in(part)
    elif isinstance(schema, dict):
        yield from (p for p in [schema.get("pattern")] if isinstance(p, str))
        yield from schema.get("patternProperties", {})
        for part in schema.values():
            yield from patterns_in(part)


def test_every_pattern_has_words() -> None:
    """A remedy is no regular expression, whichever model asks; and no words stand for nothing."""
    asked = {p for model in models() for p in patterns_in(model.model_json_schema())}

    assert len(asked) > 15
    assert asked - set(PATTERNS) == set()
    assert set(PATTERNS) - asked == set()


@pytest.mark.parametrize(("pattern", "words"), PATTERNS.items())
def test_an_example_in_words_fits(pattern: str, words: str) -> None:
    """Who writes what is told is not told again."""
    examples = re.findall(r'like "?([^" ,]+(?: [A-Z]{3}| kg)?)', words)

    assert all(re.search(pattern, example) for example in examples)
