"""What is said on GitHub: found again, folded, within the limits, and nothing in it is obeyed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.model.change import Action, Cause
from reconciler.model.problem import Problem
from reconciler.model.resource import Source
from reports.github.ahead import ahead
from reports.github.annotations import BATCH, MOST, _batches, notes, problem_annotations
from reports.github.sticky import LIMIT, MOST_EARLIER, Sticky, _earlier, facts_of
from tests.core.test_reports import HOSTILE, planned


@pytest.mark.parametrize("text", [HOSTILE, "-->", "--!>", "\n<!-- planogram:plan {} -->\n", "💥"])
def test_a_header_is_read_back_and_nothing_ends_it(text: str) -> None:
    """Facts and headline come back as they were; the comment is closed once, by us."""
    whole = Sticky("plan", text, "body", {"head": text}).text([])
    header, _, body = whole.partition("\n")
    facts = facts_of(whole, "plan")

    assert facts == {"head": text, "headline": text, "earlier": []}
    assert (header.count("-->"), header.count("<!--"), body) == (1, 1, "body")
    assert facts_of(whole.replace("\n", "\r\n"), "plan") == facts


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "body",
        "x<!-- planogram:plan {} -->\n",
        "<!-- planogram:plan {x} -->\n",
        "<!-- planogram:plan [] -->\n",
        "<!-- planogram:outcome {} -->\n",
    ],
)
def test_what_is_no_header_of_that_name_is_none(text: str | None) -> None:
    """Another name, broken JSON, no object, or not at the very beginning."""
    assert facts_of(text, "plan") is None


def test_earlier_ones_are_folded_newest_first(markdown: SnapshotAssertion) -> None:
    """Each version of a comment lists the ones before it, at most ten; told again, it is one."""
    body = Sticky("plan", "1 to create", "# one", {"head": "a" * 40}).text([])
    for number in range(2, MOST_EARLIER + 4):
        now = Sticky("plan", f"{number} to create", f"# {number}", {"head": f"{number}" * 40})
        for _ in range(2):
            body = now.text(_earlier({"body": body}, now))

    assert len((facts_of(body, "plan") or {})["earlier"]) == MOST_EARLIER
    assert body == markdown


def test_a_comment_above_the_limit_is_a_fault_of_ours() -> None:
    """It is never sent and cut by somebody else."""
    with pytest.raises(ValueError, match="characters"):
        Sticky("plan", "x", "x" * LIMIT).text([])


def test_earlier_ones_are_told_as_far_as_there_is_room() -> None:
    """A long body with a long history is still a comment; the oldest are left out."""
    earlier = [{"head": str(n) * 40, "headline": "–" * 200} for n in range(MOST_EARLIER)]
    text = Sticky("plan", "x", "x" * 60_000).text(earlier)
    told = (facts_of(text, "plan") or {})["earlier"]

    assert len(text) <= LIMIT
    assert told == earlier[: len(told)]
    assert 0 < len(told) < MOST_EARLIER


def test_the_issue_of_many_targets_fits() -> None:
    """Fifty shops, each with forty failures and long words of a platform."""
    outcomes = [
        {"status": "failed", "address": f"shop/product/p-{n}", "message": "no " * 300}
        for n in range(40)
    ]
    told = [
        {
            "target": f"shop-{n}",
            "run_url": "https://github.test/o/r/actions/runs/1",
            "is_complete": False,
            "outcome": {"outcomes": outcomes},
        }
        for n in range(50)
    ]
    _, sticky = ahead(told, "https://github.test/o/r/actions/runs/1", "main")
    text = sticky.text([])

    assert len(text) <= LIMIT
    assert all(f"### `shop-{n}`" in text for n in range(50))


def test_lines_are_noted_the_riskiest_first() -> None:
    """Conflicts, then deletions, updates, adoptions, creations; drift is nobody's line."""
    plan = planned()
    conflict = replace(plan.changes[1], cause=Cause.CONFLICT)
    plan = replace(plan, changes=(*plan.changes, conflict))
    made = notes(plan)
    first = made[0]

    assert first["title"].endswith(str(conflict.address))
    assert first["annotation_level"] == "warning"
    assert {note["path"] for note in made} == {"desired/shelves/toy.yaml"}
    assert not any("drifted" in note["title"] for note in made)
    ranks = [note["title"].split()[0] for note in made[1:]]
    assert ranks == sorted(ranks, key=["delete", "update", "adopt", "create"].index)


def test_more_than_fifty_notes_go_in_batches_and_more_than_200_are_cut() -> None:
    """The limit of one request, and one of taste."""
    change = next(c for c in planned().changes if c.action is Action.CREATE)
    many = tuple(
        replace(change, address=change.address._replace(key=f"s{n:04}")) for n in range(1000)
    )
    made = notes(replace(planned(), changes=many))

    assert len(made) == MOST
    assert [len(batch) for batch in _batches(made)] == [BATCH] * (MOST // BATCH)
    assert [len(batch) for batch in _batches([])] == [0]


def test_a_problem_is_noted_at_its_line() -> None:
    """As a failure, in one line, with its remedy."""
    (made,) = problem_annotations([Problem(Source("desired/a.yaml", 3, 5), HOSTILE, "mend it")])

    assert (made["path"], made["start_line"], made["annotation_level"]) == (
        "desired/a.yaml",
        3,
        "failure",
    )
    assert made["message"].endswith(" · mend it")
    assert not re.search(r"[\x00-\x1f\u202e]", made["message"])


def behind(**fields: Any) -> dict[str, Any]:
    return {
        "target": "shop",
        "run": "20261126T031700-1a2b3c",
        "run_url": "https://github.example/o/r/actions/runs/7",
        "until": "f" * 40,
        "is_complete": False,
        "problems": [],
        "pulls": [],
        "pushed": [],
        "unreviewed": [],
        "outcome": {"outcomes": []},
        **fields,
    }


MERGED = {
    "number": 3,
    "title": HOSTILE,
    "is_fine": False,
    "commits": [{"sha": "a" * 40, "parents": 2}],
}
REBASED = {**MERGED, "number": 4, "commits": [{"sha": c * 40, "parents": 1} for c in "bc"]}
HELD = {
    "address": "shop/collection/new-in",
    "status": "held",
    "remote": None,
    "message": "changed since plan: title · plan again",
}


def test_the_issue_says_what_waits_and_the_ways_on_and_back(markdown: SnapshotAssertion) -> None:
    """Reverts newest first, a merge by its mainline; hostile texts are shown and not obeyed."""
    told = [
        behind(
            pulls=[MERGED, REBASED],
            problems=["#4: its plan has expired"],
            outcome={"outcomes": [HELD]},
        ),
        behind(
            target="market",
            pushed=[{"sha": "d" * 40, "subject": HOSTILE, "author": "@team"}],
            unreviewed=[f"market/attribute/a{n}" for n in range(60)],
        ),
    ]
    title, sticky = ahead(told, "https://github.example/o/r/actions/runs/7", "main")

    assert title == "Planogram: main is ahead of market, shop"
    assert sticky.text([]) == markdown


def test_with_nothing_behind_the_issue_says_so() -> None:
    """It is closed with these words."""
    _, sticky = ahead([behind(is_complete=True)], "https://github.example/run", "main")

    assert sticky.body.startswith("Everything that was reviewed is carried out")
