"""Single collections, and one per style from a committed list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from providers.shopify.kinds.collection import Collection
from providers.shopify.sources import condition
from reconciler.intent.base import Place
from reconciler.intent.collection import Collection as Declared
from reconciler.intent.collection import Collections, Styles
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import UNSTATED, digest
from reconciler.provider import Compilation, Mapped

SORT_ORDERS: Final = {
    "best_selling": "BEST_SELLING",
    "title": "ALPHA_ASC",
    "price_low": "PRICE_ASC",
    "price_high": "PRICE_DESC",
    "newest": "CREATED_DESC",
    "oldest": "CREATED",
}

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_HANDLE: Final = re.compile(r"[\w-]+")


def collections(intent: Collections, compilation: Compilation) -> Mapped:
    target = compilation.target.name
    for handle, declared in intent.collections.items():
        yield _collection(target, handle, declared, intent.at("collections", handle))
    if intent.per_style is not None:
        problems = list(_template_problems(intent, intent.per_style))
        yield from problems or _of_styles(intent, intent.per_style, target)


def _of_styles(
    intent: Collections, template: Styles, target: str
) -> Iterator[Resource[Any] | Problem]:
    """A style that is overridden is stated where its override is."""
    for index, style in enumerate(template.styles):
        place = intent.at("per_style", "styles", index)
        if style in template.overrides:
            place = intent.at("per_style", "overrides", style)
        yield _collection(target, handle_of(template, style), of_style(template, style), place)


def handle_of(template: Styles, style: str) -> Key:
    return _filling(style)(template.handle)


def of_style(template: Styles, style: str) -> Declared:
    """The template filled in, and what is otherwise with the style."""
    declared = _filled(template.collection, _filling(style))
    if style not in template.overrides:
        return declared
    return declared.model_copy(update=template.overrides[style].stated)


def slug(text: str) -> str:
    """`Harold_Sweater` → `harold-sweater`."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def _filling(style: str) -> Callable[[str], str]:
    names = {"style": style, "slug": slug(style)}
    return lambda text: _PLACEHOLDER.sub(lambda match: names[match[1]], text)


def _filled(declared: Declared, fill: Callable[[str], str]) -> Declared:
    """The collection with every text of it filled in."""
    conditions = tuple(
        c.model_copy(update={by: fill(text) for by in ("tag", "type") if (text := getattr(c, by))})
        for c in declared.rules.conditions
    )
    texts = {
        name: fill(text) for name in ("title", "description") if (text := getattr(declared, name))
    }
    rules = declared.rules.model_copy(update={"conditions": conditions})
    return declared.model_copy(update={**texts, "rules": rules})


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
    for index, part in enumerate(template.collection.rules.conditions):
        for by in ("tag", "type"):
            place = ("collection", "rules", "conditions", index, by)
            yield place, getattr(part, by) or ""


def _collection(
    target: str, handle: Key, declared: Declared, place: Source
) -> Resource[Any] | Problem:
    if handle != handle.lower() or not _HANDLE.fullmatch(handle):
        return Problem(
            place,
            f"{handle!r} is no handle, and Shopify would make another one of it",
            "write lowercase letters, digits and dashes",
        )
    stated = declared.model_fields_set
    return Resource(
        Address(target, "collection", handle),
        Collection(
            title=declared.title,
            description_html=declared.description or None if "description" in stated else UNSTATED,
            sort_order=SORT_ORDERS[declared.sort] if declared.sort else UNSTATED,
            match=declared.rules.match,
            conditions=tuple(
                condition("tag" if c.tag is not None else "type", c.relation, c.tag or c.type or "")
                for c in declared.rules.conditions
            ),
        ),
        source=place,
        intent=digest({"handle": handle, **declared.model_dump(mode="json")}),
    )
