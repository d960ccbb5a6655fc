"""What the configured sources say now, and what of it `desired/` does not say yet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import anyio

from providers.sources import shopify_csv, wagtail
from reconciler.cli.composition import Workspace
from reconciler.intent.edit import Taken
from reconciler.intent.loader import files_under
from reconciler.intent.mapping import Mapping as FieldMapping
from reconciler.intent.sources import AnySource, ShopifyCsv, WagtailSite
from reconciler.intent.written import merged
from reconciler.model.errors import InvalidDesiredState, PlanogramError, Usage
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reconciler.provider import PlatformError
from reports.view import said

MOST_TOLD: Final = 10
CAUTIOUS: Final = wagtail.Consent()


@dataclass(frozen=True, slots=True)
class Looked:
    """One source against the files. result: what is to be written, and what is told of it."""

    name: str
    counts: Mapping[str, int]
    result: wagtail.Import


def look(workspace: Workspace, entry: AnySource, consent: wagtail.Consent = CAUTIOUS) -> Looked:
    """Writes nothing. Raises `InvalidDesiredState` for what can not be desired state,
    `PlatformError` where a site can not be asked, and `Refused` where consent does not reach."""
    if isinstance(entry, ShopifyCsv):
        return _look_at_export(workspace, entry)
    return anyio.run(partial(_look_at_site, workspace, entry, consent))


def behind(workspace: Workspace, targets: Iterable[str]) -> Iterator[str]:
    """What an import would change of what these targets are said to be, for people. A source
    without its credential is passed over; one that can not be read is told."""
    named = set(targets)
    for entry in workspace.desired.sources:
        if entry.target in named and _has_credential(entry):
            yield from _behind(workspace, entry)


def name_of(entry: AnySource) -> str:
    return entry.file if isinstance(entry, ShopifyCsv) else entry.url


def shopify_target(workspace: Workspace, name: str | None) -> str:
    """The Shopify target of this name, or the only one. Raises `Usage`."""
    shops = [n for n, e in workspace.desired.targets.items() if e.provider == "shopify"]
    if name is not None and name not in shops:
        raise Usage(f"--target {name}: it is no Shopify target of targets.yaml")
    if name is None and len(shops) != 1:
        raise Usage(f"say --target: there are {len(shops)} Shopify targets in targets.yaml")
    return name or shops[0]


def export(
    workspace: Workspace, file: Path, target: str, style_prefix: str, look: str | None
) -> Looked:
    """A Shopify product export against the files."""
    products = _read(file)
    files: dict[str, bytes | None] = {}
    for path, data in _documents(products, target, style_prefix, look).items():
        full = workspace.root / workspace.folder / path
        before = full.read_bytes().decode() if full.exists() else None
        after = merged(before, data)
        if after != before:
            files[f"{workspace.folder}/{path}"] = after.encode()
    return Looked(str(file), {"products": len(products)}, wagtail.Import(files))


def _look_at_export(workspace: Workspace, entry: ShopifyCsv) -> Looked:
    target = shopify_target(workspace, entry.target)
    file, look = workspace.root / entry.file, entry.look if entry.images else None
    return export(workspace, file, target, entry.style_prefix, look)


async def _look_at_site(
    workspace: Workspace, entry: WagtailSite, consent: wagtail.Consent
) -> Looked:
    mapping = _mapping(workspace, entry)
    files = files_under(workspace.root / workspace.folder)
    try:
        async with wagtail.opened(entry) as site:
            content = await wagtail.read(site, mapping)
        result = wagtail.imported(entry, content, files, consent)
    except wagtail.UnreadableSite as error:
        raise InvalidDesiredState(error.problems) from error
    counts = {
        "terms": sum(len(content.live(key)) for key in content.terms),
        "offerings": len(content.pages or ()),
    }
    return Looked(entry.url, counts, result)


def _mapping(workspace: Workspace, entry: WagtailSite) -> FieldMapping | None:
    if entry.offerings is None:
        return None
    for mapping in workspace.desired.intents.for_target(entry.target).of(FieldMapping):
        if mapping.mapping == entry.mapping:
            return mapping
    cause = f"there is no mapping {entry.mapping} for {entry.target}"
    remedy = f"write it in {workspace.folder}/mappings/"
    raise InvalidDesiredState([Problem(entry.at("mapping"), cause, remedy)])


def _has_credential(entry: AnySource) -> bool:
    prefix = entry.credentials if isinstance(entry, WagtailSite) else None
    return prefix is None or bool(os.environ.get(f"{prefix}_TOKEN"))


def _behind(workspace: Workspace, entry: AnySource) -> Iterator[str]:
    name = name_of(entry)
    try:
        result = look(workspace, entry).result
    except (PlanogramError, PlatformError, OSError) as error:
        yield f"{name} could not be read, so what is behind it is not known: {error}"
        return
    told = [*_changes(result), *(_proposal(removal) for removal in result.proposed)]
    yield from (f"git is behind {name}: {text}" for text in told[:MOST_TOLD])
    if len(told) > MOST_TOLD:
        yield f"git is behind {name}: … and {len(told) - MOST_TOLD:,} more"
    if result.files:
        yield f"planogram import configured brings in what {name} says"


def _changes(result: wagtail.Import) -> Sequence[str]:
    """Of an export only the files are known."""
    if result.changes:
        return [change_line(change) for change in result.changes]
    return [f"{path} would change" for path in result.files]


def change_line(change: wagtail.Change) -> str:
    """`desired/taxonomies/roles.yaml  terms.hr.label: "HR" → "People"`."""
    if not change.way:
        verb = "taken out" if isinstance(change.after, Taken) else "new"
        return f"{change.path}  {verb}"
    way = ".".join(map(str, change.way))
    if isinstance(change.after, Taken):
        return f"{change.path}  {way}: taken out"
    before = "" if isinstance(change.before, Taken) else f"{said(change.before)} → "
    return f"{change.path}  {way}: {before}{said(change.after)}"


def removal_line(removal: wagtail.Removal) -> str:
    done = "taken out" if removal.is_done else "stays until --prune"
    return f"{removal.path}:{removal.line}  {removal.what}: {removal.why}; {done}"


def _proposal(removal: wagtail.Removal) -> str:
    return f"{removal.path}:{removal.line}  {removal.what}: {removal.why}"


def _read(file: Path) -> list[shopify_csv.Product]:
    try:
        return shopify_csv.read(file.name, file.read_bytes())
    except OSError as error:
        problem = Problem(
            Source(str(file), 1), f"can not be read: {error.strerror}", "check the path"
        )
        raise InvalidDesiredState([problem]) from error
    except shopify_csv.UnreadableExport as error:
        raise InvalidDesiredState(error.problems) from error


def _documents(
    products: list[shopify_csv.Product], name: str, style_prefix: str, look: str | None
) -> shopify_csv.Documents:
    try:
        return shopify_csv.documents(products, name, style_prefix, look)
    except shopify_csv.UnreadableExport as error:
        raise InvalidDesiredState(error.problems) from error
