"""`import live`: a shop that was there before is written down as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Final

import anyio
import typer
from rich.text import Text

from reconciler.cli import options, speech
from reconciler.cli.adopting import write
from reconciler.cli.composition import open_sites, open_workspace, providers_by_name
from reconciler.intent.loader import INTENT_KINDS, files_under
from reconciler.model.errors import Usage
from reconciler.model.wording import nearest
from reconciler.site import Site
from reconciler.takeover import TakenOver
from reconciler.transcribing import transcribe
from reports.view import clean

MOST_TOLD: Final = 50


def import_live(
    target: Annotated[str, typer.Option("--target", metavar="NAME", help="The shop's target.")],
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="KIND", help="Only this folder of desired/; may be repeated."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Write what a shop has now as intents: a plan after it has nothing to do.

    What git states for the target already stays as it is, byte for byte, and a second import
    changes nothing. What the shop has and no intent can say is told, and not managed. Reads the
    shop whole, and writes nothing there.

    Example: planogram import live --target market
    """
    with speech.told_plainly(as_json=as_json):
        folders = list(_folders(only or ()))
        (site,) = open_sites(open_workspace(desired, all_sandboxed=sandbox), [target])
        _must_be_readable(site)
        with speech.progress(quiet=as_json) as bar:
            bar.begin(f"reading {target}")
            found = anyio.run(partial(transcribe, site, files_under(desired), folders))
        if not dry_run:
            write(desired, found.files)
        _tell(found, desired, as_json=as_json, dry_run=dry_run)


def _folders(named: list[str] | tuple[()]) -> Iterator[str]:
    known = [kind.folder for kind in INTENT_KINDS]
    for name in named:
        if name not in known:
            raise Usage(f"--only {name}: there is no such kind · {nearest(name, known)}")
        yield name


def _must_be_readable(site: Site) -> None:
    if site.retired:
        raise Usage(f"--target {site.name}: it is retired")
    if site.provider.transcribe is None:
        able = [name for name, one in providers_by_name().items() if one.transcribe is not None]
        raise Usage(
            f"--target {site.name}: a {site.provider.name} shop can not be written down,"
            f" only one of {' or '.join(able)} · see import --help for other ways"
        )


def _tell(found: TakenOver, desired: Path, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        speech.print_json(_data(found, dry_run))
        return
    for text in found.left_out[:MOST_TOLD]:
        speech.warn(f"left out: {text}")
    if len(found.left_out) > MOST_TOLD:
        speech.warn(f"left out: {len(found.left_out) - MOST_TOLD} more · --json tells all")
    for line in _lines(found, desired, dry_run):
        speech.stdout().print(Text(clean(line), "bold"), soft_wrap=True)


def _lines(found: TakenOver, desired: Path, dry_run: bool) -> Iterator[str]:
    if found.stated:
        yield f"git states already, and stays: {_numbers(found.stated)}"
    verb = "would be written" if dry_run else "written"
    if not found.files:
        yield f"nothing {verb}: all that can be said is there"
        return
    count = f"{len(found.files)} file{'s' if len(found.files) != 1 else ''}"
    yield f"{verb}: {_numbers(found.written)}, in {count} of {desired.name}/"


def _numbers(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} in {folder}" for folder, number in numbers.items())


def _data(found: TakenOver, dry_run: bool) -> dict[str, Any]:
    return {
        "files": sorted(str(PurePosixPath(*PurePosixPath(p).parts[1:])) for p in found.files),
        "written": dict(found.written),
        "stated": dict(found.stated),
        "left_out": list(found.left_out),
        "dry_run": dry_run,
    }
