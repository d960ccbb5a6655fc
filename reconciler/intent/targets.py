"""`desired/targets.yaml`: the stores, environments and accounts, and what is allowed there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from reconciler.intent.base import Part, TargetName, Text


class MassChange(Part):
    """A plan that changes more than this is held: `percent` of the resources under management
    and more than `count` of them. Below `floor` managed resources nothing is held."""

    percent: Annotated[int, Field(ge=0, le=100)] = 30
    count: Annotated[int, Field(ge=0)] = 20
    floor: Annotated[int, Field(ge=0)] = 10


def _in_the_calendar(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is no day of the calendar · correct it") from None
    return text


Day = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}Z)?$"),
    AfterValidator(_in_the_calendar),
]
"""`"2026-11-27"`, which begins at midnight UTC, or `"2026-11-27T18:00Z"`. Written in quotes."""


class FreezeWindow(Part):
    """A time in which nothing is to be written: a sale, an audit, a migration."""

    since: Day
    until: Day
    reason: Text


class Policy(Part):
    """What the guards of a target allow. The defaults are the strictest that let work go on."""

    mass_change: MassChange = MassChange()
    adopt: bool = False
    """Whether live resources that differ and were never ours may be overwritten unasked."""
    prune: bool = False
    """Whether resources that git stopped stating may be deleted unasked."""
    prune_adopted: bool = False
    """Whether dropping an adopted resource deletes it, where its kind deletes; else it is
    forgotten and stays as it is."""
    freeze: tuple[FreezeWindow, ...] = ()
    """Times in which everything is held."""
    strict: bool = False
    """Whether a reference that leads nowhere holds the whole target, not only its change; what is
    missing is not made then, unless `create` says so."""
    create: Literal["none", "values", "attributes"] | None = None
    """What of a taxonomy may be made where it is missing: its values, or attributes and their
    assignments too. Left out: values, and nothing where `strict` is true."""
    unknown_values: Literal["ignore", "warn", "prune"] = "warn"
    """What becomes of live values of a taxonomy that git does not know: they are told, or
    deleted, which `prune` and `in_use` hold."""

    @property
    def may_create(self) -> Literal["none", "values", "attributes"]:
        """What `create` comes to."""
        return self.create or ("none" if self.strict else "values")


class Limits(Part):
    concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    """Requests at once."""
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0
    """Seconds until a request counts as unanswered."""
    requests_per_minute: Annotated[int, Field(ge=1)] | None = None
    """Where the platform limits requests by the minute and does not say so itself."""


class TargetEntry(Part):
    """One target."""

    provider: Text
    endpoint: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/\S*)?$")] | None = None
    """Where its API is. Not needed for a sandbox."""
    environment: Literal["staging", "production"]
    credentials: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    """The prefix of the environment variables that hold its credentials; never a secret itself."""
    sandbox: bool = False
    """Whether the embedded sandbox serves this target."""
    retired: bool = False
    """Whether what is managed there shall be forgotten, so that the target can be removed."""
    settings: Mapping[str, Any] = Field(default_factory=dict)
    """The provider's own settings; see its README."""
    policy: Policy = Policy()
    limits: Limits = Limits()


Targets = Annotated[Mapping[TargetName, TargetEntry], Field(min_length=1)]
"""The whole file: name → target."""
