"""One thing on one platform: a spec at an address. Desired, live and applied are all this type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from reconciler.model.address import Address, Key, Remote

S = TypeVar("S")


class Origin(StrEnum):
    """How a resource came under management; it decides what dropping it means."""

    CREATED = "created"
    ADOPTED = "adopted"


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote a line, and in which commit."""

    author: str
    commit: str


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a file that people wrote. Lines and columns count from 1. `written` is told of
    plans that are kept for a review, where git knows it."""

    path: str
    line: int
    column: int = 1
    written: Authorship | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


NO_VALUES: Final[Mapping[str, Any]] = MappingProxyType({})
"""One for all: there are very many resources, and few that have some."""


@dataclass(frozen=True, slots=True)
class Resource(Generic[S]):
    """A spec at an address, with what each of the three states knows beside it.

    desired: `source` and `intent`: a digest of what people wrote for it, its key included; but
    of a resource that a selector chose, of the selector alone, so that what the catalog moves
    is told from what people move.
    live: `remote`, `token` (what the platform's own compare-and-set wants), `live_key`
    (the key it really stands under, where that is not the address's: key drift), `is_draft`
    (nobody outside sees it yet).
    applied: `remote`, `origin`, `intent`, and `maybe`: owned values that a write without an
    answer may have left there.
    live and desired: `shows`: the addresses of its pictures by the names that fields call them.
    `needs` are resources that must exist before this one though no field of its spec points
    at them (a metafield's owner and definition): with the spec's `Ref`s they make the order.
    `formerly`: of a desired resource, the key that git says it had before.
    `follows`: those that come before it where both change, and do not stop it where they fail.
    """

    address: Address
    spec: S
    remote: Remote | None = None
    token: str | None = None
    live_key: Key | None = None
    origin: Origin | None = None
    source: Source | None = None
    intent: str | None = None
    needs: tuple[Address, ...] = ()
    follows: tuple[Address, ...] = ()
    maybe: Mapping[str, Any] = field(default_factory=lambda: NO_VALUES)
    is_draft: bool = False
    formerly: Key | None = None
    shows: tuple[tuple[str, str], ...] = ()

    def picture(self, name: str) -> str | None:
        return dict(self.shows).get(name)


State = Mapping[Address, Resource[Any]]
"""Desired, live or applied: the three inputs of the comparison are one type."""
