"""Rollback on the toy platform: runs that went wrong, that others followed, or that guards stop."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from reconciler import workflow
from reconciler.before import images
from reconciler.carrying import Applied
from reconciler.guards import Allowance
from reconciler.model.errors import LedgerUnavailable, Refused, Usage
from reconciler.model.plan import Plan
from reconciler.planner import Wishes
from reconciler.review import read_review
from tests.core.test_workflow import Desk, PowerCutError, statuses
from tests.toy import address, intents
from tests.virtual_time import run_in_virtual_time

OLD = intents(shelf={"a": {"title": "A", "tags": ("x",)}, "b": {"title": "B"}})
NEW = intents(shelf={"a": {"title": "A2", "tags": ("y",)}, "b": {"title": "B2"}})


class Undoer(Desk):
    """Somebody who takes runs back."""

    def plan_rollback(self, undone: str, **wishes: Any) -> Plan:
        return anyio.run(workflow.plan_rollback, [self._site()], undone, Wishes(**wishes))

    def rollback(self, undone: str, reviewed: list[Path] | None = None, **wishes: Any) -> Applied:
        self._runs += 1
        review = read_review(reviewed) if reviewed is not None else None
        run = partial(
            workflow.rollback,
            [self._site()],
            undone,
            Wishes(**wishes),
            f"run-{self._runs}",
            "now",
            review=review,
        )
        return run_in_virtual_time(run)

    def rows(self) -> dict[tuple[str, str], Any]:
        return {
            key: (entry.spec, entry.remote, entry.origin, entry.intent)
            for key, entry in self._site().ledger.load().entries.items()
        }

    def everything(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {key: dict(row) for key, row in self.shop.rows.items()}


def allow(*texts: str) -> frozenset[Allowance]:
    return frozenset(map(Allowance.parse, texts))


@pytest.fixture
def desk(tmp_path: Path) -> Undoer:
    return Undoer(tmp_path)


def test_of_a_run_that_failed_in_part_only_what_it_wrote_is_taken_back(desk: Undoer) -> None:
    """The refused shelf stays as it is, and is not even planned."""
    desk.apply(OLD)
    before, rows = desk.everything(), desk.rows()
    desk.shop.refuse = frozenset({"b"})
    assert statuses(desk.apply(NEW)) == {"a": "done", "b": "failed"}
    desk.shop.refuse = frozenset()
    undone = desk.rollback("run-2")

    assert statuses(undone) == {"a": "done"}
    assert desk.everything() == before
    assert desk.rows() == rows


def test_a_creation_that_was_made_by_halves_is_taken_back(desk: Undoer) -> None:
    """The run failed, and still left something of ours there."""
    desk.shop.makes_halves = True
    made = desk.apply(intents(shelf={"a": {"title": "A", "tags": ("x",)}}))
    assert statuses(made) == {"a": "failed"}
    assert desk.everything()
    undone = desk.rollback("run-1")

    assert statuses(undone) == {"a": "done"}
    assert desk.everything() == {}
    assert desk.rows() == {}


def test_a_creation_that_was_given_another_key_is_taken_back(desk: Undoer) -> None:
    """The run failed because of it; it is found by the id that the platform gave it."""
    desk.shop.renames = {"a": "a-1"}
    made = desk.apply(intents(shelf={"a": {"title": "A"}}))
    assert statuses(made) == {"a": "failed"}
    desk.rollback("run-1")

    assert desk.everything() == {}
    assert desk.rows() == {}


@pytest.mark.parametrize("answered", [False, True])
def test_a_killed_run_is_taken_back(desk: Undoer, answered: bool) -> None:
    """Killed before its request, or after the platform did it: as before the run, whatever
    became of the request."""
    desk.apply(OLD)
    before, rows = desk.everything(), desk.rows()
    _kill(desk, answered=answered)
    with pytest.raises(PowerCutError):
        desk.apply(NEW)
    desk.shop.on_write = None
    desk.rollback("run-2")

    assert desk.everything() == before
    assert desk.rows() == rows


def _kill(desk: Undoer, *, answered: bool) -> None:
    def cut() -> None:
        if answered:
            desk.shop.rows["shelf", "a"] |= {"title": "A2", "tags": ["y"]}
            desk.shop.rows["shelf", "b"] |= {"title": "B2"}
        raise PowerCutError

    desk.shop.on_write = cut


@pytest.mark.parametrize("lost", ["lose_answers", "lose_requests"])
def test_a_killed_rollback_is_gone_on_with(desk: Undoer, lost: str) -> None:
    """Cut off on its way, it is simply run again; lost answers are looked up."""
    desk.apply(OLD)
    before, rows = desk.everything(), desk.rows()
    desk.apply(NEW)
    desk.shop.on_write = _cut
    with pytest.raises(PowerCutError):
        desk.rollback("run-2")
    desk.shop.on_write = None
    setattr(desk.shop, lost, 1)
    undone = desk.rollback("run-2")

    assert set(statuses(undone).values()) <= {"done"}
    assert desk.everything() == before
    assert desk.rows() == rows


def _cut() -> None:
    raise PowerCutError


def test_only_entries_that_the_run_moved_are_moved_back(desk: Undoer) -> None:
    """A tag that somebody else put there since stays, and is no reason to hold anything."""
    desk.apply(OLD)
    desk.apply(NEW)
    desk.shop.rows["shelf", "a"]["tags"] = ["theirs", "y"]
    undone = desk.rollback("run-2")

    assert statuses(undone) == {"a": "done", "b": "done"}
    assert sorted(desk.shop.fields("shelf", "a")["tags"]) == ["theirs", "x"]


def test_what_a_later_run_wrote_too_is_held(desk: Undoer) -> None:
    """The later run's value is nobody's to overwrite; the rest goes on."""
    desk.apply(OLD)
    desk.apply(NEW)
    desk.apply(intents(shelf={"a": {"title": "A3", "tags": ("y",)}, "b": {"title": "B2"}}))
    plan = desk.plan_rollback("run-2")
    undone = desk.rollback("run-2")

    assert plan.holds[address("shelf", "a")].reason == "moved-since-run"
    assert "title" in plan.holds[address("shelf", "a")].message
    assert statuses(undone) == {"a": "held", "b": "done"}
    assert desk.shop.fields("shelf", "a")["title"] == "A3"


def test_another_thing_under_the_key_is_left_alone(desk: Undoer) -> None:
    """Ours was deleted, and somebody made one of the same name and values: it is theirs."""
    desk.apply(OLD)
    desk.apply(NEW)
    desk.shop.put("shelf", "a", title="A2", tags=["y"])
    there = desk.everything()["shelf", "a"]
    plan = desk.plan_rollback("run-2")
    undone = desk.rollback("run-2")

    assert "another" in plan.holds[address("shelf", "a")].message
    assert statuses(undone) == {"a": "held", "b": "done"}
    assert desk.everything()["shelf", "a"] == there


def test_what_somebody_deleted_since_is_said(desk: Undoer) -> None:
    """There is nothing to give back to; the plan says why, and the rest goes on."""
    desk.apply(OLD)
    desk.apply(NEW)
    del desk.shop.rows["shelf", "a"]
    plan = desk.plan_rollback("run-2")

    assert [change.address.key for change in plan.changes] == ["b"]
    assert any("shelf/a" in w and "somebody deleted it" in w for w in plan.warnings)


def test_what_was_deleted_comes_back_under_another_id_and_is_said(desk: Undoer) -> None:
    """All fields are there again, the ledger knows the new id, and the plan said so."""
    desk.policy = desk.policy.model_copy(update={"prune": True})
    desk.apply(OLD)
    desk.apply(intents(shelf={"a": {"title": "A", "tags": ("x",)}}))
    plan = desk.plan_rollback("run-2")
    undone = desk.rollback("run-2")
    (change,) = plan.changes

    assert change.irreversible == "what was deleted comes back under another id"
    assert statuses(undone) == {"b": "done"}
    assert desk.shop.fields("shelf", "b")["title"] == "B"
    assert desk.entry("shelf", "b").remote == desk.shop.rows["shelf", "b"]["id"]
    assert desk.plan(OLD).is_empty


def test_an_adoption_is_forgotten_again(desk: Undoer) -> None:
    """What the run took over has its own values again, and is nobody's to manage."""
    desk.policy = desk.policy.model_copy(update={"adopt": True})
    desk.shop.put("shelf", "a", title="by hand")
    desk.apply(intents(shelf={"a": {"title": "A"}}))
    desk.rollback("run-1")

    assert desk.shop.fields("shelf", "a") == {"title": "by hand"}
    assert desk.rows() == {}


def test_what_the_run_made_needs_no_word_for_prune(desk: Undoer) -> None:
    """To delete it is what was asked for; that something uses it is still objected to."""
    desk.apply(OLD)
    assert desk.plan_rollback("run-1").held == ()
    desk.shop.in_use = 3
    held = desk.plan_rollback("run-1").holds

    assert {hold.reason for hold in held.values()} == {"in_use"}


def test_a_mass_of_changes_is_held_as_in_any_plan(desk: Undoer) -> None:
    """With its arithmetic, until it is allowed."""
    many = [f"s{n:02}" for n in range(30)]
    desk.apply(intents(shelf={key: {"title": "old"} for key in many}))
    desk.apply(
        intents(shelf={key: {"title": "new"} for key in many}), allowed=allow("mass_change=toy")
    )
    held = desk.rollback("run-2")
    let = desk.rollback("run-2", allowed=allow("mass_change=toy"))

    assert set(statuses(held).values()) == {"held"}
    assert "30 of 30 managed" in str(held.plan.violations[0].message)
    assert set(statuses(let).values()) == {"done"}
    assert {row["title"] for row in desk.everything().values()} == {"old"}


def test_only_what_was_reviewed_is_taken_back(desk: Undoer) -> None:
    """A reviewed rollback is bound change by change, like any plan."""
    desk.apply(OLD)
    desk.apply(NEW)
    file = desk.review(desk.plan_rollback("run-2", only=frozenset({address("shelf", "a")})))
    undone = desk.rollback("run-2", [file])

    assert statuses(undone) == {"a": "done"}
    assert desk.shop.fields("shelf", "b")["title"] == "B2"


def test_moved_between_review_and_rollback_is_held(desk: Undoer) -> None:
    """Somebody edited it after the review: held, and not written."""
    desk.apply(OLD)
    desk.apply(NEW)
    file = desk.review(desk.plan_rollback("run-2"))
    desk.shop.rows["shelf", "a"]["title"] = "theirs"
    undone = desk.rollback("run-2", [file])

    assert statuses(undone) == {"a": "held", "b": "done"}
    assert desk.shop.fields("shelf", "a")["title"] == "theirs"


def test_an_address_that_the_run_did_not_touch_is_an_error(desk: Undoer) -> None:
    """--only of something else would quietly do nothing."""
    desk.apply(OLD)
    with pytest.raises(Usage) as error:
        desk.plan_rollback("run-1", only=frozenset({address("shelf", "z")}))

    assert "toy/shelf/z" in str(error.value)
    assert "run-1" in str(error.value)


def test_an_unknown_run_is_told_with_those_that_are_known(desk: Undoer) -> None:
    """The newest first; exit code 2."""
    desk.apply(OLD)
    desk.apply(NEW)
    with pytest.raises(Usage) as error:
        desk.plan_rollback("run-9")

    assert "run-2, run-1" in str(error.value)


def test_without_a_ledger_nothing_is_planned(desk: Undoer, monkeypatch: Any) -> None:
    """What the ledger said before can not be given back by somebody who does not know it."""
    desk.apply(OLD)
    monkeypatch.setattr("reconciler.ledger.Ledger.fetch", _unreachable)
    with pytest.raises(LedgerUnavailable):
        desk.plan_rollback("run-1")

    assert len(desk.shop.rows) == 2


def _unreachable(*_: Any) -> None:
    raise LedgerUnavailable("origin can not be reached")


def test_a_retired_target_takes_nothing_back(desk: Undoer) -> None:
    """It is written to by nobody any more."""
    desk.apply(OLD)
    site = replace(desk._site(), retired=True)
    with pytest.raises(Refused) as error:
        anyio.run(workflow.plan_rollback, [site], "run-1", Wishes())

    assert "retired" in str(error.value)


def test_what_came_back_under_another_id_is_still_ours(desk: Undoer) -> None:
    """The ledger knows the new id: a rollback of the run that first made it deletes it."""
    desk.policy = desk.policy.model_copy(update={"prune": True})
    desk.apply(OLD)
    desk.apply(intents(shelf={"a": {"title": "A", "tags": ("x",)}}))
    desk.rollback("run-2")
    undone = desk.rollback("run-1")

    assert statuses(undone) == {"a": "done", "b": "done"}
    assert desk.everything() == {}


def test_an_entry_that_somebody_took_out_since_is_held(desk: Undoer) -> None:
    """The run put the tag there; whoever took it out decided something."""
    desk.apply(OLD)
    desk.apply(NEW)
    desk.shop.rows["shelf", "a"]["tags"] = []
    plan = desk.plan_rollback("run-2")

    assert plan.holds[address("shelf", "a")].message == "changed since the run: tags"


def test_what_the_run_made_and_a_later_one_went_on_with_is_held(desk: Undoer) -> None:
    """To delete it would take the later run's work with it."""
    desk.apply(intents(shelf={"a": {"title": "A"}}))
    desk.apply(intents(shelf={"a": {"title": "A", "tags": ("x",)}}))
    undone = desk.rollback("run-1")

    assert statuses(undone) == {"a": "held"}
    assert "a later run wrote it too" in undone.plan.holds[address("shelf", "a")].message


def test_what_was_made_again_is_taken_back_with_its_row(desk: Undoer) -> None:
    """Somebody had deleted it: after the rollback the ledger says again what it said before."""
    desk.apply(OLD)
    del desk.shop.rows["shelf", "a"]
    before, rows = desk.everything(), desk.rows()
    desk.apply(OLD)
    undone = desk.rollback("run-2")

    assert statuses(undone) == {"a": "done"}
    assert desk.everything() == before
    assert desk.rows() == rows


def test_what_was_made_again_and_a_later_run_went_on_with_is_held(desk: Undoer) -> None:
    """It was ours before the run, and still a deletion would take the later run's work with it."""
    desk.apply(intents(shelf={"a": {"title": "A"}}))
    del desk.shop.rows["shelf", "a"]
    desk.apply(intents(shelf={"a": {"title": "A"}}))
    desk.apply(intents(shelf={"a": {"title": "A", "tags": ("x",)}}))

    assert statuses(desk.rollback("run-2")) == {"a": "held"}


def test_what_was_taken_over_and_forgotten_since_needs_no_word_for_adopt(desk: Undoer) -> None:
    """It still is as the run left it: to overwrite that is what was asked for."""
    desk.policy = desk.policy.model_copy(update={"adopt": True})
    desk.shop.put("shelf", "a", title="by hand")
    desk.apply(intents(shelf={"a": {"title": "A"}}))
    desk.apply(intents())
    desk.policy = desk.policy.model_copy(update={"adopt": False})
    undone = desk.rollback("run-1")

    assert statuses(undone) == {"a": "done"}
    assert desk.shop.fields("shelf", "a") == {"title": "by hand"}
    assert desk.rows() == {}


def test_a_key_that_the_run_put_right_stays_and_is_said(desk: Undoer) -> None:
    """Addresses go by keys: the wrong one is nothing that git could state."""
    desk.apply(OLD)
    desk.shop.rows["shelf", "b-2"] = desk.shop.rows.pop(("shelf", "b"))
    desk.apply(OLD)
    plan = desk.plan_rollback("run-2")

    assert ("shelf", "b") in desk.shop.rows
    assert plan.is_empty
    assert any("b-2" in w and "stays as it is" in w for w in plan.warnings)


def test_a_journal_of_an_earlier_version_is_enough(desk: Undoer) -> None:
    """Without the ledger's rows in it: the fields come back, and what was ours stays managed."""
    desk.apply(OLD)
    before = desk.everything()
    desk.apply(NEW)
    path = desk.folder / "journal" / "run-2.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    old = [{k: v for k, v in row.items() if k not in ("applied", "needs")} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in old))
    desk.rollback("run-2")

    assert desk.everything() == before
    assert {row[2].value for row in desk.rows().values()} == {"created"}
    assert desk.plan(OLD).is_empty


def test_an_earlier_journal_says_by_the_ledger_what_git_stated(desk: Undoer) -> None:
    """It has no list of its own; of a run that was cut off nothing else tells."""
    desk.apply(OLD)
    desk.apply(intents(shelf={"a": {"title": "A2", "tags": ("x",)}}))
    path = desk.folder / "journal" / "run-2.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    old = [{k: v for k, v in row.items() if k != "states"} for row in rows if "intend" in row]
    path.write_text("".join(json.dumps(row) + "\n" for row in old))
    (image,) = [one for one in images(path) if one.address.key == "a"]

    assert (image.names, image.states) == ({"title"}, {"title", "tags"})
