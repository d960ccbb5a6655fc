"""What somebody in Shopify's admin does by hand: edits without any of the API's guards.

| thing | key | fields |
|---|---|---|
| product | handle | handle, title, productType, vendor, tags, status, category, descriptionHtml,
media |
| variant | product handle/title | title, price, compareAtPrice, inventoryQuantity, weight |
| page | handle | handle, title, isPublished |
| file | name | name, alt, fileStatus, failure |
| collection | handle | handle, title, descriptionHtml, sortOrder, templateSuffix, seo, image,
products, ruleSet, sources |
| metafield | product/<handle>/<namespace>.<key> | type; value, or what it refers to by name |
| metaobject | <type>/<handle> | displayName |
| publication | product/<handle>/<channel>, collection/<handle>/<channel> | publishDate |
| channel | name | supportsFuturePublishing |
| bundle | handle of the product | components: handle → quantity |
| metafieldDefinition | product/<namespace>.<key> | name, description, type, and what updates take |
| app | | accessScopes, isLimited |
| bulk | | begins, nodes, lines, ends, fate |

A definition alone takes no more than by the API, but another type; it is refused in the same words.

`deleted: true` deletes the thing. A metafield, a metaobject, a definition, a publication or a
channel that is not there is made. A metafield refers by `page`, `file`, `product`, `variant`,
`collection` or `metaobject` (see `planting.REFERRED`), to one or to a list.
`app` is the one whose token is used: what it was granted, and whether the bucket of points holds it
up. `bulk` is how bulk operations go (`bulk.SETTINGS`).
`media` are the names of files, in the order in which the product's gallery shows them.
`sources` are in the shape in which they are created (`title`, `inclusion`, `exclusion`), with
`selections` by the products' handles, and `shareable`, `subCollections` and conditions called
`unknown` besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from providers.kit.sandbox import UnknownThing
from providers.shopify.sandbox import bulk, bundles, definitions, media, metafields, publications
from providers.shopify.sandbox.files import cdn, file_named, remove_file
from providers.shopify.sandbox.metaobjects import add_metaobject, metaobject_called
from providers.shopify.sandbox.planting import (
    REFERRED,
    product_called,
    source_of,
    there,
    variant_called,
)
from providers.shopify.sandbox.planting import metafield as plant_metafield
from providers.shopify.sandbox.products import change_product, remove_product
from providers.shopify.sandbox.refusal import UserError
from providers.shopify.sandbox.shop import Shop, Thing

Fields = Mapping[str, Any]

_KNOWN: Final = {
    "product": (
        "handle", "title", "productType", "vendor", "tags", "status", "category", "descriptionHtml",
        "media",
    ),
    "variant": ("title", "price", "compareAtPrice", "inventoryQuantity", "weight"),
    "page": ("handle", "title", "isPublished"),
    "file": ("name", "alt", "fileStatus", "failure"),
    "collection": (
        "handle", "title", "descriptionHtml", "sortOrder", "templateSuffix", "seo", "image",
        "products", "ruleSet", "sources",
    ),
    "metafield": ("type", "value", *REFERRED),
    "metaobject": ("displayName",),
    "metafieldDefinition": (
        "name", "description", "type", "validations", "access", "capabilities",
        "constraintsUpdates", "pin",
    ),
    "publication": ("publishDate",),
    "channel": ("supportsFuturePublishing",),
    "bundle": ("components",),
    "app": ("accessScopes", "isLimited"),
    "bulk": tuple(bulk.SETTINGS),
}  # fmt: skip


_LISTS: Final = ("tags", "media", "products", "sources", "accessScopes")
_FLAGS: Final = ("deleted", "isPublished", "supportsFuturePublishing", "isLimited")
_TEXTS: Final = ("handle", "title", "productType", "vendor", "status", "descriptionHtml")

_SHAPES: Final[Mapping[str, tuple[Any, str, str]]] = {
    **dict.fromkeys(_LISTS, ((list, tuple), "a list", '["a", "b"]')),
    **dict.fromkeys(_FLAGS, (bool, "true or false", "true")),
    **dict.fromkeys(_TEXTS, (str, "a text", '"a"')),
}
"""What a field holds, in words, and how that is written."""


def edit(shop: Shop, thing: str, key: str, fields: Fields) -> None:
    """Raises `UnknownThing`, which says what there is."""
    if thing not in _EDITS:
        raise UnknownThing(f"there is no {thing} here · there are: {', '.join(_EDITS)}")
    unknown = [name for name in fields if name not in (*_KNOWN[thing], "deleted")]
    if unknown:
        known = ", ".join((*_KNOWN[thing], "deleted"))
        raise UnknownThing(f"a {thing} has no {unknown[0]} here · it has: {known}")
    _must_fit(fields)
    try:
        _EDITS[thing](shop, key, fields)
    except KeyError as error:
        raise UnknownThing(f"there is no {error.args[0]} in this shop") from error


def _must_fit(fields: Fields) -> None:
    for name, value in fields.items():
        shape, words, example = _SHAPES.get(name, (object, "", ""))
        if value is not None and not isinstance(value, shape):
            raise UnknownThing(f"{name} is {words} · write {name}='{example}'")


def _product(shop: Shop, key: str, fields: Fields) -> None:
    product = product_called(shop, key)
    if fields.get("deleted"):
        remove_product(shop, product)
        return
    if "media" in fields:
        order = [there(file_named(shop, name), name)["id"] for name in fields["media"]]
        product = media.set_gallery(shop, product, order)
    plain = {name: value for name, value in fields.items() if name != "media"}
    change_product(shop, product, plain)


def _setting(name: str) -> Callable[[Shop, str, Fields], None]:
    """Things that there is one of, whatever the key."""

    def change(shop: Shop, _: str, fields: Fields) -> None:
        shop.keep(name, {**shop.setting(name), **fields})

    return change


def _variant(shop: Shop, key: str, fields: Fields) -> None:
    _change(shop, there(variant_called(shop, key), key), fields)


def _page(shop: Shop, key: str, fields: Fields) -> None:
    _change(shop, there(shop.find("Page", handle=key), key), fields)


def _file(shop: Shop, key: str, fields: Fields) -> None:
    file = there(file_named(shop, key), key)
    if fields.get("deleted"):
        remove_file(shop, file)
        return
    changes = {name: value for name, value in fields.items() if name != "name"}
    if "name" in fields:
        changes["url"] = cdn(str(fields["name"]))
    if "fileStatus" in fields:
        changes["processing_since"] = None
        changes["failure"] = fields.get("failure", "IMAGE_PROCESSING_FAILURE")
    shop.change(file, **changes)


def _collection(shop: Shop, key: str, fields: Fields) -> None:
    collection = there(shop.find("Collection", handle=key), key)
    changes = dict(fields)
    if "sources" in fields:
        changes["sources"] = [source_of(shop, source) for source in fields["sources"]]
    if "products" in fields:
        changes["products"] = [product_called(shop, handle)["id"] for handle in fields["products"]]
    _change(shop, collection, changes)


def _metafield(shop: Shop, key: str, fields: Fields) -> None:
    owner, namespace, name = _owner_and_name(shop, key)
    found = metafields.metafield_of(shop, owner["id"], namespace, name)
    if fields.get("deleted"):
        shop.remove(there(found, key))
        return
    type_ = {} if found is None else {"type": found["type"]}
    plant_metafield(shop, owner, {"namespace": namespace, "key": name, **type_, **fields})


def _metaobject(shop: Shop, key: str, fields: Fields) -> None:
    found = metaobject_called(shop, key)
    if found is None:
        type_, _, handle = key.partition("/")
        found = add_metaobject(shop, {"type": type_, "handle": handle})
    _change(shop, found, fields)


def _owner_and_name(shop: Shop, key: str) -> tuple[Thing, str, str]:
    try:
        _, handle, name = key.split("/")
        namespace, bare = name.split(".")
    except ValueError as error:
        raise KeyError(f"{key} · write product/<handle>/<namespace>.<key>") from error
    return product_called(shop, handle), namespace, bare


def _publication(shop: Shop, key: str, fields: Fields) -> None:
    try:
        sort, handle, channel = key.split("/")
    except ValueError as error:
        raise KeyError(f"{key} · write product/<handle>/<channel>") from error
    thing = there(shop.find(sort.capitalize(), handle=handle), f"{sort}/{handle}")
    publication = publications.publication_called(shop, channel)
    if fields.get("deleted"):
        publications.take_down(shop, thing, [publication["id"]])
    else:
        moment = fields.get("publishDate") or shop.today()
        publications.put_up(shop, thing, publication, moment)


def _channel(shop: Shop, key: str, fields: Fields) -> None:
    found = shop.find("Publication", name=key)
    if found is not None:
        _change(shop, found, fields)
    else:
        publications.add_publication(shop, {"name": key, "catalog": key, **fields})


def _bundle(shop: Shop, key: str, fields: Fields) -> None:
    quantities = {product_called(shop, h)["id"]: n for h, n in fields["components"].items()}
    bundles.put_together(shop, product_called(shop, key), bundles.bundle_of(shop, quantities))


def _definition(shop: Shop, key: str, fields: Fields) -> None:
    """An admin can do no more than the API, but give it another type."""
    owner_type, _, name = key.partition("/")
    namespace, _, bare = name.partition(".")
    identity = {"ownerType": owner_type.upper(), "namespace": namespace, "key": bare}
    found = definitions.identified(shop, identity)
    if fields.get("deleted"):
        shop.remove(there(found, key))
        return
    if found is None:
        found = _new_definition(shop, key, {"name": bare, **identity}, fields.get("type"))
    elif "type" in fields:
        _refuse(definitions.type_errors(fields["type"]))
        found = shop.change(found, type=fields["type"])
    _refuse(definitions.change_errors(shop, found, fields))
    shop.change(found, **definitions.changes(shop, found, fields))


def _new_definition(shop: Shop, key: str, identity: Fields, type_: str | None) -> Thing:
    if type_ is None:
        raise UnknownThing(f"there is no {key} in this shop · to make it, say its type")
    stated = {**identity, "type": type_}
    _refuse(definitions.creation_errors(shop, stated))
    return definitions.create(shop, stated)


def _refuse(errors: Iterable[UserError]) -> None:
    for error in errors:
        raise UnknownThing(str(error["message"]))


def _change(shop: Shop, thing: Thing, fields: Fields) -> None:
    if fields.get("deleted"):
        shop.remove(thing)
    else:
        shop.change(thing, **fields)


_EDITS: Final[Mapping[str, Callable[[Shop, str, Fields], None]]] = {
    "product": _product,
    "variant": _variant,
    "page": _page,
    "file": _file,
    "collection": _collection,
    "metafield": _metafield,
    "metaobject": _metaobject,
    "metafieldDefinition": _definition,
    "publication": _publication,
    "channel": _channel,
    "bundle": _bundle,
    "app": _setting("app"),
    "bulk": _setting("bulk"),
}
