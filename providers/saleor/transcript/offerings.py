"""Product types as mappings, and products as offerings of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from providers.saleor.shelf import Node
from providers.saleor.transcript.shop import Document, Shop, Told
from providers.saleor.transcript.taxonomies import Vocabulary, is_snake, vocabularies
from reconciler.model.address import Key

Fields = Mapping[str, Vocabulary]
"""Field → the attribute that it is kept in."""


class Unsayable(Exception):
    """A product carries what its taxonomy does not say."""


def offerings(shop: Shop) -> Iterator[Told]:
    """A mapping a product type, and an offering a product that carries something of it."""
    known = vocabularies(shop)
    mappings: dict[str, Key] = {}
    unsaid: Counter[Key] = Counter()
    for product_type in dict.fromkeys(node["productType"]["slug"] for node in shop.products):
        fields, told = _fields(shop, product_type, known)
        yield from told
        name = _name(product_type)
        if mappings.setdefault(name, product_type) != product_type:
            other = mappings[name]
            yield f"product type {product_type}: its mapping would be called as that of {other}"
        elif fields:
            yield _mapping(shop, name, product_type, fields)
            yield from _of_type(shop, name, product_type, fields, unsaid)
    for attribute, count in unsaid.items():
        products = "one product" if count == 1 else f"{count} products"
        yield f"attribute {attribute}: left out of {products} that carry what is left out of it"


def _name(product_type: Key) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", product_type.lower()).strip("_")
    return name if is_snake(name) else f"type_{name}".rstrip("_")


def _fields(
    shop: Shop, product_type: Key, known: Mapping[Key, Vocabulary]
) -> tuple[Fields, Sequence[str]]:
    """Fields are called as their attributes; what is told is of those that would be one."""
    fields: dict[str, Vocabulary] = {}
    told = []
    for slug, vocabulary in known.items():
        if (product_type, slug) in shop.assigned:
            field = slug.replace("-", "_")
            if fields.setdefault(field, vocabulary) is not vocabulary:
                other = fields[field].attribute["slug"]
                told.append(f"attribute {slug}: its field would be called as that of {other}")
    return fields, told


def _mapping(shop: Shop, name: str, product_type: Key, fields: Fields) -> Document:
    return f"mappings/{name}.yaml", {
        "targets": shop.targets,
        "mapping": name,
        "product_types": [product_type],
        "fields": {field: {"attribute": v.attribute["slug"]} for field, v in fields.items()},
    }


def _of_type(
    shop: Shop, name: str, product_type: Key, fields: Fields, unsaid: Counter[Key]
) -> Iterator[Document]:
    for product in shop.products:
        if product["productType"]["slug"] != product_type:
            continue
        stated = _stated(product, fields, unsaid)
        if stated:
            head = {"targets": shop.targets, "offering": product["slug"], "mapping": name}
            yield f"offerings/{product['slug']}.yaml", {**head, "fields": stated}


def _stated(product: Node, fields: Fields, unsaid: Counter[Key]) -> dict[str, Any]:
    """What it carries; an attribute that is empty is not stated, so it is not managed."""
    carried = {s["attribute"]["slug"]: s["values"] for s in product["attributes"]}
    stated = {}
    for field, vocabulary in fields.items():
        slug = vocabulary.attribute["slug"]
        try:
            value = _value(vocabulary, carried.get(slug) or ())
        except Unsayable:
            unsaid[slug] += 1
            continue
        if value is not None:
            stated[field] = value
    return stated


def _value(vocabulary: Vocabulary, values: Sequence[Node]) -> Any:
    """None where there is nothing. Raises `Unsayable`."""
    if vocabulary.is_flag:
        return values[0]["boolean"] if values else None
    keys = [vocabulary.keys.get(value["id"]) for value in values]
    is_one = vocabulary.attribute["inputType"] == "DROPDOWN"
    if None in keys or (is_one and len(keys) > 1):
        raise Unsayable
    return (keys[0] if is_one else keys) if keys else None
