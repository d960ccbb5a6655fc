"""What the sources of a collection say, in the words of `desired/`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from providers.shopify.conditions import BELOW, Condition, parsed
from providers.shopify.sources import WITHOUT, Part, handle_in, part_of

Words = dict[str, Any]


_BESIDE_CONDITIONS: Final = (Part.EXCLUSION, Part.EXCLUDED, Part.WITHOUT_COLLECTION)
"""What a document says under `rules`, which has conditions."""


def foreign(texts: Sequence[str]) -> list[str]:
    """The texts for which there are no words: exclusions among them, where nothing is asked for."""
    has_conditions = any(part_of(text) is Part.CONDITION for text in texts)
    return [
        text
        for text in texts
        if not _has_words(text) or (not has_conditions and part_of(text) in _BESIDE_CONDITIONS)
    ]


def collection_words(
    texts: Iterable[str], match: str | None, excluded_match: str | None = None
) -> Words:
    """`rules`, `products` and `collections` of a document, those that there are. Every text has
    words."""
    by_part: dict[Part, list[str]] = {}
    for text in texts:
        by_part.setdefault(part_of(text), []).append(text)
    words: Words = {}
    if Part.CONDITION in by_part:
        words["rules"] = _rules(by_part, match, excluded_match)
    for name, part in (("products", Part.CHOICE), ("collections", Part.SUB_COLLECTION)):
        if part in by_part:
            words[name] = [handle_in(text) for text in by_part[part]]
    return words


def condition_words(text: str) -> Words:
    """A condition as people write it."""
    condition = parsed(text.removeprefix(WITHOUT))
    assert condition is not None, text
    words = _asked(condition)
    if condition.relation != "is":
        words["relation"] = condition.relation
    if condition.match != "any":
        words["values"] = condition.match
    return words


def _rules(by_part: dict[Part, list[str]], match: str | None, excluded_match: str | None) -> Words:
    rules: Words = {} if match in (None, "all") else {"match": match}
    rules["conditions"] = [condition_words(text) for text in by_part[Part.CONDITION]]
    excluding: Words = {} if excluded_match in (None, "any") else {"match": excluded_match}
    if Part.EXCLUSION in by_part:
        excluding["conditions"] = [condition_words(text) for text in by_part[Part.EXCLUSION]]
    for name, part in (
        ("collections", Part.WITHOUT_COLLECTION),
        ("products", Part.EXCLUDED),
    ):
        if part in by_part:
            excluding[name] = [handle_in(text) for text in by_part[part]]
    return rules | ({"excluding": excluding} if excluding else {})


def _has_words(text: str) -> bool:
    if part_of(text) not in (Part.CONDITION, Part.EXCLUSION):
        return True
    condition = parsed(text.removeprefix(WITHOUT))
    return condition is not None and _below(condition) is not None


def _below(condition: Condition) -> bool | None:
    """Whether categories below count; None where some do and others do not."""
    told = {value.endswith(BELOW) for value in condition.values if condition.on == "category"}
    return None if len(told) > 1 else told == {True}


def _asked(condition: Condition) -> Words:
    if condition.metafield:
        name, holds = condition.metafield
        return {"metafield": name, "value": _value(condition, holds)}
    if condition.is_on_none:
        return {condition.on: None}
    if condition.on == "category":
        names = [value.removesuffix(BELOW) for value in condition.values]
        below = {"below": True} if _below(condition) else {}
        return {"category": names[0] if len(names) == 1 else names, **below}
    if condition.on == "inventory":
        return {condition.on: int(condition.values[0])}
    if condition.on == "status":
        return {condition.on: _one_or_several(tuple(v.lower() for v in condition.values))}
    return {condition.on: _one_or_several(condition.values)}


def _value(condition: Condition, holds: str) -> Any:
    text = condition.values[0]
    match holds:
        case "boolean":
            return text == "true"
        case "integer":
            return int(text)
        case "decimal":
            return float(text)
    return _one_or_several(condition.values)


def _one_or_several(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
