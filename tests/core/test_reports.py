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
from reconciler.model.change import Cause, Effect, FieldChange, Pictures
from reconciler.model.cost import Cost, Range
from reconciler.model.outcome import Outcome, Status, done
from reconciler.model.plan import Estimate, Hold, Plan, Scope, Violation
from reconciler.model.resource import Source
from reports.comment import code, comment
from reports.data import outcomes_data, plan_data
from reports.terminal import print_outcomes, print_plan
from reports.view import told_outcome, view
from tests.toy import KINDS, address, resource

HOSTILE = (
    "`@team` </details><script>x</script>\n# H\x1b[31m $(rm) =HYPERLINK(1) \u202etxt | a"
    " <!-- hidden --> ``` -->\r\n\r\n| x | y |\n![i](https://evil.example/i.png) </td></table>"
)

COSTS = Range(Cost(24, 240, 4.2), Cost(40, 400, 8.9))


SHOWN: dict[str, dict[str, Any]] = {
    "moved": {"link": "https://admin.example.com/shelves/1"},
    "foreign": {"link": "https://admin.example.com/shelves/2"},
    "new": {"pictures": Pictures((), ("https://cdn.example.com/new.jpg",))},
    "drifted": {
        "link": "https://admin.example.com/shelves/3",
        "pictures": Pictures(
            ("https://cdn.example.com/old.jpg?v=1",), ("https://cdn.example.com/new.jpg",)
        ),
    },
}


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
            c.with_effect(Effect("41 things use it", 41))
            if c.after is None
            else replace(c, **SHOWN.get(c.address.key, {}))
            for c in result.changes
        ),
        holds={address("shelf", "foreign"): held},
        violations=(Violation("mass_change", "toy", None, "30 of 30 would change", "allow it"),),
        estimate=Estimate(4, 40, COSTS),
        scope=Scope(5, 12, narrowed=True),
        unattributed=("other",),
    )


def many(count: int, title: str = "T") -> Plan:
    """A plan of so many creations, each with a title of its own."""
    desired = [resource("shelf", f"s{n:04}", title=f"{title} {n}") for n in range(count)]
    kinds = {kind.name: kind for kind in KINDS}
    return Plan(compare({r.address: r for r in desired}, {}, {}, kinds).changes)


def printed(plan: Plan) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    print_plan(console, plan)
    return console.export_text()


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
    cost = told_outcome(planned(), Cost(31, 310, 6.24))
    print_outcomes(console, [done(address("shelf", "a"), "#1"), failure], ["not pushed"], cost)

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


def test_alike_changes_tell_where_the_first_of_them_is_written() -> None:
    """And in how many files; what has no place tells none."""
    plan = many(3, "Same")
    alike = [
        replace(c, fields=(replace(c.fields[0], after="Same"),), after=replace(c.after, source=at))
        for c, at in zip(
            plan.changes,
            (None, Source("desired/a.yaml", 7), Source("desired/b.yaml", 2)),
            strict=True,
        )
        if c.after is not None
    ]
    told = printed(replace(plan, changes=tuple(alike)))

    assert "3 × toy/shelf/s0000" in told
    assert "  create, intent  first at desired/a.yaml:7, in 2 files\n" in told
    assert "`first at desired/a.yaml:7`" in comment(replace(plan, changes=tuple(alike[:2])))
    assert "first at" not in printed(many(3, "Other"))


def test_an_objection_to_a_whole_target_is_told_once() -> None:
    """What it holds says that it goes with all; one that is held by itself says why."""
    plan = many(20)
    objection = Violation("mass_change", "toy", None, "20 of 20 would change", "allow it")
    own = Hold("adopt", "it was made elsewhere", "say so")
    holds = {change.address: objection.hold for change in plan.changes[1:]}
    held = replace(plan, violations=(objection,), holds={plan.changes[0].address: own, **holds})

    for told, where in ((printed(held), "below"), (comment(held), "above")):
        assert told.count("20 of 20 would change") == 1
        assert told.count(f"see {where}") == 19
        assert told.count("it was made elsewhere") == 1


def test_what_many_outcomes_have_in_common_is_told_once() -> None:
    """With the first addresses and the count; a few of a sort have a line each."""
    held = [Outcome(address("shelf", f"s{n}"), Status.HELD, message="frozen") for n in range(21)]
    failed = [Outcome(address("shelf", f"f{n}"), Status.FAILED, message="no") for n in range(2)]
    console = Console(width=100, record=True, file=io.StringIO())
    print_outcomes(console, [*held, *failed], [])

    assert console.export_text().splitlines() == [
        "held 21 × toy/shelf/s0, toy/shelf/s1, toy/shelf/s2, toy/shelf/s3, toy/shelf/s4"
        " and 16 more: frozen",
        "failed toy/shelf/f0: no",
        "failed toy/shelf/f1: no",
        "Apply: 21 held, 2 failed",
    ]


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
    outside = out_of_code(told)

    assert not [mark for mark in MARKS if mark in outside]
    assert told.count("</details>") == 2
    assert outside.count("</details>") == 1
    assert not {"\x1b", "\u202e"} & set(told)


MARKS = ("@team", "<script>", "<!--", "-->", "$(rm)", "HYPERLINK(", "![i]", "| x |")


def out_of_code(told: str) -> str:
    """What is left of Markdown without its code spans and the code in its tables."""
    left = re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "", told)
    return re.sub(r"<code>[^<]*</code>", "", left)


def everywhere_hostile(count: int) -> Plan:
    """Names, sources, effects, holds, objections, warnings, links and pictures of somebody who
    means harm, of so many changes."""
    plan = many(count, HOSTILE)
    evil = f'https://cdn.example.com/{HOSTILE}"onerror=alert(1)>'
    changes = tuple(
        replace(
            change,
            address=change.address._replace(key=f"{HOSTILE} {n}"),
            after=replace(change.after, source=Source(HOSTILE, n)) if change.after else None,
            effect=Effect(HOSTILE),
            link=f"https://x.example/)[@team](javascript:x) {HOSTILE}",
            pictures=Pictures((evil,), (f"https://cdn.example.com/{n}'\"><script>.jpg",)),
        )
        for n, change in enumerate(plan.changes)
    )
    return replace(
        plan,
        changes=changes,
        holds={c.address: Hold("adopt", HOSTILE, HOSTILE) for c in changes[::2]},
        violations=(Violation("mass_change", "toy", None, HOSTILE * 50, HOSTILE),) * 90,
        warnings=(HOSTILE * 50,) * 90,
        estimate=Estimate(4, 40, COSTS),
    )


@pytest.mark.parametrize("count", [1, 2, 30, 1000])
def test_harm_is_done_nowhere_in_a_comment(count: int) -> None:
    """Wherever hostile text stands, it is shown as it is: no mention, no tag, no comment, no
    table, no picture and no link of its own, tags balanced, counts true, under the limit."""
    told = comment(everywhere_hostile(count))
    outside = out_of_code(told)

    assert len(told) <= 60_000
    assert not [mark for mark in MARKS if mark in outside]
    assert told.count("\x1b") == 0
    assert outside.count("<details") == outside.count("</details>")
    assert outside.count("<table>") == outside.count("</table>")
    assert len(re.findall("<td[ >]", outside)) == outside.count("</td>")
    assert f"<summary>Held: not carried out: {(count + 1) // 2:,}</summary>" in outside
    assert set(re.findall(r"\]\((https?://[^/)]*)", outside)) <= {"https://x.example"}
    assert re.fullmatch(r"(<img src=\"[^\"<>]*\" width=\"120\" alt=\"\">|[^<]|<(?!img))*", outside)


@pytest.mark.parametrize("room", [20_000, 30_000, 60_000])
def test_every_section_tells_its_count_at_any_room(room: int) -> None:
    """When nothing more fits, the line of a section still says how many there are."""
    told = comment(everywhere_hostile(1000), room)

    assert len(told) <= room
    for line in ("Held: not carried out: 500", "Changes: 500", "Pictures: 1,000"):
        assert f"<summary>{line}</summary>" in told


def test_no_section_takes_the_room_of_those_after_it() -> None:
    """Wherever the room ends, the limit holds and all lines are there."""
    plan = many(300)
    picture = Pictures((), ("https://a.example/1.jpg",))
    changes = tuple(replace(c, pictures=picture) for c in plan.changes)
    hold = Hold("limit", "no", "yes")
    half = replace(plan, changes=changes, holds={c.address: hold for c in changes[::2]})

    for room in range(4_000, 4_200, 7):
        told = comment(half, room)
        assert len(told) <= room
        assert told.count("<summary>") == told.count("</details>") == 3


def test_pictures_are_drawn_for_a_dozen_and_counted() -> None:
    """Two columns, the old and the new; addresses without a query get one that moves with the
    change; `images=False` draws none."""
    plan = many(30)
    shown = replace(
        plan,
        changes=tuple(
            replace(
                c, pictures=Pictures(("https://a.example/o.jpg?w=1",), (f"https://a.example/{n}",))
            )
            for n, c in enumerate(plan.changes)
        ),
    )
    told = comment(shown)

    assert told.count("<img ") == 24
    assert "<summary>Pictures: 30</summary>" in told
    assert "… and 18 more" in told
    assert '<td><img src="https://a.example/o.jpg?w=1" width="120" alt=""></td>' in told
    assert re.search(r'src="https://a\.example/3\?v=[0-9a-f]{8}"', told)
    assert "<img" not in comment(shown, images=False)
    assert "Pictures" not in comment(many(3))


def test_pictures_that_are_not_public_are_never_drawn() -> None:
    """Not even of a plan that comes from elsewhere, and not beside one that is."""
    plan = many(2)
    secret = Pictures(("https://10.0.0.1/a.jpg",), ("https://a.example/b.jpg?token=1",))
    half = replace(secret, before=("https://a.example/public.jpg",))
    shown = (replace(c, pictures=p) for c, p in zip(plan.changes, (secret, half), strict=True))
    told = comment(replace(plan, changes=tuple(shown)))

    assert re.findall(r'src="([^"?]*)', told) == ["https://a.example/public.jpg"]
    assert "<summary>Pictures: 1</summary>" in told
    assert "token=1" not in told


def test_a_picture_of_the_repository_is_shown_from_the_planned_commit() -> None:
    """With its path, which stands alone where no commit is known; nothing gets out of its place."""
    files = ("desired/capsules/S226/assets/swatches/a b.png", 'desired/<b>".png')
    plan = many(1)
    change = replace(plan.changes[0], pictures=Pictures(files=files))
    shown = replace(plan, changes=(change,))
    told = comment(shown, files_at="https://github.com/house/catalog/raw/abc123")
    above = "https://github.com/house/catalog/raw/abc123/desired"

    assert re.findall(r'src="([^"]*)"', told) == [
        f"{above}/capsules/S226/assets/swatches/a%20b.png",
        f"{above}/%3Cb%3E%22.png",
    ]
    assert f"<code>{files[0]}</code>" in told
    assert "<b>" not in told
    assert "<img" not in comment(shown)
    assert f"<code>{files[0]}</code>" in comment(shown)
    assert plan_data(shown)["changes"][0]["pictures"]["files"] == list(files)


def test_links_belong_to_their_addresses() -> None:
    """Changes that are alike are said once, and each address has its own link."""
    desired = [resource("shelf", f"s{n}", title="Same") for n in range(3)]
    kinds = {kind.name: kind for kind in KINDS}
    changes = compare({r.address: r for r in desired}, {}, {}, kinds).changes
    linked = (replace(c, link=f"https://a.example/{c.address.key}") for c in changes[:2])
    told = comment(Plan((*linked, changes[2])))

    assert "`toy/shelf/s0` [admin](https://a.example/s0), `toy/shelf/s1` [admin](" in told
    assert told.count("[admin]") == 2


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
    data = outcomes_data(planned(), outcomes, [], Cost(31, 310, 6.24))

    assert data["actual"] == {"requests": 31, "points": 310, "seconds": 6.2}
    assert data["estimate"]["high"] == {"requests": 40, "points": 400, "seconds": 8.9}
    assert data["counts"] == {"done": 1}
    assert data["outcomes"][0]["address"] == "toy/shelf/a"
