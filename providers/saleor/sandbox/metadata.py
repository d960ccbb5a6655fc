"""Metadata: keys and values beside an object, public and private. Keys come back sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.kit.store import Document
from providers.saleor.sandbox import callers
from providers.saleor.sandbox.callers import Call
from providers.saleor.sandbox.refusal import PermissionDenied, node, refuse
from providers.saleor.sandbox.world import parts_of

OWNERS = {
    "Product": callers.PRODUCTS,
    "Category": callers.PRODUCTS,
    "Collection": callers.PRODUCTS,
    "ProductMedia": callers.PRODUCTS,
    "Attribute": callers.ATTRIBUTES,
    "ProductType": callers.ATTRIBUTES,
    "App": "MANAGE_APPS",
}
"""What has metadata, and who may write it and see the private part."""

Args = Mapping[str, Any]


def merged(kept: Mapping[str, str], given: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Metadata after an input. Refuses empty keys."""
    if any(not item["key"].strip() for item in given):
        raise refuse("input", "Metadata key cannot be empty.", "REQUIRED")
    return {**kept, **{item["key"]: item["value"] for item in given}}


def _public(_call: Call, owner: Document, _args: Args) -> list[Document]:
    return _listed(owner.get("metadata") or {})


def _private(call: Call, owner: Document, _args: Args) -> list[Document]:
    _must_see_private(call)
    return _listed(owner.get("privateMetadata") or {})


def _metafield(_call: Call, owner: Document, args: Args) -> str | None:
    return (owner.get("metadata") or {}).get(args["key"])


def _metafields(_call: Call, owner: Document, args: Args) -> dict[str, str]:
    return _chosen(owner.get("metadata") or {}, args.get("keys"))


def _private_metafield(call: Call, owner: Document, args: Args) -> str | None:
    _must_see_private(call)
    return (owner.get("privateMetadata") or {}).get(args["key"])


def _private_metafields(call: Call, owner: Document, args: Args) -> dict[str, str]:
    _must_see_private(call)
    return _chosen(owner.get("privateMetadata") or {}, args.get("keys"))


def _must_see_private(call: Call) -> None:
    if not call.caller.has(*OWNERS.values()):
        raise PermissionDenied("You do not have permission to perform this action")


def _listed(content: Mapping[str, str]) -> list[Document]:
    return [{"key": key, "value": content[key]} for key in sorted(content)]


def _chosen(content: Mapping[str, str], keys: Sequence[str] | None) -> dict[str, str]:
    return {k: content[k] for k in sorted(content) if keys is None or k in keys}


def _update(call: Call, _root: Any, args: Args) -> Document:
    return {"item": _written(call, args["id"], "metadata", args["input"])}


def _update_private(call: Call, _root: Any, args: Args) -> Document:
    return {"item": _written(call, args["id"], "privateMetadata", args["input"])}


def _delete(call: Call, _root: Any, args: Args) -> Document:
    sort, owner = _owner(call, args["id"])
    kept = {k: v for k, v in (owner.get("metadata") or {}).items() if k not in args["keys"]}
    return {"item": _typed(sort, call.world.change(sort, owner, metadata=kept))}


def _written(call: Call, id_: str, field: str, given: Sequence[Mapping[str, str]]) -> Document:
    sort, owner = _owner(call, id_)
    content = merged(owner.get(field) or {}, given)
    return _typed(sort, call.world.change(sort, owner, **{field: content}))


def _owner(call: Call, id_: str) -> tuple[str, Document]:
    parts = parts_of(id_)
    if parts is None:
        raise refuse(None, f"“{id_}” is not a valid UUID.", "INVALID")
    sort = parts[0]
    if sort not in OWNERS:
        raise refuse("id", f"Couldn't resolve to a node: {id_}", "NOT_FOUND")
    call.caller.must_have(OWNERS[sort])
    return sort, node(call.world, id_, sort)


def _typed(sort: str, owner: Document) -> Document:
    return {**owner, "__typename": sort}


RESOLVERS = {
    (sort, field): resolver
    for sort in OWNERS
    for field, resolver in {
        "metadata": _public,
        "metafield": _metafield,
        "metafields": _metafields,
        "privateMetadata": _private,
        "privateMetafield": _private_metafield,
        "privateMetafields": _private_metafields,
    }.items()
}
MUTATIONS = {
    "updateMetadata": _update,
    "updatePrivateMetadata": _update_private,
    "deleteMetadata": _delete,
}
