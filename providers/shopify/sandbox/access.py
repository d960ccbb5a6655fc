"""What the app whose token is used was granted, and which root fields take it.

Everything, unless an admin narrowed it down (`sandbox edit app accessScopes=…`). A field whose
scope is missing is refused in the vendor's words; what is not in the table takes no scope here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from graphql import GraphQLSchema

from providers.shopify.sandbox.ids import gid
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

_PAGES: Final = ("read_content", "read_online_store_pages")

_READING: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "collection",
            "collectionByHandle",
            "collectionByIdentifier",
            "collections",
            "collectionsCount",
            "product",
            "productByIdentifier",
            "productVariant",
            "products",
            "productsCount",
        ),
        ("read_products",),
    ),
    "files": ("read_files",),
    "pages": _PAGES,
    "publications": ("read_publications",),
}
_WRITING: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "collectionCreate",
            "collectionDelete",
            "collectionUpdate",
            "metafieldsDelete",
            "metafieldsSet",
            "productCreate",
            "productDelete",
            "productUpdate",
            "tagsAdd",
            "tagsRemove",
        ),
        ("write_products",),
    ),
    **dict.fromkeys(("fileCreate", "fileUpdate", "fileDelete"), ("write_files",)),
    **dict.fromkeys(("publishablePublish", "publishableUnpublish"), ("write_publications",)),
}
"""Either of the scopes is enough. `write_x` grants what `read_x` does."""


def granted(shop: Shop) -> list[str]:
    """The scopes, reading ones told beside those that write."""
    scopes = shop.setting("app").get("accessScopes", EVERY)
    told = {f"read_{s.removeprefix('write_')}" for s in scopes if s.startswith("write_")}
    return sorted({*scopes, *told})


def guard(schema: GraphQLSchema) -> None:
    """Let every root field of the tables look at the scopes before it answers."""
    for root, scopes in ((schema.query_type, _READING), (schema.mutation_type, _WRITING)):
        assert root is not None
        for name, either in scopes.items():
            if name in root.fields and root.fields[name].resolve is not None:
                root.fields[name].resolve = _guarded(root.fields[name].resolve, either)


def _guarded(resolve: Any, either: tuple[str, ...]) -> Callable[..., Any]:
    def guarded(value: Any, info: Info, **args: Any) -> Any:
        if "accessScopes" in info.context.setting("app") and not (
            set(granted(info.context)) & set(either)
        ):
            raise denied(info.field_name, either)
        return resolve(value, info, **args)

    return guarded


def denied(field: str, either: tuple[str, ...] = ()) -> Exception:
    needed = " or ".join(f"`{scope}`" for scope in either)
    return refusal(
        f"Access denied for {field} field."
        + (f" Required access: {needed} access scope." if needed else ""),
        "ACCESS_DENIED",
        documentation="https://shopify.dev/api/usage/access-scopes",
    )


def _installation(_: Any, info: Info) -> Mapping[str, Any]:
    return {"id": gid("AppInstallation", 1), "accessScopes": list(_told(info.context))}


def _told(shop: Shop) -> Iterator[Mapping[str, str]]:
    for handle in granted(shop):
        yield {"handle": handle, "description": handle.replace("_", " ").capitalize()}


FIELDS: Final = {"QueryRoot": {"currentAppInstallation": _installation}}
