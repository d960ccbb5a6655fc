"""`import`: write intents from what is outside. Adds and updates; never takes away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from providers.sources import shopify_csv
from reconciler.cli import options, speech
from reconciler.cli.composition import open_workspace
from reconciler.intent.written import merged
from reconciler.model.errors import InvalidDesiredState, PlanogramError, Usage
from reconciler.model.problem import Problem
from reconciler.model.resource import Source

importing = typer.Typer(
    name="import", help="Write intents from what is outside.", no_args_is_help=True
)


@importing.callback()
def _importing() -> None:
    """Write intents from what is outside."""


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
        shops = [n for n, e in workspace.desired.targets.items() if e.provider == "shopify"]
        name = _chosen(target, shops)
        if not re.fullmatch(r"[\w-]{3,255}\.[\w-]{2,64}", look):
            raise Usage(f"--look {look}: write NAMESPACE.KEY, like custom.look_image")
        count, written = _import(file, desired, name, style_prefix, None if no_images else look)
        _tell(count, written, desired, as_json=as_json)


@importing.command("configured")
def import_configured(
    desired: options.DesiredFolder = options.DESIRED, as_json: options.AsJson = False
) -> None:
    """Carry out all imports of desired/sources.yaml, in their order.

    Example: planogram import configured
    """
    with speech.told_plainly(as_json=as_json):
        count, written = configured(desired)
        _tell(count, written, desired, as_json=as_json)


def configured(desired: Path) -> tuple[int, list[str]]:
    """How many products the configured sources have, and the files that had to be touched."""
    workspace = open_workspace(desired, all_sandboxed=True)
    shops = [n for n, e in workspace.desired.targets.items() if e.provider == "shopify"]
    count = 0
    written: list[str] = []
    for entry in workspace.desired.sources:
        file = workspace.root / entry.file
        look = entry.look if entry.images else None
        found, paths = _import(
            file, desired, _chosen(entry.target, shops), entry.style_prefix, look
        )
        count, written = count + found, written + paths
    return count, sorted(set(written))


def _import(
    file: Path, desired: Path, target: str, style_prefix: str, look: str | None
) -> tuple[int, list[str]]:
    products = _read(file)
    documents = _documents(products, target, style_prefix, look)
    return len(products), [p for p, data in documents.items() if _write(desired / p, data)]


def _tell(count: int, written: list[str], desired: Path, *, as_json: bool) -> None:
    if as_json:
        speech.print_json({"products": count, "written": sorted(written)})
        return
    told = ", ".join(f"{desired.name}/{path}" for path in written) or "nothing: all is there"
    speech.stdout().print(f"{count} products read; written: {told}", markup=False, soft_wrap=True)


def _chosen(target: str | None, shops: list[str]) -> str:
    if target is not None and target not in shops:
        raise Usage(f"--target {target}: it is no Shopify target of targets.yaml")
    if target is None and len(shops) != 1:
        raise Usage(f"say --target: there are {len(shops)} Shopify targets in targets.yaml")
    return target or shops[0]


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


def _write(path: Path, data: Mapping[str, Any]) -> bool:
    """Whether the file had to be touched."""
    before = path.read_bytes().decode() if path.exists() else None
    after = merged(before, data)
    if after == before:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_bytes(after.encode())
    except OSError as error:
        raise PlanogramError(f"{path} can not be written: {error.strerror}") from error
    return True
