"""What every kind of every provider promises, proved from outside.

Hello! Are you adding a kind? Write its case (see `case.py`), add it to its platform's list, and
these tests will tell you what is still missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from providers.kit.sandbox import Fault
from reconciler.cli.composition import platform, platform_names
from reconciler.model.change import Cause
from reconciler.model.outcome import Status
from reconciler.model.spec import owned, shape
from reconciler.provider import OnDrop
from tests.contract import (
    plytix,
    plytix_catalog,
    saleor,
    saleor_assortment,
    shopify,
    shopify_collections,
    shopify_files,
    shopify_listing,
    shopify_metafields,
    shopify_offered,
)
from tests.contract.case import Case
from tests.workshop import Workshop, problems_of

CASES: list[Case] = [
    *shopify.CASES,
    *shopify_files.CASES,
    *shopify_listing.CASES,
    *shopify_collections.CASES,
    *shopify_metafields.CASES,
    *shopify_offered.CASES,
    *saleor.CASES,
    *saleor_assortment.CASES,
    *plytix.CASES,
    *plytix_catalog.CASES,
]

every_kind = pytest.mark.parametrize("case", CASES, ids=str)
POLICY = {"adopt": True, "prune": True, "create": "attributes"}


def workshop(case: Case, folder: Path) -> Workshop:
    return Workshop(folder, case.provider, case.target, POLICY, case.settings)


def at_work(case: Case, folder: Path, state: int = 0) -> Workshop:
    """A workshop in which the case's states have been applied up to one."""
    shop = workshop(case, folder)
    for files in case.states[: state + 1]:
        shop.write(files)
        applied = shop.apply()
        assert not problems_of(applied), problems_of(applied)
    return shop


def desired(case: Case, shop: Workshop) -> Mapping[str, Any]:
    """The owned fields that git states of the case's resource, without those never read."""
    resource = shop.compiled()[case.address]
    return {p: v for p, v in owned(resource.spec).items() if p.split(".")[0] not in case.unread}


def raw(case: Case, shop: Workshop) -> Mapping[str, Any] | None:
    with shop.served() as client:
        return case.raw(client)


def seen(case: Case, shop: Workshop) -> Mapping[str, Any]:
    """What raw requests tell of the fields that git states."""
    told = raw(case, shop) or {}
    return {path: told.get(path) for path in desired(case, shop)}


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
    dropped = dict.fromkeys(case.states[-1]) | dict(case.without)
    for files in (*case.states, dropped):
        shop.write(files)
        applied = shop.apply(_overruled(case))
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


def desired_in(case: Case, state: int, folder: Path) -> Mapping[str, Any]:
    shop = workshop(case, folder)
    shop.write(case.states[state])
    return desired(case, shop)


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
    shop.write(dict.fromkeys(case.states[-1]) | dict(case.without))
    applied = shop.apply(_overruled(case))
    deletes = platform(case.provider).kind(case.kind).on_drop is OnDrop.DELETE

    assert not problems_of(applied), problems_of(applied)
    assert raw(case, shop) == (None if deletes and not case.exists_before else before)
    assert (case.kind, case.key) not in shop.entries()
    assert shop.plan().is_empty


def _overruled(case: Case) -> list[str]:
    return [
        f"in_use={case.address}",
        f"prune={case.address}",
        f"empty_set={case.target}",
        f"mass_change={case.target}",
    ]


@every_kind
@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("after", [0, pytest.param(1, marks=pytest.mark.extended)])
def test_a_disturbed_apply_ends_like_an_undisturbed_one(
    case: Case, fault: Fault, after: int, tmp_path: Path
) -> None:
    """Throttled, failing, or answered by nobody after the platform did it: the same end state,
    nothing doubled, nothing held, nothing left to do."""
    shop = workshop(case, tmp_path)
    shop.write(case.states[0])
    shop.inject(fault, times=1, after=after, matching=_writing(case))
    applied = shop.apply()

    assert after or shop.faults_left() == 0
    assert not problems_of(applied), problems_of(applied)
    assert seen(case, shop) == desired(case, shop)
    assert shop.plan().is_empty


def _writing(case: Case) -> str:
    """What only requests that write have in their path or body."""
    return "mutation" if case.provider != "plytix" else plytix_catalog.WRITING[case.kind]
