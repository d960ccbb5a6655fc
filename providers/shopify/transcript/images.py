"""Look and swatch images: references to files in metafields that are named so. And galleries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from providers.shopify.kinds.media_order import MediaOrder
from providers.shopify.kinds.metafield import Metafield
from providers.shopify.metafields import Name
from providers.shopify.transcript.definitions import Known
from providers.shopify.transcript.told import Told
from reconciler.model.address import Key
from reconciler.model.resource import Resource

_PURPOSES: Final = {"look_image": "look", "swatch_image": "swatch"}
_REFERENCE: Final = "file_reference"


def is_picture(found: Resource[Metafield], known: Known) -> bool:
    """Whether it is said by `images/`. One that was defined otherwise is a metafield."""
    name = Name.of(found.address.key)
    definition = known.get((name.namespace, name.key))
    return (
        name.key in _PURPOSES
        and found.spec.type == _REFERENCE
        and isinstance(found.spec.file, str)
        and (definition is None or definition.type == _REFERENCE)
    )


def images(target: str, found: Sequence[Resource[Metafield]]) -> Iterator[Told]:
    """A document a namespace."""
    into: dict[str, dict[str, str]] = {}
    products: dict[str, dict[Key, dict[str, Any]]] = {}
    for one in found:
        name = Name.of(one.address.key)
        purpose = _PURPOSES[name.key]
        into.setdefault(name.namespace, {})[purpose] = f"{name.namespace}.{name.key}"
        product = products.setdefault(name.namespace, {}).setdefault(name.handle, {"images": {}})
        product["images"][purpose.upper()] = {"file": one.spec.file}
        product[purpose] = purpose.upper()
    for namespace, content in products.items():
        document = {"targets": [target], "into": into[namespace], "products": content}
        yield f"images/{namespace}.yaml", document


def galleries(target: str, found: Sequence[Resource[MediaOrder]]) -> Iterator[Told]:
    """The pictures of products in their order, all in one document; other media are not told. No
    namespace has a dot, so that no document of `images` is called like this one."""
    products: dict[Key, dict[str, Any]] = {}
    for one in found:
        names = one.spec.files if isinstance(one.spec.files, tuple) else ()
        variants = {f"PICTURE_{place:02}": name for place, name in enumerate(names, 1)}
        if not variants:
            continue
        product: dict[str, Any] = {"images": {v: {"file": name} for v, name in variants.items()}}
        if one.spec.first == names[0]:
            product["thumbnail"] = "PICTURE_01"
        products[one.address.key] = product
    if products:
        yield (
            f"images/{target}.galleries.yaml",
            {
                "targets": [target],
                "into": {"media": True},
                "products": products,
            },
        )
