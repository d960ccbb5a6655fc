"""In a workflow: what is live, and what sources say, written into `desired/` for a proposal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Final

import anyio
import typer

from reconciler import adopting, runs
from reconciler.adopting import Adoption
from reconciler.before import Image, Run
from reconciler.cli import options, speech
from reconciler.cli.adopting import named_addresses, write
from reconciler.cli.composition import open_sites, targets_with_providers
from reconciler.cli.github.job import summarise
from reconciler.cli.github.planning import Out
from reconciler.cli.github.proposing import begun, write_down
from reconciler.cli.importing import Imported, configured
from reconciler.cli.sourcing import removal_line
from reconciler.intent.edit import Taken
from reconciler.intent.loader import files_under
from reconciler.model.change import Action
from reconciler.model.spec import restore
from reconciler.site import Site
from reconciler.writeback import Rewrite, WrittenBack
from reports.comment import code
from reports.view import clean, said

MOST: Final = 200
TITLE: Final = "Adopt what was moved in the shops"


def adopt(
    out: Out,
    only: Annotated[
        str,
        typer.Option(
            "--only", help="Addresses, separated by blanks, quoted if they hold some; all without."
        ),
    ] = "",
    target: Annotated[str, typer.Option("--target", help="Only this target.")] = "",
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Write live values back into desired/ and keep the edits for `github propose`.

    Example: planogram github adopt --out proposal
    """
    with speech.told_plainly(as_json=False):
        names = [target] if target else []
        asked = options.words("--only", only)
        named = named_addresses(asked, not asked, names)
        here = begun(desired)
        workspace = here.workspace
        sites = open_sites(workspace, sorted({a.target for a in named}) or names)
        providers = targets_with_providers(workspace)
        found = anyio.run(partial(adopting.adopt, sites, providers, files_under(desired), named))
        write(desired, found.written.files)
        changed = write_down(here, out, TITLE, "\n".join(_body(found)))
        speech.stdout().print("written down" if changed else "nothing to adopt", markup=False)


def import_sources(out: Out, desired: options.DesiredFolder = options.DESIRED) -> None:
    """Carry out the imports of desired/sources.yaml and keep the edits for `github propose`.

    Example: planogram github import --out proposal
    """
    with speech.told_plainly(as_json=False):
        here = begun(desired)
        found = configured(desired)
        body = "\n".join(_said_by_sources(found, here.folder)) + "\n"
        changed = write_down(here, out, "Import from the sources", body)
        if not changed and (found.removals or found.warnings):
            summarise(body)
        speech.stdout().print("written down" if changed else "nothing new", markup=False)


def _said_by_sources(found: Imported, folder: str) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {name}" for name, count in found.counts.items())
    yield f"## What the sources say now\n\n{counts} read.\n"
    yield from (f"- {code(f'{folder}/{path}')}" for path in found.written)
    waiting = [removal_line(r) for r in found.removals if not r.is_done]
    if waiting:
        yield "\n### What they say no more\n"
        yield from (f"- {code(clean(text))}" for text in waiting[:MOST])
    if found.warnings:
        yield "\n### To be known\n"
        yield from (f"- {code(clean(text))}" for text in found.warnings[:MOST])


def rollback(
    out: Out,
    run: Annotated[str, typer.Option("--run", metavar="RUN", help="The run to take back.")],
    target: Annotated[str, typer.Option("--target", help="The target that it was applied to.")],
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Write what stood before a run into desired/ and keep the edits for `github propose`.

    Example: planogram github rollback --run 20261126T031700-1a2b3c --target shop --out proposal
    """
    with speech.told_plainly(as_json=False):
        here = begun(desired)
        (site,) = open_sites(here.workspace, [target])
        site.ledger.fetch(runs.unfinished_pattern(target))
        site.ledger.load()
        providers = targets_with_providers(here.workspace)
        written, undone = anyio.run(
            partial(adopting.take_back, site, providers, files_under(desired), run)
        )
        write(desired, written.files)
        title = f"Take back {run} on {target}"
        body = "\n".join(_taken_back(title, site, written, undone))
        changed = write_down(here, out, title, body)
        speech.stdout().print("written down" if changed else "nothing to take back", markup=False)


def _taken_back(title: str, site: Site, written: WrittenBack, run: Run) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield "Merged, the apply brings the shop back to what stood there before the run."
    yield ""
    yield from _rewrites(written)
    lost = [text for image in run.images if (text := _lost(site, image))]
    if lost:
        yield "\n### What does not come back by this\n"
        yield from (f"- {code(clean(text))}" for text in lost[:MOST])
    yield from _problems(written)


def _lost(site: Site, image: Image) -> str | None:
    if image.action is Action.DELETE:
        return (
            f"{image.address} was deleted: revert the commit that took it out of desired/;"
            " it comes back under another id"
        )
    kind = site.provider.kind(image.address.kind)
    if image.action is Action.CREATE and hasattr(kind, "lasts") and image.achieved is not None:
        why = kind.lasts(restore(kind.spec, image.achieved))
        return f"{image.address}: {why}" if why else None
    return None


def _body(found: Adoption) -> Iterator[str]:
    yield f"## {TITLE}"
    yield ""
    yield "Merged, this makes git say what is live: nothing is written to a shop by it."
    yield ""
    yield from _rewrites(found.written)
    yield from _problems(found.written)
    for text in found.unattributed:
        yield f"- the ledger of {code(text)} could not be fetched"


def _rewrites(written: WrittenBack) -> Iterator[str]:
    yield from (f"- {_line(rewrite)}" for rewrite in written.rewrites[:MOST])
    if len(written.rewrites) > MOST:
        yield f"- … and {len(written.rewrites) - MOST:,} more"


def _problems(written: WrittenBack) -> Iterator[str]:
    problems = [(address, p) for address, ps in written.problems.items() for p in ps]
    if problems:
        yield "\n### What could not be written back\n"
        yield from (f"- {code(clean(f'{a}: {p}'))}" for a, p in problems[:MOST])


def _line(rewrite: Rewrite) -> str:
    place = code(f"{rewrite.place.path}:{rewrite.place.line}")
    return f"{place} {code(str(rewrite.address))}: {_told(rewrite.before)} → {_told(rewrite.after)}"


def _told(value: Any) -> str:
    return "nothing" if isinstance(value, Taken) else code(said(value))
