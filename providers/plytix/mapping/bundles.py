"""Bundles: products that are related to their components."""

from __future__ import annotations

from collections.abc import Iterator

from providers.plytix.kinds.bundle import Bundle, bundle_key
from providers.plytix.kinds.relationship import Relationship
from providers.plytix.mapping.labels import label_problems
from reconciler.intent.bundles import Bundles
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import digest
from reconciler.provider import Compilation, Mapped


def bundles(intent: Bundles, compilation: Compilation) -> Mapped:
    """The relationship is stated where a label says that it is ours."""
    target, into = compilation.target.name, intent.into
    problems = list(_problems(intent))
    yield from problems
    if problems:
        return
    relationship = Address(target, "relationship", into.attribute)
    if into.label is not None:
        yield Resource(
            relationship,
            Relationship(name=into.label),
            source=intent.at("into"),
            intent=digest([into.attribute, into.label]),
        )
    for product, bundle in intent.bundles.items():
        components = tuple(sorted(set(bundle.components)))
        key = bundle_key(product, into.attribute)
        yield Resource(
            Address(target, "bundle", key),
            Bundle(components=components),
            source=intent.at("bundles", product),
            intent=digest([key, list(components)]),
            needs=(Address(target, "product", product), relationship),
        )


def _problems(intent: Bundles) -> Iterator[Problem]:
    yield from label_problems(intent.into.attribute, intent.at("into", "attribute"))
    if intent.into.product_types:
        cause = "a relationship of Plytix belongs to no product type"
        yield Problem(intent.at("into", "product_types"), cause, "take product_types out")
    for product, bundle in intent.bundles.items():
        if product in bundle.components:
            cause = f"{product} can not be a part of itself"
            yield Problem(intent.at("bundles", product), cause, "take it out")
