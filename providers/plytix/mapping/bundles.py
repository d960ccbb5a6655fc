"""Bundles: products that are related to their components."""

from __future__ import annotations

from collections.abc import Iterator

from providers.plytix.keys import key_within
from providers.plytix.kinds.bundle import Bundle
from providers.plytix.kinds.relationship import Relationship
from providers.plytix.mapping.labels import label_problems
from reconciler.intent.bundles import Bundles
from reconciler.model.address import Address
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource
from reconciler.model.spec import digest, stated
from reconciler.provider import Compilation, Mapped


def bundles(intent: Bundles, compilation: Compilation) -> Mapped:
    """The relationship is stated where a label says that it is ours."""
    problems = list(_problems(intent))
    yield from problems
    if problems or intent.into is None:
        return
    target, into = compilation.target.name, intent.into
    relationship = Address(target, "relationship", into.attribute)
    if into.label is not None:
        yield Resource(
            relationship,
            Relationship(name=into.label),
            source=intent.at("into"),
            intent=digest([into.attribute, into.label]),
        )
    for product, bundle in intent.bundles.items():
        key = key_within(product, into.attribute)
        spec = Bundle(
            components=tuple(sorted(bundle.components)),
            quantities={name: bundle.quantities.get(name, 1) for name in bundle.components},
        )
        yield Resource(
            Address(target, "bundle", key),
            spec,
            source=intent.at("bundles", product),
            intent=digest([key, stated(spec)]),
            needs=(Address(target, "product", product), relationship),
        )


def _problems(intent: Bundles) -> Iterator[Problem]:
    if intent.into is None:
        yield Problem(
            intent.at(),
            "Plytix keeps bundles in a relationship, and none is named",
            "add into: with attribute: and the relationship's label, like goes_with",
        )
        return
    yield from label_problems(intent.into.attribute, intent.at("into", "attribute"))
    if intent.into.product_types:
        cause = "a relationship of Plytix belongs to no product type"
        yield Problem(intent.at("into", "product_types"), cause, "take product_types out")
    for product, bundle in intent.bundles.items():
        if len(set(bundle.components)) < len(bundle.components):
            cause, remedy = "a component stands there twice", "write it once, and its quantity"
            yield Problem(intent.at("bundles", product, "components"), cause, remedy)
        if product in bundle.components:
            cause = f"{product} can not be a part of itself"
            yield Problem(intent.at("bundles", product), cause, "take it out")
        if bundle.title is not None:
            cause = "a bundle of Plytix is a product that is there, and keeps its own name"
            yield Problem(intent.at("bundles", product, "title"), cause, "take title out")
