"""What one resource needs, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar

from reconciler.model.address import Address, Key, Remote
from reconciler.model.resource import Resource, Source
from reconciler.model.spec import Path, Value, digest

S = TypeVar("S")


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ADOPT = "adopt"
    FORGET = "forget"

    @property
    def symbol(self) -> str:
        return {"create": "+", "update": "~", "delete": "-", "adopt": "»", "forget": "."}[
            self.value
        ]

    @property
    def writes(self) -> bool:
        """Whether carrying it out touches the platform; a forget touches the ledger only."""
        return self is not Action.FORGET


class Cause(StrEnum):
    """Why live and desired differ. It explains; it never decides what is written."""

    INTENT = "intent"
    """Git moved."""
    DRIFT = "drift"
    """The platform moved."""
    CONFLICT = "conflict"
    """Both moved, to different values."""
    CATALOG = "catalog"
    """The answer to a selector moved."""
    UNATTRIBUTED = "unattributed"
    """There was no ledger to ask."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One owned field: `before` as it is live (null where it is not there), `after` as git says."""

    path: Path
    before: Value
    after: Value
    cause: Cause


@dataclass(frozen=True, slots=True)
class Membership:
    """Which things belong to a collection before and after a change, by their keys. replayed: on
    how many of them the way of working it out was tried, all of which it explains."""

    before: int
    after: int
    entering: tuple[Key, ...]
    leaving: tuple[Key, ...]
    replayed: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """A consequence beyond the written fields. `in_use` counts what would lose something by a
    deletion; `members` tells of a collection what is known of its members; `text` says it all to
    people."""

    text: str
    in_use: int = 0
    members: Membership | None = None


@dataclass(frozen=True, slots=True)
class Pictures:
    """What an image change replaces, and by what: addresses of pictures, for people to look at.
    files: the paths of those that lie in the repository and are to be uploaded."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerAfter:
    """What the ledger is to say once a change is carried out, where that is not what the change
    achieved: a rollback gives back the row from before a run. None: the row goes."""

    resource: Resource[Any] | None


@dataclass(frozen=True)
class Change(Generic[S]):
    """One resource's difference. `before` is its live state, `after` the desired one, `applied`
    what we last wrote.

    For a create `before` is None, for a delete and a forget `after` is None. `fields` are the
    owned fields that differ, in the order of their paths. `link` leads into the platform's own
    admin.
    """

    address: Address
    action: Action
    cause: Cause
    fields: tuple[FieldChange, ...]
    before: Resource[S] | None
    after: Resource[S] | None
    applied: Resource[S] | None = None
    effect: Effect | None = None
    irreversible: str | None = None
    leaves: LedgerAfter | None = None
    link: str | None = None
    pictures: Pictures | None = None

    @property
    def remote(self) -> Remote | None:
        return self.before.remote if self.before else None

    @property
    def source(self) -> Source | None:
        return self.after.source if self.after else None

    @property
    def renamed_from(self) -> Key | None:
        """The key that the live resource stands under, where that is not the address's."""
        return self.before.live_key if self.before else None

    @cached_property
    def digest(self) -> str:
        """What a review is bound to: address, action, remote, owned before and after.

        Not cause, source, effect, link, pictures or estimate: they explain, and may be told
        differently.
        """
        return digest(
            {
                "address": str(self.address),
                "action": self.action.value,
                "remote": self.remote,
                "before": {field.path: field.before for field in self.fields},
                "after": {field.path: field.after for field in self.fields},
            }
        )

    @property
    def has_drifted(self) -> bool:
        """Whether the platform moved something of it, whatever else moves."""
        moved = (Cause.DRIFT, Cause.CONFLICT)
        return self.cause is Cause.DRIFT or any(field.cause in moved for field in self.fields)

    @property
    def before_values(self) -> Mapping[Path, Value]:
        return {field.path: field.before for field in self.fields}

    @property
    def after_values(self) -> Mapping[Path, Value]:
        return {field.path: field.after for field in self.fields}

    def differs_in(self, path: Path) -> bool:
        """Whether a field, or an entry of a mapping field, is to be written."""
        return any(f.path == path or f.path.startswith(f"{path}.") for f in self.fields)

    def with_effect(self, effect: Effect | None) -> Change[S]:
        return replace(self, effect=effect)


AnyChange = Change[Any]
