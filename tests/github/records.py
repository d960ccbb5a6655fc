"""What the emulated GitHub remembers: mutable records, one class a thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.github.people import Actor


@dataclass
class Pull:
    """The part of an issue that makes it a pull request."""

    base: str
    head: str
    owner: str
    """Of the repository that the head branch is in; another one than ours is a fork."""
    sha: str
    draft: bool = False
    merge_sha: str | None = None
    merged_at: datetime | None = None
    merged_by: Actor | None = None
    base_sha: str = ""
    """The base when the head moved last; `tried` is the base that `merge_sha` was made on."""
    tried: str | None = None
    landed: tuple[str, ...] = ()
    """The commits that merging put on the base branch."""


@dataclass
class Issue:
    """An issue or a pull request: they share numbers, comments and labels."""

    number: int
    title: str
    body: str | None
    author: Actor
    created: datetime
    updated: datetime
    state: str = "open"
    state_reason: str | None = None
    closed: datetime | None = None
    closed_by: Actor | None = None
    labels: list[str] = field(default_factory=list)
    pull: Pull | None = None


@dataclass
class Comment:
    """What somebody wrote below an issue."""

    id: int
    number: int
    body: str
    author: Actor
    created: datetime
    updated: datetime


@dataclass
class CheckRun:
    """A check of one commit, with its annotations."""

    id: int
    name: str
    sha: str
    author: Actor
    status: str
    conclusion: str | None
    started: str | None
    completed: str | None
    details_url: str | None = None
    external_id: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Status:
    """A status that somebody put on a commit."""

    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    author: Actor
    created: datetime


@dataclass
class WorkflowRun:
    """One run of a workflow file."""

    id: int
    number: int
    workflow: str
    """The file's name in `.github/workflows/`."""
    name: str
    event: str
    head_branch: str | None
    head_sha: str
    actor: Actor
    created: datetime
    updated: datetime
    status: str = "queued"
    conclusion: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    head_owner: str | None = None
    """Of the fork that the head is in."""


@dataclass(frozen=True)
class Artifact:
    """What a run left behind, as a zip."""

    id: int
    run_id: int
    name: str
    content: bytes
    created: datetime
    expires: datetime


@dataclass(frozen=True)
class Seen:
    """A request that was answered."""

    method: str
    path: str
    query: dict[str, str]
    actor: str | None
    status: int
    body: Any = None


@dataclass(frozen=True)
class Push:
    """A branch that moved."""

    branch: str
    before: str
    after: str
    actor: Actor
