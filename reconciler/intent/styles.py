"""A per-style template filled in: the collections that a committed list of styles comes to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from reconciler.intent.base import Place
from reconciler.intent.collection import BY, Collection, Collections, Styles
from reconciler.model.address import Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Source

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


def declared(intent: Collections) -> Iterator[tuple[Key, Collection, Source] | Problem]:
    """Every collection of a document by its handle, and where it is stated. A template that can
    not be filled in comes to its problems alone."""
    for handle, collection in intent.collections.items():
        yield handle, collection, intent.at("collections", handle)
    if intent.per_style is not None:
        problems = list(_template_problems(intent, intent.per_style))
        yield from problems or _of_styles(intent, intent.per_style)


def handle_of(template: Styles, style: str) -> Key:
    return _filling(style)(template.handle)


def of_style(template: Styles, style: str) -> Collection:
    """The template filled in, and what is otherwise with the style."""
    filled = _filled(template.collection, _filling(style))
    if style not in template.overrides:
        return filled
    return filled.model_copy(update=template.overrides[style].stated)


def slug(text: str) -> str:
    """`Harold_Sweater` → `harold-sweater`."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def _of_styles(intent: Collections, template: Styles) -> Iterator[tuple[Key, Collection, Source]]:
    """A style that is overridden is stated where its override is."""
    for index, style in enumerate(template.styles):
        place = intent.at("per_style", "styles", index)
        if style in template.overrides:
            place = intent.at("per_style", "overrides", style)
        yield handle_of(template, style), of_style(template, style), place


def _filling(style: str) -> Callable[[str], str]:
    names = {"style": style, "slug": slug(style)}
    return lambda text: _PLACEHOLDER.sub(lambda match: names[match[1]], text)


def _filled(collection: Collection, fill: Callable[[str], str]) -> Collection:
    """The collection with every text of it filled in."""
    conditions = tuple(
        c.model_copy(update={by: fill(text) for by in BY if (text := getattr(c, by))})
        for c in collection.conditions
    )
    texts = {
        name: fill(text) for name in ("title", "description") if (text := getattr(collection, name))
    }
    rules = collection.rules and collection.rules.model_copy(update={"conditions": conditions})
    return collection.model_copy(update={**texts, "rules": rules})


def _template_problems(intent: Collections, template: Styles) -> Iterator[Problem]:
    for place, text in _template_texts(template):
        for name in _PLACEHOLDER.findall(text):
            if name not in ("style", "slug"):
                yield Problem(
                    intent.at("per_style", *place),
                    f"{{{name}}} is no placeholder",
                    "write {style} or {slug}",
                )
    if not _PLACEHOLDER.search(template.handle):
        yield Problem(
            intent.at("per_style", "handle"),
            "every style would have the same handle",
            "write {style} or {slug} in it, like style-{slug}",
        )


def _template_texts(template: Styles) -> Iterator[tuple[Place, str]]:
    yield ("handle",), template.handle
    yield ("collection", "title"), template.collection.title
    yield ("collection", "description"), template.collection.description or ""
    for index, part in enumerate(template.collection.conditions):
        for by in BY:
            place = ("collection", "rules", "conditions", index, by)
            yield place, getattr(part, by) or ""
