"""Plan, apply, plan again on the toy platform: what is let through, what is held, what is told."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from reconciler import workflow
from reconciler.carrying import Applied
from reconciler.cli.options import words
from reconciler.guards import Allowance
from reconciler.intent.base import Intents
from reconciler.intent.targets import Policy
from reconciler.lock import AlreadyAtWork, only_run
from reconciler.model.errors import Refused, Usage
from reconciler.model.outcome import Status
from reconciler.model.plan import Plan
from reconciler.model.resource import Origin
from reconciler.planner import Wishes
from reconciler.review import read_review
from reports.data import plan_data
from tests.toy import Shop, address, intents, site
from tests.virtual_time import run_in_virtual_time

BOTH = intents(label={"l": {"text": "L"}}, shelf={"a": {"title": "A", "label": "l"}})
ONE = intents(shelf={"a": {"title": "A"}})


class Desk:
    """Somebody working on one shop from one folder."""

    def __init__(self, folder: Path, shop: Shop | None = None, **policy: Any) -> None:
        self.folder, self.shop, self.policy = folder, shop or Shop(), Policy(**policy)
        self._runs = 0

    def plan(self, desired: Intents, **wishes: Any) -> Plan:
        return anyio.run(workflow.plan, [self._site()], desired, Wishes(**wishes))

    def drift(self, desired: Intents) -> Plan:
        return anyio.run(workflow.drift, [self._site()], desired, Wishes())

    def apply(self, desired: Intents, reviewed: list[Path] | None = None, **wishes: Any) -> Applied:
        self._runs += 1
        review = read_review(reviewed) if reviewed is not None else None
        run = partial(
            workflow.apply,
            [self._site()],
            desired,
            Wishes(**wishes),
            f"run-{self._runs}",
            "now",
            review=review,
        )
        return run_in_virtual_time(run)

    def review(self, plan: Plan, name: str = "plan.json") -> Path:
        path = self.folder / name
        path.write_text(json.dumps(plan_data(plan)))
        return path

    def entry(self, kind: str, key: str) -> Any:
        return self._site().ledger.load().entries.get((kind, key))

    def _site(self) -> Any:
        return site(self.shop, self.folder, self.policy)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class PowerCutError(BaseException):
    """Nothing handles it, so it ends the run wherever it is."""


def statuses(applied: Applied) -> dict[str, str]:
    return {a.key: outcome.status.value for a, outcome in applied.outcomes.items()}


def test_apply_then_plan_again_finds_nothing(desk: Desk) -> None:
    """What was applied has converged: no change, nothing held, nothing to record."""
    assert len(desk.plan(BOTH).pending) == 2
    assert statuses(desk.apply(BOTH)) == {"l": "done", "a": "done"}
    again = desk.plan(BOTH)

    assert again.is_empty
    assert not again.recorded


def test_what_is_referred_to_is_written_first(desk: Desk) -> None:
    """The order comes from references alone; a shelf needs its label."""
    desk.apply(BOTH)

    assert desk.shop.writes == [("create", "l"), ("create", "a")]


def test_a_failure_takes_along_what_requires_it_and_nothing_else(desk: Desk) -> None:
    """The label is refused: its shelf is skipped, the other shelf is written."""
    desk.shop.refuse = frozenset({"l"})
    desired = intents(
        label={"l": {"text": "L"}},
        shelf={"a": {"label": "l"}, "b": {"title": "B"}},
    )

    assert statuses(desk.apply(desired)) == {"l": "failed", "a": "skipped", "b": "done"}


def test_drift_is_told_from_intent(desk: Desk) -> None:
    """An edit on the platform is drift; `drift` shows it and leaves the rest to `plan`."""
    desk.apply(ONE)
    desk.shop.rows["shelf", "a"]["title"] = "edited"
    desired = intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}})
    found = desk.drift(desired)

    assert [(c.address.key, c.cause.value) for c in found.changes] == [("a", "drift")]
    assert found.warnings == ("1 more change waits for an apply: see plan",)


def test_equal_strangers_are_recorded_without_a_write(desk: Desk) -> None:
    """A live resource that is as desired enters the ledger as adopted."""
    desk.shop.put("shelf", "a", title="A")
    assert [r.address.key for r in desk.plan(ONE).recorded] == ["a"]
    desk.apply(ONE)

    assert desk.shop.writes == []
    assert desk.entry("shelf", "a").origin is Origin.ADOPTED


def test_differing_strangers_are_held_until_allowed(desk: Desk) -> None:
    """Adopting what somebody made by hand needs a word; with it, it is done."""
    desk.shop.put("shelf", "a", title="by hand")
    held = desk.plan(ONE)
    assert [hold.reason for hold in held.holds.values()] == ["adopt"]
    assert statuses(desk.apply(ONE)) == {"a": "held"}
    allowed = frozenset({Allowance("adopt", "toy/shelf/a")})

    assert statuses(desk.apply(ONE, allowed=allowed)) == {"a": "done"}


def test_a_word_for_an_address_with_a_blank_is_quoted(desk: Desk) -> None:
    """As a shell takes it; words of GitHub's dispatch are read the same way."""
    desk.shop.put("shelf", "top shelf", title="by hand")
    (hold,) = desk.plan(intents(shelf={"top shelf": {"title": "A"}})).holds.values()
    said = hold.remedy.partition("--allow ")[2]

    assert said == "'adopt=toy/shelf/top shelf'"
    assert words("--allow", f"prune=toy\n{said}") == ["prune=toy", "adopt=toy/shelf/top shelf"]
    with pytest.raises(Usage, match="a quotation mark is not closed"):
        words("--allow", "'adopt=toy/shelf/top shelf")


def test_filling_what_is_empty_overwrites_nothing(desk: Desk) -> None:
    """A live resource whose differing fields are empty is adopted without being held."""
    desk.shop.put("shelf", "a", title=None)

    assert not desk.plan(ONE).held


def test_only_what_was_reviewed_is_applied(desk: Desk) -> None:
    """A change that entered after the review is held, and says so."""
    reviewed = desk.review(desk.plan(ONE))
    more = intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}})
    applied = desk.apply(more, [reviewed])

    assert statuses(applied) == {"a": "done", "b": "held"}
    assert "not-reviewed" in (applied.outcomes[address("shelf", "b")].message or "")


def test_what_moved_since_the_review_is_held(desk: Desk) -> None:
    """Somebody edits between review and apply: nothing is overwritten, and that costs nothing."""
    desk.apply(ONE)
    reviewed = desk.review(desk.plan(intents(shelf={"a": {"title": "B"}})))
    desk.shop.rows["shelf", "a"]["title"] = "edited"
    applied = desk.apply(intents(shelf={"a": {"title": "B"}}), [reviewed])

    assert statuses(applied) == {"a": "held"}
    assert desk.shop.fields("shelf", "a") == {"title": "edited"}
    assert applied.plan.estimate.requests == 0


def test_what_is_already_as_reviewed_has_converged(desk: Desk) -> None:
    """The same review applied twice writes once."""
    reviewed = desk.review(desk.plan(ONE))
    desk.apply(ONE, [reviewed])
    second = desk.apply(ONE, [reviewed])

    assert statuses(second) == {"a": "converged"}
    assert desk.shop.writes == [("create", "a")]


def test_several_reviews_are_one_union_and_the_later_wins(desk: Desk) -> None:
    """Two plans: one address in both, with two digests; only the later one's counts."""
    first = desk.review(desk.plan(intents(shelf={"a": {"title": "1"}})), "1.json")
    second = desk.review(desk.plan(intents(shelf={"a": {"title": "2"}})), "2.json")

    assert statuses(desk.apply(intents(shelf={"a": {"title": "1"}}), [first, second])) == {
        "a": "held"
    }
    assert statuses(desk.apply(intents(shelf={"a": {"title": "2"}}), [first, second])) == {
        "a": "done"
    }


@pytest.mark.parametrize("content", [None, "", "{}", '{"version": 1, "changes": [], "held": []}'])
def test_a_missing_or_empty_review_is_a_refusal(desk: Desk, content: str | None) -> None:
    """Never "0 of 0 applied"."""
    path = desk.folder / "plan.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(Refused):
        desk.apply(ONE, [path])


def test_no_consent_no_write(desk: Desk) -> None:
    """Who declines is not asked twice, and nothing is written."""
    run = partial(
        workflow.apply,
        [desk._site()],
        ONE,
        Wishes(),
        "run",
        "now",
        consent=lambda plan: False,
    )
    with pytest.raises(Refused):
        anyio.run(run)

    assert desk.shop.writes == []


def test_a_lost_answer_is_looked_up_and_not_repeated(desk: Desk) -> None:
    """The write was done and its answer lost: reading again says done, and one thing exists."""
    desk.shop.lose_answers = 1

    assert statuses(desk.apply(ONE)) == {"a": "done"}
    assert desk.shop.writes == [("create", "a")]
    assert desk.entry("shelf", "a").origin is Origin.CREATED


def test_a_lost_request_is_sent_again(desk: Desk) -> None:
    """Nothing happened: reading again says so, and it is written once."""
    desk.shop.lose_requests = 2

    assert statuses(desk.apply(ONE)) == {"a": "done"}
    assert desk.shop.writes == [("create", "a")]


def test_what_was_made_by_halves_is_ours_and_finished_next_time(desk: Desk) -> None:
    """The platform made it without one field and broke: it failed, and the next apply needs no
    word to finish what is ours."""
    desired = intents(shelf={"a": {"title": "A", "items": ("x",)}})
    desk.shop.makes_halves = True
    assert statuses(desk.apply(desired)) == {"a": "failed"}
    desk.shop.makes_halves = False
    desk.shop.rows["shelf", "a"]["title"] = "by the platform"

    assert statuses(desk.apply(desired)) == {"a": "done"}
    assert desk.shop.writes == [("create", "a"), ("update", "a")]


def test_what_is_never_answered_fails_after_five_attempts(desk: Desk) -> None:
    """The outcome says how often it was tried."""
    desk.shop.lose_requests = 99
    applied = desk.apply(ONE)

    assert statuses(applied) == {"a": "failed"}
    assert "5 attempts" in (applied.outcomes[address("shelf", "a")].message or "")


def test_what_is_stored_otherwise_is_told(desk: Desk) -> None:
    """The platform stored something else: the outcome says what, and the next plan shows it."""
    desk.shop.shouts = True
    desired = intents(shelf={"a": {"title": "quiet"}})
    applied = desk.apply(desired)

    assert statuses(applied) == {"a": "altered"}
    assert '"QUIET"' in (applied.outcomes[address("shelf", "a")].message or "")
    assert [c.cause.value for c in desk.plan(desired).changes] == ["intent"]


def test_a_creation_under_another_key_failed_and_its_remote_is_kept(desk: Desk) -> None:
    """The next plan finds it by its remote and shows key drift, not a second creation."""
    desk.shop.renames = {"a": "a-1"}
    assert statuses(desk.apply(ONE)) == {"a": "failed"}
    (change,) = desk.plan(ONE).changes

    assert change.action.value == "update"
    assert [(f.path, f.before, f.after) for f in change.fields] == [("(key)", "a-1", "a")]
    desk.shop.renames = {}
    assert statuses(desk.apply(ONE)) == {"a": "done"}
    assert list(desk.shop.rows) == [("shelf", "a")]


def test_key_drift_is_found_by_the_remote(desk: Desk) -> None:
    """A renamed resource is renamed back, not made again."""
    desk.apply(ONE)
    desk.shop.rows["shelf", "z"] = desk.shop.rows.pop(("shelf", "a"))
    (change,) = desk.drift(ONE).changes
    assert change.renamed_from == "z"
    desk.apply(ONE)

    assert list(desk.shop.rows) == [("shelf", "a")]


def test_deleting_needs_a_word(desk: Desk) -> None:
    """Dropped from git: held by the prune guard; allowed, it is deleted and leaves the ledger."""
    two = intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}})
    desk.apply(two)
    assert [hold.reason for hold in desk.plan(ONE).holds.values()] == ["prune"]
    allowed = frozenset({Allowance("prune", "toy/shelf/b")})

    assert statuses(desk.apply(ONE, allowed=allowed)) == {"b": "done"}
    assert desk.entry("shelf", "b") is None
    assert desk.plan(ONE).is_empty


def test_what_is_in_use_is_held_even_where_pruning_is_allowed(tmp_path: Path) -> None:
    """41 things use it: the effect says so, and the guard holds it."""
    desk = Desk(tmp_path, Shop(in_use=41), prune=True)
    desk.apply(intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}}))
    held = desk.plan(ONE)

    assert [(h.reason, h.message) for h in held.holds.values()] == [("in_use", "41 things use it")]


def test_an_empty_set_is_held_as_a_whole(tmp_path: Path) -> None:
    """Git states no shelf any more: an empty folder looks like this, so all deletions wait."""
    desk = Desk(tmp_path, prune=True)
    desk.apply(intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}}))
    plan = desk.plan(intents(shelf={}))

    assert {hold.reason for hold in plan.holds.values()} == {"empty_set"}
    assert "all 2 would be deleted" in plan.violations[0].message


def test_a_deletion_waits_for_what_points_at_it(tmp_path: Path) -> None:
    """Shelf first, then its label: the reverse of creation."""
    desk = Desk(tmp_path, prune=True)
    desk.apply(BOTH)
    desk.shop.writes.clear()
    allowed = frozenset({Allowance("empty_set", "toy")})
    desk.apply(intents(shelf={}), allowed=allowed)

    assert desk.shop.writes == [("delete", "a"), ("delete", "l")]


def test_another_account_behind_the_target_is_refused(desk: Desk) -> None:
    """The ledger belongs to one account; nothing is planned against another."""
    desk.apply(ONE)
    desk.shop.account = "another account"

    with pytest.raises(Refused, match="another account"):
        desk.plan(ONE)


def test_only_takes_along_what_is_needed(desk: Desk) -> None:
    """--only a shelf: its label comes too, the other shelf does not, and the scope says so."""
    desired = intents(
        label={"l": {"text": "L"}},
        shelf={"a": {"label": "l"}, "b": {"title": "B"}},
    )
    plan = desk.plan(desired, only=frozenset({address("shelf", "a")}))

    assert sorted(c.address.key for c in plan.changes) == ["a", "l"]
    assert (plan.scope.planned, plan.scope.total) == (2, 3)


def test_limit_holds_the_rest(desk: Desk) -> None:
    """--at-most 1 of two: the first is done, the other waits for the next run."""
    assert sorted(statuses(desk.apply(BOTH, at_most=1)).values()) == ["done", "held"]
    assert sorted(statuses(desk.apply(BOTH, at_most=1)).values()) == ["done"]


def test_a_precondition_is_checked_before_each_write(desk: Desk) -> None:
    """Somebody edits after the plan was made and before its turn: the change is held."""
    six = {f"s{n}": {"title": "A"} for n in range(6)}
    desk.apply(intents(shelf=six))
    desired = intents(shelf={key: {"title": "B"} for key in six})

    def edit() -> None:
        desk.shop.rows["shelf", "s5"]["title"] = "edited"

    desk.shop.on_write = edit
    applied = desk.apply(desired, allowed=frozenset({Allowance("mass_change", "toy")}))

    assert statuses(applied)["s0"] == "done"
    assert statuses(applied)["s5"] == "held"
    assert desk.shop.rows["shelf", "s5"]["title"] == "edited"


def test_a_field_that_came_right_by_itself_stops_nothing(desk: Desk) -> None:
    """Before its turn one of two fields is as desired already: the other one is still written."""
    six = {f"s{n}": {"title": "A", "items": ("a",)} for n in range(6)}
    desk.apply(intents(shelf=six))
    desired = intents(shelf={key: {"title": "B", "items": ("b",)} for key in six})

    def edit() -> None:
        desk.shop.rows["shelf", "s5"]["title"] = "B"

    desk.shop.on_write = edit
    applied = desk.apply(desired, allowed=frozenset({Allowance("mass_change", "toy")}))

    assert statuses(applied)["s5"] == "done"
    assert desk.shop.fields("shelf", "s5") == {"title": "B", "items": ["b"]}


def test_the_estimate_is_the_sum_of_the_batches(desk: Desk) -> None:
    """Twelve creations, five a request: three requests."""
    desired = intents(shelf={f"s{n}": {"title": "A"} for n in range(12)})

    assert desk.plan(desired).estimate.requests == 3


def test_a_killed_run_is_taken_up_where_it_stopped(desk: Desk) -> None:
    """The run dies while the second request is under way: what was created is known to be ours,
    what was not is created, nothing twice."""
    desired = intents(shelf={f"s{n:02}": {"title": "A"} for n in range(12)})
    requests = iter(range(99))

    def die() -> None:
        if next(requests) == 1:
            raise PowerCutError

    desk.shop.on_write = die
    with pytest.raises(PowerCutError):
        desk.apply(desired)
    desk.shop.on_write = None
    desk.apply(desired)

    created = [key for action, key in desk.shop.writes]
    assert sorted(created) == [f"s{n:02}" for n in range(12)]
    assert desk.plan(desired).is_empty
    assert desk.entry("shelf", "s00").origin is Origin.CREATED


def test_two_applies_never_work_on_one_target_at_once(desk: Desk) -> None:
    """The second is told, and changes neither the shop nor the first one's journal."""
    with only_run(desk._site().journals, "toy"), pytest.raises(AlreadyAtWork):
        desk.apply(ONE)

    assert desk.shop.writes == []
    assert statuses(desk.apply(ONE)) == {"a": "done"}


def test_a_retired_target_is_forgotten_and_not_touched(desk: Desk) -> None:
    """`retired: true` empties the ledger and asks the platform nothing."""
    desk.apply(ONE)
    retired = replace(desk._site(), retired=True)
    run = partial(workflow.apply, [retired], intents(), Wishes(), "last", "now")
    anyio.run(run)

    assert desk.entry("shelf", "a") is None
    assert desk.shop.fields("shelf", "a") == {"title": "A"}


def test_a_reference_to_nothing_is_held(desk: Desk) -> None:
    """Neither declared nor live: the change is held and says what is missing."""
    plan = desk.plan(intents(shelf={"a": {"label": "nowhere"}, "b": {"title": "B"}}))
    (hold,) = plan.holds.values()

    assert hold.reason == "dangling"
    assert "toy/label/nowhere" in hold.message


def test_all_that_a_change_lacks_is_named(desk: Desk) -> None:
    """A label and a room that are nowhere are told in one sentence."""
    plan = desk.plan(intents(shelf={"a@attic": {"label": "nowhere"}}))
    (hold,) = plan.holds.values()

    assert hold.message.endswith("toy/label/nowhere, toy/room/attic, which do not exist")


def test_what_is_only_looked_up_is_needed_in_every_plan(desk: Desk) -> None:
    """A shelf needs its room, also once the shelf itself is in the ledger."""
    desk.shop.put("room", "hall")
    desk.apply(intents(shelf={"a@hall": {"title": "A"}}))
    again = desk.plan(intents(shelf={"a@hall": {"title": "B"}}))
    nowhere = desk.plan(intents(shelf={"b@attic": {"title": "B"}}))

    assert not again.held
    assert nowhere.holds[address("shelf", "b@attic")].reason == "dangling"


def test_strict_holds_the_whole_target_for_a_reference_to_nothing(tmp_path: Path) -> None:
    """One dangling key, and nothing of the target is carried out."""
    desk = Desk(tmp_path, strict=True)
    plan = desk.plan(intents(shelf={"a": {"label": "nowhere"}, "b": {"title": "B"}}))

    assert len(plan.held) == 2


def test_a_mass_change_is_shown_and_held(desk: Desk) -> None:
    """All 30 would change: the plan shows them, and none is carried out without a word."""
    before = {f"s{n}": {"title": "A"} for n in range(30)}
    desk.apply(intents(shelf=before))
    desired = intents(shelf={key: {"title": "B"} for key in before})
    applied = desk.apply(desired)

    assert {o.status for o in applied.outcomes.values()} == {Status.HELD}
    assert "30 of 30" in applied.plan.violations[0].message
    assert len(applied.plan.changes) == 30


def test_a_conflict_is_held(desk: Desk) -> None:
    """Git and platform moved one field to different values: somebody has to say who wins."""
    desk.apply(ONE)
    desk.shop.rows["shelf", "a"]["title"] = "edited"
    plan = desk.plan(intents(shelf={"a": {"title": "B"}}))

    assert [hold.reason for hold in plan.holds.values()] == ["conflict"]
