"""Collections: what the rules find is worked out here, since Saleor knows no rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from providers.saleor.kinds.channel_listing import ChannelListing, Stand, needs_of
from providers.saleor.kinds.collection import Collection
from providers.saleor.mapping.tags import nothing_for_tags
from providers.saleor.mapping.taxonomy import LONGEST, taxonomies
from providers.saleor.prose import canonical
from reconciler.intent.asking import ASKED
from reconciler.intent.collection import Collection as Declared
from reconciler.intent.collection import Collections
from reconciler.intent.members import members
from reconciler.intent.styles import declared
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import UNSTATED, digest
from reconciler.model.wording import nearest
from reconciler.provider import Compilation, Mapped


def collections(intent: Collections, compilation: Compilation) -> Mapped:
    """Nothing of those whose rules nobody was asked about."""
    if intent.moved:
        cause = "the slug of a collection of Saleor is not changed here"
        yield Problem(intent.at("moved"), cause, "take moved out, and change it in the dashboard")
    for found in declared(intent):
        if isinstance(found, Problem):
            yield found
            continue
        handle, collection, place = found
        problems = list(_problems(handle, collection, place, compilation))
        yield from problems
        belonging = members(collection, compilation.answers)
        if not problems and belonging is not None:
            yield _collection(handle, collection, belonging, place, compilation.target.name)
            yield from _published(handle, collection, place, compilation.target.name)


def _problems(
    handle: Key, collection: Declared, place: Source, compilation: Compilation
) -> Iterator[Problem]:
    if collection.sort is not None:
        cause = "a collection of Saleor has no sort order; a storefront chooses one"
        yield Problem(place, cause, "take sort out")
    if len(collection.title) > LONGEST:
        cause = f"the title has {len(collection.title)} characters, and Saleor takes {LONGEST}"
        yield Problem(place, cause, "shorten it")
    if handle != handle.lower() or "/" in handle or " " in handle:
        cause = f"{handle!r} is no slug"
        yield Problem(place, cause, "write lowercase letters, digits and dashes")
    yield from _without_a_home(collection, place)
    if any(condition.tag is not None for condition in collection.conditions):
        yield from nothing_for_tags(place, compilation)
    for condition in collection.conditions:
        if condition.term is not None:
            yield from _unknown_term(condition.term, place, compilation)


def _published(
    handle: Key, collection: Declared, place: Source, target: str
) -> Iterator[Resource[ChannelListing]]:
    for channel in dict.fromkeys(collection.channels):
        stand = Stand("collection", handle, channel)
        yield Resource(
            Address(target, "channel_listing", stand.key),
            ChannelListing(published=True),
            source=place,
            intent=digest([stand.key, "published"]),
            needs=needs_of(target, stand),
        )


def _without_a_home(collection: Declared, place: Source) -> Iterator[Problem]:
    for name in ("template", "seo", "image", "collections", "migrate"):
        if name in collection.model_fields_set:
            yield Problem(place, f"{name} of a collection is not managed on Saleor", "take it out")
    if collection.rules is not None and collection.rules.excluding is not None:
        cause = "excluding is not managed on Saleor"
        yield Problem(place, cause, "write a condition with relation: is_not")
    for condition in collection.conditions:
        if condition.by not in ASKED or condition.relation not in ("is", "is_not"):
            cause = f"{condition.by} {condition.relation} can not be asked on Saleor"
            yield Problem(place, cause, f"ask for {', '.join(ASKED)} with is or is_not")


def _unknown_term(asked: str, place: Source, compilation: Compilation) -> Iterator[Problem]:
    """A term of a taxonomy that git states must be one of its terms. Others are the shop's."""
    slug, _, key = asked.partition("/")
    taxonomy = taxonomies(compilation).get(slug)
    if taxonomy is not None and key not in taxonomy.terms:
        cause = f"the taxonomy {slug} has no term {key}"
        yield Problem(place, cause, nearest(key, list(taxonomy.terms)))


def _collection(
    handle: Key, collection: Declared, members: tuple[Key, ...], place: Source, target: str
) -> Resource[Any]:
    """Its intent is what is written in git, rules and all: when its products move and that does
    not, the catalog moved."""
    says_more = "description" in collection.model_fields_set
    return Resource(
        Address(target, "collection", handle),
        Collection(
            name=collection.title,
            description=canonical(collection.description) if says_more else UNSTATED,
            products=members,
        ),
        source=place,
        intent=digest({"handle": handle, **collection.model_dump(mode="json")}),
    )
