"""Styles that products bear live, held against the committed lists of styles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from reconciler.intent.base import Intents
from reconciler.intent.collection import Collections, Styles
from reconciler.intent.edit import Edit
from reconciler.intent.styles import declared, handle_of
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.resource import Source

_STYLE: Final = "{style}"


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A style that products are tagged with, for which the template has no entry."""

    intent: Collections
    style: str
    tag: str

    @property
    def source(self) -> Source:
        return self.intent.at("per_style", "styles")


def has_templates(intents: Intents) -> bool:
    """Whether live tags could tell of a style that is missing."""
    return any(_patterns(intent.per_style) for intent in _templates(intents))


def unlisted(intents: Intents, tags: Iterable[str]) -> list[Unlisted]:
    """Of the tags those that a template's rules would ask for, were their style in its list. A
    style for which some collection asks by itself lacks nothing. In the order of the tags."""
    asked = {text.casefold() for text in asked_for(intents)}
    found: dict[str, Unlisted] = {}
    for tag in tags:
        for intent in _templates(intents):
            style = _style_in(tag, intent.per_style)
            if style is not None and tag.casefold() not in asked:
                found.setdefault(tag.casefold(), Unlisted(intent, style, tag))
    return list(found.values())


def proposals(missing: Iterable[Unlisted]) -> Iterator[Edit]:
    """The entries that the lists lack, each at the end of its list. None is ever taken out."""
    counts: dict[str, int] = {}
    for one in missing:
        assert one.intent.per_style is not None
        at = counts.get(one.intent.path, len(one.intent.per_style.styles))
        counts[one.intent.path] = at + 1
        yield Edit(one.intent.path, ("per_style", "styles", at), one.style)


def styles_of(intents: Intents) -> dict[Address, str]:
    """The collections that come of templates, and the style of each."""
    return {
        Address(target, "collection", handle_of(intent.per_style, style)): style
        for intent in _templates(intents)
        if intent.per_style is not None
        for target in intent.targets
        for style in intent.per_style.styles
    }


def _templates(intents: Intents) -> list[Collections]:
    return [i for i in intents if isinstance(i, Collections) and i.per_style is not None]


def _patterns(template: Styles | None) -> list[re.Pattern[str]]:
    """What a tag of a style looks like: the template's own conditions on tags say it."""
    if template is None:
        return []
    texts = [text for c in template.collection.conditions if c.tag is not None for text in c.texts]
    return [
        re.compile(re.escape(before) + r"(?P<style>\w[\w-]*)" + re.escape(after), re.IGNORECASE)
        for text in texts
        for before, is_there, after in (text.partition(_STYLE),)
        if is_there and (before or after)
    ]


def _style_in(tag: str, template: Styles | None) -> str | None:
    matches = (pattern.fullmatch(tag) for pattern in _patterns(template))
    return next((match["style"] for match in matches if match), None)


def asked_for(intents: Intents) -> Iterator[str]:
    """The tags that collections ask for."""
    for intent in intents:
        if isinstance(intent, Collections):
            for found in declared(intent):
                if not isinstance(found, Problem):
                    for condition in found[1].conditions:
                        yield from condition.texts if condition.tag is not None else ()
