"""`adopt`: what somebody moved on a platform becomes what git says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import anyio
import typer
from rich.text import Text

from reconciler import adopting
from reconciler.adopting import Adoption
from reconciler.cli import options, speech
from reconciler.cli.composition import open_sites, open_workspace, targets_with_providers
from reconciler.intent.edit import Taken
from reconciler.intent.loader import files_under
from reconciler.model.address import Address
from reconciler.model.errors import PlanogramError, Usage
from reconciler.model.spec import Value
from reconciler.writeback import Rewrite, WrittenBack
from reports.data import problems_data
from reports.view import clean, said


def adopt(
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="[ADDRESS]...", help="What is written back.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Write back all that moved on the platforms.")
    ] = False,
    target: options.TargetNames = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Write what moved on the platforms back into desired/: the value that is live wins.

    Changes files of the working tree and nothing else; only the lines of the values that moved.
    Takes drift, conflicts, and what live resources that were never ours have of their own. What
    follows from a template or a selector gets an override. Exits 5 when a part could not be
    written back, 1 when nothing could.

    Example: planogram adopt shop/collection/style-harold-sweater
    """
    with speech.told_plainly(as_json=as_json):
        named = named_addresses(addresses or [], everything, target or [])
        workspace = open_workspace(desired, all_sandboxed=sandbox)
        names = sorted({address.target for address in named}) or target or ()
        sites = open_sites(workspace, names)
        with speech.progress(quiet=as_json) as bar:
            bar.begin("looking for what moved")
            found = anyio.run(
                partial(
                    adopting.adopt,
                    sites,
                    targets_with_providers(workspace),
                    files_under(desired),
                    named,
                )
            )
        if not dry_run:
            write(desired, found.written.files)
        _show(found, dry_run, as_json)
        raise typer.Exit(_code(found.written))


def write(desired: Path, files: Mapping[str, bytes | None]) -> None:
    """Bring files of `desired/`, as people are shown them, to these contents; None removes one."""
    for name, content in files.items():
        path = desired.joinpath(*PurePosixPath(name).parts[1:])
        try:
            if content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        except OSError as error:
            raise PlanogramError(f"{path} can not be written: {error.strerror}") from error


def adoption_data(found: Adoption, *, dry_run: bool = False) -> dict[str, Any]:
    """What `--json` prints."""
    written = found.written
    return {
        "written": [
            {
                "address": str(rewrite.address),
                "path": rewrite.place.path,
                "line": rewrite.place.line,
                "place": list(rewrite.way),
                "before": _or_nothing(rewrite.before),
                "after": _or_nothing(rewrite.after),
                "taken_out": isinstance(rewrite.after, Taken),
            }
            for rewrite in written.rewrites
        ],
        "files": sorted(written.files),
        "problems": [
            {"address": str(address), **problem}
            for address, problems in written.problems.items()
            for problem in problems_data(problems)
        ],
        "also": [str(address) for address in written.also],
        "idle": [str(address) for address in found.idle],
        "unattributed": list(found.unattributed),
        "dry_run": dry_run,
    }


def named_addresses(
    addresses: list[str], everything: bool, targets: list[str]
) -> frozenset[Address]:
    if everything == bool(addresses):
        raise Usage("say either which addresses are written back, or --all")
    try:
        named = frozenset(map(Address.parse, addresses))
    except ValueError as error:
        raise Usage(str(error)) from error
    for address in sorted(named):
        if targets and address.target not in targets:
            raise Usage(f"{address} is on none of the targets of --target")
    return named


def _show(found: Adoption, dry_run: bool, as_json: bool) -> None:
    if as_json:
        speech.print_json(adoption_data(found, dry_run=dry_run))
        return
    console = speech.stdout()
    for line, colour in _lines(found, dry_run):
        console.print(Text(clean(line), colour), soft_wrap=True)


def _lines(found: Adoption, dry_run: bool) -> Iterator[tuple[str, str]]:
    written = found.written
    for rewrite in written.rewrites:
        yield _line(rewrite), "green"
    for address, problems in written.problems.items():
        for problem in problems:
            yield f"! {address}  {problem}", "red"
    for address in written.also:
        yield f"git states something else of {address} too: see plan", "yellow"
    for target in found.unattributed:
        yield (
            f"the ledger of {target} could not be fetched: what git moved was taken for drift too",
            "yellow",
        )
    for address in found.idle:
        yield f"{address} is as git says: nothing to adopt", "dim"
    yield _summary(found, dry_run), "bold"


def _line(rewrite: Rewrite) -> str:
    way = ".".join(map(str, rewrite.way)) or "the file"
    place = f"{rewrite.place.path}:{rewrite.place.line}"
    if isinstance(rewrite.after, Taken):
        return f"{place}  {way}: taken out  ({rewrite.address})"
    before = "" if isinstance(rewrite.before, Taken) else f"{said(rewrite.before)} → "
    return f"{place}  {way}: {before}{said(rewrite.after)}  ({rewrite.address})"


def _summary(found: Adoption, dry_run: bool) -> str:
    if found.is_needless:
        return "Adopt: nothing to adopt"
    written = found.written
    files = len(written.files)
    verb = "would be written back" if dry_run else "written back"
    text = f"{len(written.addresses)} {verb}, in {files} file{'s' if files != 1 else ''}"
    if written.problems:
        text += f"; {len(written.problems)} could not be"
    return f"Adopt: {text}"


def _code(written: WrittenBack) -> int:
    """0 done or nothing to do · 1 nothing could be written back · 5 not all could."""
    if not written.problems:
        return 0
    return 5 if written.rewrites else 1


def _or_nothing(value: Value | Taken) -> Value:
    return None if isinstance(value, Taken) else value
