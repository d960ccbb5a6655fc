"""Puts things into a shop as they stand there, not as the API would make them: for the seed,
for an admin's edits, and for the starting states of recordings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from providers.shopify.sandbox import sources
from providers.shopify.sandbox.bulk import add_operation
from providers.shopify.sandbox.collections import add_collection
from providers.shopify.sandbox.content import ARTICLE, BLOG, PAGE
from providers.shopify.sandbox.definitions import add_definition
from providers.shopify.sandbox.files import SORTS, add_file, file_named
from providers.shopify.sandbox.metafields import set_metafield
from providers.shopify.sandbox.metaobjects import add_metaobject, metaobject_called
from providers.shopify.sandbox.products import add_product
from providers.shopify.sandbox.publications import add_publication
from providers.shopify.sandbox.shop import LONG_AGO, Shop, Thing
from providers.shopify.sandbox.variants import add_variant, title_of, variants_of

Fields = Mapping[str, Any]

_SIDES: Final = ("inclusion", "exclusion")


def plant(shop: Shop, sort: str, fields: Fields, id_: str | None = None) -> Thing:
    """A thing of a type, its fields named as the API names them; what is not given is as in a
    new one. Raises `KeyError` for a type that can not be planted."""
    return _PLANTED[sort](shop, fields, id_)


def _variant(shop: Shop, fields: Fields, id_: str | None) -> Thing:
    return add_variant(shop, fields["product_id"], fields, id_)


def _collection(shop: Shop, fields: Fields, id_: str | None) -> Thing:
    """Its membership has long settled."""
    made = [source_of(shop, source) for source in fields.get("sources") or ()]
    return add_collection(
        shop, {"title": "", **fields, "sources": made, "settling_since": LONG_AGO}, id_
    )


def source_of(shop: Shop, fields: Fields) -> Thing:
    """A source, with the `selections` of its `inclusion` and `exclusion` given by the products'
    handles, and `subCollections` by those of collections."""
    if "subCollections" in fields:
        handles = fields["subCollections"]
        ids = [c["id"] for c in shop.all("Collection") if c["handle"] in handles]
        return sources.sub_collections(shop, fields["title"], ids)
    sides = {side: _rules(shop, fields[side]) for side in _SIDES if fields.get(side)}
    return sources.new_source(shop, {**fields, **sides})


def _rules(shop: Shop, fields: Fields) -> dict[str, Any]:
    chosen = [
        {"productId": product_called(shop, handle)["id"]}
        for handle in fields.get("selections") or ()
    ]
    return {**fields, "selections": chosen}


def product_called(shop: Shop, handle: str) -> Thing:
    """Raises `KeyError`."""
    found = shop.where("Product", "handle", handle)
    if not found:
        raise KeyError(handle)
    return found[0]


def _comment(shop: Shop, fields: Fields, id_: str | None) -> Thing:
    """What a visitor left, who needs no API for it."""
    plain = {"body": "", "status": "PENDING", "publishedAt": None, "articleId": None}
    return shop.add("Comment", {**plain, **fields}, id_)


def _file(sort: str) -> Callable[[Shop, Fields, str | None], Thing]:
    return lambda shop, fields, id_: add_file(shop, sort, fields, id_)


def metafield(shop: Shop, owner: Thing, fields: Fields, id_: str | None = None) -> Thing:
    """A metafield whose value is given, or referred to by one of `REFERRED`: one name, or those of
    a list. Raises `KeyError` for what is not there."""
    return set_metafield(
        shop,
        owner,
        fields["namespace"],
        fields["key"],
        fields["type"],
        _value(shop, fields),
        id_,
    )


def _value(shop: Shop, fields: Fields) -> str:
    if "value" in fields:
        return str(fields["value"])
    sort = next(sort for sort in REFERRED if sort in fields)
    named = fields[sort]
    if isinstance(named, list):
        return json.dumps([_id_of(shop, sort, name) for name in named], separators=(",", ":"))
    return _id_of(shop, sort, named)


def _id_of(shop: Shop, sort: str, name: str) -> str:
    return str(there(REFERRED[sort](shop, name), name)["id"])


def variant_called(shop: Shop, name: str) -> Thing | None:
    """By its product's handle and its title. Raises `KeyError` where there is no such product."""
    handle, _, title = name.partition("/")
    own = variants_of(shop, product_called(shop, handle))
    return next((variant for variant in own if title_of(variant) == title), None)


REFERRED: Final[Mapping[str, Callable[[Shop, str], Thing | None]]] = {
    "page": lambda shop, handle: shop.find("Page", handle=handle),
    "file": file_named,
    "product": product_called,
    "variant": variant_called,
    "collection": lambda shop, handle: shop.find("Collection", handle=handle),
    "metaobject": metaobject_called,
}
"""What metafields refer to, by name: a page's handle, a file's name, a product's handle, `product's
handle/variant's title`, a collection's handle, `type/handle` of a metaobject."""


def there(found: Thing | None, name: str) -> Thing:
    """What was looked for by a name. Raises `KeyError` where it was not found."""
    if found is None:
        raise KeyError(name)
    return found


_PLANTED: Final[Mapping[str, Callable[[Shop, Fields, str | None], Thing]]] = {
    "Product": add_product,
    "ProductVariant": _variant,
    "Collection": _collection,
    "MetafieldDefinition": add_definition,
    "BulkOperation": add_operation,
    "Page": PAGE.add,
    "Blog": BLOG.add,
    "Article": ARTICLE.add,
    "Comment": _comment,
    "Publication": add_publication,
    **{sort: _file(sort) for sort in SORTS},
    "Metaobject": add_metaobject,
}
