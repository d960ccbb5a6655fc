"""What decides which products belong to a collection, as a value that can be worked with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from providers.shopify.conditions import metafields_of, parsed
from providers.shopify.search import any_of
from providers.shopify.sources import (
    WITHOUT,
    OurSources,
    Part,
    Wish,
    entries_of,
    handle_in,
    our_sources,
    part_of,
)
from reconciler.model.address import Key

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """One source. chosen, excluded: handles of products. collections: sub-collections whose
    products belong; without: collections whose products do not. of_variants: single variants are
    found, not products. strange: what of it can not be evaluated."""

    match: str | None = None
    conditions: tuple[str, ...] = ()
    chosen: frozenset[Key] = frozenset()
    excluded_match: str | None = None
    exclusions: tuple[str, ...] = ()
    excluded: frozenset[Key] = frozenset()
    without: frozenset[Key] = frozenset()
    collections: frozenset[Key] = frozenset()
    of_variants: bool = False
    strange: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return (*self.conditions, *self.exclusions)


Rules = tuple[Source, ...]
"""A product belongs when any source finds it."""


def live_rules(row: Row) -> Rules:
    """Those of a collection as it is."""
    ours = our_sources(row)
    if ours.is_older:
        return (_source(ours.texts, ours.match, None),)
    return tuple(_read(source) for source in row["sources"])


def rules_after(row: Row | None, wish: Wish) -> Rules:
    """Those that a collection will have: ours as desired, the others as they are."""
    wanted = _source(wish.texts, wish.match or "all", wish.excluded_match or "any")
    if row is None:
        return (wanted,)
    ours: OurSources = our_sources(row)
    mine = (ours.conditions, ours.subordinate)
    theirs = [s for s in row["sources"] if s["id"] not in mine]
    return (*(_read(source) for source in theirs), wanted)


def _read(source: Row) -> Source:
    if source["__typename"] == "CollectionSubCollectionsSource":
        return Source(collections=frozenset(c["handle"] for c in source["collections"]))
    exclusion = source["exclusion"] or {}
    return _source(
        [entry.text for entry in entries_of(source)],
        (source["inclusion"]["matchType"] or "any").lower(),
        (exclusion.get("matchType") or "").lower() or None,
        of_variants=source["targetType"] == "VARIANTS",
    )


def _source(
    texts: Iterable[str],
    match: str | None,
    excluded_match: str | None,
    *,
    of_variants: bool = False,
) -> Source:
    by_part: dict[Part, list[str]] = {part: [] for part in Part}
    for text in texts:
        by_part[part_of(text)].append(text)
    conditions = tuple(by_part[Part.CONDITION])
    exclusions = tuple(text.removeprefix(WITHOUT) for text in by_part[Part.EXCLUSION])
    unknown = [text for text in (*conditions, *exclusions) if parsed(text) is None]
    if exclusions[1:] and excluded_match is None:
        unknown.append("how its exclusions are joined")
    return Source(
        match=match,
        conditions=conditions,
        chosen=_handles(by_part[Part.CHOICE]),
        excluded_match=excluded_match or "any",
        exclusions=exclusions,
        excluded=_handles(by_part[Part.EXCLUDED]),
        without=_handles(by_part[Part.WITHOUT_COLLECTION]),
        collections=_handles(by_part[Part.SUB_COLLECTION]),
        of_variants=of_variants,
        strange=tuple(unknown),
    )


def _handles(texts: Iterable[str]) -> frozenset[Key]:
    return frozenset(handle_in(text) for text in texts)


def strange(rules: Rules) -> list[str]:
    """What of the rules can not be evaluated."""
    return [text for source in rules for text in source.strange]


def collections_of(rules: Rules) -> frozenset[Key]:
    """The collections whose products decide with."""
    return frozenset().union(*(source.collections | source.without for source in rules))


def chosen_in(rules: Rules) -> frozenset[Key]:
    return frozenset().union(*(source.chosen for source in rules))


@dataclass(frozen=True, slots=True)
class Looked:
    """What must be known of products, to evaluate rules on them."""

    metafields: tuple[str, ...] = ()
    variants: bool = False


def looked_at(every: Sequence[Rules]) -> Looked:
    texts = [text for rules in every for source in rules for text in source.texts]
    conditions = [found for text in texts if (found := parsed(text))]
    return Looked(
        metafields=tuple(sorted(set(metafields_of(texts)))),
        variants=any(c.sort.name.startswith("Variant") for c in conditions),
    )


def searches(rules: Rules) -> Iterator[str | None]:
    """Searches that together find every product which conditions may find, and maybe more; None
    where only looking at all products would."""
    for source in rules:
        found = [_search(text) for text in source.conditions]
        if source.match == "any":
            yield from found
        elif found:
            yield next((search for search in found if search), None)


_SEARCHED = {"tag": "tag", "type": "product_type", "vendor": "vendor"}


def _search(text: str) -> str | None:
    condition = parsed(text)
    if condition is None or condition.relation != "is" or condition.on not in _SEARCHED:
        return None
    return any_of(_SEARCHED[condition.on], condition.values)
