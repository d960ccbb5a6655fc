"""One kind's life on its platform, as data. Adding a kind means adding a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from reconciler.model.address import Address

Files = Mapping[str, str]
"""Path below desired/ → YAML."""

Edit = tuple[str, str, Mapping[str, Any]]
"""What somebody does in the admin: thing, key, fields."""


@dataclass(frozen=True)
class Case:
    """A kind, followed through one resource.

    states: desired states one after another; the first creates the resource (or fills it),
    each other moves at least one field, and together they state every field of the spec.
    without: the last state without the resource.
    raw: the resource's owned fields by path, as plain requests to the served sandbox tell
    them; None where it is not there. An absent path is None.
    drifts: path → an admin's edit of the first state's resource that moves just this field.
    stranger: an edit of something that nobody declared; no plan may mention it.
    exists_before: the resource is live before the first apply, so it is adopted and forgotten.
    immutable: paths that the platform never changes: their drift is shown, and restoring it fails
    with a remedy.
    unread: fields that no platform gives back, so that they can neither be read nor drift.
    """

    provider: str
    target: str
    kind: str
    key: str
    states: tuple[Files, ...]
    without: Files
    raw: Callable[[httpx.Client], Mapping[str, Any] | None]
    drifts: Mapping[str, Edit]
    stranger: Edit
    exists_before: bool = False
    immutable: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)
    variant: str = ""

    @property
    def address(self) -> Address:
        return Address(self.target, self.kind, self.key)

    def __str__(self) -> str:
        return f"{self.provider}-{self.kind}" + (f"-{self.variant}" if self.variant else "")
