"""Which access scopes each kind takes: to be read, and to be written.

A kind that is missing here does not pass the tests. `write_x` grants what `read_x` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.provider import Access, Lack

Either = tuple[str, ...]
"""Scopes of which one is enough; the first is the one that is told to people."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """reading, writing: each entry must be granted; `writing` is empty for what is looked up."""

    reading: tuple[Either, ...]
    writing: tuple[Either, ...] = ()


_PRODUCTS: Final = Scopes((("read_products",),), (("write_products",),))

_GALLERIES: Final = Scopes(
    (("read_products",), ("read_files",)), (("write_products",), ("write_files",))
)
"""A picture comes to a gallery by its file, and only who may write products may do that."""

SCOPES: Final[Mapping[str, Scopes]] = {
    "product": Scopes((("read_products",),)),
    "page": Scopes((("read_content", "read_online_store_pages"),)),
    "variant": Scopes((("read_products",),)),
    "metaobject": Scopes((("read_metaobjects",),)),
    "file": Scopes((("read_files",),), (("write_files",),)),
    "product_media": _GALLERIES,
    "media_order": _PRODUCTS,
    "metafield_definition": _PRODUCTS,
    "metafield": _PRODUCTS,
    "collection": _PRODUCTS,
    "product_tags": _PRODUCTS,
    "bundle": _PRODUCTS,
    "publication": Scopes((("read_publications",),)),
    "publication_listing": Scopes(
        (("read_products",), ("read_publications",)), (("write_publications",),)
    ),
}
"""By kind. A metafield's scopes are those of its owner."""


def access(granted: frozenset[str] | None) -> Access:
    """What an app that was granted so much may not do; nothing where that is not known."""
    if granted is None:
        return Access()
    return Access(
        {kind: lack for kind, s in SCOPES.items() if (lack := _lack(s.reading, granted))},
        {kind: lack for kind, s in SCOPES.items() if (lack := _lack(s.writing, granted))},
    )


def _lack(wanted: Iterable[Either], granted: frozenset[str]) -> Lack | None:
    scopes = missing(wanted, granted)
    if not scopes:
        return None
    some = "the scope" if len(scopes) == 1 else "the scopes"
    text = f"the app was not granted {some} {', '.join(scopes)}"
    return Lack(text, "grant it to the app in the shop's admin, install it anew, and plan again")


def missing(wanted: Iterable[Either], granted: frozenset[str]) -> list[str]:
    """The scopes that must still be granted, each by the name that is told to people."""
    held = granted | {f"read_{scope[6:]}" for scope in granted if scope.startswith("write_")}
    return [either[0] for either in wanted if not held.intersection(either)]
