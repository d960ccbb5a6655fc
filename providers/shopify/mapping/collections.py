"""Single collections, and one per style from a committed list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from providers.shopify.kinds.collection import Collection
from providers.shopify.sources import condition
from reconciler.intent.collection import Collection as Declared
from reconciler.intent.collection import Collections
from reconciler.intent.styles import declared
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

_HANDLE: Final = re.compile(r"[\w-]+")


def collections(intent: Collections, compilation: Compilation) -> Mapped:
    for found in declared(intent):
        if isinstance(found, Problem):
            yield found
            continue
        handle, collection, place = found
        problems = list(_conditions_without_a_home(collection, place))
        yield from problems
        if not problems:
            yield _collection(compilation.target.name, handle, collection, place)


def _conditions_without_a_home(collection: Declared, place: Source) -> Iterator[Problem]:
    if collection.rules is None:
        cause = "Planogram writes smart collections on Shopify, whose products follow from rules"
        yield Problem(place, cause, "write rules instead of products")
    for asked in collection.conditions:
        if asked.term is not None:
            cause = f"a smart collection of Shopify can not ask for the term {asked.term}"
            yield Problem(place, cause, "ask for a tag or a type")


def _collection(
    target: str, handle: Key, collection: Declared, place: Source
) -> Resource[Any] | Problem:
    if handle != handle.lower() or not _HANDLE.fullmatch(handle):
        return Problem(
            place,
            f"{handle!r} is no handle, and Shopify would make another one of it",
            "write lowercase letters, digits and dashes",
        )
    says_more = "description" in collection.model_fields_set
    return Resource(
        Address(target, "collection", handle),
        Collection(
            title=collection.title,
            description_html=(collection.description or None) if says_more else UNSTATED,
            sort_order=SORT_ORDERS[collection.sort] if collection.sort else UNSTATED,
            match=collection.rules.match if collection.rules else UNSTATED,
            conditions=tuple(
                condition(by, c.relation, value)
                for c in collection.conditions
                for by, value in (c.asked,)
            ),
        ),
        source=place,
        intent=digest({"handle": handle, **collection.model_dump(mode="json")}),
    )
