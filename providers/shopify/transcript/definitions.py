"""Definitions of metafields, a document a namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.shopify.content import Misfit
from providers.shopify.kinds.metafield_definition import MetafieldDefinition
from providers.shopify.transcript.told import Told
from providers.shopify.types import SUPPORTED
from providers.shopify.validations import names_of, said, stored
from reconciler.intent.metafields import Content
from reconciler.model.address import Key
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, plain
from reconciler.provider import LeftOut

Known = Mapping[tuple[str, str], MetafieldDefinition]
"""Namespace and key → the definition, of those that are written down."""

_FOREIGN: Final = re.compile(r"app--\d+(--.*)?")
_NONE: Final = "none"
_ACCESS: Final = {"storefront": ("public_read",), "customer_account": ("read", "read_write")}
"""What is more than none. The admin's own access can be set by apps alone."""
_NAMESPACE: Final = re.compile(r"[A-Za-z0-9_-]{3,255}")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{2,64}")


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
            continue
        for trait in _without_words(one.spec):
            yield LeftOut(f"metafield {namespace}.{key}: {trait} · leave it to the admin")
        documents.setdefault(namespace, {})[key] = _definition(one.spec)
    for namespace, content in documents.items():
        document = {"targets": [target], "namespace": namespace, "definitions": content}
        yield path_of(namespace), document


def _name(key: Key) -> tuple[str, str]:
    namespace, _, name = key.partition("/")[2].rpartition(".")
    return namespace, name


def _objection(found: Resource[MetafieldDefinition]) -> str | None:
    namespace, key = _name(found.address.key)
    if _FOREIGN.fullmatch(namespace):
        return "it belongs to an app, which alone may change it · leave it to the app"
    if not _NAMESPACE.fullmatch(namespace):
        return "its namespace can stand in no document · leave it to the shop"
    if not _KEY.fullmatch(key):
        return "its key can stand in no document · leave it to the shop"
    if found.spec.type not in SUPPORTED:
        return f"a {found.spec.type} is no type that Planogram writes · leave it to the shop"
    return None


def _definition(spec: MetafieldDefinition) -> dict[str, Any]:
    """What is empty, or as it is in a new one, is not stated, so it is not managed."""
    told = {
        "type": spec.type,
        "name": spec.name,
        "description": spec.description,
        "choices": _listed(spec.choices),
        "validations": dict(_validations(spec)),
        "access": {name: v for name, v in _entries(spec.access) if v in _ACCESS.get(name, ())},
        "capabilities": {name: True for name, is_on in _entries(spec.capabilities) if is_on},
        "constraints": {"category": _listed(spec.categories)} if spec.categories else None,
        "pin": True if spec.pinned is True else None,
    }
    return {name: value for name, value in told.items() if value not in (None, UNSTATED, {})}


def _validations(spec: MetafieldDefinition) -> Iterator[tuple[str, Content]]:
    type_ = str(spec.type)
    for name, text in _entries(spec.validations):
        if _has_words(type_, name, text):
            yield name, plain(said(type_, name, text))


def _without_words(spec: MetafieldDefinition) -> Iterator[str]:
    type_ = str(spec.type)
    for name, text in _entries(spec.validations):
        if not _has_words(type_, name, text):
            yield f"its validation {name}"
    for name, value in _entries(spec.access):
        if value not in (*_ACCESS.get(name, (value,)), _NONE):
            yield f"its access {name}: {value}"


def _has_words(type_: str, name: str, text: str) -> bool:
    try:
        return name in names_of(type_) and stored(type_, name, said(type_, name, text)) == text
    except (Misfit, ValueError, TypeError, KeyError):
        return False


def _entries(field: object) -> list[tuple[str, Any]]:
    return list(field.items()) if isinstance(field, Mapping) else []


def _listed(field: object) -> list[Any] | None:
    return list(field) if isinstance(field, tuple) else None
