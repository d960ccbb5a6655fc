"""The sources of a collection: which of them are ours, what they say, and how that is changed.

Since 2026-07 a collection is the union of its sources. One conditions source of it is ours: the
one titled `Planogram`, else the only one that there is; sources that an app shares are never. The
same holds for the source that names sub-collections. The others are left alone.

All that ours say is a set of texts: conditions (see `providers.shopify.conditions`), and

    product <handle>              chosen by hand
    collection <handle>           a sub-collection
    without <condition>           excluded, though it meets the conditions
    without product <handle>
    without collection <handle>

What can not be told so is told in brackets, which no desired text equals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from providers.shopify.conditions import (
    condition_input,
    definition_key,
    fragment,
    metafields_of,
    of_rule,
    parsed,
    told,
)
from reconciler.model.address import Address, Remote
from reconciler.provider import PlatformError, Remotes

TITLE: Final = "Planogram"

CHOSEN: Final = 10
"""Products chosen by hand that are read along with a source; more of them are read page by page."""

FRAGMENT: Final = f"""fragment Sources on Collection {{
  ruleSet {{ appliedDisjunctively rules {{ column relation condition }} }}
  sources {{
    __typename id title
    ... on CollectionSubCollectionsSource {{ collections {{ id handle }} }}
    ... on CollectionConditionsSource {{
      shareable targetType
      inclusion {{
        matchType
        conditions {{ {fragment("Inclusion")} }}
        selections(first: {CHOSEN}) {{
          nodes {{ variantIds product {{ id handle }} }} pageInfo {{ hasNextPage endCursor }}
        }}
      }}
      exclusion {{
        matchType
        conditions {{ {fragment("Exclusion")} }}
        selections(first: {CHOSEN}) {{
          nodes {{ product {{ id handle }} }} pageInfo {{ hasNextPage endCursor }}
        }}
      }}
    }}
  }}
}}"""

Row = Mapping[str, Any]

PRODUCT: Final = "product "
COLLECTION: Final = "collection "
WITHOUT: Final = "without "


class Part(Enum):
    """Where in a source a text has its place."""

    CONDITION = ("inclusion", "conditions")
    CHOICE = ("inclusion", "selections")
    EXCLUSION = ("exclusion", "conditions")
    EXCLUDED = ("exclusion", "selections")
    WITHOUT_COLLECTION = ("exclusion", "collections")
    SUB_COLLECTION = ("sub", "collections")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that our sources say. id: of the condition, the product or the collection."""

    part: Part
    text: str
    id: Remote


@dataclass(frozen=True, slots=True)
class OurSources:
    """What is ours of a live collection.

    conditions, subordinate: the ids of our two sources, None where there is none. match,
    excluded_match: `all`, `any`, or None where nothing is joined. unfit: what is there and can not
    be taken away by a change. is_older: the collection has a rule set of the older model, which
    `entries` tell.
    """

    conditions: Remote | None = None
    subordinate: Remote | None = None
    match: str | None = None
    excluded_match: str | None = None
    entries: Sequence[Entry] = ()
    unfit: Sequence[str] = ()
    is_older: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        return (*(entry.text for entry in self.entries), *self.unfit)


def part_of(text: str) -> Part:
    """Where a desired text has its place."""
    if text.startswith(PRODUCT):
        return Part.CHOICE
    if text.startswith(COLLECTION):
        return Part.SUB_COLLECTION
    if not text.startswith(WITHOUT):
        return Part.CONDITION
    rest = text.removeprefix(WITHOUT)
    if rest.startswith(PRODUCT):
        return Part.EXCLUDED
    return Part.WITHOUT_COLLECTION if rest.startswith(COLLECTION) else Part.EXCLUSION


def handle_in(text: str) -> str:
    """The product or the collection that a text names."""
    return text.removeprefix(WITHOUT).partition(" ")[2]


def our_sources(collection: Row) -> OurSources:
    """Raises nothing: what can not be told apart is told as unfit."""
    rule_set = collection.get("ruleSet")
    if rule_set and not collection["sources"]:
        return _older(rule_set)
    theirs = collection["sources"]
    known = [s for s in theirs if s["__typename"] == "CollectionConditionsSource"]
    ours = _ours([source for source in known if not source["shareable"]])
    subordinate = _ours([s for s in theirs if s["__typename"] == "CollectionSubCollectionsSource"])
    unfit = [f"[{len(found)} sources, none of them the only one]" for found in (ours,) if found[1:]]
    source = ours[0] if len(ours) == 1 else None
    sub = subordinate[0] if len(subordinate) == 1 else None
    return OurSources(
        conditions=source["id"] if source else None,
        subordinate=sub["id"] if sub else None,
        match=_match(source, "inclusion"),
        excluded_match=_match(source, "exclusion"),
        entries=(*entries_of(source), *_subordinate(sub)),
        unfit=(*unfit, *_unfit(source)),
    )


def _ours(sources: Sequence[Row]) -> list[Row]:
    return [source for source in sources if source["title"] == TITLE] or list(sources)


def _older(rule_set: Row) -> OurSources:
    entries = [Entry(Part.CONDITION, of_rule(rule), "") for rule in rule_set["rules"]]
    match = "any" if rule_set["appliedDisjunctively"] else "all"
    return OurSources(match=match, entries=entries, is_older=True)


def _match(source: Row | None, side: str) -> str | None:
    """Nothing is joined where there are no conditions. Of exclusions, those by collection are
    joined by themselves."""
    rules = source and source[side]
    if not rules or not [row for row in rules["conditions"] if "collections" not in row]:
        return None
    return rules["matchType"].lower() if rules["matchType"] else None


def entries_of(source: Row | None) -> Iterator[Entry]:
    """What a conditions source says."""
    if source is None:
        return
    inclusion, exclusion = source["inclusion"], source["exclusion"]
    for row in inclusion["conditions"]:
        yield Entry(Part.CONDITION, told(row), row["id"])
    for node in inclusion["selections"]["nodes"]:
        yield Entry(Part.CHOICE, _chosen(node), node["product"]["id"])
    for row in exclusion["conditions"] if exclusion else ():
        if "collections" not in row:
            yield Entry(Part.EXCLUSION, f"{WITHOUT}{told(row)}", row["id"])
        for collection in row.get("collections") or ():
            text = f"{WITHOUT}{COLLECTION}{collection['handle']}"
            yield Entry(Part.WITHOUT_COLLECTION, text, row["id"])
    for node in exclusion["selections"]["nodes"] if exclusion else ():
        text = f"{WITHOUT}{PRODUCT}{node['product']['handle']}"
        yield Entry(Part.EXCLUDED, text, node["product"]["id"])


def _chosen(node: Row) -> str:
    handle = node["product"]["handle"]
    if node.get("variantIds"):
        return f"[{len(node['variantIds'])} variants of {handle}]"
    return f"{PRODUCT}{handle}"


def _subordinate(source: Row | None) -> Iterator[Entry]:
    for collection in source["collections"] if source else ():
        yield Entry(Part.SUB_COLLECTION, f"{COLLECTION}{collection['handle']}", collection["id"])


def _unfit(source: Row | None) -> Iterator[str]:
    if source is not None and source["targetType"] != "PRODUCTS":
        yield "[single variants, not products]"


@dataclass(frozen=True, slots=True)
class Wish:
    """What our sources shall say."""

    texts: Sequence[str]
    match: str | None = None
    excluded_match: str | None = None

    def of(self, *parts: Part) -> list[str]:
        return [text for text in self.texts if part_of(text) in parts]


_OF_CONDITIONS: Final = tuple(part for part in Part if part is not Part.SUB_COLLECTION)


def referred_to(target: str, entries: Iterable[str]) -> Iterator[Address]:
    """What conditions refer to must be there before: products, collections and definitions."""
    for text in entries:
        part = part_of(text)
        if part in (Part.CHOICE, Part.EXCLUDED):
            yield Address(target, "product", handle_in(text))
        elif part in (Part.SUB_COLLECTION, Part.WITHOUT_COLLECTION):
            yield Address(target, "collection", handle_in(text))
    for name in set(metafields_of(entries)):
        yield Address(target, "metafield_definition", definition_key(name))


def creation(wish: Wish, remotes: Remotes) -> list[dict[str, Any]]:
    """The sources of a new collection. Raises `Unresolved` for what is not there."""
    targets = []
    if wish.of(*_OF_CONDITIONS):
        targets.append({"source": _new_source(wish, remotes)})
    if subordinate := wish.of(Part.SUB_COLLECTION):
        ids = [remotes("collection", handle_in(text)) for text in subordinate]
        targets.append({"subCollections": {"title": TITLE, "collectionIds": ids}})
    return targets


def difference(ours: OurSources, wish: Wish, remotes: Remotes) -> dict[str, Any]:
    """What of `CollectionUpdateInput` makes ours say what is desired. Conditions are matched by
    what they say: what is missing is made, what is too much goes by its id."""
    kept, created, gone = [], creation(wish, remotes), []
    for id_, parts, name in (
        (ours.conditions, _OF_CONDITIONS, "source"),
        (ours.subordinate, (Part.SUB_COLLECTION,), "subCollections"),
    ):
        if id_ is None:
            continue
        made = [target for target in created if name in target]
        created = [target for target in created if name not in target]
        if not made:
            gone.append(id_)
        elif name == "source":
            kept.append({"condition": {"id": id_, **_sides(ours, wish, remotes)}})
        elif {e.text for e in ours.entries if e.part in parts} != set(wish.of(*parts)):
            ids = made[0][name]["collectionIds"]
            kept.append({name: {"id": id_, "collectionIds": ids}})
    asked = {"sourcesToCreate": created, "sourcesToUpdate": kept, "sourcesToDelete": gone}
    return {name: targets for name, targets in asked.items() if targets}


def _new_source(wish: Wish, remotes: Remotes) -> dict[str, Any]:
    nothing = OurSources()
    sides = {
        side: {
            "matchType": change["matchType"],
            "conditions": change.get("conditionsToCreate", []),
            "selections": change.get("selectionsToAdd", []),
        }
        for side, change in _sides(nothing, wish, remotes).items()
    }
    return {"title": TITLE, "targetType": "PRODUCTS", **sides}


def _sides(ours: OurSources, wish: Wish, remotes: Remotes) -> dict[str, Any]:
    """Only what is to be said of a side is sent: an exclusion of nothing is none."""
    inclusion = _side(ours, wish, remotes, Part.CONDITION, Part.CHOICE)
    exclusion = _side(ours, wish, remotes, Part.EXCLUSION, Part.EXCLUDED)
    _collections(exclusion, ours, wish, remotes)
    sides = {"inclusion": {"matchType": (wish.match or "all").upper(), **inclusion}}
    joined = wish.excluded_match or "any"
    moves_match = wish.excluded_match not in (None, ours.excluded_match)
    if exclusion or moves_match:
        sides["exclusion"] = {"matchType": joined.upper(), **exclusion}
    return sides


def _side(
    ours: OurSources, wish: Wish, remotes: Remotes, conditions: Part, products: Part
) -> dict[str, Any]:
    held = {entry.text for entry in ours.entries}
    fresh = [text for text in wish.of(conditions) if text not in held]
    chosen = [text for text in wish.of(products) if text not in held]
    added = [remotes("product", handle_in(text)) for text in chosen]
    removed = [e.id for e in _superfluous(ours, wish, products) if e.id not in added]
    change = {
        "conditionsToCreate": [_input(text, remotes) for text in fresh],
        "conditionsToDelete": [e.id for e in _superfluous(ours, wish, conditions)],
        "selectionsToAdd": [{"productId": id_} for id_ in added],
        "selectionsToRemove": [{"productId": id_} for id_ in removed],
    }
    return {name: rows for name, rows in change.items() if rows}


def _collections(exclusion: dict[str, Any], ours: OurSources, wish: Wish, remotes: Remotes) -> None:
    """Excluded collections stand together in one condition, which is made anew when one moves."""
    held = [entry for entry in ours.entries if entry.part is Part.WITHOUT_COLLECTION]
    wanted = wish.of(Part.WITHOUT_COLLECTION)
    if {entry.text for entry in held} == set(wanted):
        return
    if held:
        gone = list(dict.fromkeys(entry.id for entry in held))
        exclusion["conditionsToDelete"] = [*exclusion.get("conditionsToDelete", []), *gone]
    if wanted:
        ids = [remotes("collection", handle_in(text)) for text in wanted]
        made = [*exclusion.get("conditionsToCreate", []), {"collection": {"values": ids}}]
        exclusion["conditionsToCreate"] = made


def _superfluous(ours: OurSources, wish: Wish, part: Part) -> Iterable[Entry]:
    return (e for e in ours.entries if e.part is part and e.text not in wish.texts)


def _input(text: str, remotes: Remotes) -> dict[str, Any]:
    """Raises `PlatformError` for one without words, which only a rollback asks for."""
    condition = parsed(text.removeprefix(WITHOUT))
    if condition is None:
        raise PlatformError(f"{text} can not be written · put it back in the admin")
    return condition_input(condition, remotes)
