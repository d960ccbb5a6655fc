"""A product as a platform shows it: what capsules are inspected by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.address import Key, Remote


@dataclass(frozen=True, slots=True)
class Medium:
    """One of a product's media. position: from 1. name: the file's, None while the platform has
    not processed it. is_image: whether it is a picture."""

    remote: Remote
    position: int
    name: str | None
    is_image: bool
    status: str
    alt: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class LiveProduct:
    """key: the platform's natural key. status: in the platform's own words. is_active: whether
    that means that it may be sold. is_published: whether it is on some channel already. media: in
    the shop's order."""

    key: Key
    remote: Remote
    status: str
    is_active: bool
    is_published: bool
    type: str
    tags: tuple[str, ...]
    media: tuple[Medium, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What a resource says of products. sort: what is written. products: by key. tags: those
    of the products that it gathers. field: a value's name (`namespace.key`)."""

    sort: str
    products: tuple[Key, ...] = ()
    tags: tuple[str, ...] = ()
    field: str | None = None


LiveProducts = Mapping[Key, LiveProduct]
"""By key; what is not there is missing."""
