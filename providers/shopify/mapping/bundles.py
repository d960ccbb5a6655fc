"""Bundles: products that Shopify makes of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from providers.shopify.kinds.bundle import GREATEST, MOST, Bundle, told
from reconciler.intent.bundles import Bundle as Declared
from reconciler.intent.bundles import Bundles
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import UNSTATED, digest, stated
from reconciler.provider import Compilation, Mapped

_HANDLE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def bundles(intent: Bundles, compilation: Compilation) -> Mapped:
    if intent.into is not None:
        cause = "Shopify has bundles of its own, and keeps them in no attribute"
        yield Problem(intent.at("into"), cause, "take into out, or the Shopify target of targets")
    parts = {name for bundle in intent.bundles.values() for name in bundle.components}
    for handle, bundle in intent.bundles.items():
        place = intent.at("bundles", handle)
        problems = list(_problems(handle, bundle, place, handle in parts))
        yield from problems
        if not problems:
            spec = _spec(bundle)
            yield Resource(
                Address(compilation.target.name, "bundle", handle),
                spec,
                source=place,
                intent=digest([handle, stated(spec)]),
            )


def maker_of(compilation: Compilation, handle: Key) -> str:
    """The kind that a product comes from: a bundle that git states, or it is there."""
    stated = (intent.bundles for intent in compilation.intents.of(Bundles))
    return "bundle" if any(handle in bundles for bundles in stated) else "product"


def _spec(bundle: Declared) -> Bundle:
    return Bundle(
        title=UNSTATED if bundle.title is None else bundle.title,
        components=bundle.components,
        quantities=told(bundle.quantities),
    )


def _problems(handle: Key, bundle: Declared, place: Source, is_part: bool) -> Iterator[Problem]:
    if not _HANDLE.fullmatch(handle):
        cause = f"{handle!r} is no handle, and Shopify would make another one of it"
        yield Problem(place, cause, "write lowercase letters, digits and dashes")
    if not bundle.components:
        cause = "a bundle of Shopify can not be emptied"
        yield Problem(place, cause, "state what it consists of, or take the bundle out")
    if len(bundle.components) > MOST:
        cause = f"{len(bundle.components)} components, and a bundle has at most {MOST}"
        yield Problem(place, cause, "take some out")
    if len(set(bundle.components)) < len(bundle.components):
        yield Problem(place, "a component stands there twice", "write it once, and its quantity")
    if is_part:
        cause = f"{handle} is a component of a bundle, and can not be one itself"
        yield Problem(place, cause, "name what it consists of instead")
    for name, number in bundle.quantities.items():
        if number > GREATEST:
            yield Problem(
                place, f"{number} times {name}", f"{GREATEST} is the most that Shopify takes"
            )
