"""`import plytix-mapping`: a mapping file of Amazon products becomes `desired/images/`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Final

import anyio
import typer
from rich.text import Text

from providers.plytix.amazon import documents, slots
from providers.plytix.amazon.reading import Row, UnreadableMapping, read
from providers.plytix.amazon.slots import PARENT_PATTERN, Chosen, Flaw, UnfitPattern
from providers.plytix.catalog import product_by_id
from providers.plytix.holdings import holders
from reconciler.cli import options, speech
from reconciler.cli.adopting import write
from reconciler.cli.composition import Workspace, open_sites, open_workspace
from reconciler.intent.images import Images, MappingFile
from reconciler.intent.written import Unwritable
from reconciler.model.address import Key
from reconciler.model.errors import InvalidDesiredState, Usage
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.site import Site
from reports.view import clean

MOST_TOLD: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What one import is to do."""

    file: Path
    targets: Sequence[str]
    gallery: str
    parent_pattern: str
    skip_existing: bool
    prune: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What an import came to. name: the document, below `desired/`. written: whether it says
    anything new."""

    name: str
    content: bytes
    is_new_text: bool
    chosen: Chosen
    vanished: tuple[str, ...]


def import_plytix_mapping(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The mapping file (JSON).")],
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            "--plytix-account",
            metavar="NAME",
            help="An account it is for; may be repeated; the only Plytix one by default.",
        ),
    ] = None,
    gallery: Annotated[
        str, typer.Option("--gallery", metavar="LABEL", help="The media gallery of the images.")
    ] = "amazon_images",
    parent_pattern: Annotated[
        str,
        typer.Option(
            "--parent-pattern",
            metavar="REGEX",
            help="How a variant's SKU tells its parent's: a pattern with a group (?P<parent>…).",
        ),
    ] = PARENT_PATTERN,
    skip_existing: Annotated[
        bool,
        typer.Option(
            "--skip-existing", help="Leave products alone that have images and are not git's."
        ),
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Take out what vanished from the file.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Write the images of Amazon products from a mapping file, in either of its two shapes.

    A second import of the same file changes no byte; another one changes the addresses that
    moved, and keeps comments. What can not be used is told with product and place, and the rest
    goes on. Canonical products are never touched. See docs/runbooks/amazon-images.md.

    Example: planogram import plytix-mapping data/mca0032_mapping.json --target pim
    """
    with speech.told_plainly(as_json=as_json):
        workspace = open_workspace(desired, all_sandboxed=sandbox)
        targets = _accounts(workspace, target or [])
        asked = Asked(file, targets, gallery, parent_pattern, skip_existing, prune)
        found = anyio.run(partial(_imported, workspace, asked))
        if found.is_new_text and not dry_run:
            write(desired, {f"{workspace.folder}/{found.name}": found.content})
        _tell(found, desired, as_json=as_json, dry_run=dry_run)


def read_mapping(file: Path) -> list[Row]:
    """Raises `InvalidDesiredState` for what is no mapping file."""
    try:
        return read(str(file), file.read_bytes())
    except OSError as error:
        place = Source(str(file), 1)
        problem = Problem(place, f"can not be read: {error.strerror}", "check the path")
        raise InvalidDesiredState([problem]) from error
    except UnreadableMapping as error:
        raise InvalidDesiredState(error.problems) from error


async def choose(rows: Sequence[Row], sites: Sequence[Site], parent_pattern: str) -> Chosen:
    """What the rows come to. The catalog is asked only where rows name products by their ids."""
    ids = sorted({row.product_id for row in rows if row.product_id and not row.sku})
    skus = await _skus(sites[0], ids) if ids else {}
    try:
        return slots.chosen(rows, skus, parent_pattern)
    except UnfitPattern as unfit:
        raise Usage(f"--parent-pattern {unfit}") from unfit


async def _imported(workspace: Workspace, asked: Asked) -> Found:
    rows = read_mapping(asked.file)
    sites = open_sites(workspace, asked.targets)
    chosen = await choose(rows, sites, asked.parent_pattern)
    name = documents.document_name(asked.file)
    own = _document(workspace, f"{workspace.folder}/{name}")
    _leave(chosen, _stated_elsewhere(workspace, own, asked))
    if asked.skip_existing:
        mine = own.products if own else {}
        await _skip(chosen, sites, asked.gallery, [s for s in chosen.products if s not in mine])
    return _found(workspace, name, own, chosen, asked)


def _found(
    workspace: Workspace, name: str, own: Images | None, chosen: Chosen, asked: Asked
) -> Found:
    source = MappingFile(
        file=os.path.relpath(asked.file.resolve(), workspace.root),
        parent_pattern=None if asked.parent_pattern == PARENT_PATTERN else asked.parent_pattern,
        skip_existing=asked.skip_existing,
    )
    wanted = documents.Wanted(asked.targets, asked.gallery, source, chosen.products)
    if own is None:
        return Found(name, documents.new(wanted).text.encode(), True, chosen, ())
    if own.into.gallery != asked.gallery:
        raise Usage(
            f"--gallery {asked.gallery}: {own.path} keeps its images in {own.into.gallery}"
            " · name that one, or give the file another name"
        )
    text = (workspace.root / workspace.folder / name).read_bytes().decode()
    try:
        after = documents.again(text, own, wanted, prune=asked.prune)
    except Unwritable as error:
        raise InvalidDesiredState([error.problem]) from error
    return Found(name, after.text.encode(), after.text != text, chosen, after.vanished)


def _accounts(workspace: Workspace, names: Sequence[str]) -> list[str]:
    known = [n for n, e in workspace.desired.targets.items() if e.provider == "plytix"]
    for name in names:
        if name not in known:
            raise Usage(f"--target {name}: it is no Plytix target of targets.yaml")
    if not names and len(known) != 1:
        raise Usage(f"say --target: there are {len(known)} Plytix targets in targets.yaml")
    return list(dict.fromkeys(names)) or known


def _document(workspace: Workspace, path: str) -> Images | None:
    return next((d for d in workspace.desired.intents.of(Images) if d.path == path), None)


def _stated_elsewhere(
    workspace: Workspace, own: Images | None, asked: Asked
) -> Iterator[tuple[Key, Source]]:
    """Products whose gallery another document states for one of the accounts."""
    for document in workspace.desired.intents.of(Images):
        shared = set(document.targets) & set(asked.targets)
        if document is not own and shared and document.into.gallery == asked.gallery:
            yield from ((sku, document.at("products", sku)) for sku in document.products)


def _leave(chosen: Chosen, stated: Iterator[tuple[Key, Source]]) -> None:
    for sku, place in stated:
        if chosen.products.pop(sku, None):
            chosen.derived.discard(sku)
            chosen.warnings.append(f"{sku} is stated at {place}, and stays as it is there")


async def _skip(
    chosen: Chosen, sites: Sequence[Site], gallery: str, candidates: Sequence[Key]
) -> None:
    for site in sites:
        async with site.provider.reading(site.target, site.wire()) as session:
            for sku in await holders(session, candidates, gallery):
                if chosen.products.pop(sku, None):
                    chosen.derived.discard(sku)
                    chosen.skipped.add(sku)


async def _skus(site: Site, ids: Sequence[str]) -> Mapping[str, Key]:
    async with site.provider.reading(site.target, site.wire()) as session:
        rows = [await product_by_id(session, id_) for id_ in ids]
    return {row["id"]: row["sku"] for row in rows if row}


def _tell(found: Found, desired: Path, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        speech.print_json(_data(found, dry_run=dry_run))
        return
    told = [*map(flaw_line, found.chosen.flaws), *found.chosen.warnings]
    told += [f"{text}; it stays until --prune" for text in found.vanished]
    for text in told[:MOST_TOLD]:
        speech.warn(clean(text))
    if len(told) > MOST_TOLD:
        speech.warn(f"{len(told) - MOST_TOLD:,} more · --json tells all")
    speech.stdout().print(Text(clean(_summary(found, desired, dry_run)), "bold"), soft_wrap=True)


def flaw_line(flaw: Flaw) -> str:
    sku = f"{flaw.product_sku}: " if flaw.product_sku else ""
    return f"left out: {sku}{flaw.error}"


def _summary(found: Found, desired: Path, dry_run: bool) -> str:
    chosen = found.chosen
    images = sum(len(slots) for slots in chosen.products.values())
    skipped = f", {len(chosen.skipped)} with images left alone" if chosen.skipped else ""
    verb = "would be written" if dry_run else "written"
    where = f"{desired.name}/{PurePosixPath(found.name)}" if found.is_new_text else "nothing new"
    return f"{len(chosen.products):,} products with {images:,} images{skipped}; {verb}: {where}"


def _data(found: Found, *, dry_run: bool) -> dict[str, Any]:
    chosen = found.chosen
    return {
        "products": len(chosen.products),
        "images": sum(len(slots) for slots in chosen.products.values()),
        "written": [found.name] if found.is_new_text else [],
        "derived_parents": sorted(chosen.derived),
        "skipped": sorted(chosen.skipped),
        "errors": [flaw_data(flaw) for flaw in chosen.flaws],
        "warnings": list(chosen.warnings),
        "vanished": list(found.vanished),
        "dry_run": dry_run,
    }


def flaw_data(flaw: Flaw) -> dict[str, Any]:
    return {"url": flaw.url, "error": flaw.error, "product_sku": flaw.product_sku}
