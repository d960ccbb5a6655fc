"""Values of products by the definitions that are written down.

A value that every product of a type has, and all the same, is said once, by a selector.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from providers.shopify.content import Misfit
from providers.shopify.kinds.metafield import Metafield
from providers.shopify.metafields import Name
from providers.shopify.transcript.catalog import Catalog
from providers.shopify.transcript.definitions import Known, path_of
from providers.shopify.transcript.told import Told
from providers.shopify.types import content, field_of
from reconciler.intent.metafields import Content
from reconciler.model.address import Key
from reconciler.model.resource import Resource
from reconciler.model.spec import canonical_json, plain
from reconciler.provider import LeftOut

MANY: Final = 2
"""Products of which a selector speaks, at least."""

Said = dict[Key, dict[Key, Content]]
"""Product → key → value."""


class Unsayable(Exception):
    """A live value that no document says, and why."""


def values(
    target: str, found: Sequence[Resource[Metafield]], known: Known, products: Catalog
) -> Iterator[Told]:
    said: dict[str, Said] = {}
    unsaid: dict[tuple[str, str, str], list[Key]] = {}
    for one in found:
        name = Name.of(one.address.key)
        try:
            value = _content(one.spec, name, known)
        except Unsayable as error:
            unsaid.setdefault((name.namespace, name.key, str(error)), []).append(name.handle)
            continue
        said.setdefault(name.namespace, {}).setdefault(name.handle, {})[name.key] = value
    for namespace, by_product in said.items():
        yield path_of(namespace), _document(target, namespace, by_product, products)
    for (namespace, key, why), handles in unsaid.items():
        whose = handles[0] if len(handles) == 1 else f"{len(handles)} products"
        about = tuple((path_of(namespace), ("values", handle, key)) for handle in handles)
        yield LeftOut(f"metafield {namespace}.{key} of {whose}: {why}", about)


def _content(spec: Metafield, name: Name, known: Known) -> Content:
    definition = known.get((name.namespace, name.key))
    if definition is None:
        raise Unsayable("it has no definition that is written down · define it in the admin")
    type_ = str(definition.type)
    if spec.type != type_:
        raise Unsayable(f"it is a {spec.type}, and its definition a {type_} · correct it")
    try:
        value = content(type_, getattr(spec, field_of(type_)))
    except Misfit as misfit:
        raise Unsayable(f"{misfit.cause} · {misfit.remedy}") from None
    if value is None or (isinstance(value, tuple) and None in value):
        raise Unsayable("it refers to what is not there any more · correct it in the admin")
    chosen = value if isinstance(value, tuple) else (value,)
    choices = definition.choices
    if isinstance(choices, tuple) and not set(map(str, chosen)) <= set(choices):
        raise Unsayable("it is not among the choices of its definition · correct it")
    return value


def _document(target: str, namespace: str, said: Said, products: Catalog) -> dict[str, Any]:
    selectors = list(_selectors(said, products))
    covered = {
        (handle, key)
        for type_, values_ in selectors
        for handle in products.by_type[type_]
        for key in values_
    }
    left = {
        handle: {key: v for key, v in by_key.items() if (handle, key) not in covered}
        for handle, by_key in said.items()
    }
    by_name = {handle: by_key for handle, by_key in left.items() if by_key}
    document: dict[str, Any] = {"targets": [target], "namespace": namespace}
    if by_name:
        document["values"] = plain(by_name)
    if selectors:
        document["selectors"] = [
            {"products": {"type": type_}, "set": plain(values_)} for type_, values_ in selectors
        ]
    return document


def _selectors(said: Said, products: Catalog) -> Iterator[tuple[str, Mapping[Key, Content]]]:
    for type_, handles in products.by_type.items():
        if len(handles) < MANY:
            continue
        first, *others = ({k: _text(v) for k, v in said.get(h, {}).items()} for h in handles)
        shared = [key for key, text in first.items() if all(o.get(key) == text for o in others)]
        if shared:
            yield type_, {key: said[handles[0]][key] for key in shared}


def _text(value: Content) -> str:
    return canonical_json(plain(value))
