"""Reports: true counts always, nothing hostile let through, never above the limit."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from reconciler.compare import compare
from reconciler.model.change import Cause, Effect, FieldChange
from reconciler.model.outcome import Outcome, Status, done
from reconciler.model.plan import Estimate, Hold, Plan, Scope, Violation
from reconciler.model.resource import Source
from reports.comment import code, comment
from reports.data import outcomes_data, plan_data
from reports.terminal import print_outcomes, print_plan
from reports.view import view
from tests.toy import KINDS, address, resource

HOSTILE = "`@team` </details><script>x</script>\n# H\x1b[31m $(rm) =HYPERLINK(1) \u202etxt | a"


def planned() -> Plan:
    """One change of each action and cause, one of them held."""
    desired = {
        "new": resource("shelf", "new", title="New", items=("a", "b")),
        "moved": resource("shelf", "moved", title="after"),
        "drifted": resource("shelf", "drifted", title="ours"),
        "foreign": resource("shelf", "foreign", title="ours"),
    }
    live = {
        "moved": resource("shelf", "moved", title="before"),
        "drifted": resource("shelf", "drifted", title="theirs"),
        "foreign": resource("shelf", "foreign", title="by hand"),
        "old": resource("shelf", "old", title="old"),
    }
    applied = {
        "moved": resource("shelf", "moved", title="before"),
        "drifted": resource("shelf", "drifted", title="ours"),
        "old": resource("shelf", "old", title="old"),
    }
    sources = {key: Source("desired/shelves/toy.yaml", n) for n, key in enumerate(desired, 1)}
    result = compare(
        {r.address: replace(r, source=sources[k]) for k, r in desired.items()},
        *({r.address: r for r in state.values()} for state in (live, applied)),
        {kind.name: kind for kind in KINDS},
    )
    held = Hold("adopt", "it was made elsewhere", "apply with --allow adopt=toy/shelf/foreign")
    return Plan(
        changes=tuple(
            c.with_effect(Effect("41 things use it", 41)) if c.after is None else c
            for c in result.changes
        ),
        holds={address("shelf", "foreign"): held},
        violations=(Violation("mass_change", "toy", None, "30 of 30 would change", "allow it"),),
        estimate=Estimate(4, 40),
        scope=Scope(5, 12, narrowed=True),
        unattributed=("other",),
    )


def many(count: int, title: str = "T") -> Plan:
    """A plan of so many creations, each with a title of its own."""
    desired = [resource("shelf", f"s{n:04}", title=f"{title} {n}") for n in range(count)]
    kinds = {kind.name: kind for kind in KINDS}
    return Plan(compare({r.address: r for r in desired}, {}, {}, kinds).changes)


def test_the_comment_as_people_see_it(markdown: SnapshotAssertion) -> None:
    """A reviewer sees this file drawn."""
    assert comment(planned()) == markdown


def test_the_plan_file(json_file: SnapshotAssertion) -> None:
    """The documented, versioned shape."""
    assert json.dumps(plan_data(planned()), indent=2) + "\n" == json_file


def test_the_terminal(text: SnapshotAssertion) -> None:
    """Without colours, where the terminal wants none."""
    console = Console(width=100, record=True, file=io.StringIO())
    print_plan(console, planned())
    failure = Outcome(address("shelf", "b"), Status.FAILED, message="it said no\x1b[2J")
    print_outcomes(console, [done(address("shelf", "a"), "#1"), failure], ["not pushed"])

    assert console.export_text() == text


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_counts_are_true_at_any_size(count: int) -> None:
    """The headline and the section say how many there are, and what is not shown is counted."""
    told = comment(many(count))

    assert f"{count} to create" in told if count else "nothing to do" in told
    shown = told.count("· create · intent")
    rest = re.search(r"… and ([\d,]+) more, not shown", told)
    assert shown + (int(rest[1].replace(",", "")) if rest else 0) == count


def test_a_comment_never_passes_the_limit() -> None:
    """A thousand changes with long values: under 60,000 characters, and closed tags."""
    told = comment(many(1000, "x" * 500))

    assert len(told) <= 60_000
    assert told.count("<details") == told.count("</details>")


def test_alike_changes_are_said_once() -> None:
    """200 resources that get the same value are one entry with its count."""
    desired = [resource("shelf", f"s{n:03}", title="Same") for n in range(200)]
    kinds = {kind.name: kind for kind in KINDS}
    told = comment(Plan(compare({r.address: r for r in desired}, {}, {}, kinds).changes))

    assert "200 × shelf" in told
    assert "and 180 more" in told


LISTS = [
    (["a", "b", "c"], ["a", "c", "d"], '− "b" + "d", 2 stay'),
    (["a"], ["a", "b"], '+ "b", 1 stay'),
    (["a", "b"], ["b", "a"], None),
    (["a"], ["b"], None),
    (None, ["b"], None),
]


@pytest.mark.parametrize(("before", "after", "delta"), LISTS)
def test_of_long_lists_the_difference_is_said(before: Any, after: Any, delta: str | None) -> None:
    """What leaves, what comes, how many stay; whole lists where nothing stays or only the
    order moves."""
    kinds = {kind.name: kind for kind in KINDS}
    change = replace(
        compare({(r := resource("shelf", "a", title="x")).address: r}, {}, {}, kinds).changes[0],
        fields=(FieldChange("items", before, after, Cause.INTENT),),
    )

    assert view(Plan((change,))).pending[0].fields[0].delta == delta


def test_what_is_hostile_does_nothing() -> None:
    """Mentions, tags, fences, control characters and direction marks stay inside code spans."""
    plan = many(1, HOSTILE)
    told = comment(plan)
    outside = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", told)

    assert "@team" not in outside
    assert "<script>" not in outside
    assert told.count("</details>") == 2
    assert outside.count("</details>") == 1
    assert not {"\x1b", "\u202e"} & set(told)


@pytest.mark.parametrize("value", ["", " ", "`", "``a`", "a`", "a``b"])
def test_a_code_span_holds_any_text(value: str) -> None:
    """Its fence is longer than any run of backticks inside."""
    span = code(value)
    fence = re.match(r"`+", span)

    assert fence is not None
    assert span.endswith(fence[0])
    assert fence[0] not in value or len(fence[0]) > max(map(len, re.findall("`+", value)))


def test_outcomes_as_data() -> None:
    """Counts by status, and every outcome."""
    outcomes: list[Any] = [done(address("shelf", "a"), "#1")]
    data = outcomes_data(planned(), outcomes, [])

    assert data["counts"] == {"done": 1}
    assert data["outcomes"][0]["address"] == "toy/shelf/a"
