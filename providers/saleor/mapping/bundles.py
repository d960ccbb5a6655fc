"""Bundles: products that refer to their components in an attribute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from providers.saleor.kinds.attribute import Attribute
from providers.saleor.kinds.attribute_assignment import (
    AttributeAssignment,
    assignment_key,
    needs_of,
)
from providers.saleor.kinds.bundle import Bundle, bundle_key
from reconciler.intent.bundles import Bundles, References
from reconciler.intent.metafields import Metafields
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import digest, stated
from reconciler.provider import Compilation, Mapped

REFERENCES: Final = "reference to product"


def bundles(intent: Bundles, compilation: Compilation) -> Mapped:
    """The attribute and its assignments are stated where a label says that they are ours."""
    target, into = compilation.target.name, intent.into
    if into is None:
        cause = "Saleor has no bundles of its own, and into does not say what keeps them"
        yield Problem(intent.at(), cause, "add into, with the attribute that refers to components")
        return
    yield from _attribute(intent, into, target)
    for product, bundle in intent.bundles.items():
        place = intent.at("bundles", product)
        if product in bundle.components:
            yield Problem(place, f"{product} can not be a part of itself", "take it out")
            continue
        homeless = [name for name in ("quantities", "title") if getattr(bundle, name)]
        if homeless:
            cause = f"Saleor keeps no {homeless[0]} of a bundle"
            yield Problem(place, cause, f"take {homeless[0]} out, or the Saleor target of targets")
            continue
        key = bundle_key(product, into.attribute)
        yield Resource(
            Address(target, "bundle", key),
            Bundle(components=bundle.components),
            source=place,
            intent=digest([key, list(bundle.components)]),
            needs=(
                Address(target, "product", product),
                Address(target, "attribute", into.attribute),
            ),
            follows=tuple(_written_before(into, product, compilation)),
        )


def _written_before(into: References, product: Key, compilation: Compilation) -> Iterator[Address]:
    """Of which assignments the product has need is not known here. Its metadata comes first: a
    product that is saved whole might put back what it was read with."""
    target = compilation.target.name
    for product_type in into.product_types:
        yield Address(target, "attribute_assignment", assignment_key(product_type, into.attribute))
    yield Address(target, "product_metadata", product)
    for other in compilation.intents.of(Metafields):
        yield Address(target, "product_metadata", f"{product}/{other.namespace}")


def _attribute(intent: Bundles, into: References, target: str) -> Iterator[Resource[Any]]:
    if into.label is not None:
        spec = Attribute(name=into.label, input=REFERENCES)
        yield Resource(
            Address(target, "attribute", into.attribute),
            spec,
            source=intent.at("into"),
            intent=digest([into.attribute, stated(spec)]),
        )
    for product_type in into.product_types:
        key = assignment_key(product_type, into.attribute)
        yield Resource(
            Address(target, "attribute_assignment", key),
            AttributeAssignment(on="product"),
            source=intent.at("into", "product_types"),
            intent=digest([key]),
            needs=needs_of(target, key),
        )
