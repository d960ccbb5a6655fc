"""A per-style template filled in: the collections that a committed list of styles comes to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from reconciler.intent.base import Place
from reconciler.intent.collection import Collection, Collections, Rules, Seo, Styles
from reconciler.intent.condition import Condition, filled, texts_of
from reconciler.intent.edit import REMOVE, Edit
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


def style_of(intent: Collections, handle: Key) -> str:
    """Which style of the template a collection is of."""
    template = intent.per_style
    assert template is not None
    return next(style for style in template.styles if handle_of(template, style) == handle)


def taken_out(intent: Collections, handle: Key) -> Iterator[Edit]:
    """The edits after which a document states no such collection: a style leaves the list, with
    what is otherwise about it."""
    if handle in intent.collections:
        yield Edit(intent.path, ("collections", handle), REMOVE)
        return
    template, style = intent.per_style, style_of(intent, handle)
    assert template is not None
    yield Edit(intent.path, ("per_style", "styles", template.styles.index(style)), REMOVE)
    if style in template.overrides:
        yield Edit(intent.path, ("per_style", "overrides", style), REMOVE)


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
    texts = {
        name: fill(text) for name in ("title", "description") if (text := getattr(collection, name))
    }
    parts = {
        "rules": collection.rules and _filled_rules(collection.rules, fill),
        "seo": collection.seo and _filled_seo(collection.seo, fill),
    }
    return collection.model_copy(update={**texts, **{n: p for n, p in parts.items() if p}})


def _filled_seo(seo: Seo, fill: Callable[[str], str]) -> Seo:
    texts = {name: fill(text) for name in ("title", "description") if (text := getattr(seo, name))}
    return seo.model_copy(update=texts)


def _filled_rules(rules: Rules, fill: Callable[[str], str]) -> Rules:
    update: dict[str, Any] = {"conditions": _filled_conditions(rules.conditions, fill)}
    if rules.excluding is not None:
        excluded = _filled_conditions(rules.excluding.conditions, fill)
        update["excluding"] = rules.excluding.model_copy(update={"conditions": excluded})
    return rules.model_copy(update=update)


def _filled_conditions(
    conditions: tuple[Condition, ...], fill: Callable[[str], str]
) -> tuple[Condition, ...]:
    """What a condition asks for by name (a metafield, a price) holds no placeholder."""
    return tuple(
        c.model_copy(update={name: filled(getattr(c, name), fill) for name, _ in texts_of(c)})
        for c in conditions
    )


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
    seo = template.collection.seo or Seo()
    yield ("collection", "seo", "title"), seo.title or ""
    yield ("collection", "seo", "description"), seo.description or ""
    rules = template.collection.rules
    excluding = rules.excluding if rules else None
    for place, conditions in (
        (("conditions",), rules.conditions if rules else ()),
        (("excluding", "conditions"), excluding.conditions if excluding else ()),
    ):
        for index, condition in enumerate(conditions):
            for name, text in texts_of(condition):
                yield ("collection", "rules", *place, index, name), text
