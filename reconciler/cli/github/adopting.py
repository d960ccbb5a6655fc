"""In a workflow: what is live, and what sources say, written into `desired/` for a proposal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Final

import anyio
import typer

from reconciler import adopting
from reconciler.adopting import Adoption
from reconciler.cli import options, speech
from reconciler.cli.adopting import named_addresses, write
from reconciler.cli.composition import open_sites, targets_with_providers
from reconciler.cli.github.planning import Out
from reconciler.cli.github.proposing import begun, write_down
from reconciler.intent.edit import Taken
from reconciler.intent.loader import files_under
from reconciler.writeback import Rewrite
from reports.comment import code
from reports.view import clean, said

MOST: Final = 200
TITLE: Final = "Adopt what was moved in the shops"


def adopt(
    out: Out,
    only: Annotated[
        str, typer.Option("--only", help="Addresses, separated by white space; all without them.")
    ] = "",
    target: Annotated[str, typer.Option("--target", help="Only this target.")] = "",
    desired: options.DesiredFolder = options.DESIRED,
) -> None:
    """Write live values back into desired/ and keep the edits for `github propose`.

    Example: planogram github adopt --out proposal
    """
    with speech.told_plainly(as_json=False):
        names = [target] if target else []
        named = named_addresses(only.split(), not only.split(), names)
        here = begun(desired)
        workspace = here.workspace
        sites = open_sites(workspace, sorted({a.target for a in named}) or names)
        providers = targets_with_providers(workspace)
        found = anyio.run(partial(adopting.adopt, sites, providers, files_under(desired), named))
        write(desired, found.written.files)
        changed = write_down(here, out, TITLE, "\n".join(_body(found)))
        speech.stdout().print("written down" if changed else "nothing to adopt", markup=False)


def _body(found: Adoption) -> Iterator[str]:
    yield f"## {TITLE}"
    yield ""
    yield "Merged, this makes git say what is live: nothing is written to a shop by it."
    yield ""
    rewrites = found.written.rewrites
    yield from (f"- {_line(rewrite)}" for rewrite in rewrites[:MOST])
    if len(rewrites) > MOST:
        yield f"- … and {len(rewrites) - MOST:,} more"
    problems = [(a, p) for a, ps in found.written.problems.items() for p in ps]
    if problems:
        yield "\n### What could not be written back\n"
        yield from (f"- {code(clean(f'{a}: {p}'))}" for a, p in problems[:MOST])
    for text in found.unattributed:
        yield f"- the ledger of {code(text)} could not be fetched"


def _line(rewrite: Rewrite) -> str:
    place = code(f"{rewrite.place.path}:{rewrite.place.line}")
    return f"{place} {code(str(rewrite.address))}: {_told(rewrite.before)} → {_told(rewrite.after)}"


def _told(value: Any) -> str:
    return "nothing" if isinstance(value, Taken) else code(said(value))
