"""Who wrote the lines that a plan's changes follow from, as git knows it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from reconciler.model.change import AnyChange
from reconciler.model.plan import Plan
from reconciler.model.resource import Authorship, Source
from reconciler.repository import Repository


def with_authors(plan: Plan, repository: Repository, above: str = "") -> Plan:
    """The plan, with author and commit beside each line; a file is looked at once.

    above: where the folder that holds `desired/` stands in the repository, like `shops/`.
    """
    lines = cache(lambda path: repository.blame(above + path))

    def written(source: Source) -> Authorship | None:
        known = lines(source.path)
        return known[source.line - 1] if source.line <= len(known) else None

    def told(change: AnyChange) -> AnyChange:
        if change.after is None or change.after.source is None:
            return change
        source = replace(change.after.source, written=written(change.after.source))
        return replace(change, after=replace(change.after, source=source))

    return replace(plan, changes=tuple(told(change) for change in plan.changes))
