"""After an apply the states of capsules advance, in files of the working tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from reconciler.capsule import seeding
from reconciler.capsule.folder import Folder
from reconciler.capsule.progress import progress
from reconciler.capsule.state import BrokenState
from reconciler.capsule.text import BrokenLog
from reconciler.capsule.working import Prerequisite, Work
from reconciler.carrying import Applied
from reconciler.cli import options
from reconciler.cli.composition import Workspace
from reconciler.cli.files import Lazy, write_changed
from reconciler.inspecting import results
from reconciler.intent.capsule import Capsule
from reconciler.site import Site


def capsule_folder(workspace: Workspace, name: str) -> Path:
    return workspace.root / workspace.folder / "capsules" / name


def work_on(root: Path, document: Capsule, target: str, platform: str) -> Work:
    """A capsule's folder, as of now."""
    folder = Folder(document.capsule, Lazy(root))
    now = f"{options.now():%Y-%m-%dT%H:%M:%SZ}"
    is_first = target == document.target
    return Work(folder, document, target, platform, now, moves_stages=is_first)


def enriched(folder: Folder) -> frozenset[str]:
    """The handles that have a row in an import CSV."""
    return frozenset(
        handle for path in folder.import_csvs() for handle in seeding.handles_in(folder.files[path])
    )


def advance_capsules(
    workspace: Workspace, sites: Iterable[Site], applied: Applied, run: str
) -> Iterator[str]:
    """Writes what the run came to into each capsule's state and queues, and nothing else; yields
    what could not be. What was applied stands in the ledger whatever happens here. What was tried
    on the sandbox of a real shop (`--sandbox`) is no progress of its capsules."""
    targets = workspace.desired.targets
    tried = {name for name in targets if workspace.all_sandboxed and not targets[name].sandbox}
    by_name = {site.name: site for site in sites if site.name not in tried}
    for document in workspace.desired.intents.of(Capsule):
        for name in document.targets:
            if name in by_name and document.state is not None:
                yield from _advanced(workspace, by_name[name], document, applied, run)


def _advanced(
    workspace: Workspace, site: Site, document: Capsule, applied: Applied, run: str
) -> Iterator[str]:
    found = results(site.provider, site.name, document, applied)
    root = capsule_folder(workspace, document.capsule)
    work = work_on(root, document, site.name, site.target.provider)
    try:
        progress(work, found, run, enriched(work.folder))
    except (BrokenState, BrokenLog, Prerequisite) as error:
        yield f"the state of {document.capsule} did not advance: {error}"
        return
    write_changed(root, work.folder.changed)
