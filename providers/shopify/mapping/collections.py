"""Single collections, and one per style from a committed list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from providers.kit.pictures import PUBLIC, why_unreachable
from providers.shopify.conditions import (
    BELOW,
    EXCLUDING,
    NULL,
    Condition,
    amount,
    on_metafield,
)
from providers.shopify.kinds.collection import Collection
from providers.shopify.kinds.publication_listing import PublicationListing, Stand, needs_of
from providers.shopify.mapping.moves import formerly
from providers.shopify.naming import last_of, original_of
from providers.shopify.sources import COLLECTION, PRODUCT, WITHOUT, referred_to
from reconciler.intent.collection import Collection as Declared
from reconciler.intent.collection import Collections, Picture
from reconciler.intent.condition import Condition as Asked
from reconciler.intent.condition import Excluding
from reconciler.intent.styles import declared
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import UNSTATED, digest
from reconciler.model.wording import nearest
from reconciler.provider import Compilation, Mapped

SORT_ORDERS: Final = {
    "best_selling": "BEST_SELLING",
    "title": "ALPHA_ASC",
    "title_descending": "ALPHA_DESC",
    "price_low": "PRICE_ASC",
    "price_high": "PRICE_DESC",
    "newest": "CREATED_DESC",
    "oldest": "CREATED",
    "by_hand": "MANUAL",
    "most_relevant": "MOST_RELEVANT",
}
SORT_WORDS: Final = {order: word for word, order in SORT_ORDERS.items()}

MOST: Final = 60
"""Conditions that a collection may have, as the vendor's help says."""

_HANDLE: Final = re.compile(r"[\w-]+")


def collections(intent: Collections, compilation: Compilation) -> Mapped:
    yield from _moves_without_sense(intent)
    former = {moved.to: old for old, moved in intent.moved.items()}
    for found in declared(intent):
        if isinstance(found, Problem):
            yield found
            continue
        handle, collection, place = found
        problems = list(_problems(handle, collection, place))
        yield from problems
        if not problems:
            made = _collection(compilation.target.name, handle, collection, place)
            yield _renamed(made, intent, former.get(handle))
            yield from _published(compilation, handle, collection, place)


def _moves_without_sense(intent: Collections) -> Iterator[Problem]:
    handles = {found[0] for found in declared(intent) if not isinstance(found, Problem)}
    for old, moved in intent.moved.items():
        place = intent.at("moved", old)
        if moved.to not in handles:
            cause = f"this document states no collection {moved.to}"
            yield Problem(place, cause, nearest(moved.to, sorted(handles)))
        if old in handles:
            cause = f"{old} has moved to {moved.to}, and is stated here all the same"
            yield Problem(place, cause, "take one of the two out")
    targets = [moved.to for moved in intent.moved.values()]
    for twice in sorted({to for to in targets if targets.count(to) > 1}):
        cause = f"several collections have moved to {twice}"
        yield Problem(intent.at("moved"), cause, "leave the one that it really is")


def _renamed(
    made: Resource[Collection], intent: Collections, old: Key | None
) -> Resource[Collection]:
    if old is None:
        return made
    spec = replace(made.spec, redirect=intent.moved[old].redirect)
    return replace(made, spec=spec, formerly=old)


def _problems(handle: Key, collection: Declared, place: Source) -> Iterator[Problem]:
    if handle != handle.lower() or not _HANDLE.fullmatch(handle):
        cause = f"{handle!r} is no handle, and Shopify would make another one of it"
        yield Problem(place, cause, "write lowercase letters, digits and dashes")
    for asked in collection.conditions:
        if asked.term is not None:
            cause = f"a smart collection of Shopify can not ask for the term {asked.term}"
            yield Problem(place, cause, "ask for a tag or a type")
    excluding = collection.rules.excluding if collection.rules else None
    if excluding is not None:
        yield from _exclusion_problems(excluding, place)
    if collection.image is not None and collection.image.url is not None:
        unreachable = why_unreachable(collection.image.url, loopback=False)
        if unreachable is not None:
            yield Problem(place, unreachable, f"{PUBLIC}, or upload it and write file:")
    count = len(collection.conditions) + len(excluding.conditions if excluding else ())
    if count > MOST:
        yield Problem(
            place, f"{count} conditions, and Shopify takes {MOST}", "split the collection"
        )
    if not _entries(collection):
        yield Problem(place, "nothing would belong to it", "write rules, products or collections")


def _exclusion_problems(excluding: Excluding, place: Source) -> Iterator[Problem]:
    for asked in excluding.conditions:
        ways = EXCLUDING[asked.by].relations if asked.by in EXCLUDING else ()
        if asked.relation not in ways:
            cause = f"Shopify can not exclude by {asked.by} {asked.relation}"
            remedy = f"exclude by {', '.join(EXCLUDING)} with is, or write a condition with is_not"
            yield Problem(place, cause, remedy)
    if excluding.collections and excluding.conditions[1:] and excluding.match == "all":
        cause = "beside excluded collections Shopify does not tell how conditions are joined"
        yield Problem(place, cause, "write match: any, or take one of them out")


def _collection(
    target: str, handle: Key, collection: Declared, place: Source
) -> Resource[Collection]:
    entries = _entries(collection)
    says = collection.model_fields_set
    return Resource(
        Address(target, "collection", handle),
        Collection(
            title=collection.title,
            description_html=(collection.description or None)
            if "description" in says
            else UNSTATED,
            sort_order=SORT_ORDERS[collection.sort] if collection.sort else UNSTATED,
            template_suffix=(collection.template or None) if "template" in says else UNSTATED,
            model="sources" if collection.migrate else UNSTATED,
            match=collection.rules.match if collection.rules else UNSTATED,
            excluded_match=_excluded_match(collection),
            conditions=entries,
            **_seo(collection),
            **_image(collection.image, says_none="image" in says),
        ),
        source=place,
        needs=tuple(sorted(referred_to(target, entries))),
        intent=digest({"handle": handle, **collection.model_dump(mode="json", exclude_unset=True)}),
    )


def _published(
    compilation: Compilation, handle: Key, collection: Declared, place: Source
) -> Iterator[Resource[PublicationListing]]:
    target = compilation.target.name
    for channel in dict.fromkeys(collection.channels):
        stand = Stand("collection", handle, channel)
        yield Resource(
            Address(target, "publication_listing", stand.key),
            PublicationListing(published=True),
            source=place,
            intent=digest([stand.key, "published"]),
            needs=needs_of(target, stand),
            formerly=formerly(stand, compilation.intents),
        )


def _seo(collection: Declared) -> dict[str, Any]:
    seo = collection.seo
    if seo is None:
        return {}
    return {f"seo_{name}": getattr(seo, name) or None for name in seo.model_fields_set}


def _image(picture: Picture | None, *, says_none: bool) -> dict[str, Any]:
    if picture is None:
        return {"image": None} if says_none else {}
    name = picture.file or last_of(picture.url or "")
    alt = {"image_alt": picture.alt or None} if "alt" in picture.model_fields_set else {}
    source = {"image_url": picture.url} if picture.url else {}
    return {"image": original_of(name), **alt, **source}


def _entries(collection: Declared) -> tuple[str, ...]:
    """All that is to stand in our sources, see `providers.shopify.sources`."""
    excluding = collection.rules.excluding if collection.rules else None
    texts = [
        *(entry_of(asked) for asked in collection.conditions),
        *(f"{PRODUCT}{handle}" for handle in collection.products or ()),
        *(f"{COLLECTION}{handle}" for handle in collection.collections or ()),
    ]
    if excluding is not None:
        texts += [f"{WITHOUT}{entry_of(asked)}" for asked in excluding.conditions]
        texts += [f"{WITHOUT}{PRODUCT}{handle}" for handle in excluding.products]
        texts += [f"{WITHOUT}{COLLECTION}{handle}" for handle in excluding.collections]
    return tuple(dict.fromkeys(texts))


def _excluded_match(collection: Declared) -> Any:
    """Of one condition it does not matter; of conditions beside collections it is not told."""
    excluding = collection.rules.excluding if collection.rules else None
    if excluding is None or not excluding.conditions[1:] or excluding.collections:
        return UNSTATED
    return excluding.match


def entry_of(asked: Asked) -> str:
    """The canonical text of a condition that people wrote."""
    return str(_condition(asked))


def _condition(asked: Asked) -> Condition:
    match = asked.values if asked.texts[1:] else "any"
    if asked.metafield is not None:
        return _of_metafield(asked, asked.metafield, match)
    if asked.content is None:
        return Condition(asked.by, asked.relation, (NULL,))
    return Condition(asked.by, asked.relation, _values(asked), match)


def _of_metafield(asked: Asked, name: str, match: str) -> Condition:
    value = asked.value
    if asked.texts:
        holds = "list" if asked.relation == "contains" else "text"
        return Condition(on_metafield(name, holds), asked.relation, asked.texts, match)
    if isinstance(value, bool):
        text = "true" if value else "false"
        return Condition(on_metafield(name, "boolean"), asked.relation, (text,))
    holds = "decimal" if isinstance(value, float) else "integer"
    return Condition(on_metafield(name, holds), asked.relation, (amount(str(value)),))


def _values(asked: Asked) -> tuple[str, ...]:
    if asked.by in ("price", "compare_at_price", "weight"):
        number, unit = str(asked.content).split(" ")
        return (f"{amount(number)} {unit}",)
    if asked.by == "inventory":
        return (str(asked.content),)
    if asked.by == "status":
        return tuple(text.upper() for text in asked.texts)
    if asked.by == "category":
        return tuple(f"{name}{BELOW if asked.below else ''}" for name in asked.texts)
    return asked.texts
