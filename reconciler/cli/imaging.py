"""`--image-report FILE`: what became of the images of a mapping file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from providers.plytix.amazon.reading import Row
from providers.plytix.amazon.slots import PARENT_PATTERN, Chosen
from providers.plytix.filenames import SLOTS
from providers.plytix.keys import key_within
from providers.plytix.mapping.images import named
from reconciler import workflow
from reconciler.carrying import Applied
from reconciler.cli import speech
from reconciler.cli.composition import Workspace, open_sites
from reconciler.cli.mapped import choose, flaw_data, read_mapping
from reconciler.intent.images import Image, Images
from reconciler.model.address import Address
from reconciler.model.errors import Usage
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from reconciler.site import Site
from reports.images import Image as Told
from reports.images import Mapped, Product, applied_images, planned_images


@dataclass(frozen=True, slots=True)
class ImageReport:
    """Asked for beforehand, so that what does not fit together is told before anything is done."""

    workspace: Workspace
    site: Site
    out: Path
    mapped: Mapped

    def of_plan(self, plan: Plan, at: str, *, quiet: bool) -> None:
        self._write(planned_images(self.mapped, plan, at), quiet=quiet)

    def of_apply(self, applied: Applied, at: str, *, quiet: bool) -> None:
        """Looks again what is so now: links are not inferred from answers."""
        intents = self.workspace.desired.intents
        after = anyio.run(partial(workflow.plan, [self.site], intents, Wishes()))
        data = applied_images(
            self.mapped, applied.plan, applied.outcomes, after, at.replace("+00:00", "Z")
        )
        self._write(data, quiet=quiet)

    def _write(self, data: dict[str, Any], *, quiet: bool) -> None:
        text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
        self.out.write_text(text, encoding="utf-8")
        if not quiet:
            line = (
                f"{self.out}: {data['images_uploaded']:,} uploaded,"
                f" {data['images_skipped']:,} there already, {data['links_created']:,} links,"
                f" {data['main_image_links']:,} thumbnails, {len(data['errors']):,} errors"
            )
            speech.stdout().print(line, markup=False, soft_wrap=True)


def image_report(
    workspace: Workspace, targets: Sequence[str], out: Path | None, mapping: Path | None
) -> ImageReport:
    """Raises `Usage` where it is not clear of which file and which account it is to speak."""
    if out is None:
        raise Usage("--mapping says what --image-report is about · name a file for it too")
    document = _document(workspace, targets, mapping)
    names = [name for name in document.targets if not targets or name in targets]
    if len(names) != 1:
        raise Usage("--image-report speaks of one account · say --target")
    (site,) = open_sites(workspace, names)
    assert document.imported is not None
    rows = read_mapping(workspace.root / document.imported.file)
    pattern = document.imported.parent_pattern or PARENT_PATTERN
    chosen = anyio.run(partial(choose, rows, [site], pattern))
    return ImageReport(workspace, site, out, _mapped(document, rows, chosen, site.name))


def _document(workspace: Workspace, targets: Sequence[str], mapping: Path | None) -> Images:
    found = {
        (workspace.root / document.imported.file).resolve(): document
        for document in workspace.desired.intents.of(Images)
        if document.imported is not None and (not targets or set(targets) & set(document.targets))
    }
    if mapping is not None and mapping.resolve() not in found:
        raise Usage(f"--mapping {mapping}: no document of these targets was imported from it")
    if mapping is None and len(found) != 1:
        raise Usage(f"say --mapping: there are {len(found)} documents from mapping files")
    return found[mapping.resolve()] if mapping else next(iter(found.values()))


def _mapped(document: Images, rows: list[Row], chosen: Chosen, target: str) -> Mapped:
    links = [reference.link for row in rows for reference in row.references]
    assert document.imported is not None
    return Mapped(
        file=document.imported.file,
        total_products=len(rows),
        products_with_images=sum(bool(row.references) for row in rows),
        total_image_refs=len(links),
        unique_images=len({link for link in links if link}),
        skip_existing=document.imported.skip_existing,
        products=tuple(_products(document, chosen, target)),
        errors=tuple(flaw_data(flaw) for flaw in chosen.flaws),
    )


def _products(document: Images, chosen: Chosen, target: str) -> Iterator[Product]:
    """As git states them: what somebody changed by hand is what is desired."""
    for sku, product in document.products.items():
        if sku not in chosen.products:
            continue
        names = _names(product.images)
        main = product.thumbnail or "MAIN"
        yield Product(
            sku,
            Address(target, "gallery", key_within(sku, document.into.gallery or "")),
            tuple(
                Told(product.images[slot].url or "", Address(target, "asset", name))
                for slot, name in names.items()
            ),
            names.get(main),
            sku in chosen.derived,
        )


def _names(images: Mapping[str, Image]) -> dict[str, str]:
    return {slot: named(images[slot].url or "") for slot in SLOTS if slot in images}
