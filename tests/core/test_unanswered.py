"""A write that nobody answered: failed, and what it may have left counts as ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.executor import ATTEMPTS
from reconciler.intent.base import Intents
from reconciler.model.change import Cause
from reconciler.model.outcome import Status
from reconciler.provider import Precondition
from tests import toy
from tests.core.test_workflow import Desk
from tests.toy import address, intents

SHELF = address("shelf", "a")


def titled(title: str) -> Intents:
    return intents(shelf={"a": {"title": title}})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_write_that_arrives_late_is_nobody_elses(desk: Desk) -> None:
    """No attempt was there when it was looked at, and one is carried out afterwards: to the next
    plan that is neither drift nor a conflict."""
    desk.apply(titled("A"))
    desk.shop.lose_requests = ATTEMPTS
    outcome = desk.apply(titled("B")).outcomes[SHELF]
    desk.shop.rows["shelf", "a"]["title"] = "B"
    (change,) = desk.plan(titled("C")).changes

    assert (outcome.status, outcome.unknown) == (Status.FAILED, True)
    assert change.cause is Cause.INTENT
    assert not desk.plan(titled("C")).violations


def test_what_was_done_is_not_done_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the platform itself checks what a write goes by, so that nothing is read before:
    after a lost answer it is looked at."""
    checked = [replace(kind, precondition=Precondition.PLATFORM) for kind in toy.KINDS]
    monkeypatch.setattr(toy, "KINDS", tuple(checked))
    desk.shop.lose_answers = 1
    outcome = desk.apply(titled("A")).outcomes[SHELF]

    assert outcome.status is Status.DONE
    assert desk.shop.writes == [("create", "a")]


def test_what_somebody_else_left_meanwhile_is_theirs(desk: Desk) -> None:
    """Neither what was there nor what was to be written."""
    desk.apply(titled("A"))
    desk.shop.lose_requests = ATTEMPTS
    desk.apply(titled("B"))
    desk.shop.rows["shelf", "a"]["title"] = "Mine"
    (change,) = desk.plan(titled("B")).changes

    assert change.cause is Cause.CONFLICT
