"""Apply, roll back: owned fields and ledger are as before, for every kind and transition."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from providers.kit.sandbox import Fault
from reconciler.cli.composition import platform
from reconciler.journal import Journal
from reconciler.model.outcome import AnyOutcome, Status
from reconciler.provider import OnDrop
from tests.contract.case import Case
from tests.contract.life import CASES, before, every_kind, looks, overruled, raw, steps
from tests.contract.test_faults import told
from tests.workshop import problems_of

STEPS = [
    pytest.param(
        case, number, marks=[pytest.mark.extended] if 0 < number < len(case.states) else []
    )
    for case in CASES
    for number in range(len(steps(case)))
]

every_step = pytest.mark.parametrize(("case", "step"), STEPS, ids=lambda part: str(part))


@every_step
def test_apply_then_rollback_gives_back_what_was(case: Case, step: int, tmp_path: Path) -> None:
    """Seen by raw requests, and in the ledger; what can not come back was said beforehand."""
    shop = before(case, step, tmp_path)
    fields, rows = looks(case, shop)
    shop.write(steps(case)[step])
    applied = shop.apply(overruled(case))
    assert not problems_of(applied), problems_of(applied)
    run = shop.last_run
    if not any(o.status is Status.DONE for o in applied.outcomes.values()):
        assert step == len(case.states)  # only being dropped may come to nothing
        return
    plan = shop.plan_rollback(run)
    undone = shop.rollback(run, overruled(case))
    assert not problems_of(undone), problems_of(undone)
    after, rows_after = looks(case, shop)

    assert rows_after == rows
    if fields is None and after is not None:  # only where the kind said so beforehand
        assert hasattr(platform(case.provider).kind(case.kind), "lasts")
        change = next(c for c in plan.changes if c.address == case.address)
        assert "stays" in (change.irreversible or "")
    else:
        assert after == fields


@pytest.mark.extended
@every_kind
def test_a_rollback_can_be_rolled_back(case: Case, tmp_path: Path) -> None:
    """It is a run like any other: taken back, everything is as git says again."""
    shop = before(case, len(case.states), tmp_path)
    there = looks(case, shop)
    shop.rollback(shop.last_run, overruled(case))
    back = looks(case, shop)
    undone = shop.rollback(shop.last_run, overruled(case))

    assert not problems_of(undone), problems_of(undone)
    assert back != there
    assert looks(case, shop) == there
    assert shop.plan().is_empty


@pytest.mark.extended
@every_kind
@pytest.mark.parametrize("fault", list(Fault))
def test_a_disturbed_rollback_ends_like_an_undisturbed_one(
    case: Case, fault: Fault, tmp_path: Path
) -> None:
    """Its first write throttled, failing, or answered by nobody after the platform did it."""
    calm, shop = (before(case, len(case.states), tmp_path / name) for name in ("calm", "shop"))
    calm.written.clear()
    calm.rollback(calm.last_run, overruled(case))
    shop.inject(fault, matching=told(calm.written[0]))
    undone = shop.rollback(shop.last_run, overruled(case))

    assert not problems_of(undone), problems_of(undone)
    assert looks(case, shop) == looks(case, calm)
    assert shop.faults_left() == 0


class PowerCutError(BaseException):
    """Nothing handles it, so it ends the run wherever it is."""


@pytest.mark.parametrize("case", [c for c in CASES if len(c.states) > 1], ids=str)
def test_a_run_that_was_killed_is_taken_back(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before it wrote down what the platform did: its journal knows of a resource only what
    was to change, and a kind's write may want more than that."""
    shop = before(case, 1, tmp_path)
    fields, rows = looks(case, shop)
    shop.write(steps(case)[1])
    record = Journal.record

    def cut(journal: Journal, outcomes: Sequence[AnyOutcome], changes: Sequence[Any]) -> Any:
        if case.address in [outcome.address for outcome in outcomes]:
            raise PowerCutError
        return record(journal, outcomes, changes)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "record", cut)
        with pytest.raises(PowerCutError):
            shop.apply()
    undone = shop.rollback(shop.last_run, overruled(case))

    assert not problems_of(undone), problems_of(undone)
    assert looks(case, shop) == (fields, rows)


@pytest.mark.parametrize("case", [c for c in CASES if len(c.states) > 1 and c.drifts], ids=str)
def test_what_somebody_moved_since_is_left_alone(case: Case, tmp_path: Path) -> None:
    """Moved in the admin after the run: held with its field, and not written."""
    shop = before(case, 1, tmp_path)
    path, (thing, key, values) = next(iter(case.drifts.items()))
    shop.edit(thing, key, **values)
    moved = raw(case, shop)
    plan = shop.plan_rollback(shop.last_run)
    shop.rollback(shop.last_run)
    hold = plan.holds.get(case.address)

    assert hold is not None, path
    assert (hold.reason, path in hold.message) == ("moved-since-run", True)
    assert raw(case, shop) == moved


def test_kinds_that_can_not_take_a_creation_back_are_known() -> None:
    """A kind that forgets says what nothing is, that it lasts, or adopts what is always there."""
    forgets = {
        kind.name
        for name in ("shopify", "saleor", "plytix")
        for kind in platform(name).kinds
        if kind.managed and kind.on_drop is OnDrop.FORGET
        if not hasattr(kind, "nothing") and not hasattr(kind, "lasts")
    }
    always_there = {case.kind for case in CASES if case.exists_before}

    assert forgets <= always_there
