"""Who asks: people and apps, and the tokens that speak for them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SCOPES: Final = ("actions", "checks", "contents", "issues", "pull-requests", "statuses")
LEVELS: Final = {"none": 0, "read": 1, "write": 2}
EVERYTHING: Final = dict.fromkeys(SCOPES, "write")
VISITOR: Final = dict.fromkeys(SCOPES, "read") | {"comments": "write"}
"""What a stranger may do to a repository that he can see: read, and comment."""


@dataclass(frozen=True)
class Actor:
    """A person, or the bot of an app (whose login ends in `[bot]`)."""

    login: str
    id: int
    app: str | None = None

    @property
    def type(self) -> str:
        """As GitHub says it."""
        return "Bot" if self.app else "User"


@dataclass(frozen=True)
class Token:
    """What a request shows. `actions` is the token of a workflow's job, without a user."""

    value: str
    actor: Actor
    permissions: Mapping[str, str] = field(default_factory=dict)
    actions: bool = False

    def may(self, need: str) -> bool:
        """Whether it has one of `scope:level|scope:level`; an empty need is anybody's."""
        return not need or any(self._has(*one.split(":")) for one in need.split("|"))

    def _has(self, scope: str, level: str) -> bool:
        return LEVELS[self.permissions.get(scope, "none")] >= LEVELS[level]


def person(login: str) -> Actor:
    """A person; the number belongs to the name."""
    return Actor(login, zlib.crc32(login.encode()))


def app(slug: str) -> Actor:
    """The bot of an app."""
    return Actor(f"{slug}[bot]", zlib.crc32(slug.encode()), slug)


ACTIONS: Final = Actor("github-actions[bot]", 41898282, "github-actions")
DEPENDABOT: Final = Actor("dependabot[bot]", 49699333, "dependabot")
