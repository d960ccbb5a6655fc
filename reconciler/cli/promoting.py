"""`promote`: what git states for one target, it states for another one too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Annotated, Any, Final

import anyio
import typer
from rich.text import Text

from reconciler import promoting
from reconciler.cli import options, speech
from reconciler.cli.adopting import write
from reconciler.cli.composition import Workspace, open_sites, open_workspace, platform
from reconciler.contrast import Contrast, Gap
from reconciler.intent.loader import files_under
from reconciler.model.errors import Usage
from reconciler.model.spec import UNSTATED, Unstated, Value
from reconciler.model.wording import nearest
from reconciler.promoting import Promoted
from reconciler.promotion import Added, Promotion, Wanted
from reports.data import problems_data
from reports.view import clean, said

_MOST_KEYS: Final = 10


def promote(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The target that has it.")],
    destination: Annotated[
        str, typer.Argument(metavar="DESTINATION", help="The target that shall have it too.")
    ],
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="Only resources of this kind; repeatable."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ADDRESS", help="Only this resource of SOURCE; repeatable."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only compare, and say what would be written.")
    ] = False,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Compare two targets of one platform, and state for the second what only the first has.

    Adds DESTINATION to the targets of documents, whole and with their comments, and writes
    nothing else; the next plan of DESTINATION shows what that comes to. What can not be promoted
    is told with its place. Exits 5 when a document could not be promoted, 1 when none could.

    Example: planogram promote staging production --dry-run
    """
    with speech.told_plainly(as_json=as_json):
        workspace = open_workspace(desired, all_sandboxed=sandbox)
        _must_go_together(workspace, source, destination)
        wanted = _wanted(workspace, source, kind, only)
        here, there = (open_sites(workspace, [name])[0] for name in (source, destination))
        with speech.progress(quiet=as_json) as bar:
            bar.begin("comparing")
            found = anyio.run(partial(promoting.promote, here, there, files_under(desired), wanted))
        if not dry_run:
            write(desired, found.promotion.files)
        if as_json:
            speech.print_json(promotion_data(source, destination, found, dry_run=dry_run))
        else:
            for line, colour in _lines(source, destination, found, dry_run):
                speech.stdout().print(Text(clean(line), colour), soft_wrap=True)
        raise typer.Exit(_code(found.promotion))


def promotion_data(
    source: str, destination: str, found: Promoted, *, dry_run: bool
) -> dict[str, Any]:
    """What `--json` prints. Of a field that one side does not state, that side is left out."""
    promotion = found.promotion
    return {
        "source": source,
        "destination": destination,
        "desired": [_contrast_data(contrast) for contrast in found.desired],
        "live": [_contrast_data(contrast) for contrast in found.live],
        "promoted": [
            {
                "path": added.place.path,
                "line": added.place.line,
                "addresses": [str(address) for address in added.addresses],
            }
            for added in promotion.added
        ],
        "files": sorted(promotion.files),
        "problems": [
            {"document": path, **problem}
            for path, problems in promotion.problems.items()
            for problem in problems_data(problems)
        ],
        "missing": [
            {"address": str(address), "needs": str(needed)} for address, needed in found.missing
        ],
        "unmoved": [str(address) for address in promotion.unmoved],
        "idle": [str(address) for address in promotion.idle],
        "dry_run": dry_run,
    }


def _must_go_together(workspace: Workspace, source: str, destination: str) -> None:
    targets = workspace.desired.targets
    for name in (source, destination):
        if name not in targets:
            raise Usage(f"there is no target called {name} · {nearest(name, sorted(targets))}")
        if targets[name].retired:
            raise Usage(f"{name} is retired · nothing is promoted from it or to it")
    if source == destination:
        raise Usage(f"{source} can not be promoted to itself · name another destination")
    kinds = [targets[name].provider for name in (source, destination)]
    if kinds[0] != kinds[1]:
        raise Usage(
            f"{source} is a {kinds[0]} target, and {destination} a {kinds[1]} one"
            " · promote between targets of one platform"
        )


def _wanted(
    workspace: Workspace, source: str, kinds: list[str] | None, only: list[str] | None
) -> Wanted:
    provider = platform(workspace.desired.targets[source].provider)
    known = [kind.name for kind in provider.kinds if kind.managed]
    for kind in kinds or ():
        if kind not in known:
            raise Usage(f"--kind {kind}: {nearest(kind, known)}")
    addresses = options.wishes(only, None).only
    for address in sorted(addresses or ()):
        if address.target != source:
            raise Usage(f"--only {address}: it is not on {source}")
    return Wanted(frozenset(kinds) if kinds else None, addresses)


def _contrast_data(contrast: Contrast) -> dict[str, Any]:
    return {
        "kind": contrast.kind,
        "only_source": list(contrast.only_source),
        "alike": list(contrast.alike),
        "differing": [
            {"key": key, "fields": [_gap_data(gap) for gap in gaps]}
            for key, gaps in contrast.differing.items()
        ],
        "only_destination": list(contrast.only_destination),
    }


def _gap_data(gap: Gap) -> dict[str, Any]:
    sides = {"source": gap.source, "destination": gap.destination}
    return {"path": gap.path, **{side: v for side, v in sides.items() if v is not UNSTATED}}


def _lines(
    source: str, destination: str, found: Promoted, dry_run: bool
) -> Iterator[tuple[str, str]]:
    promotion = found.promotion
    for words, contrasts in (("git states", found.desired), ("the shops hold", found.live)):
        for contrast in contrasts:
            yield f"{words}, {contrast.kind}: {_counts(contrast, source, destination)}", "bold"
            yield from _keys(contrast, source, destination)
    for added in promotion.added:
        yield _added(added, destination), "green"
    for address, needed in found.missing:
        yield f"{address} needs {needed}, which git does not state and is not there", "yellow"
    for address in promotion.unmoved:
        text = f"its document speaks to {destination} too: the catalog there answers otherwise"
        yield f"{address} stays on {source} alone; {text}", "yellow"
    for address in promotion.idle:
        yield f"{address}: git states it for {destination} already", "dim"
    for path, problems in promotion.problems.items():
        for problem in problems:
            yield f"! {path}  {problem}", "red"
    yield _summary(promotion, destination, dry_run), "bold"


def _counts(contrast: Contrast, source: str, destination: str) -> str:
    return (
        f"{len(contrast.only_source)} on {source} alone, {len(contrast.alike)} alike,"
        f" {len(contrast.differing)} differing, {len(contrast.only_destination)} on"
        f" {destination} alone"
    )


def _keys(contrast: Contrast, source: str, destination: str) -> Iterator[tuple[str, str]]:
    for keys, name in (
        (contrast.only_source, source),
        (contrast.only_destination, destination),
    ):
        if keys:
            yield f"  on {name} alone: {_listed(keys)}", "dim"
    for key, gaps in list(contrast.differing.items())[:_MOST_KEYS]:
        yield f"  {key}", "yellow"
        for gap in gaps:
            text = f"{source} {_side(gap.source)}, {destination} {_side(gap.destination)}"
            yield f"    {gap.path}: {text}", ""
    rest = len(contrast.differing) - _MOST_KEYS
    if rest > 0:
        yield f"  and {rest} more: see --json", "dim"


def _side(value: Value | Unstated) -> str:
    return "says nothing" if value is UNSTATED else said(value)


def _listed(keys: Sequence[str]) -> str:
    rest = f" and {len(keys) - _MOST_KEYS} more" if len(keys) > _MOST_KEYS else ""
    return ", ".join(keys[:_MOST_KEYS]) + rest


def _added(added: Added, destination: str) -> str:
    count = len(added.addresses)
    what = f"{count} resource{'s' if count != 1 else ''}" if count else "nothing by itself"
    return f"{added.place.path}:{added.place.line}  targets: + {destination}  ({what})"


def _summary(promotion: Promotion, destination: str, dry_run: bool) -> str:
    if not promotion.added and not promotion.problems:
        return "Promote: nothing to promote"
    files = len(promotion.files)
    count = sum(len(added.addresses) for added in promotion.added)
    verb = "would be stated" if dry_run else "stated"
    text = f"{count} {verb} for {destination}, by {files} document{'s' if files != 1 else ''}"
    refused = len(promotion.problems)
    return f"Promote: {text}" + (f"; {refused} could not be promoted" if refused else "")


def _code(promotion: Promotion) -> int:
    """0 done or nothing to do · 1 no document could be promoted · 5 not all could."""
    if not promotion.problems:
        return 0
    return 5 if promotion.added else 1
