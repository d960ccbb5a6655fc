"""Changes as mutations: each change its own few, each with its own fate, four to a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from providers.saleor.aliased import Part, Told, carried_out, requests_for
from providers.saleor.client import SaleorWriter
from providers.saleor.listing import in_parts
from reconciler.model.address import Address, Remote
from reconciler.model.change import Action, Change
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome, done, failed
from reconciler.provider import Batch, PlatformError

S = TypeVar("S")

READ_TOGETHER: Final = 20
"""Changes of a batch: the core reads a batch again with one request before it and one after."""

PartsOf = Callable[[Change[Any]], Sequence[Part]]
"""The mutations of a change. Raises `PlatformError` for one that can not be carried out."""

RemoteOf = Callable[[Change[Any], Sequence[Told]], Remote | None]
"""The id of what was written, by what its mutations were answered."""


def batches_of(
    changes: Sequence[Change[S]],
    mutations: Callable[[Change[S]], int] = lambda _change: 1,
    pages: int = 0,
) -> Iterator[Batch[S]]:
    """Twenty at a time. Reading them again takes one request; a second one looks by id for what
    is not where its key says. pages: how many more each of them may take to be read."""
    for part in in_parts(changes, READ_TOGETHER):
        twice = any(change.renamed_from or change.action is Action.DELETE for change in part)
        yield Batch(
            tuple(part),
            requests=requests_for(sum(map(mutations, part))),
            reading=Range(Cost(1), Cost(1 + twice + pages * len(part))),
        )


async def carried(
    session: SaleorWriter,
    changes: Sequence[Change[S]],
    parts_of: PartsOf,
    remote_of: RemoteOf = lambda change, _told: change.remote,
) -> list[Outcome[S]]:
    """One outcome a change. Raises `Ambiguous` where it is not known what was done."""
    parts: dict[Address, Sequence[Part]] = {}
    outcomes: list[Outcome[S]] = []
    for change in changes:
        try:
            parts[change.address] = list(parts_of(change))
        except PlatformError as error:
            outcomes.append(failed(change.address, str(error), change.remote))
    told = iter(await carried_out(session, [part for some in parts.values() for part in some]))
    for change in changes:
        if change.address in parts:
            answers = [next(told) for _ in parts[change.address]]
            outcomes.append(_outcome(change, answers, remote_of))
    return outcomes


def _outcome(change: Change[S], told: Sequence[Told], remote_of: RemoteOf) -> Outcome[S]:
    """That something is already gone is the success of its deletion."""
    deleted = change.action is Action.DELETE
    refused = [t.message for t in told if not t.is_done and not (deleted and t.is_gone)]
    if refused:
        return failed(change.address, "; ".join(refused), change.remote)
    return done(change.address, None if deleted else remote_of(change, told))
