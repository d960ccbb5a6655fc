"""Metafields: keys of a product's metadata, `namespace.key`. Saleor has no definitions of them:
a document's own are read for the people who share it with another platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from providers.saleor.kinds.product_metadata import ProductMetadata
from providers.saleor.mapping.tags import nothing_for_tags
from reconciler.intent.metafields import Content, Metafields
from reconciler.intent.said import said_of_products
from reconciler.model.address import Address, Key
from reconciler.model.problem import Problem
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import digest
from reconciler.provider import Compilation, Mapped

Values = Mapping[str, Content]


def metafields(intent: Metafields, compilation: Compilation) -> Mapped:
    """What is said of a product itself comes before what selectors say of it."""
    yield from _no_texts(intent)
    target = compilation.target.name
    for index, selected in enumerate(intent.selectors):
        if selected.products.tag is not None:
            yield from nothing_for_tags(intent.at("selectors", index), compilation)
    said, problems = said_of_products(intent, compilation.answers)
    yield from problems
    for product, of_product in said.items():
        yield _metadata(target, product, intent.namespace, of_product.values, of_product.source)


def _no_texts(intent: Metafields) -> Iterator[Problem]:
    """Lists and mappings, by name or by selector: metadata keeps texts."""
    for place in intent.places_of_several():
        yield Problem(
            place,
            "Saleor keeps a metafield as a metadata text, and this is a list or a mapping",
            "write a text, or take the Saleor target out of targets",
        )


def _metadata(
    target: str, product: Key, namespace: str, values: Values, place: Source
) -> Resource[ProductMetadata]:
    entries = {f"{namespace}.{key}": _text(value) for key, value in values.items()}
    return Resource(
        Address(target, "product_metadata", f"{product}/{namespace}"),
        ProductMetadata(entries=entries),
        source=place,
        intent=digest([product, namespace, entries]),
        needs=(Address(target, "product", product),),
        follows=(
            Address(target, "product_attributes", product),
            Address(target, "product_metadata", product),
        ),
    )


def _text(value: Content) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
