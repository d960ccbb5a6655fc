"""What moved on a platform, and how its provider says it in people's own terms. Pure.

The edits that come of it are proposals: `reconciler.writeback` makes and proves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.compare import KEY_PATH, states_only_emptiness
from reconciler.compile import Compiled, compile_for
from reconciler.intent.base import Intents
from reconciler.intent.edit import Edit
from reconciler.model.address import Address
from reconciler.model.change import Action, AnyChange, Cause
from reconciler.model.problem import Problem
from reconciler.model.question import Answers
from reconciler.model.resource import Source
from reconciler.model.spec import Path, Value, owned
from reconciler.provider import AnyProvider, Compilation, Restatement, Target

Wanted = Mapping[Address, Mapping[Path, Value] | None]
"""What git shall state: by address the values of some fields, or None: nothing of it."""

_EMPTY: Final[tuple[Value, ...]] = (None, "", [], {})
_MOVED: Final = (Cause.DRIFT, Cause.CONFLICT)
OR_APPLY: Final = "or apply, to put back what git says"


@dataclass(frozen=True, slots=True)
class Ground:
    """A target, and what its catalog answered; None where it was not asked."""

    target: Target
    provider: AnyProvider
    answers: Answers | None = None

    def compiled(self, intents: Intents) -> Compiled:
        return compile_for(self.target, self.provider, intents, self.answers)


def live_values(change: AnyChange) -> Mapping[Path, Value] | None:
    """The values that moved on the platform, as they are there; None where the resource is gone.

    Of a resource that was never ours, and where there is no ledger to ask, a field that is empty
    live says nothing: git may fill it.
    """
    if change.action is Action.CREATE:
        return None
    assert change.before is not None
    assert change.after is not None
    values = {f.path: f.before for f in change.fields if _moved(change, f.cause, f.before)}
    if states_only_emptiness(change.after.spec):
        stated = owned(change.after.spec)
        values |= {p: v for p, v in owned(change.before.spec).items() if p not in stated}
    return values


def can_be_adopted(change: AnyChange) -> bool:
    """Whether the platform moved. Where only git did, there is nothing to write back."""
    if change.action is Action.CREATE:
        return change.cause is Cause.DRIFT
    if change.action not in (Action.UPDATE, Action.ADOPT):
        return False
    return any(_moved(change, field.cause, field.before) for field in change.fields)


def edits_of(
    intents: Intents, grounds: Iterable[Ground], wanted: Wanted
) -> dict[Address, tuple[Edit | Problem, ...]]:
    """What the platforms propose for each address: not yet proved."""
    proposals: dict[Address, tuple[Edit | Problem, ...]] = {}
    by_path = {intent.path: intent for intent in intents}
    for ground in grounds:
        resources = ground.compiled(intents).resources
        compilation = Compilation(
            ground.target, intents.for_target(ground.target.name), ground.answers
        )
        for address, values in wanted.items():
            if address.target != ground.target.name:
                continue
            resource = resources.get(address)
            if resource is None or resource.source is None:
                continue
            intent = by_path.get(resource.source.path)
            if intent is None:
                proposals[address] = (_of_a_state(resource.source),)
                continue
            restatement = Restatement(resource, values)
            proposals[address] = tuple(_proposed(ground.provider, intent, restatement, compilation))
    return proposals


def _of_a_state(source: Source) -> Problem:
    """What follows from a capsule's state is taken over by the capsule's own steps."""
    remedy = "inspect, derive and reconcile the capsule, or choose the look in its capsule.yaml"
    return Problem(source, "the state of a capsule says it", f"{remedy}, {OR_APPLY}")


def _moved(change: AnyChange, cause: Cause, before: Value) -> bool:
    if cause in _MOVED:
        return True
    was_not_ours = change.action is Action.ADOPT or cause is Cause.UNATTRIBUTED
    return was_not_ours and before not in _EMPTY


def _proposed(
    provider: AnyProvider, intent: Any, restatement: Restatement, compilation: Compilation
) -> Iterator[Edit | Problem]:
    source = restatement.source
    adopt = provider.adoption.get(type(intent))
    if adopt is None:
        yield Problem(
            source, f"{provider.name} writes nothing back into {intent.folder}", "edit it by hand"
        )
        return
    proposed = list(adopt(intent, restatement, compilation))
    yield from proposed
    values = restatement.values or {}
    if KEY_PATH in values and not any(isinstance(part, Problem) for part in proposed):
        yield Problem(
            source,
            f"{restatement.address} stands under {values[KEY_PATH]} now, and a key is never"
            " rewritten unasked",
            f"rename the key here by hand, {OR_APPLY}",
        )
