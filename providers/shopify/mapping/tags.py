"""Tags of products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from providers.shopify.kinds.product_tags import ProductTags
from providers.shopify.mapping.bundles import maker_of
from reconciler.intent.tags import Tags
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import digest
from reconciler.provider import Compilation, Mapped

MOST: Final = 250
LONGEST: Final = 255


def tags(intent: Tags, compilation: Compilation) -> Mapped:
    """Only tags that Shopify keeps as they are written."""
    target = compilation.target.name
    for handle, stated in intent.tags.items():
        problems = list(_problems(intent, handle, stated))
        yield from problems
        if not problems:
            yield Resource(
                Address(target, "product_tags", handle),
                ProductTags(tags=stated),
                source=intent.at("tags", handle),
                intent=digest([handle, list(stated)]),
                needs=(Address(target, maker_of(compilation, handle), handle),),
            )


def _problems(intent: Tags, handle: Key, stated: tuple[str, ...]) -> Iterator[Problem]:
    if len(stated) > MOST:
        cause = f"{len(stated)} tags, and a product has at most {MOST}"
        yield Problem(intent.at("tags", handle), cause, "take some out")
    times = Counter(tag.casefold() for tag in stated)
    for index, tag in enumerate(stated):
        place = intent.at("tags", handle, index)
        if tag != tag.strip():
            yield Problem(
                place, f"{tag!r} has space around it, which Shopify takes away", "trim it"
            )
        if "," in tag:
            yield Problem(
                place, f"{tag!r} holds a comma, at which Shopify divides it", "write two tags"
            )
        if len(tag) > LONGEST:
            cause = f"a tag of {len(tag)} characters, and Shopify takes {LONGEST}"
            yield Problem(place, cause, "shorten it")
        if times[tag.casefold()] > 1:
            cause = f"{tag} stands there twice, since Shopify does not tell cases apart"
            yield Problem(place, cause, "write it once")
            times[tag.casefold()] = 1
