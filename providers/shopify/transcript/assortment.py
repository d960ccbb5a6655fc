"""Collections, tags, listings and bundles as their intents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from providers.shopify.adoption.channels import as_written
from providers.shopify.kinds.bundle import Bundle, read
from providers.shopify.kinds.collection import Collection
from providers.shopify.kinds.product_tags import ProductTags
from providers.shopify.kinds.publication_listing import PublicationListing, Stand
from providers.shopify.mapping.collections import SORT_WORDS
from providers.shopify.spoken import collection_words, foreign
from providers.shopify.transcript.told import Told
from reconciler.intent.styles import slug
from reconciler.model.address import Key
from reconciler.model.resource import Resource
from reconciler.provider import LeftOut

_TEXTS: Final = {"description": "description_html", "template": "template_suffix"}


def collections(target: str, found: Sequence[Resource[Collection]]) -> Iterator[Told]:
    """All in one document. A picture stays as it is: where it came from is not told."""
    path = f"collections/{target}.yaml"
    entries: dict[Key, dict[str, Any]] = {}
    for resource in found:
        handle, live = resource.address.key, resource.spec
        about = ((path, ("collections", handle)),)
        texts = live.conditions if isinstance(live.conditions, tuple) else ()
        if foreign(texts) or not texts:
            cause = f"it has {', '.join(foreign(texts)) or 'no rules that are told'}"
            yield LeftOut(f"collection {handle}: {cause} · leave it to the admin", about)
            continue
        if isinstance(live.image, str):
            yield LeftOut(f"collection {handle}: its picture · write image to manage it", about)
        entries[handle] = _collection(live, texts)
    if entries:
        yield path, {"targets": [target], "collections": entries}


def _collection(live: Collection, texts: Sequence[str]) -> dict[str, Any]:
    """What is empty is not stated, so it is not managed."""
    told: dict[str, Any] = {"title": live.title}
    for name, field in _TEXTS.items():
        told |= _stated(name, getattr(live, field))
    if live.sort_order in SORT_WORDS:
        told["sort"] = SORT_WORDS[str(live.sort_order)]
    seo = _stated("title", live.seo_title) | _stated("description", live.seo_description)
    if seo:
        told["seo"] = seo
    return told | collection_words(texts, _text(live.match), _text(live.excluded_match))


def tags(target: str, found: Sequence[Resource[ProductTags]]) -> Iterator[Told]:
    entries = {
        one.address.key: list(one.spec.tags)
        for one in found
        if isinstance(one.spec.tags, tuple) and one.spec.tags
    }
    if entries:
        yield f"tags/{target}.yaml", {"targets": [target], "tags": entries}


def channels(
    target: str, found: Sequence[Resource[PublicationListing]], shared: frozenset[Key]
) -> Iterator[Told]:
    """A document a publication. A moment is told where it is a whole minute.

    shared: names that several publications have.
    """
    stands: dict[Key, dict[str, dict[Key, Any]]] = {}
    for resource in found:
        stand = Stand.of(resource.address.key)
        part = stands.setdefault(stand.publication, {}).setdefault(f"{stand.sort}s", {})
        moment = resource.spec.published_at
        since = as_written(moment) if isinstance(moment, str) else None
        part[stand.handle] = {"published": True, **_stated("since", since)}
    names = dict(_file_names(stands))
    for publication, content in stands.items():
        if publication in shared:
            cause = "several publications are called so · rename all but one of them in the admin"
            yield LeftOut(f"channel {publication}: {cause}")
            continue
        document = {"targets": [target], "channels": {publication: content}}
        yield f"channels/{names[publication]}.yaml", document


def _file_names(publications: Sequence[Key] | dict[Key, Any]) -> Iterator[tuple[Key, str]]:
    """Names of which nothing is left, or the same, are numbered."""
    taken: set[str] = set()
    for publication in publications:
        name = stem = slug(publication) or "channel"
        number = 2
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name)
        yield publication, name


def bundles(target: str, found: Sequence[Resource[Bundle]]) -> Iterator[Told]:
    path = f"bundles/{target}.yaml"
    entries: dict[Key, dict[str, Any]] = {}
    for resource in found:
        handle, live = resource.address.key, resource.spec
        numbers = read(live.quantities if isinstance(live.quantities, tuple) else ())
        if None in numbers.values():
            cause = "the buyer chooses how often something is in it · leave it to the admin"
            yield LeftOut(f"bundle {handle}: {cause}", ((path, ("bundles", handle)),))
            continue
        components = list(live.components) if isinstance(live.components, tuple) else []
        more = {"quantities": numbers} if numbers else {}
        entries[handle] = {"title": live.title, "components": components, **more}
    if entries:
        yield path, {"targets": [target], "bundles": entries}


def _stated(name: str, value: object) -> dict[str, str]:
    return {name: value} if isinstance(value, str) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
