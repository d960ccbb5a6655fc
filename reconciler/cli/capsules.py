"""`capsule`: a capsule's products, from the client's upload to the last write. Files of the working
tree change, and nothing else: what is written to a shop is planned and applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import anyio
import typer

from providers.sources.shopify_csv import UnreadableExport
from providers.sources.shopify_csv import read as read_export
from reconciler.capsule import seeding, steps
from reconciler.capsule.evidence import Row, rows_of
from reconciler.capsule.reconciliation import reconcile as reconcile_with
from reconciler.capsule.working import Prerequisite, Told
from reconciler.cli import options, speech
from reconciler.cli.composition import open_sites
from reconciler.cli.deciding import decisions
from reconciler.cli.desk import Cpis, Desk, InspectJson, Name, Pretty, SourceCsv, desk
from reconciler.inspecting import inspect as look
from reconciler.model.errors import InvalidDesiredState, Usage

SOURCES = ("inputs/*_masterfile.csv", "inputs/products_export_*.csv")
"""Where a capsule's products come from: the first of these that there is one of."""

capsule = typer.Typer(
    name="capsule",
    help="A capsule's products, from upload to live: files change, no shop does.",
    no_args_is_help=True,
)


@capsule.callback()
def _capsule() -> None:
    """A capsule's products, from upload to live: files change, no shop does."""


@capsule.command()
def seed(
    name: Name,
    cpis: Cpis = None,
    source_csv: SourceCsv = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Make the records that are missing, from a masterfile or a product export.

    Without --source-csv it takes the last `inputs/*_masterfile.csv`, else the last
    `inputs/products_export_*.csv`. An imported record is never rewritten.

    Example: planogram capsule seed S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("seed", _seed(opened, source_csv))


def _seed(opened: Desk, source: Path | None) -> list[Told]:
    path, content = _source(opened, source, SOURCES)
    rows, passed_over = seeding.read(path, content, opened.document.capsule)
    opened.work.warnings += passed_over
    judged = seeding.preflights(opened.work.folder.files)
    return seeding.seed(opened.work, rows, judged)


def _source(opened: Desk, given: Path | None, patterns: Sequence[str]) -> tuple[str, bytes]:
    """A CSV that was named, or the last of the first pattern that there is one of."""
    if given is not None:
        if not given.is_file():
            raise Usage(f"--source-csv {given}: there is no such file")
        return str(given), given.read_bytes()
    folder = opened.work.folder
    path = next((p for pattern in patterns if (p := folder.newest(pattern))), None)
    if path is None:
        raise Prerequisite(f"{opened.document.capsule} has no CSV in inputs/ · say --source-csv")
    return path, folder.files[path]


@capsule.command("inspect")
def inspect_(
    name: Name,
    cpis: Cpis = None,
    inspect_json: InspectJson = None,
    pretty: Pretty = False,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Write down what the shop shows of the products: evidence, which moves no state.

    Example: planogram capsule inspect S226 --cpis 3004-416689 --pretty
    """
    with desk(name, cpis, desired, sandbox, as_json) as opened:
        opened.tell("inspect", _inspect(opened, inspect_json, pretty))


def _inspect(opened: Desk, path: Path | None, pretty: bool) -> list[Told]:
    products = list(opened.work.chosen(opened.work.draft()).values())
    (site,) = open_sites(opened.workspace, [opened.document.target])
    intents = opened.workspace.desired.intents
    with speech.progress(quiet=opened.as_json) as bar:
        bar.begin(f"looking at {site.name}")
        rows = anyio.run(partial(look, site, intents, opened.document, products))
    return steps.inspect(opened.work, rows, _inspection(opened, path), pretty=pretty)


def _inspection(opened: Desk, path: Path | None) -> str:
    """The inspection's path, below the capsule's folder where it is there."""
    if path is None:
        return opened.work.folder.inspection_path
    whole = path.resolve()
    return str(whole.relative_to(opened.root) if whole.is_relative_to(opened.root) else whole)


def _evidence(opened: Desk, path: Path | None) -> tuple[list[Row], str]:
    name = _inspection(opened, path)
    data = opened.work.folder.json(name)
    if data is None:
        raise Prerequisite(
            f"{name} is not there · planogram capsule inspect {opened.document.capsule}"
        )
    return rows_of(data, opened.work.platform), name


@capsule.command()
def derive(
    name: Name,
    cpis: Cpis = None,
    inspect_json: InspectJson = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Adopt look images from the inspection, with their provenance.

    A person's choice in capsule.yaml first, then the file's name, then the first position; what is
    ambiguous is left to people.

    Example: planogram capsule derive S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("derive", steps.derive(opened.work, *_evidence(opened, inspect_json)))


@capsule.command()
def reconcile(
    name: Name,
    cpis: Cpis = None,
    inspect_json: InspectJson = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Take over what was seen, authorise, log drift, and queue what people must do.

    Example: planogram capsule reconcile S226 --cpis 3004-416689
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        rows, _ = _evidence(opened, inspect_json)
        opened.tell("reconcile", reconcile_with(opened.work, rows, opened.enriched))


@capsule.command("register-swatches")
def register_swatches(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Record the local swatch files in the state, each looked into.

    Example: planogram capsule register-swatches S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("register-swatches", steps.register_swatches(opened.work))


@capsule.command("promote-swatches")
def promote_swatches(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Append the registered swatches to manifests/images_manifest.jsonl.

    Example: planogram capsule promote-swatches S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("promote-swatches", steps.promote_swatches(opened.work))


@capsule.command("enrich-tags")
def enrich_tags(
    name: Name,
    cpis: Cpis = None,
    source_csv: SourceCsv = None,
    inspect_json: InspectJson = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Adopt tags that the state lacks, from a product export or else from the inspection.

    Example: planogram capsule enrich-tags S226 --source-csv exports/post_upload.csv
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("enrich-tags", _enrich(opened, source_csv, inspect_json))


def _enrich(opened: Desk, source: Path | None, inspection: Path | None) -> list[Told]:
    if source is None:
        rows, name = _evidence(opened, inspection)
        tags: dict[str, Sequence[str]] = {r.handle: r.live.tags for r in rows if r.live}
        return steps.enrich_tags(opened.work, tags, name)
    path, content = _source(opened, source, ())
    try:
        tags = {product.handle: product.tags for product in read_export(path, content)}
    except UnreadableExport as error:
        raise InvalidDesiredState(list(error.problems)) from error
    return steps.enrich_tags(opened.work, tags, path)


@capsule.command("promote-actions")
def promote_actions(
    name: Name,
    cpis: Cpis = None,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Allow collections and size guides of the products that exist.

    Example: planogram capsule promote-actions S226
    """
    with desk(name, cpis, desired, False, as_json) as opened:
        opened.tell("promote-actions", steps.promote_actions(opened.work))


@capsule.command()
def run(
    name: Name,
    cpis: Cpis = None,
    inspect_json: InspectJson = None,
    source_csv: SourceCsv = None,
    sandbox: options.AllSandboxed = False,
    desired: options.DesiredFolder = options.DESIRED,
    as_json: options.AsJson = False,
) -> None:
    """Do all of the post-upload steps in order, from inspect to promote-actions.

    Stops at the first of which something is missing; what the steps before it made is kept.

    Example: planogram capsule run S226 --source-csv exports/post_upload.csv
    """
    with desk(name, cpis, desired, sandbox, as_json) as opened:
        for step, carry_out in _chain(opened, inspect_json, source_csv).items():
            try:
                opened.tell(step, carry_out())
            except Prerequisite:
                opened.save()
                raise


def _chain(
    opened: Desk, inspection: Path | None, source: Path | None
) -> dict[str, Callable[[], list[Told]]]:
    work = opened.work
    return {
        "inspect": lambda: _inspect(opened, inspection, pretty=True),
        "derive": lambda: steps.derive(work, *_evidence(opened, inspection)),
        "reconcile": lambda: reconcile_with(
            work, _evidence(opened, inspection)[0], opened.enriched
        ),
        "register-swatches": lambda: steps.register_swatches(work),
        "promote-swatches": lambda: steps.promote_swatches(work),
        "enrich-tags": lambda: _enrich(opened, source, inspection),
        "promote-actions": lambda: steps.promote_actions(work),
    }


decisions(capsule)
