"""What every kind of every provider promises, proved from outside.

Hello! Are you adding a kind? Write its case (see `case.py`), add it to its platform's list, and
these tests will tell you what is still missing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.composition import platform, platform_names
from reconciler.model.change import Cause
from reconciler.model.outcome import Status
from reconciler.model.spec import shape
from reconciler.provider import OnDrop
from tests.contract.case import Case
from tests.contract.life import (
    CASES,
    at_work,
    desired,
    desired_in,
    every_kind,
    overruled,
    raw,
    seen,
    steps,
    workshop,
)
from tests.workshop import problems_of


def test_every_managed_kind_has_a_case() -> None:
    """A kind without a case would promise nothing."""
    kinds = {
        (name, kind.name)
        for name in platform_names()
        for kind in platform(name).kinds
        if kind.managed
    }

    assert {(case.provider, case.kind) for case in CASES} == kinds


@every_kind
def test_apply_then_plan_finds_nothing(case: Case, tmp_path: Path) -> None:
    """After each state: no change, nothing held, nothing left to record; a second apply sends
    no write."""
    shop = workshop(case, tmp_path)
    for files in case.states:
        shop.write(files)
        applied = shop.apply()
        assert not problems_of(applied), problems_of(applied)
        plan = shop.plan()
        assert [str(c.address) for c in plan.changes] == []
        assert plan.recorded == ()
    sent = len(shop.writes)
    shop.apply()

    assert len(shop.writes) == sent


@every_kind
def test_each_declared_field_is_really_written(case: Case, tmp_path: Path) -> None:
    """Raw requests see in every state what git states, field by field."""
    shop = workshop(case, tmp_path)
    for files in case.states:
        shop.write(files)
        shop.apply()

        assert seen(case, shop) == desired(case, shop)


@every_kind
def test_a_plan_sends_no_write(case: Case, tmp_path: Path) -> None:
    """Looking changes nothing, with everything still to do and with nothing to do."""
    shop = workshop(case, tmp_path)
    shop.write(case.states[0])
    before = raw(case, shop)
    shop.plan()
    shop.drift()

    assert shop.writes == []
    assert raw(case, shop) == before


@every_kind
def test_no_more_writes_than_estimated(case: Case, tmp_path: Path) -> None:
    """The plan's estimate is what an undisturbed apply sends at most."""
    shop = workshop(case, tmp_path)
    for files in case.states:
        shop.write(files)
        estimated = shop.plan().estimate.requests
        before = len(shop.writes)
        shop.apply()

        assert len(shop.writes) - before <= estimated


@every_kind
def test_what_it_costs_was_foretold(case: Case, tmp_path: Path) -> None:
    """What an undisturbed apply takes lies in the range that its plan tells, which is no wider
    than it need be: through all states, and when the resource is dropped."""
    shop = workshop(case, tmp_path)
    for step in steps(case):
        shop.write(step)
        applied = shop.apply(overruled(case))
        low, high = applied.plan.estimate.range.low, applied.plan.estimate.range.high

        assert low.requests <= applied.actual.requests <= high.requests
        assert low.points <= applied.actual.points <= high.points
        assert high.requests <= 3 * low.requests + 3
        assert high.points <= 3 * low.points + 60


KINDS = sorted({(case.provider, case.kind) for case in CASES})


@pytest.mark.parametrize(("provider", "kind"), KINDS)
def test_every_field_is_drifted_once(provider: str, kind: str) -> None:
    """A kind's cases leave no field of its spec out."""
    cases = [case for case in CASES if (case.provider, case.kind) == (provider, kind)]
    names = {field.name for field in shape(platform(provider).kind(kind).spec)}
    drifted = {path.split(".", 1)[0] for case in cases for path in case.drifts}

    assert drifted | {name for case in cases for name in case.unread} >= names


@pytest.mark.parametrize(
    ("case", "path"),
    [(case, path) for case in CASES for path in case.drifts],
    ids=lambda part: str(part),
)
def test_each_field_drifts_and_is_restored(case: Case, path: str, tmp_path: Path) -> None:
    """Somebody edits just this field: the plan shows it as drift, and the apply restores it."""
    state = next(
        (n for n in range(len(case.states)) if path in desired_in(case, n, tmp_path / str(n))), 0
    )
    shop = at_work(case, tmp_path / "shop", state)
    before = seen(case, shop)
    thing, key, fields = case.drifts[path]
    shop.edit(thing, key, **fields)
    (change,) = [c for c in shop.drift().changes if c.address == case.address]
    moved = {field.path: field.cause for field in change.fields}
    applied = shop.apply()

    assert moved.get(path) is Cause.DRIFT
    if path in case.immutable:
        outcome = applied.outcomes[case.address]
        assert outcome.status is Status.FAILED
        assert " · " in (outcome.message or "")
        return
    assert not problems_of(applied)
    assert seen(case, shop) == before
    assert shop.plan().is_empty


@every_kind
def test_strangers_are_left_alone(case: Case, tmp_path: Path) -> None:
    """What nobody declared may change as it likes: no plan mentions it, no apply touches it."""
    shop = at_work(case, tmp_path)
    thing, key, fields = case.stranger
    shop.edit(thing, key, **fields)
    sent = len(shop.writes)

    assert shop.plan().is_empty
    shop.apply()
    assert len(shop.writes) == sent


@every_kind
def test_dropping_it_does_what_the_kind_says(case: Case, tmp_path: Path) -> None:
    """What we made is deleted where the kind deletes, and stays where it forgets; what was
    there before stays. Then there is nothing left to do."""
    shop = at_work(case, tmp_path, len(case.states) - 1)
    before = raw(case, shop)
    shop.write(steps(case)[-1])
    applied = shop.apply(overruled(case))
    deletes = platform(case.provider).kind(case.kind).on_drop is OnDrop.DELETE

    assert not problems_of(applied), problems_of(applied)
    assert raw(case, shop) == (None if deletes and not case.exists_before else before)
    assert (case.kind, case.key) not in shop.entries()
    assert shop.plan().is_empty
