"""`import styles`: what products are tagged with live, and the committed lists of styles lack."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Final

import anyio
import typer
from rich.text import Text

from reconciler.cli import options, speech
from reconciler.cli.adopting import write
from reconciler.cli.composition import open_sites, open_workspace
from reconciler.intent.base import Intents
from reconciler.intent.loader import files_under
from reconciler.intent.styling import Unlisted, proposals, unlisted
from reconciler.intent.written import edited
from reconciler.model.errors import Usage
from reconciler.site import Site
from reports.view import clean

_NONE: Final = "every style that products are tagged with has its entry"


def import_styles(
    target: Annotated[str, typer.Option("--target", metavar="NAME", help="The shop's target.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Add the styles that live products are tagged with to the committed lists of styles.

    What a tag of a style looks like is taken from the template's own rules. Only entries are added,
    at the end of their list; a style whose tag vanished stays, and so does its collection.

    Example: planogram import styles --target shop
    """
    with speech.told_plainly(as_json=as_json):
        workspace = open_workspace(desired, all_sandboxed=sandbox)
        (site,) = open_sites(workspace, [target])
        if site.provider.tags is None:
            raise Usage(f"--target {site.name}: products of {site.provider.name} have no tags")
        intents = workspace.desired.intents.for_target(site.name)
        found = anyio.run(partial(_missing, site, intents))
        if not dry_run:
            write(desired, _files(desired, found))
        _tell(found, dry_run=dry_run, as_json=as_json)


async def _missing(site: Site, intents: Intents) -> list[Unlisted]:
    assert site.provider.tags is not None
    async with site.provider.reading(site.target, site.wire()) as session:
        return unlisted(intents, await site.provider.tags(session))


def _files(desired: Path, found: list[Unlisted]) -> dict[str, bytes | None]:
    files = files_under(desired)
    edits = list(proposals(found))
    return {
        path: edited(path, files[path].decode(), [e for e in edits if e.path == path]).encode()
        for path in dict.fromkeys(edit.path for edit in edits)
    }


def _tell(found: list[Unlisted], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        rows = [{"path": one.intent.path, "style": one.style, "tag": one.tag} for one in found]
        speech.print_json({"styles": rows, "dry_run": dry_run})
        return
    verb = "would be added" if dry_run else "added"
    for one in found:
        line = f"+ {one.style}  {verb} to {one.intent.path}"
        speech.stdout().print(Text(clean(line), "green"), soft_wrap=True)
    told = f"{len(found)} style{'s' if len(found) != 1 else ''} {verb}" if found else _NONE
    speech.stdout().print(Text(told, "bold"), soft_wrap=True)
