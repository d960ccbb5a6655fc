"""Metafields: keys of a product's metadata, `namespace.key`. Saleor has no definitions of them:
a document's own are read for the people who share it with another platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from providers.saleor.kinds.product_metadata import ProductMetadata
from providers.saleor.mapping.tags import nothing_for_tags
from reconciler.intent.metafields import Content, Metafields
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
    merged: dict[Key, tuple[dict[str, Content], Source]] = {
        product: (dict(values), intent.at("values", product))
        for product, values in intent.values.items()
    }
    for found in _selected(intent, compilation):
        if isinstance(found, Problem):
            yield found
            continue
        product, values, place = found
        own, at = merged.get(product, ({}, place))
        merged[product] = ({**values, **own}, at)
    for product, (values, place) in merged.items():
        yield _metadata(target, product, intent.namespace, values, place)


def _no_texts(intent: Metafields) -> Iterator[Problem]:
    """Lists and mappings, by name or by selector: metadata keeps texts."""
    for place in intent.places_of_several():
        yield Problem(
            place,
            "Saleor keeps a metafield as a metadata text, and this is a list or a mapping",
            "write a text, or take the Saleor target out of targets",
        )


def _selected(
    intent: Metafields, compilation: Compilation
) -> Iterator[tuple[Key, Values, Source] | Problem]:
    for index, selected in enumerate(intent.selectors):
        place = intent.at("selectors", index)
        if selected.products.tag is not None:
            yield from nothing_for_tags(place, compilation)
        for product in (compilation.answers or {}).get(selected.products.question, ()):
            yield product, selected.set, place


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
