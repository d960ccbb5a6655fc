"""Carry out one target's plan: precondition, intention, write, echo, record.

A change that fails takes with it what requires it, and nothing else. Before each request its
intention is in the journal, after it its outcome; the ledger is folded from the outcomes every
ten seconds and at the end, whatever happens.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import anyio

from reconciler.compare import KEY_PATH, differences, states_only_emptiness
from reconciler.concurrent import side_by_side
from reconciler.journal import Journal
from reconciler.ledger import Ledger
from reconciler.looking import read_keys
from reconciler.model.address import Address
from reconciler.model.change import AnyChange
from reconciler.model.errors import LedgerUnavailable
from reconciler.model.outcome import AnyOutcome, Outcome, Status, failed
from reconciler.model.plan import Plan
from reconciler.model.resource import Resource, State
from reconciler.model.spec import Merge, canonical_json, owned, shape
from reconciler.order import Schedule, by_kind
from reconciler.provider import (
    Ambiguous,
    AnyProvider,
    Batch,
    Echo,
    PlatformError,
    Precondition,
    Remotes,
)

ATTEMPTS: Final = 5
COMMIT_EVERY_SECONDS: Final = 10.0

Listener = Callable[[AnyOutcome], None]


@dataclass
class Execution:
    """One run on one target. `outcomes` fills while it goes on; `listen` is told of each.

    concurrency: how many batches are under way at once. One begins with its precondition when
    it has its turn, so that the time until its write does not grow with the plan.
    """

    provider: AnyProvider
    session: Any
    target: str
    concurrency: int
    plan: Plan
    schedule: Schedule
    remotes: Remotes
    journal: Journal
    ledger: Ledger
    listen: Listener = lambda outcome: None
    outcomes: dict[Address, AnyOutcome] = field(default_factory=dict)
    _committed_at: float = 0.0
    _places: anyio.Semaphore | None = None

    async def run(self) -> Mapping[Address, AnyOutcome]:
        """Carry out everything that is not held; one outcome for every change of the plan.

        Raises `LedgerUnavailable` at the end where the ledger could not be committed: what was
        written stands in the journal then.
        """
        self._committed_at = anyio.current_time()
        self._places = anyio.Semaphore(self.concurrency)
        try:
            for wave in self.schedule.waves:
                await self._carry_out_wave(wave)
        finally:
            self.ledger.commit(f"apply to {self.target}")
        return self.outcomes

    async def _carry_out_wave(self, wave: Sequence[AnyChange]) -> None:
        ready = [change for change in wave if self._may_be_tried(change)]
        self._forget([change for change in ready if not change.action.writes])
        await side_by_side(
            partial(self._carry_out_lane, kind, lane)
            for kind, changes in by_kind(c for c in ready if c.action.writes).items()
            for lane in _lanes(self.provider.kind(kind).batches(changes))
        )

    def _may_be_tried(self, change: AnyChange) -> bool:
        hold = self.plan.holds.get(change.address)
        if hold:
            text = f"{hold.reason}: {hold.message} · {hold.remedy}"
            self._settle(change, Outcome(change.address, Status.HELD, message=text))
            return False
        needed = sorted(self.schedule.requires[change.address])
        broken = [n for n in needed if not self._is_fine(n) and not self._is_spared(change, n)]
        if broken:
            text = f"it needs {broken[0]}, which was not carried out"
            self._settle(change, Outcome(change.address, Status.SKIPPED, message=text))
            return False
        return True

    def _is_fine(self, address: Address) -> bool:
        return address in self.outcomes and self.outcomes[address].status.is_fine

    def _is_spared(self, change: AnyChange, address: Address) -> bool:
        """Whether a change goes on without what it needed, since that could not be had."""
        outcome = self.outcomes.get(address)
        is_failed = outcome is not None and outcome.status is Status.FAILED
        return is_failed and address in self.schedule.spared.get(change.address, ())

    def _forget(self, changes: Sequence[AnyChange]) -> None:
        if changes:
            self.journal.intend(changes)
            self._record(changes, [Outcome(c.address, Status.DONE) for c in changes])

    async def _carry_out_lane(self, kind: str, lane: Sequence[Batch[Any]]) -> None:
        assert self._places is not None
        for batch in lane:
            async with self._places:
                await self._carry_out(kind, batch.changes)

    async def _carry_out(self, kind_name: str, changes: Sequence[AnyChange]) -> None:
        """Write, and after an ambiguous failure look what happened before trying again."""
        kind = self.provider.kind(kind_name)
        pending = list(changes)
        looks = kind.precondition is Precondition.REREAD
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if looks or attempt > 1:
                    pending = await self._still_to_do(kind_name, pending, retried=attempt > 1)
                for batch in kind.batches(pending):
                    await self._write(kind_name, batch)
                return
            except Ambiguous as error:
                pending = [c for c in pending if c.address not in self.outcomes]
                if attempt == ATTEMPTS:
                    await self._give_up(kind_name, pending, error)
                    return
                await anyio.sleep(_pause(attempt))
            except PlatformError as error:
                self._fail(pending, str(error), unknown=attempt > 1)
                return

    def _fail(self, changes: Sequence[AnyChange], text: str, *, unknown: bool) -> None:
        """What has no outcome yet has failed; `unknown` where a write was sent before."""
        left = [c for c in changes if c.address not in self.outcomes]
        outcomes = [failed(c.address, text, c.remote, unknown=unknown) for c in left]
        self._record(left, outcomes)

    async def _write(self, kind_name: str, batch: Batch[Any]) -> None:
        kind = self.provider.kind(kind_name)
        self.journal.intend(batch.changes)
        try:
            answered = list(await kind.write(self.session, batch))
        except Ambiguous:
            raise
        except PlatformError as error:
            answered = [failed(c.address, str(error), c.remote) for c in batch.changes]
        except Exception as error:  # A fault of ours, too, leaves open what the platform did.
            raise Ambiguous(f"{type(error).__name__}: {error}") from error
        if kind.echo is Echo.REREAD:
            answered = await self._echoed(kind_name, batch.changes, answered)
        judged = [_judged(c, o) for c, o in _paired(batch.changes, answered)]
        self._record(batch.changes, judged)

    async def _still_to_do(
        self, kind: str, changes: Sequence[AnyChange], *, retried: bool
    ) -> list[AnyChange]:
        """The changes whose owned fields are live as they were planned from, with fresh tokens.

        What is already as desired has converged (or, on a retry, was done by the request whose
        answer was lost); what somebody moved since is held. What that request made by halves is
        ours, and has failed.
        """
        live = await self._read(kind, changes)
        todo: list[AnyChange] = []
        for change in changes:
            found = live.get(change.address)
            if _is_carried_out(change, found):
                status = Status.DONE if retried else Status.CONVERGED
                echo = found.spec if found else None
                remote = found.remote if found else None
                self._record([change], [Outcome(change.address, status, remote, echo)])
            elif _is_as_planned(change, found) or self._came_of_this_run(kind, found):
                todo.append(replace(change, before=found) if found else change)
            elif retried and found is not None and _is_made_by_halves(change, found):
                text = "it was made, but not as a whole · plan again"
                self._record([change], [failed(change.address, text, found.remote)])
            else:
                text = "changed since plan: " + _moved(change, found)
                self._record([change], [Outcome(change.address, Status.HELD, message=text)])
        return todo

    def _came_of_this_run(self, kind: str, found: Resource[Any] | None) -> bool:
        """Whether what stands there is there because of something that this run made."""
        comes_of = getattr(self.provider.kind(kind), "comes_of", None)
        if comes_of is None or found is None:
            return False
        made = self.outcomes.get(comes_of(found))
        return made is not None and made.status is Status.DONE

    async def _give_up(self, kind: str, changes: Sequence[AnyChange], error: Ambiguous) -> None:
        try:
            changes = await self._still_to_do(kind, changes, retried=True)
        except PlatformError as unread:
            error = Ambiguous(f"{error}; and it could not be read again: {unread}")
        self._fail(changes, f"{error}, after {ATTEMPTS} attempts", unknown=True)

    async def _echoed(
        self, kind: str, changes: Sequence[AnyChange], answered: Sequence[AnyOutcome]
    ) -> list[AnyOutcome]:
        """The outcomes with what the platform really holds now. What was given another key is
        not read again: under the key asked for stands somebody else's."""
        written = {
            o.address
            for o in answered
            if o.status is Status.DONE and o.live_key in (None, o.address.key)
        }
        if not written:
            return list(answered)
        by_address = {c.address: c for c in changes}
        try:
            live = await self._read(kind, [by_address[a] for a in written], answered)
        except PlatformError as error:
            text = f"it was written, and could not be read again: {error}"
            return [
                failed(o.address, text, o.remote, unknown=True) if o.address in written else o
                for o in answered
            ]
        return [
            _seen(by_address[o.address], o, live.get(o.address)) if o.address in written else o
            for o in answered
        ]

    async def _read(
        self, kind: str, changes: Sequence[AnyChange], answered: Sequence[AnyOutcome] = ()
    ) -> State:
        remotes = {o.address: o.remote for o in answered}
        keys = {c.address.key: remotes.get(c.address) or c.remote for c in changes}
        return await read_keys(self.provider, self.session, self.target, kind, keys)

    def _record(self, changes: Sequence[AnyChange], outcomes: Sequence[AnyOutcome]) -> None:
        """Into the journal, then into the ledger's memory, then to who listens."""
        by_address = {change.address: change for change in changes}
        rows = self.journal.record(outcomes, changes)
        self.ledger.fold(rows)
        for outcome in outcomes:
            self._settle(by_address[outcome.address], outcome)
        if anyio.current_time() - self._committed_at >= COMMIT_EVERY_SECONDS:
            self._committed_at = anyio.current_time()
            with suppress(LedgerUnavailable):  # The commit at the end will tell.
                self.ledger.commit(f"apply to {self.target}, going on")

    def _settle(self, change: AnyChange, outcome: AnyOutcome) -> None:
        self.outcomes[change.address] = outcome
        if outcome.status.is_fine and outcome.remote:
            self.remotes.known[change.address] = outcome.remote
        self.listen(outcome)


def _lanes(batches: Iterable[Batch[Any]]) -> list[list[Batch[Any]]]:
    """Batches of one lane one after another, lanes and free batches side by side."""
    lanes: dict[object, list[Batch[Any]]] = {}
    for batch in batches:
        lanes.setdefault(batch.lane if batch.lane is not None else object(), []).append(batch)
    return list(lanes.values())


def _paired(
    changes: Sequence[AnyChange], outcomes: Sequence[AnyOutcome]
) -> list[tuple[AnyChange, AnyOutcome]]:
    """Every change with its outcome; one that a kind forgot has failed, never silently gone."""
    by_address = {outcome.address: outcome for outcome in outcomes}
    return [
        (
            c,
            by_address.get(c.address)
            or failed(c.address, "the provider told no outcome", c.remote),
        )
        for c in changes
    ]


def _seen(change: AnyChange, outcome: AnyOutcome, found: Resource[Any] | None) -> AnyOutcome:
    """An outcome with what a fresh reading shows. The platform's word alone is not enough: what
    was made must be there, and what was deleted must not."""
    if change.after is None:
        if found is None or _moved_paths(change, found):
            return outcome
        return replace(outcome, status=Status.FAILED, message="it is still there")
    if found is None:
        if states_only_emptiness(change.after.spec):
            return outcome
        text = "the platform said that it was done, and it is not there"
        return replace(outcome, status=Status.FAILED, message=text, unknown=True)
    if None not in (found.remote, outcome.remote) and found.remote != outcome.remote:
        text = "another one stands under this key · free the key, then plan again"
        return replace(outcome, status=Status.FAILED, message=text)
    remote = found.remote or outcome.remote
    return replace(outcome, echo=found.spec, remote=remote, live_key=found.live_key)


def _judged(change: AnyChange, outcome: AnyOutcome) -> AnyOutcome:
    """Done only when the platform holds, under the key asked for, what was desired."""
    if outcome.status is not Status.DONE or change.after is None:
        return outcome
    if outcome.live_key is not None and outcome.live_key != change.address.key:
        text = f"the platform gave it the key {outcome.live_key} · free the key, then plan again"
        return replace(outcome, status=Status.FAILED, message=text)
    if outcome.echo is None:
        return outcome
    stored = Resource(change.address, outcome.echo)
    fields = differences(change.after, stored, change.applied)
    if not fields:
        return outcome
    first = fields[0]
    text = (
        f"the platform stored {canonical_json(first.before)} as {first.path},"
        f" where {canonical_json(first.after)} was written"
    )
    return replace(outcome, status=Status.ALTERED, message=text)


def _is_carried_out(change: AnyChange, found: Resource[Any] | None) -> bool:
    if change.after is None:
        return found is None
    if found is None:
        return states_only_emptiness(change.after.spec)
    return not differences(change.after, found, change.applied)


def _is_made_by_halves(change: AnyChange, found: Resource[Any]) -> bool:
    """Whether what stands where we were creating holds nothing but what we were sending."""
    now = owned(found.spec)
    return change.before is None and all(
        now.get(field.path) in (None, [], field.after) for field in change.fields
    )


def _is_as_planned(change: AnyChange, found: Resource[Any] | None) -> bool:
    """What holds nothing is as good as not there: since the run made a collection, it is there
    that this collection is published nowhere."""
    if change.before is None or found is None:
        return change.before is None and (found is None or states_only_emptiness(found.spec))
    return not _moved_paths(change, found)


def _moved_paths(change: AnyChange, found: Resource[Any]) -> list[str]:
    """The fields that are live neither as planned nor, meanwhile, as desired."""
    assert change.before is not None
    now = _now(change, found)
    orders = {f.name for f in shape(type(found.spec)) if f.merge is Merge.SEQUENCE}
    moved = [
        field.path
        for field in change.fields
        if field.path != KEY_PATH
        and not (field.path in orders and _still_stands(now.get(field.path), field.before))
        and _said(now.get(field.path)) not in (_said(field.before), _said(field.after))
    ]
    return moved + ([KEY_PATH] if change.before.live_key != found.live_key else [])


def _still_stands(now: Any, before: Any) -> bool:
    """Whether an order is as it was, apart from what came since: this run made it, or it stands
    where it disturbs nobody."""
    return [entry for entry in now or () if entry in (before or ())] == list(before or ())


def _said(value: Any) -> str:
    """A field that meanwhile can be filled (a product got the attribute) is as empty as before."""
    return canonical_json(None if value == [] else value)


def _now(change: AnyChange, found: Resource[Any]) -> Mapping[str, Any]:
    """The changed fields as they are, told as the plan tells them: of entries, only ours."""
    if change.after is None:
        return owned(found.spec)
    told = {f.path: f.before for f in differences(change.after, found, change.applied)}
    return {f.path: told.get(f.path, f.after) for f in change.fields}


def _moved(change: AnyChange, found: Resource[Any] | None) -> str:
    if found is None:
        return "somebody deleted it"
    if change.before is None:
        return "somebody created it"
    return ", ".join(_moved_paths(change, found))


def _pause(attempt: int) -> float:
    return min(8.0, 0.5 * 2.0 ** (attempt - 1)) * random.random()
