"""What the app whose token is used was granted, and which root fields take it.

Everything, unless an admin narrowed it down (`sandbox edit app accessScopes=…`). A field whose
scope is missing is refused in the vendor's words. How an id is refused that names what may not be
read was not recorded: it is refused like any field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from graphql import GraphQLSchema

from providers.shopify.sandbox.ids import gid, parts
from providers.shopify.sandbox.refusal import refusal
from providers.shopify.sandbox.shop import Info, Shop

EVERY: Final = (
    "write_products",
    "write_files",
    "write_content",
    "write_publications",
    "write_online_store_navigation",
    "write_metaobjects",
    "write_metaobject_definitions",
)

Areas = tuple[str, ...]
"""What scopes are about, `x` of `read_x` and `write_x`: one of them is enough."""

PRODUCTS: Final = ("products",)
_FILES: Final = ("files",)
_CONTENT: Final = ("content",)
_PAGES: Final = ("content", "online_store_pages")
_METAOBJECTS: Final = ("metaobjects",)
_PUBLICATIONS: Final = ("publications",)
_REDIRECTS: Final = ("online_store_navigation",)

_FIELDS: Final[Mapping[Areas, str]] = {
    PRODUCTS: """
        collection collectionByHandle collectionByIdentifier collections collectionsCount
        product productByHandle productByIdentifier productOperation productTags productTypes
        productVariant productVariants productVariantsCount productVendors products productsCount
        collectionAddProducts collectionAddProductsV2 collectionCreate collectionDelete
        collectionRemoveProducts collectionReorderProducts collectionUpdate
        productBundleCreate productBundleUpdate productChangeStatus productCreate
        productCreateMedia productDelete productDeleteMedia productReorderMedia productUpdate
        productUpdateMedia productVariantAppendMedia productVariantDetachMedia
        productVariantsBulkCreate productVariantsBulkDelete productVariantsBulkUpdate
    """,
    _FILES: "fileSavedSearches files fileAcknowledgeUpdateFailed fileCreate fileDelete fileUpdate",
    _PAGES: "page pages pagesCount pageCreate pageDelete pageUpdate",
    _CONTENT: """
        article articles blog blogs blogsCount comment comments
        articleCreate articleDelete articleUpdate blogCreate blogDelete blogUpdate
        commentApprove commentDelete commentNotSpam commentSpam
    """,
    _METAOBJECTS: "metaobjectByHandle",
    _PUBLICATIONS: """
        publications publishablePublish publishablePublishToCurrentChannel
        publishableUnpublish publishableUnpublishToCurrentChannel
    """,
    _REDIRECTS: """
        urlRedirect urlRedirects urlRedirectsCount
        urlRedirectCreate urlRedirectDelete urlRedirectUpdate
    """,
}
_ALWAYS: Final = {name: areas for areas, names in _FIELDS.items() for name in names.split()}

_OF_SORT: Final[Mapping[str, Areas]] = {
    **dict.fromkeys(("product", "productvariant", "collection"), PRODUCTS),
    **dict.fromkeys(("blog", "article", "comment"), _CONTENT),
    **dict.fromkeys(("genericfile", "mediaimage", "video", "externalvideo"), (*_FILES, *PRODUCTS)),
    "page": _PAGES,
    "metaobject": _METAOBJECTS,
    "publication": _PUBLICATIONS,
    "urlredirect": _REDIRECTS,
}
"""Of types of things and of owners, whatever their case."""


def _definition(args: Mapping[str, Any]) -> list[str]:
    id_ = args.get("id") or args.get("definitionId")
    return [id_] if id_ else [(args.get("identifier") or {}).get("ownerType", "")]


_NAMED: Final[Mapping[str, Callable[[Mapping[str, Any]], list[str]]]] = {
    **dict.fromkeys(("node", "tagsAdd", "tagsRemove"), lambda args: [args["id"]]),
    "nodes": lambda args: args["ids"],
    **dict.fromkeys(
        ("metafieldsSet", "metafieldsDelete"),
        lambda args: [row["ownerId"] for row in args["metafields"]],
    ),
    "metafieldDefinitions": lambda args: [args["ownerType"]],
    **dict.fromkeys(
        ("metafieldDefinitionCreate", "metafieldDefinitionUpdate"),
        lambda args: [args["definition"]["ownerType"]],
    ),
    **dict.fromkeys(
        (
            "metafieldDefinition",
            "metafieldDefinitionDelete",
            "metafieldDefinitionPin",
            "metafieldDefinitionUnpin",
        ),
        _definition,
    ),
}
"""What a field is about, where its arguments say so: ids, and types of owners."""

FREE: Final = (
    "bulkOperation",
    "bulkOperations",
    "currentAppInstallation",
    "currentBulkOperation",
    "job",
    "shop",
    "bulkOperationCancel",
    "bulkOperationRunMutation",
    "bulkOperationRunQuery",
    "stagedUploadsCreate",
)
"""These take no scope: what runs in bulk is looked at by itself, uploads where they are used."""

KNOWN: Final = frozenset((*_ALWAYS, *_NAMED, *FREE))
"""A root field of which nothing is said here does not pass the tests."""


def granted(shop: Shop) -> list[str]:
    """The scopes, reading ones told beside those that write."""
    scopes = shop.setting("app").get("accessScopes", EVERY)
    told = {f"read_{s.removeprefix('write_')}" for s in scopes if s.startswith("write_")}
    return sorted({*scopes, *told})


def guard(schema: GraphQLSchema) -> None:
    """Let every root field that takes scopes look at them before it answers."""
    for root, verb in ((schema.query_type, "read"), (schema.mutation_type, "write")):
        assert root is not None
        for name, field in root.fields.items():
            if name not in FREE:
                field.resolve = _guarded(field.resolve, verb)


def _guarded(resolve: Any, verb: str) -> Callable[..., Any]:
    def guarded(value: Any, info: Info, **args: Any) -> Any:
        for areas in _asked(info.context, info.field_name, args):
            if not is_granted(info.context, verb, areas):
                raise denied(info.field_name, tuple(f"{verb}_{area}" for area in areas))
        return resolve(value, info, **args)

    return guarded


def _asked(shop: Shop, field: str, args: Mapping[str, Any]) -> Iterator[Areas]:
    if field in _ALWAYS:
        yield _ALWAYS[field]
    for name in _NAMED[field](args) if field in _NAMED else ():
        yield from _about(shop, name)


def _about(shop: Shop, name: str) -> Iterator[Areas]:
    """Definitions and metafields are about what owns them."""
    sort = (parts(name) or (name, ""))[0]
    if sort in ("Metafield", "MetafieldDefinition"):
        yield from _about(shop, (shop.get(name) or {}).get("ownerType", ""))
    elif sort.casefold() in _OF_SORT:
        yield _OF_SORT[sort.casefold()]


def is_granted(shop: Shop, verb: str, areas: Areas) -> bool:
    """Whether the app may read or write one of these. `write_x` grants what `read_x` does."""
    if "accessScopes" not in shop.setting("app"):
        return True
    return not {f"{verb}_{area}" for area in areas}.isdisjoint(granted(shop))


def denied(field: str, either: tuple[str, ...] = ()) -> Exception:
    needed = " or ".join(f"`{scope}`" for scope in either)
    return _refused(
        f"Access denied for {field} field."
        + (f" Required access: {needed} access scope." if needed else "")
    )


def expect_to_manage_products(shop: Shop) -> None:
    """Recorded of files that are to be given to products."""
    if not is_granted(shop, "write", PRODUCTS):
        raise _refused("Access denied: Missing permission to manage products.")


def _refused(words: str) -> Exception:
    page = "https://shopify.dev/api/usage/access-scopes"
    return refusal(words, "ACCESS_DENIED", documentation=page)


def _installation(_: Any, info: Info) -> Mapping[str, Any]:
    return {"id": gid("AppInstallation", 1), "accessScopes": list(_told(info.context))}


def _told(shop: Shop) -> Iterator[Mapping[str, str]]:
    for handle in granted(shop):
        yield {"handle": handle, "description": handle.replace("_", " ").capitalize()}


FIELDS: Final = {"QueryRoot": {"currentAppInstallation": _installation}}
