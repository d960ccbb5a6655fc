"""The options of a dropdown or multiselect, one resource an attribute.

Plytix replaces them as a set: what git does not state is sent along, so that it stays. Only the
options that git states, or stated before, are ours.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Final

from providers.plytix.catalog import all_products, condition, parts_of
from providers.plytix.client import PlytixReader, PlytixWriter
from providers.plytix.definitions import definitions
from providers.plytix.kinds.attribute import PAGES, READ_TOGETHER
from providers.plytix.versions import ATTRIBUTES
from providers.plytix.writing import each, moved
from reconciler.concurrent import side_by_side
from reconciler.model.address import Address, Key
from reconciler.model.change import Action, Change, Effect
from reconciler.model.outcome import Outcome, done
from reconciler.model.resource import Resource
from reconciler.model.spec import UNSTATED, Merge, Owned, spec
from reconciler.provider import (
    ALL,
    Batch,
    Echo,
    Layer,
    OnDrop,
    Precondition,
    Wanted,
)

MOST_COUNTED: Final = 1_000


@spec
class Options:
    """order: those that git states, among themselves."""

    options: Owned[Annotated[tuple[str, ...], Merge.ENTRIES]] = UNSTATED
    order: Owned[Annotated[tuple[str, ...], Merge.SEQUENCE]] = UNSTATED


class OptionsKind:
    name = "options"
    spec = Options
    layer: Layer = "values"
    managed = True
    on_drop = OnDrop.FORGET
    precondition = Precondition.REREAD
    echo = Echo.REREAD

    async def read(
        self, session: PlytixReader, target: str, wanted: Wanted
    ) -> AsyncIterator[Resource[Options]]:
        """Keys are attributes' labels. There are options where there is one."""
        for label, row in (await definitions(session)).items():
            options = tuple(row.get("options") or ())
            if (wanted is ALL or label in wanted) and options:
                yield Resource(
                    Address(target, self.name, label),
                    Options(options=options, order=options),
                    remote=row["id"],
                )

    def nothing(self) -> Options:
        return Options(options=())

    def stands_on(self, key: Key) -> tuple[str, Key]:
        return "attribute", key

    def batches(self, changes: Sequence[Change[Options]]) -> Iterable[Batch[Options]]:
        for part in parts_of(changes, READ_TOGETHER):
            yield Batch(tuple(part), requests=len(part), reading=PAGES)

    async def write(
        self, session: PlytixWriter, batch: Batch[Options]
    ) -> Sequence[Outcome[Options]]:
        return await each(session, batch.changes, _written)

    async def effects(
        self, session: PlytixReader, changes: Sequence[Change[Options]]
    ) -> Mapping[Address, Effect]:
        """How many products have an option that would go: they lose it."""
        asked = [(c, gone) for c in changes if (gone := _gone(c)) and c.action is not Action.FORGET]
        counted = await side_by_side(partial(_carriers, session, c, gone) for c, gone in asked)
        return {
            change.address: Effect(_lost(gone, count), count)
            for (change, gone), count in zip(asked, counted, strict=True)
            if count
        }


async def _written(session: PlytixWriter, change: Change[Options]) -> Outcome[Options]:
    assert change.after is not None
    remote = change.remote or session.remotes("attribute", change.address.key)
    before = change.before.spec.options if change.before else ()
    held = before if isinstance(before, tuple) else ()
    wanted = change.after.spec
    kept = [one for one in held if one not in _gone(change)]
    stated = wanted.options if isinstance(wanted.options, tuple) else ()
    options = [*kept, *(one for one in stated if one not in kept)]
    if isinstance(wanted.order, tuple):
        options = in_sequence(options, wanted.order)
    await session.write("PATCH", f"{ATTRIBUTES}/{remote}", {"options": options})
    return done(change.address, remote)


def in_sequence(entries: Sequence[str], order: Sequence[str]) -> list[str]:
    """The entries with those of `order` in this order, all others where they stand."""
    stated = iter([one for one in order if one in entries])
    return [next(stated) if one in order else one for one in entries]


def _gone(change: Change[Options]) -> list[str]:
    """Ours that git does not state any more."""
    return moved(change, "options")[1]


async def _carriers(session: PlytixReader, change: Change[Options], gone: Sequence[str]) -> int:
    """Up to a thousand are counted."""
    filters = [[condition(f"attributes.{change.address.key}", "in", list(gone))]]
    count = 0
    async for _ in all_products(session, alike=filters):
        count += 1
        if count >= MOST_COUNTED:
            break
    return count


def _lost(gone: Sequence[str], count: int) -> str:
    names = ", ".join(gone[:5]) + (f" and {len(gone) - 5} more" if gone[5:] else "")
    many = (
        f"{count:,} or more products have"
        if count >= MOST_COUNTED
        else (f"{count:,} products have" if count > 1 else "1 product has")
    )
    return f"{many} {names}, and would lose it"
