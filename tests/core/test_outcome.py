"""The outcome of an apply as a comment: what went wrong first, true counts, nothing hostile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.model.cost import Cost
from reconciler.model.outcome import AnyOutcome, Outcome, Status, done
from reports.outcome import outcome_comment
from tests.core.test_reports import HOSTILE, MARKS, many, out_of_code, planned
from tests.toy import address

SPENT = Cost(31, 310, 6.24)


def told_of(status: Status, key: str, message: str | None = None) -> AnyOutcome:
    return Outcome(address("shelf", key), status, message=message)


def test_the_outcome_as_people_see_it(markdown: SnapshotAssertion) -> None:
    """Failures first with reason and remedy, the rest folded, predicted against actual."""
    held = "adopt: it was made elsewhere \u00b7 apply with --allow adopt=toy/shelf/foreign"
    outcomes = [
        done(address("shelf", "new"), "#1"),
        told_of(Status.CONVERGED, "drifted"),
        told_of(Status.HELD, "foreign", held),
        told_of(Status.FAILED, "moved", "the platform said no \u00b7 free the key"),
        told_of(Status.SKIPPED, "a", "it needs toy/shelf/moved, which was not carried out"),
        told_of(Status.SKIPPED, "b", "it needs toy/shelf/moved, which was not carried out"),
    ]

    assert outcome_comment(planned(), outcomes, ["the ledger was not pushed"], SPENT) == markdown


@pytest.mark.parametrize("limit", [10_000, 60_000])
def test_at_any_size_the_counts_are_true(limit: int) -> None:
    """A thousand failures with long messages and a thousand that went well: within the limit,
    closed tags, and each section tells how many."""
    bad = [told_of(Status.FAILED, f"f{n}", f"{n} {'x' * 500}") for n in range(1000)]
    good = [done(address("shelf", f"s{n:04}"), "#1") for n in range(1000)]
    told = outcome_comment(many(1000), bad + good, (), SPENT, limit)

    assert len(told) <= limit
    assert told.startswith("## Planogram applied: 1000 done, 1000 failed")
    assert "<summary>Did not go well: 1,000</summary>" in told
    assert "<summary>Went well: 1,000</summary>" in told
    assert told.count("<details") == told.count("</details>") == 2


def test_what_is_hostile_does_nothing() -> None:
    """In a vendor's message, a key, a warning or a link."""
    plan = many(1)
    change = replace(
        plan.changes[0],
        address=address("shelf", HOSTILE),
        link=f"https://x.example/){HOSTILE}",
    )
    outcome = told_of(Status.FAILED, HOSTILE, f"{HOSTILE} \u00b7 {HOSTILE}")
    told = outcome_comment(replace(plan, changes=(change,)), [outcome], [HOSTILE], SPENT)
    outside = out_of_code(told)

    assert not [mark for mark in MARKS if mark in outside]
    assert outside.count("<details") == outside.count("</details>") == 1


def test_nothing_to_do_is_said() -> None:
    """An apply that found nothing to do says so, and predicts nothing."""
    told = outcome_comment(many(0), [])

    assert "nothing to do" in told
    assert "predicted" not in told
