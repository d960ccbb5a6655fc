"""The options that several commands share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from reconciler.guards import Allowance
from reconciler.model.address import Address
from reconciler.model.errors import Usage
from reconciler.planner import Wishes

DesiredFolder = Annotated[
    Path, typer.Option("--desired", metavar="FOLDER", help="Where the intents are.")
]
AllSandboxed = Annotated[
    bool, typer.Option("--sandbox", help="Let the embedded sandboxes serve every target.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]
TargetNames = Annotated[
    list[str] | None,
    typer.Option("--target", metavar="NAME", help="Only this target; may be repeated."),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="ADDRESS", help="Only this resource and what it needs; may be repeated."
    ),
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=0, metavar="N", help="Carry out at most N changes.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Hold a target whole when a reference leads nowhere.")
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="GUARD=ADDRESS",
        help="Overrule one guard about one address, or all of a target, in this run; repeatable.",
    ),
]
NoImages = Annotated[bool, typer.Option("--no-images", help="Leave pictures out of the Markdown.")]

RunUrl = Annotated[
    str | None,
    typer.Option("--run-url", metavar="URL", help="The page of this run, for the history."),
]

Base = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="REV",
        help="Plan only what differs from where this branch left REV, by REV's policy.",
    ),
]

DESIRED = Path("desired")


def now() -> datetime:
    """The time of day, for people: of runs, of what ends some day."""
    return datetime.now(UTC)


def wishes(only: list[str] | None, limit: int | None, allow: list[str] | None = None) -> Wishes:
    """Raises `Usage` for what is no address or no guard."""
    try:
        addresses = frozenset(Address.parse(text) for text in only or ())
    except ValueError as error:
        raise Usage(f"--only {error}") from error
    return Wishes(
        only=addresses or None,
        limit=limit,
        now=f"{now():%Y-%m-%dT%H:%MZ}",
        allowed=frozenset(Allowance.parse(text) for text in allow or ()),
    )


def check_files(*paths: Path | None) -> None:
    """Raises `Usage` for a file that could not be written at the end, before anything is done."""
    for path in paths:
        if path is None:
            continue
        if path.is_dir():
            raise Usage(f"{path} is a folder · name a file in it")
        if not path.parent.is_dir():
            raise Usage(f"there is no folder {path.parent} · make it first")
