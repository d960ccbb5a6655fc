"""The use cases that put into the files what the platforms have, or had before a run.

Nothing is written to a platform or into a ledger, and no file: the new contents are handed back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler import runs
from reconciler.adopt import Ground, Wanted, can_be_adopted, live_values
from reconciler.before import Run, run_in
from reconciler.intent.loader import Files, load
from reconciler.model.address import Address
from reconciler.model.change import AnyChange
from reconciler.model.errors import InvalidDesiredState, Usage
from reconciler.planner import Planned, Wishes
from reconciler.provider import AnyProvider, Target
from reconciler.rollback import restated
from reconciler.site import Site
from reconciler.workflow import look
from reconciler.writeback import WrittenBack, written_back


@dataclass(frozen=True)
class Adoption:
    """written: what comes of it. idle: addresses that were named and are as git says already.
    unattributed: targets whose ledger could not be asked: there every difference was taken."""

    written: WrittenBack
    idle: tuple[Address, ...] = ()
    unattributed: tuple[str, ...] = ()

    @property
    def is_needless(self) -> bool:
        return not self.written.rewrites and not self.written.problems


async def adopt(
    sites: Sequence[Site],
    targets: Iterable[tuple[Target, AnyProvider]],
    files: Files,
    only: frozenset[Address] = frozenset(),
) -> Adoption:
    """Write back what moved on these sites' platforms: of the named addresses, or all.

    targets: all that the files speak to, also those that are not looked at. Raises `Usage` for
    a named address that only git moved, `InvalidDesiredState` for files that are not valid.
    """
    desired = load(files)
    if desired.problems:
        raise InvalidDesiredState(desired.problems)
    planned = await look(sites, desired.intents, Wishes(only=only or None))
    changes = [change for part in planned for change in part.plan.changes]
    _must_have_moved(changes, only)
    wanted = _wanted(changes, only)
    idle = tuple(sorted(only - wanted.keys()))
    unattributed = tuple(name for part in planned for name in part.plan.unattributed)
    written = written_back(files, _grounds(targets, sites, planned), wanted)
    return Adoption(written, idle, unattributed)


async def take_back(
    site: Site, targets: Iterable[tuple[Target, AnyProvider]], files: Files, undone: str
) -> tuple[WrittenBack, Run]:
    """Write what stood on a platform before a run into the files, and the run itself.

    What the run made leaves them, what it changed gets its values from before. What it deleted
    git does not state any more: the commit that took it out must be taken back. Raises
    `UnknownRun`.
    """
    desired = load(files)
    if desired.problems:
        raise InvalidDesiredState(desired.problems)
    path = runs.found(site.ledger.repository, site.name, site.journals, undone)
    run = run_in(path)
    wanted = {image.address: before for image in run.images if (before := restated(image)) != {}}
    wishes = Wishes(only=frozenset(wanted), lenient=True)
    planned = await look([site], desired.intents, wishes)
    return written_back(files, _grounds(targets, [site], planned), wanted), run


def _grounds(
    targets: Iterable[tuple[Target, AnyProvider]],
    sites: Sequence[Site],
    planned: Sequence[Planned],
) -> list[Ground]:
    answers = {site.name: part.answers for site, part in zip(sites, planned, strict=True)}
    return [Ground(target, provider, answers.get(target.name)) for target, provider in targets]


def _wanted(changes: Iterable[AnyChange], only: frozenset[Address]) -> Wanted:
    return {
        change.address: live_values(change)
        for change in changes
        if can_be_adopted(change) and (not only or change.address in only)
    }


def _must_have_moved(changes: Iterable[AnyChange], only: frozenset[Address]) -> None:
    for change in changes:
        if change.address in only and not can_be_adopted(change):
            raise Usage(
                f"{change.address}: nothing moved on {change.address.target}, git is ahead"
                " · apply it instead"
            )
