"""What must not go wrong in a night: strangers, broken answers, cut files, odd texts, two targets.

Each test is the story of one way in which a shop or a ledger could be harmed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import journal, workflow
from reconciler.guards import Allowance
from reconciler.intent.base import Intents
from reconciler.journal import Journal
from reconciler.ledger import ledgered_targets
from reconciler.model.errors import LedgerUnavailable, Usage
from reconciler.model.resource import Origin
from reconciler.planner import Wishes
from reconciler.provider import PlatformError, Unavailable
from reports.data import plan_data
from tests.core.test_workflow import BOTH, ONE, Desk, PowerCutError, statuses
from tests.toy import Shop, address, intents, provider, site
from tests.virtual_time import run_in_virtual_time


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def reasons(desk: Desk, desired: Intents) -> dict[str, str]:
    plan = desk.plan(desired)
    return {change.address.key: _reason(plan, change.address) for change in plan.changes}


def _reason(plan: Any, at: Any) -> str:
    return plan.holds[at].reason if at in plan.holds else "pending"


# Odd texts


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=12))
def test_any_text_survives_journal_and_ledger(text: str) -> None:
    """Also the characters that end a line for some readers, as text from a word processor has."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desired = intents(shelf={"a": {"title": f"one\u2028two\u0085{text}"}})
        desk.apply(desired)

        assert desk.plan(desired).is_empty
        assert not desk.plan(desired).unattributed


# Strangers


def test_a_stranger_under_our_key_is_not_updated_unasked(desk: Desk) -> None:
    """Ours was renamed and somebody made another under its key: that is an adoption, and held."""
    desk.apply(ONE)
    desk.shop.rows["shelf", "a-old"] = desk.shop.rows.pop(("shelf", "a"))
    desk.shop.put("shelf", "a", title="by hand")

    assert reasons(desk, ONE) == {"a": "adopt"}


def test_a_stranger_under_our_key_is_never_deleted(tmp_path: Path) -> None:
    """Dropped from git with pruning allowed: the stranger stays, and our row goes."""
    desk = Desk(tmp_path, prune=True)
    desk.apply(intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}}))
    del desk.shop.rows["shelf", "b"]
    desk.shop.put("shelf", "b", title="by hand")
    desk.apply(ONE)

    assert desk.shop.fields("shelf", "b") == {"title": "by hand"}
    assert desk.entry("shelf", "b") is None


def test_a_rename_that_git_follows_deletes_nothing(tmp_path: Path) -> None:
    """The admin renames a to b, git drops a and declares b: it is one thing, and it is b."""
    desk = Desk(tmp_path, prune=True)
    desk.apply(intents(shelf={"a": {"title": "A"}, "z": {"title": "Z"}}))
    desk.shop.rows["shelf", "b"] = desk.shop.rows.pop(("shelf", "a"))
    desired = intents(shelf={"b": {"title": "A"}, "z": {"title": "Z"}})
    desk.apply(desired)

    assert desk.shop.fields("shelf", "b") == {"title": "A"}
    assert desk.plan(desired).is_empty


def test_somebody_who_made_it_first_keeps_it(desk: Desk) -> None:
    """Our request was lost, and meanwhile somebody made the same key with other content."""

    def somebody() -> None:
        desk.shop.on_write = None
        desk.shop.put("shelf", "a", title="by hand")
        desk.shop.lose_requests = 1

    desk.shop.on_write = somebody
    applied = desk.apply(ONE)

    assert statuses(applied) == {"a": "held"}
    assert desk.shop.fields("shelf", "a") == {"title": "by hand"}


def test_a_key_that_somebody_took_is_not_taken_back(desk: Desk) -> None:
    """Somebody took the key, so ours was made under another, and its answer tells only its id:
    it failed, its id is kept, and the stranger is not touched now or next time."""

    def somebody() -> None:
        desk.shop.on_write = None
        desk.shop.put("shelf", "a", title="by hand")

    desk.shop.on_write, desk.shop.renames = somebody, {"a": "a-1"}
    assert statuses(desk.apply(ONE)) == {"a": "failed"}
    desk.shop.renames = {}

    assert desk.entry("shelf", "a").remote == "#2"
    assert reasons(desk, ONE) == {"a": "adopt"}


def test_what_somebody_made_alike_is_adopted_and_not_called_ours(desk: Desk) -> None:
    """Made by hand before its turn, just as git wants it: nothing is written, origin adopted."""
    thirty = {f"s{n:02}": {"title": "A"} for n in range(30)}

    def somebody() -> None:
        desk.shop.on_write = None
        desk.shop.put("shelf", "s29", title="A")

    desk.shop.on_write = somebody
    assert statuses(desk.apply(intents(shelf=thirty)))["s29"] == "converged"

    assert desk.entry("shelf", "s29").origin is Origin.ADOPTED


def test_what_is_still_referred_to_is_not_deleted(tmp_path: Path) -> None:
    """Its declaration went, but an unchanged shelf still has the label: the deletion is held."""
    desk = Desk(tmp_path, prune=True)
    desk.apply(BOTH)
    desired = intents(shelf={"a": {"title": "A", "label": "l"}})
    plan = desk.plan(desired)

    assert reasons(desk, desired) == {"l": "dangling"}
    assert "toy/shelf/a still refers to it" in plan.violations[0].message


# Broken answers


class Flaky:
    """Lets some readings of a desk's shop fail."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        from reconciler import executor

        self.fails = False
        read = executor.read_keys

        async def flaky(*arguments: Any) -> Any:
            if self.fails:
                raise Unavailable("HTTP 503")
            return await read(*arguments)

        monkeypatch.setattr(executor, "read_keys", flaky)
        desk.shop.on_write = self.break_

    def break_(self) -> None:
        self.fails = True


@pytest.mark.parametrize("lose", [0, 1])
def test_a_write_that_could_not_be_read_again_is_remembered_as_possible(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, lose: int
) -> None:
    """Written, and then nothing could be read: it failed, says that it may have been written,
    and what stands there next time is known to be ours."""
    flaky = Flaky(desk, monkeypatch)
    desk.shop.lose_answers = lose
    assert statuses(desk.apply(ONE)) == {"a": "failed"}
    flaky.fails, desk.shop.on_write = False, None
    desk.apply(ONE)

    assert desk.shop.writes == [("create", "a")]
    assert desk.entry("shelf", "a").origin is Origin.CREATED


def test_an_update_without_an_answer_is_not_called_drift(desk: Desk) -> None:
    """Killed after B was written; git goes back to A, or on to C: it is git that moved."""
    desk.apply(ONE)

    def die() -> None:
        desk.shop.rows["shelf", "a"]["title"] = "B"
        raise PowerCutError

    desk.shop.on_write = die
    with pytest.raises(PowerCutError):
        desk.apply(intents(shelf={"a": {"title": "B"}}))
    desk.shop.on_write = None
    causes = [
        [c.cause.value for c in desk.plan(intents(shelf={"a": {"title": title}})).changes]
        for title in ("A", "C", "B")
    ]

    assert causes == [["intent"], ["intent"], []]


def test_what_a_platform_calls_done_must_be_there(desk: Desk, monkeypatch: Any) -> None:
    """Made and not there, deleted and still there: both have failed."""
    desk.apply(intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}}))
    from tests.toy import ToyKind, done

    def lazy(self: Any, shop: Shop, change: Any) -> Any:
        return done(change.address, "#99")

    monkeypatch.setattr(ToyKind, "_write", lazy)
    desired = intents(shelf={"a": {"title": "A"}, "c": {"title": "C"}})
    allowed = frozenset({Allowance("prune", "toy/shelf/b")})

    assert statuses(desk.apply(desired, allowed=allowed)) == {"b": "failed", "c": "failed"}
    assert desk.entry("shelf", "b") is not None
    assert {c.cause.value for c in desk.plan(desired).changes} == {"intent"}


def test_a_fault_of_ours_in_one_batch_leaves_the_others_alone(desk: Desk) -> None:
    """A kind that raises what it should not: looked at like a lost answer, and the rest is done."""
    calls = iter(range(99))

    def trip() -> None:
        if next(calls) == 0:
            raise KeyError("a fault of ours")

    desk.shop.on_write = trip
    twelve = {f"s{n:02}": {"title": "A"} for n in range(12)}

    assert set(statuses(desk.apply(intents(shelf=twelve))).values()) == {"done"}


def test_entries_of_others_are_left_alone_through_an_apply(desk: Desk) -> None:
    """We add ours, later take ours away, and a stranger's stays throughout."""
    desk.shop.put("shelf", "a", title="A", tags=["foreign"])
    first = intents(shelf={"a": {"title": "A", "tags": ("ours", "gone")}})
    desk.apply(first)
    second = intents(shelf={"a": {"title": "A", "tags": ("ours",)}})
    applied = desk.apply(second)

    assert statuses(applied) == {"a": "done"}
    assert sorted(desk.shop.rows["shelf", "a"]["tags"]) == ["foreign", "ours"]
    assert desk.plan(second).is_empty


# Cut and damaged files


def test_the_journal_is_on_the_disk_before_and_after_each_request(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is synced with the intention before the request goes out, and with the outcome
    after it."""
    steps: list[str] = []
    log = desk.folder / "journal" / "run-1.jsonl"
    monkeypatch.setattr(
        journal.os, "fsync", lambda _: steps.append(f"{len(log.read_text().splitlines())} rows")
    )
    desk.shop.on_write = lambda: steps.append("request")
    desk.apply(ONE)

    assert steps == ["1 rows", "2 rows", "request", "3 rows", "4 rows"]


def test_a_cut_line_is_dropped_and_nothing_is_glued_to_it(tmp_path: Path) -> None:
    """A kill in the middle of a line: the journal can be closed, and is read without it."""
    path = tmp_path / "run.jsonl"
    path.write_text('{"run": "r", "account": "a"}\n{"intend": "toy/shelf/a", "act')
    assert not journal.read(path).closed
    journal.mark_closed(path)

    assert journal.read(path).closed
    assert [json.loads(line) for line in path.read_text().splitlines()][-1] == {"closed": True}


def test_a_damaged_journal_is_told_and_not_passed_over(tmp_path: Path) -> None:
    """A broken line in the middle is no cut: somebody has to look."""
    path = tmp_path / "run.jsonl"
    path.write_text('{"run": "r"}\nnonsense\n{"closed": true}\n')

    with pytest.raises(LedgerUnavailable, match="line 2"):
        journal.read(path)


def test_a_retired_target_can_be_taken_out(desk: Desk) -> None:
    """Once all is forgotten its ledger holds nothing, and nobody misses the target."""
    desk.apply(ONE)
    ledger = desk._site().ledger
    assert ledgered_targets(ledger.repository) == ["toy"]
    retired = replace(desk._site(), retired=True)
    anyio.run(partial(workflow.apply, [retired], intents(), Wishes(), "last", "now"))

    assert ledgered_targets(ledger.repository) == []


# Reviews


def test_what_was_never_made_is_not_called_converged(desk: Desk) -> None:
    """Left out by --only, it is not spoken of; gone from git, it is held and said."""
    two = intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}})
    reviewed = desk.review(desk.plan(two))
    only = frozenset({address("shelf", "a")})
    assert statuses(desk.apply(two, [reviewed], only=only)) == {"a": "done"}

    assert statuses(desk.apply(ONE, [reviewed])) == {"a": "converged", "b": "held"}


def test_what_a_review_showed_as_held_needs_a_word(tmp_path: Path) -> None:
    """Held by the prune guard when it was reviewed: a looser policy alone does not let it
    through; `--allow` in the very run does."""
    strict = Desk(tmp_path)
    strict.apply(intents(shelf={"a": {"title": "A"}, "b": {"title": "B"}}))
    reviewed = strict.review(strict.plan(ONE))
    loose = Desk(tmp_path, strict.shop, prune=True)
    loose._runs = 10
    assert statuses(loose.apply(ONE, [reviewed])) == {"b": "held"}
    allowed = frozenset({Allowance("prune", "toy/shelf/b")})

    assert statuses(strict.apply(ONE, [reviewed], allowed=allowed)) == {"b": "done"}


def test_a_review_of_nothing_but_equal_things_fills_the_ledger(desk: Desk) -> None:
    """A shop that equals git already gets its ledger by a reviewed apply, without a write."""
    desk.shop.put("shelf", "a", title="A")
    desk.apply(ONE, [desk.review(desk.plan(ONE))])

    assert desk.entry("shelf", "a").origin is Origin.ADOPTED
    assert desk.shop.writes == []


def test_a_whole_target_can_be_allowed(tmp_path: Path) -> None:
    """Thirteen deletions need one word, not thirteen."""
    desk = Desk(tmp_path)
    desk.apply(intents(shelf={f"s{n:02}": {"title": "A"} for n in range(14)}))
    allowed = frozenset({Allowance("prune", "toy")})
    plan = desk.plan(intents(shelf={"s00": {"title": "A"}}), allowed=allowed)

    assert len(plan.pending) == 13


def test_what_no_word_can_help_is_the_first_reason(desk: Desk) -> None:
    """Adopted by hand and pointing at nothing: people are told of the nothing first."""
    desk.shop.put("shelf", "a", title="by hand")
    desired = intents(shelf={"a": {"title": "A", "label": "nowhere"}})

    assert reasons(desk, desired) == {"a": "dangling"}


def test_a_dropped_resource_that_no_selector_chose_is_gits_doing(desk: Desk) -> None:
    """Renamed in git with the same content: intent, not catalog."""
    desk.apply(intents(shelf={"a": {"title": "A"}}))
    plan = desk.plan(intents(shelf={"b": {"title": "A"}}))

    assert {change.cause.value for change in plan.changes} == {"intent"}


def test_an_allowance_for_nothing_is_told(desk: Desk) -> None:
    """A mistyped address overrules nothing, and is not swallowed."""
    plan = desk.plan(ONE, allowed=frozenset({Allowance("prune", "toy/shelf/tpyo")}))

    assert plan.warnings == ("--allow prune=toy/shelf/tpyo overrules nothing here",)


def test_a_drifted_field_is_found_beside_an_intended_one(desk: Desk) -> None:
    """One field drifted, another moved in git: the nightly check shows it."""
    desk.apply(intents(shelf={"a": {"title": "A", "items": ("x",)}}))
    desk.shop.rows["shelf", "a"]["title"] = "edited"
    found = desk.drift(intents(shelf={"a": {"title": "A", "items": ("y",)}}))

    assert [change.address.key for change in found.changes] == ["a"]


def test_making_everything_again_is_a_mass_change(desk: Desk) -> None:
    """A token that sees less makes all look deleted: that is held, not made again."""
    many = intents(shelf={f"s{n}": {"title": "A"} for n in range(40)})
    desk.apply(many)
    desk.shop.rows.clear()
    plan = desk.plan(many)

    assert {hold.reason for hold in plan.holds.values()} == {"mass_change"}


# Two targets


class Two:
    """Two targets, `toy` and `zoo`, planned and applied together."""

    def __init__(self, folder: Path) -> None:
        self.shops = {name: Shop() for name in ("toy", "zoo")}
        self.folder = folder
        self.runs = 0

    def sites(self) -> list[Any]:
        made = []
        for name, shop in self.shops.items():
            one = site(shop, self.folder / name)
            ledger = replace(one.ledger, target=name)
            target = replace(one.target, name=name)
            made.append(replace(one, target=target, ledger=ledger, provider=provider(shop)))
        return made

    def intents(self, count: int = 2) -> Intents:
        documents = []
        for name in self.shops:
            (document,) = intents(shelf={f"s{n}": {"title": "A"} for n in range(count)})
            documents.append(document.model_copy(update={"targets": (name,)}))
        return Intents(tuple(documents))

    def plan(self, **wishes: Any) -> Any:
        return anyio.run(workflow.plan, self.sites(), self.intents(), Wishes(**wishes))

    def apply(self, **wishes: Any) -> Any:
        self.runs += 1
        run = f"run-{self.runs}"
        sites, desired = self.sites(), self.intents()
        return run_in_virtual_time(
            partial(workflow.apply, sites, desired, Wishes(**wishes), run, "now")
        )


def test_only_and_limit_count_over_all_targets(tmp_path: Path) -> None:
    """--only one shelf plans the other target not at all; --at-most 1 is one, not one each."""
    two = Two(tmp_path)
    plan = two.plan(only=frozenset({address("shelf", "s0")}))
    limited = two.plan(at_most=1)

    assert [str(c.address) for c in plan.changes] == ["toy/shelf/s0"]
    assert len(limited.pending) == 1
    assert limited.estimate.requests == 1
    with pytest.raises(Usage, match="none of the targets"):
        two.plan(only=frozenset({address("shelf", "s0")._replace(target="nowhere")}))


def test_one_target_that_fails_stops_no_other(tmp_path: Path) -> None:
    """The second can not be opened for writing: its changes failed, the first's are done and in
    its ledger."""
    two = Two(tmp_path)
    sites = two.sites()

    def refuse(*_: Any) -> Any:
        raise PlatformError("the door is locked")

    broken = replace(sites[1], provider=replace(sites[1].provider, writing=refuse))
    run = partial(workflow.apply, [sites[0], broken], two.intents(), Wishes(), "run", "now")
    applied = run_in_virtual_time(run)

    assert sorted({(a.target, o.status.value) for a, o in applied.outcomes.items()}) == [
        ("toy", "done"),
        ("zoo", "failed"),
    ]
    assert len(sites[0].ledger.load().entries) == 2


def test_a_batch_takes_its_turn_with_its_precondition(desk: Desk) -> None:
    """Twelve batches, four at once: the last one's precondition is not read before the first
    one's write, so what somebody makes meanwhile is seen. The window stays that of a batch."""
    sixty = {f"s{n:02}": {"title": "A"} for n in range(60)}

    def somebody() -> None:
        desk.shop.on_write = None
        desk.shop.put("shelf", "s59", title="by hand")

    desk.shop.on_write = somebody
    applied = desk.apply(intents(shelf=sixty))

    assert statuses(applied)["s59"] == "held"
    assert desk.shop.fields("shelf", "s59") == {"title": "by hand"}


def test_two_plans_of_one_state_have_the_same_digest(desk: Desk) -> None:
    """What is reviewed in one run is let through in the next."""
    first, second = (plan_data(desk.plan(BOTH)) for _ in range(2))

    assert first["digest"] == second["digest"]


def test_a_journal_is_left_open_by_a_run_that_died(tmp_path: Path) -> None:
    """Leaving the file is not saying that nothing is left."""
    with Journal(tmp_path / "run.jsonl") as log:
        log.open("run", "toy", "account", "now")

    assert not journal.read(tmp_path / "run.jsonl").closed
