"""Definitions of metafields, a document a namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.shopify.kinds.metafield_definition import MetafieldDefinition
from providers.shopify.transcript.told import Told
from providers.shopify.types import SUPPORTED
from reconciler.model.address import Key
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED
from reconciler.provider import LeftOut

Known = Mapping[tuple[str, str], MetafieldDefinition]
"""Namespace and key → the definition, of those that are written down."""

_FOREIGN: Final = re.compile(r"app--\d+(--.*)?")
_NAMESPACE: Final = re.compile(r"[A-Za-z0-9_-]{3,255}")


def path_of(namespace: str) -> str:
    return f"metafields/{namespace}.yaml"


def known_in(found: Sequence[Resource[MetafieldDefinition]]) -> Known:
    return {_name(one.address.key): one.spec for one in found if _objection(one) is None}


def definitions(target: str, found: Sequence[Resource[MetafieldDefinition]]) -> Iterator[Told]:
    documents: dict[str, dict[Key, Any]] = {}
    for one in found:
        namespace, key = _name(one.address.key)
        objection = _objection(one)
        if objection is not None:
            about = ((path_of(namespace), ("definitions", key)),)
            yield LeftOut(f"metafield {namespace}.{key}: {objection}", about)
        else:
            documents.setdefault(namespace, {})[key] = _definition(one.spec)
    for namespace, content in documents.items():
        document = {"targets": [target], "namespace": namespace, "definitions": content}
        yield path_of(namespace), document


def _name(key: Key) -> tuple[str, str]:
    namespace, _, name = key.partition("/")[2].rpartition(".")
    return namespace, name


def _objection(found: Resource[MetafieldDefinition]) -> str | None:
    namespace, _ = _name(found.address.key)
    if _FOREIGN.fullmatch(namespace):
        return "it belongs to an app, which alone may change it · leave it to the app"
    if not _NAMESPACE.fullmatch(namespace):
        return "its namespace can stand in no document · leave it to the shop"
    if found.spec.type not in SUPPORTED:
        return f"a {found.spec.type} is no type that Planogram writes · leave it to the shop"
    return None


def _definition(spec: MetafieldDefinition) -> dict[str, Any]:
    """What is empty is not stated, so it is not managed."""
    told = {
        "type": spec.type,
        "name": spec.name,
        "description": spec.description,
        "choices": list(spec.choices) if isinstance(spec.choices, tuple) else None,
    }
    return {name: value for name, value in told.items() if value not in (None, UNSTATED)}
