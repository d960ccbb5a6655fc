"""The options that several commands share."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from reconciler.guards import Allowance
from reconciler.intent.targets import Policy
from reconciler.model.address import Address
from reconciler.model.errors import Usage
from reconciler.planner import Wishes
from reconciler.provider import Layer
from reconciler.selection import EVERYTHING, Selection

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
AtMost = Annotated[
    int | None, typer.Option("--at-most", min=0, metavar="N", help="Carry out at most N changes.")
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", min=0, metavar="N", help="Only the first N offerings, as they are desired."
    ),
]
OnlySlugs = Annotated[
    str | None,
    typer.Option("--only-slugs", metavar="A,B", help="Only these offerings, and what they need."),
]
SyncAttributes = Annotated[
    bool,
    typer.Option("--sync-attributes", help="Only attributes, and what they are assigned to."),
]
CreateMissing = Annotated[
    bool,
    typer.Option("--create-missing", help="Only attributes' values; what is missing is made."),
]
SyncProducts = Annotated[
    bool, typer.Option("--sync-products", help="Only what is said of products.")
]
Create = Annotated[
    str | None,
    typer.Option(
        "--create",
        metavar="none|values|attributes",
        help="What of taxonomies may be made in this run, whatever the policy says.",
    ),
]
CapsuleName = Annotated[
    str | None,
    typer.Option("--capsule", metavar="CAPSULE", help="Only what is about its products."),
]
Cpis = Annotated[
    list[str] | None,
    typer.Option("--cpis", metavar="A,B", help="Of the capsule only these; may be repeated."),
]
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write what was aligned, as JSON."),
]
ImageReport = Annotated[
    Path | None,
    typer.Option(
        "--image-report", metavar="FILE", help="Write what became of a mapping file's images."
    ),
]
MappingFile = Annotated[
    Path | None,
    typer.Option("--mapping", metavar="FILE", help="Of which mapping file, where several are."),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Hold a target whole when a reference leads nowhere; make nothing that is missing.",
    ),
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


@dataclass(frozen=True, slots=True)
class Leave:
    """What a run may do whatever the policies say. strict: hold a target whole, and make nothing
    that is missing. create: what of taxonomies may be made; None: as the policies say. at_least:
    whether `create` only widens what they say."""

    strict: bool = False
    create: str | None = None
    at_least: bool = False

    def over(self, policy: Policy) -> Policy:
        """A policy, as this run goes by it."""
        if self.strict:
            policy = policy.model_copy(update={"strict": True, "create": "none"})
        may = policy.may_create
        if self.create is None or (self.at_least and CREATE.index(may) > CREATE.index(self.create)):
            return policy
        return policy.model_copy(update={"create": self.create})


CREATE: Final = ("none", "values", "attributes")
"""From nothing to all."""


def leave(strict: bool, create: str | None, create_missing: bool) -> Leave:
    """Raises `Usage` for what nothing can be made by."""
    if create is not None and create not in CREATE:
        raise Usage(f"--create {create}: write one of {', '.join(CREATE)}")
    if create is None and create_missing:
        return Leave(strict, "values", at_least=True)
    return Leave(strict, create)


def selection(
    sync_attributes: bool,
    create_missing: bool,
    sync_products: bool,
    only_slugs: str | None,
    limit: int | None,
    capsule: str | None = None,
    cpis: list[str] | None = None,
) -> Selection:
    """Raises `Usage` for an empty list of slugs, and for CPIs of no capsule."""
    if cpis and capsule is None:
        raise Usage("--cpis are those of a capsule · say --capsule too")
    chosen: dict[Layer, bool] = {
        "attributes": sync_attributes,
        "values": create_missing,
        "products": sync_products,
    }
    slugs = frozenset(filter(None, (slug.strip() for slug in (only_slugs or "").split(","))))
    if only_slugs is not None and not slugs:
        raise Usage("--only-slugs: name at least one offering")
    layers = frozenset(layer for layer, is_on in chosen.items() if is_on)
    return Selection(layers, slugs, limit, capsule, listed(cpis))


def listed(texts: list[str] | None) -> tuple[str, ...]:
    """The parts of options that may be repeated and hold several, each once."""
    parts = (part.strip() for text in texts or () for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def words(option: str, text: str) -> list[str]:
    """What stands in one option's text, in words like a shell's: one that holds blanks is quoted.
    Raises `Usage` for a quotation mark that nothing closes."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise Usage(f"{option} {text}: a quotation mark is not closed · close it") from error


def wishes(
    only: list[str] | None,
    at_most: int | None,
    allow: list[str] | None = None,
    selection: Selection = EVERYTHING,
) -> Wishes:
    """Raises `Usage` for what is no address or no guard."""
    try:
        addresses = frozenset(Address.parse(text) for text in only or ())
    except ValueError as error:
        raise Usage(f"--only {error}") from error
    return Wishes(
        only=addresses or None,
        at_most=at_most,
        selection=selection,
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
