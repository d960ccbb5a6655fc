"""Drift that is let be: one list for looking and for writing, until a day."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reconciler import workflow
from reconciler.carrying import Applied
from reconciler.cli.applying import exit_code
from reconciler.compare import compare
from reconciler.guards import Allowance
from reconciler.intent.loader import load
from reconciler.model.change import AnyChange
from reconciler.model.outcome import Status
from reconciler.model.resource import Source
from reconciler.model.tolerance import Tolerance, in_force, lapsed
from reconciler.planner import Wishes
from reconciler.watch import watched
from tests.core.test_workflow import Desk
from tests.toy import KINDS, Shop, address, intents, resource
from tests.virtual_time import run_in_virtual_time

PLACE = Source("desired/tolerances.yaml", 4, 3)
DAY = "2026-11-26T03:12Z"
FAR = "2026-12-31"


def tolerance(key: str, *fields: str, until: str = FAR, kind: str = "shelf") -> Tolerance:
    return Tolerance("toy", kind, key, fields or None, until, "sale week", PLACE)


def drifted(key: str = "a", **live: Any) -> AnyChange:
    """A shelf that we left as `title: ours`, and that is otherwise now."""
    ours = resource("shelf", key, title="ours", items=("x",))
    there = {} if live.get("gone") else {"title": "ours", "items": ("x",), **live}
    states = [{ours.address: ours}, {}, {ours.address: ours}]
    if there:
        states[1] = {ours.address: resource("shelf", key, **there)}
    (change,) = compare(*states, {kind.name: kind for kind in KINDS}).changes
    return change


COVERS: list[tuple[Tolerance, AnyChange, bool]] = [
    (tolerance("a"), drifted(title="theirs"), True),
    (tolerance("a", "title"), drifted(title="theirs"), True),
    (tolerance("a", "items"), drifted(title="theirs"), False),
    (tolerance("a", "title"), drifted(title="theirs", items=("y",)), False),
    (tolerance("a", "title", "items"), drifted(title="theirs", items=("y",)), True),
    (tolerance("*", "title"), drifted("sale/1", title="theirs"), True),
    (tolerance("sale/*"), drifted("sale/1", title="theirs"), True),
    (tolerance("sale/*"), drifted("new/1", title="theirs"), False),
    (tolerance("s.le"), drifted("sale", title="theirs"), False),
    (tolerance("a", kind="label"), drifted(title="theirs"), False),
    (tolerance("a"), drifted(gone=True), True),
    (tolerance("a", "title", "items"), drifted(gone=True), False),
]


@pytest.mark.parametrize(("tolerance", "change", "covers"), COVERS)
def test_what_a_tolerance_covers(tolerance: Tolerance, change: AnyChange, covers: bool) -> None:
    """All fields must be named, or none; a `*` stands for anything; that something is gone is
    covered only where no field is named."""
    assert (in_force([tolerance], change, DAY) is tolerance) is covers


TOGETHER: list[tuple[tuple[Tolerance, ...], str | None]] = [
    ((tolerance("a", "title"), tolerance("a", "items", until="2026-12-01")), "2026-12-01"),
    ((tolerance("a", "title"), tolerance("*", "items"), tolerance("*", until="2026-12-01")), FAR),
    ((tolerance("a", "title"), tolerance("a", "items", until="2026-11-20")), None),
    ((tolerance("a", "title"), tolerance("b", "items")), None),
]


@pytest.mark.parametrize(("listed", "until"), TOGETHER)
def test_entries_cover_a_change_together(listed: tuple[Tolerance, ...], until: str | None) -> None:
    """Each its own fields, of each field the one that lasts longest, and until the first of those
    ends."""
    change = drifted(title="theirs", items=("y",))
    found = in_force(listed, change, DAY)

    assert (found.until if found else None) == until


def test_what_ended_is_named_though_others_go_on() -> None:
    """The entry for one of two fields has ended: that is why the change is reported again."""
    ended = tolerance("a", "items", until="2026-11-20")
    change = drifted(title="theirs", items=("y",))

    assert lapsed([tolerance("a", "title"), ended], change, DAY) is ended


def test_only_drift_is_covered() -> None:
    """What git itself moved is never tolerated away."""
    there, wanted = resource("shelf", "a", title="ours"), resource("shelf", "a", title="new")
    states = [{there.address: r} for r in (wanted, there, there)]
    (change,) = compare(*states, {kind.name: kind for kind in KINDS}).changes

    assert in_force([tolerance("a")], change, DAY) is None


UNTIL = [
    ("2026-12-30T23:59Z", True, None),
    ("2026-12-31T00:00Z", False, 0),
    ("2027-01-03T08:00Z", False, 3),
    (None, False, None),
]


@pytest.mark.parametrize(("now", "holds", "days_over"), UNTIL)
def test_it_ends_with_the_beginning_of_its_day(
    now: str | None, holds: bool, days_over: int | None
) -> None:
    """And is then known as ended; without a clock it neither holds nor has ended."""
    one, change = tolerance("a"), drifted(title="theirs")
    over = lapsed([one], change, now)

    assert (in_force([one], change, now) is one) is holds
    assert (over.days_over(now) if over and now else None) == days_over


TARGETS = b"shop:\n  provider: shopify\n  environment: staging\n  sandbox: true\n"

BAD = [
    ('- {address: shop/collection, until: "2026-12-31", reason: x}', "1:4", "not an address"),
    ('- {address: shop/*/a, until: "2026-12-31", reason: x}', "1:4", "only the key may have one"),
    ('- {address: shp/collection/a, until: "2026-12-31", reason: x}', "1:3", "mean shop?"),
    ('- {address: shop/collection/a, until: "2026-02-30", reason: x}', "1:32", "is no day"),
    ('- {address: shop/collection/a, until: "20261231", reason: x}', "1:32", "is no day"),
    ("- {address: shop/collection/a, until: 20261231, reason: x}", "1:32", "quote it"),
    ('- {address: shop/collection/a, until: "2026-12-31"}', "1:3", "reason is missing"),
    ('- {address: shop/collection/a, until: "2026-12-31", reason: x, fields: []}', "1:64", "empty"),
    ('- {address: shop/collection/a, til: "2026-12-31", reason: x}', "1:32", "did you mean until?"),
    ("shop: x", "1:1", "is not a list"),
]


@pytest.mark.parametrize(("text", "where", "told"), BAD)
def test_a_bad_entry_is_told_at_its_place(text: str, where: str, told: str) -> None:
    """With what is wrong, and what to do."""
    files = {"desired/targets.yaml": TARGETS, "desired/tolerances.yaml": text.encode()}
    problems = [str(problem) for problem in load(files).problems]

    assert any(
        p.startswith(f"desired/tolerances.yaml:{where}  ") and told in p for p in problems
    ), problems


class Watcher(Desk):
    """A desk whose target has tolerances."""

    tolerances: tuple[Tolerance, ...] = ()

    def _site(self) -> Any:
        return replace(super()._site(), tolerances=self.tolerances)


@pytest.fixture
def desk(tmp_path: Path) -> Watcher:
    """Two shelves that somebody edited, one of them within what is tolerated."""
    desk = Watcher(tmp_path, Shop())
    desk.apply(DESIRED)
    desk.shop.rows["shelf", "a"]["title"] = "theirs"
    desk.shop.rows["shelf", "b"]["title"] = "theirs"
    desk.tolerances = (tolerance("a", "title"),)
    return desk


DESIRED = intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}})


def test_tolerated_drift_is_neither_reported_nor_written(desk: Watcher) -> None:
    """It is counted; the other is drift, and restored."""
    whole = desk.plan(DESIRED, now=DAY)
    found = watched(whole, desk.tolerances, DAY)
    applied = desk.apply(DESIRED, now=DAY)

    assert [c.address.key for c in found.moved.changes] == ["b"]
    assert [(c.address.key, t.until) for c, t in found.tolerated] == [("a", FAR)]
    assert "1 tolerated: see tolerances.yaml" in found.moved.warnings
    assert [s.change.address.key for s in found.stalled] == ["b"]
    assert desk.shop.fields("shelf", "a")["title"] == "theirs"
    assert desk.shop.fields("shelf", "b")["title"] == "B"
    assert applied.outcomes[address("shelf", "a")].status is Status.HELD
    assert (exit_code(applied), applied.is_done) == (0, True)


def test_all_is_carried_out_while_something_is_tolerated(desk: Watcher) -> None:
    """The ledger is complete up to the commit: nobody waits for what is let be."""
    sites = [desk._site()]
    run = partial(workflow.apply, sites, DESIRED, Wishes(now=DAY), "run-9", "now", settles="c" * 40)
    applied: Applied = run_in_virtual_time(run)

    assert applied.is_done
    assert desk._site().ledger.load().complete == "c" * 40


def test_a_word_overrules_it(desk: Watcher) -> None:
    """`--allow tolerated=ADDRESS` restores what git says."""
    word = Allowance.parse("tolerated=toy/shelf/a")
    desk.apply(DESIRED, now=DAY, allowed=frozenset({word}))

    assert desk.shop.fields("shelf", "a")["title"] == "A"


def test_an_expired_one_is_reported_and_written_again(desk: Watcher) -> None:
    """With how long ago it ended."""
    now = "2027-01-03T08:00Z"
    found = watched(desk.plan(DESIRED, now=now), desk.tolerances, now)
    desk.apply(DESIRED, now=now)

    assert {c.address.key for c in found.moved.changes} == {"a", "b"}
    assert found.lapsed[address("shelf", "a")].days_over(now) == 3
    assert desk.shop.fields("shelf", "a")["title"] == "A"


def test_what_is_tolerated_is_no_mass_change(tmp_path: Path) -> None:
    """It is not written, so it does not hold up what is."""
    shelves = {f"s{n:02}": {"title": "T"} for n in range(40)}
    desk = Watcher(tmp_path, Shop())
    desk.apply(intents(shelf=shelves))
    for key in shelves:
        desk.shop.rows["shelf", key]["title"] = "theirs"
    before = desk.plan(intents(shelf=shelves), now=DAY)
    desk.tolerances = (tolerance("*", "title"),)
    after = desk.plan(intents(shelf=shelves), now=DAY)

    assert {hold.reason for hold in before.holds.values()} == {"mass_change"}
    assert {hold.reason for hold in after.holds.values()} == {"tolerated"}
    assert not [v for v in after.violations if v.address is None]
