"""Product types as mappings, and products as offerings of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from providers.saleor.shelf import Node
from providers.saleor.transcript.shop import Document, Shop, Told
from providers.saleor.transcript.taxonomies import Vocabulary, is_snake, vocabularies
from reconciler.model.address import Key
from reconciler.provider import LeftOut

Fields = Mapping[str, Vocabulary]
"""Field → the attribute that it is kept in."""


class Unsayable(Exception):
    """A product carries what its taxonomy does not say."""


def offerings(shop: Shop) -> Iterator[Told]:
    """A mapping a product type, and an offering a product that carries something of it."""
    known = vocabularies(shop)
    mappings: dict[str, Key] = {}
    unsaid: dict[Key, list[Key]] = {}
    for product_type in dict.fromkeys(node["productType"]["slug"] for node in shop.products):
        fields, told = _fields(shop, product_type, known)
        name = _name(product_type)
        about = ((_path_of_mapping(name), ()),)
        yield from (LeftOut(text, about) for text in told)
        if mappings.setdefault(name, product_type) != product_type:
            text = f"its mapping would be called as that of {mappings[name]} · write one by hand"
            yield LeftOut(f"product type {product_type}: {text}")
        elif fields:
            yield _mapping(shop, name, product_type, fields)
            yield from _of_type(shop, name, product_type, fields, unsaid)
    for attribute, slugs in unsaid.items():
        products = slugs[0] if len(slugs) == 1 else f"{len(slugs)} products"
        text = f"attribute {attribute}: not stated of {products}, with a value that is left out"
        yield LeftOut(text, tuple((_path_of(slug), ()) for slug in slugs))


def _path_of(product: Key) -> str:
    return f"offerings/{product}.yaml"


def _path_of_mapping(name: str) -> str:
    return f"mappings/{name}.yaml"


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
                cause = f"attribute {slug}: its field would be called as that of {other}"
                told.append(f"{cause} · add it to the mapping by another name")
    return fields, told


def _mapping(shop: Shop, name: str, product_type: Key, fields: Fields) -> Document:
    return _path_of_mapping(name), {
        "targets": shop.targets,
        "mapping": name,
        "product_types": [product_type],
        "fields": {field: {"attribute": v.attribute["slug"]} for field, v in fields.items()},
    }


def _of_type(
    shop: Shop, name: str, product_type: Key, fields: Fields, unsaid: dict[Key, list[Key]]
) -> Iterator[Document]:
    for product in shop.products:
        if product["productType"]["slug"] != product_type:
            continue
        stated = _stated(product, fields, unsaid)
        if stated:
            head = {"targets": shop.targets, "offering": product["slug"], "mapping": name}
            yield _path_of(product["slug"]), {**head, "fields": stated}


def _stated(product: Node, fields: Fields, unsaid: dict[Key, list[Key]]) -> dict[str, Any]:
    """What it carries; an attribute that is empty is not stated, so it is not managed."""
    carried = {s["attribute"]["slug"]: s["values"] for s in product["attributes"]}
    stated = {}
    for field, vocabulary in fields.items():
        slug = vocabulary.attribute["slug"]
        try:
            value = _value(vocabulary, carried.get(slug) or ())
        except Unsayable:
            unsaid.setdefault(slug, []).append(product["slug"])
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
