"""`import`: write intents from what is outside. Nothing is taken away without consent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import typer
from rich.text import Text

from providers.sources.wagtail import OFFERINGS, Change, Consent, Removal
from reconciler.cli import options, speech
from reconciler.cli.adopting import write
from reconciler.cli.composition import Workspace, open_workspace
from reconciler.cli.living import import_live
from reconciler.cli.mapped import import_plytix_mapping
from reconciler.cli.sourcing import (
    CAUTIOUS,
    Looked,
    change_line,
    export,
    look,
    removal_line,
    shopify_target,
)
from reconciler.cli.styling import import_styles
from reconciler.intent.edit import Taken
from reconciler.intent.sources import AnySource, WagtailSite
from reconciler.model.errors import Usage
from reconciler.model.wording import nearest
from reports.view import clean

importing = typer.Typer(
    name="import", help="Write intents from what is outside.", no_args_is_help=True
)


importing.command("live")(import_live)
importing.command("styles")(import_styles)
importing.command("plytix-mapping")(import_plytix_mapping)


@importing.callback()
def _importing() -> None:
    """Write intents from what is outside."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What one or several sources came to."""

    looked: Sequence[Looked]

    @property
    def counts(self) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for one in self.looked:
            counts.update(one.counts)
        return dict(counts)

    @property
    def written(self) -> list[str]:
        """Paths below `desired/`."""
        paths = {path for one in self.looked for path in one.result.files}
        return sorted(str(PurePosixPath(*PurePosixPath(path).parts[1:])) for path in paths)

    @property
    def changes(self) -> list[Change]:
        return [change for one in self.looked for change in one.result.changes]

    @property
    def removals(self) -> list[Removal]:
        return [removal for one in self.looked for removal in one.result.removals]

    @property
    def warnings(self) -> list[str]:
        return [warning for one in self.looked for warning in one.result.warnings]


@importing.command("shopify-csv")
def import_shopify_csv(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A Shopify product export.")],
    target: Annotated[
        str | None,
        typer.Option("--target", help="The target they are for; the only Shopify one by default."),
    ] = None,
    style_prefix: Annotated[
        str, typer.Option("--style-prefix", help="Tags that begin so name a style.")
    ] = "style_",
    look: Annotated[
        str,
        typer.Option("--look", help="The metafield that the first image of a product goes to."),
    ] = "custom.look_image",
    no_images: Annotated[bool, typer.Option("--no-images", help="Leave images out.")] = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Write style collections, type collections and look images from a product export.

    What stands in the files already stays, with its comments; a second import of the same
    export changes no byte.

    Example: planogram import shopify-csv products_export.csv --target shop
    """
    with speech.told_plainly(as_json=as_json):
        workspace = open_workspace(desired, all_sandboxed=True)
        name = shopify_target(workspace, target)
        if not re.fullmatch(r"[\w-]{3,255}\.[\w-]{2,64}", look):
            raise Usage(f"--look {look}: write NAMESPACE.KEY, like custom.look_image")
        found = export(workspace, file, name, style_prefix, None if no_images else look)
        write(desired, found.result.files)
        _tell(Imported([found]), desired, as_json=as_json)


@importing.command("wagtail")
def import_wagtail(
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="N|URL",
            help="Only this entry of sources.yaml: its number from 1, or its url.",
        ),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Take out terms and offerings that vanished.")
    ] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow",
            metavar="NAME",
            help="More than half of this taxonomy, or of `offerings`, may go; repeatable.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Write taxonomies and offerings from the Wagtail sites of desired/sources.yaml.

    Only what is published counts. What a site does not own stays as it is, byte for byte. What
    vanished from it is told, and taken out with --prune alone (or `prune: true` of the source);
    more than half of a taxonomy's terms or of the offerings, or all, with --allow besides.

    Example: planogram import wagtail --dry-run
    """
    with speech.told_plainly(as_json=as_json):
        workspace = open_workspace(desired, all_sandboxed=True)
        chosen = _sites(workspace, source)
        consent = Consent(prune, frozenset(_allowed(chosen, allow or ())))
        found = _carried_out(desired, chosen, consent, dry_run=dry_run)
        _tell(found, desired, as_json=as_json, dry_run=dry_run)


@importing.command("configured")
def import_configured(
    desired: options.DesiredFolder = options.DESIRED, as_json: options.AsJson = False
) -> None:
    """Carry out all imports of desired/sources.yaml, in their order.

    Example: planogram import configured
    """
    with speech.told_plainly(as_json=as_json):
        _tell(configured(desired), desired, as_json=as_json)


def configured(desired: Path) -> Imported:
    """What the configured sources came to; the files are written."""
    workspace = open_workspace(desired, all_sandboxed=True)
    return _carried_out(desired, workspace.desired.sources, CAUTIOUS)


def _carried_out(
    desired: Path, entries: Iterable[AnySource], consent: Consent, *, dry_run: bool = False
) -> Imported:
    """One after another, each on the files that the one before it left."""
    looked = []
    for entry in entries:
        found = look(open_workspace(desired, all_sandboxed=True), entry, consent)
        if not dry_run:
            write(desired, found.result.files)
        looked.append(found)
    return Imported(looked)


def _sites(workspace: Workspace, named: str | None) -> list[WagtailSite]:
    sources = workspace.desired.sources
    sites = {n: s for n, s in enumerate(sources, start=1) if isinstance(s, WagtailSite)}
    if not sites:
        raise Usage(f"{workspace.folder}/sources.yaml names no Wagtail site · see docs/wagtail.md")
    chosen = [s for n, s in sites.items() if named in (None, str(n), s.url, s.url.rstrip("/"))]
    if not chosen:
        known = ", ".join(f"{n} ({site.url})" for n, site in sites.items())
        raise Usage(f"--source {named}: it is no Wagtail site of sources.yaml · known: {known}")
    return chosen


def _allowed(sites: Iterable[WagtailSite], names: Iterable[str]) -> Iterator[str]:
    known = [OFFERINGS, *(key for site in sites for key in site.taxonomies)]
    for name in names:
        if name not in known:
            raise Usage(f"--allow {name}: no such taxonomy is read · {nearest(name, known)}")
        yield name


def _tell(found: Imported, desired: Path, *, as_json: bool, dry_run: bool = False) -> None:
    if as_json:
        speech.print_json(_data(found, dry_run=dry_run))
        return
    console = speech.stdout()
    for change in found.changes:
        console.print(Text(clean(change_line(change)), "green"), soft_wrap=True)
    for removal in found.removals:
        console.print(Text(clean(removal_line(removal)), "yellow"), soft_wrap=True)
    for warning in found.warnings:
        speech.warn(warning)
    console.print(Text(clean(_summary(found, desired, dry_run)), "bold"), soft_wrap=True)


def _summary(found: Imported, desired: Path, dry_run: bool) -> str:
    counts = " and ".join(f"{count} {name}" for name, count in found.counts.items())
    files = ", ".join(f"{desired.name}/{path}" for path in found.written)
    verb = "would be written" if dry_run else "written"
    proposed = sum(not removal.is_done for removal in found.removals)
    waiting = f"; {proposed} proposed to be taken out" if proposed else ""
    return f"{counts or 'nothing'} read; {verb}: {files or 'nothing: all is there'}{waiting}"


def _data(found: Imported, *, dry_run: bool) -> dict[str, Any]:
    return {
        **found.counts,
        "written": found.written,
        "changes": [_change_data(change) for change in found.changes],
        "removals": [
            {
                "path": removal.path,
                "line": removal.line,
                "what": removal.what,
                "why": removal.why,
                "done": removal.is_done,
            }
            for removal in found.removals
        ],
        "warnings": found.warnings,
        "dry_run": dry_run,
    }


def _change_data(change: Change) -> dict[str, Any]:
    return {
        "path": change.path,
        "place": list(change.way),
        "before": None if isinstance(change.before, Taken) else change.before,
        "after": None if isinstance(change.after, Taken) else change.after,
        "taken_out": isinstance(change.after, Taken),
    }
