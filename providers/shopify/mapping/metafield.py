"""One metafield as a resource, whoever states it, and the definition that it has in `desired/`."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from providers.shopify.demands import check
from providers.shopify.kinds.metafield import Metafield
from providers.shopify.kinds.metafield_definition import definition_key
from providers.shopify.metafields import metafield_key
from providers.shopify.types import fields
from reconciler.intent.metafields import Content, Definition, Metafields
from reconciler.model.address import Address
from reconciler.model.resource import Resource, Source
from reconciler.provider import Compilation


def defined(compilation: Compilation, namespace: str, key: str) -> Definition | None:
    """A definition may stand in another document of the same namespace."""
    for document in compilation.intents.of(Metafields):
        if document.namespace == namespace and key in document.definitions:
            return document.definitions[key]
    return None


def keys_defined(compilation: Compilation, namespace: str) -> list[str]:
    documents = compilation.intents.of(Metafields)
    return [key for one in documents if one.namespace == namespace for key in one.definitions]


def specified(name: tuple[str, str], definition: Definition, value: Content) -> Metafield:
    """A value as its definition has it. Raises `Misfit` where it does not fit the type, or breaks
    what else the definition asks."""
    fields_ = fields(definition.type, value, definition.validations)
    check(".".join(name), definition, value)
    return Metafield(**fields_)


def metafield(
    compilation: Compilation,
    handle: str,
    name: tuple[str, str],
    spec: Metafield,
    source: Source,
    intent: str,
) -> Resource[Metafield]:
    """It needs its product and, where desired/ declares one, its definition."""
    target = compilation.target.name
    resource = Resource(
        Address(target, "metafield", metafield_key(handle, *name)),
        spec,
        source=source,
        intent=intent,
        needs=(Address(target, "product", handle),),
    )
    if spec.value is None or defined(compilation, *name) is None:
        return resource
    return replace(resource, needs=(*resource.needs, _definition(target, *name)))


@lru_cache
def _definition(target: str, namespace: str, key: str) -> Address:
    """One for all its values, of which there may be very many."""
    return Address(target, "metafield_definition", definition_key(namespace, key))
