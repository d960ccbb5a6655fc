"""The report of drift on GitHub and in Slack: true counts, nothing hostile, within the limits."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.history import Run, Sort, observed
from reconciler.model.change import AnyChange
from reconciler.model.outcome import Outcome, Status, done
from reconciler.model.plan import Hold, Plan, Scope
from reconciler.model.resource import Source
from reconciler.model.tolerance import Tolerance
from reconciler.watch import watched
from reports.drift import drift_issue, drift_title
from reports.slack import MOST_BLOCKS, MOST_CHARACTERS, MOST_IN_HEADER, applied_message
from reports.slack import drift_message as message_of
from reports.watch import DriftReport, failure_data, merged, target_data
from tests.core.test_reports import HOSTILE, MARKS, many, out_of_code, planned
from tests.core.test_tolerance import drifted

NOW = "2026-11-26T03:12Z"
URL = "https://github.example/acme/catalog/actions/runs/42"
PLACE = Source("desired/tolerances.yaml", 4, 3)


def of(change: AnyChange, target: str, key: str, **fields: Any) -> AnyChange:
    return replace(change, address=change.address._replace(target=target, key=key), **fields)


def result(plan: Plan, target: str, *tolerances: Tolerance, days: int = 0) -> dict[str, Any]:
    """One target's drift.json; all of it was seen so many days ago for the first time."""
    first = f"2026-11-{26 - days:02}T03:00:00Z"
    before = Run("first", first, Sort.DRIFT, None, f"{URL}0")
    rows = observed(before, plan, [target]) if days else []
    found = watched(plan, tolerances, NOW, rows)
    this = Run("this", NOW, Sort.DRIFT, "c" * 40, URL)
    told = target_data(found, target, "this", NOW, URL, observed(this, plan, [target]))
    return json.loads(json.dumps(told))  # type: ignore[no-any-return] # it is one of ours


def several() -> DriftReport:
    """The same drift in two shops, another kind of drift, waiting changes, and a dead target."""
    edited, gone = drifted(title="SALE"), drifted(gone=True)
    link = "https://admin.example.com/1"
    hold = Hold("tolerated", "let be", "wait")
    let_be = of(drifted(title="let be"), "shop", "let-be")
    shop = Plan(
        changes=(
            *(of(edited, "shop", f"s{n}", link=f"{link}{n}") for n in range(3)),
            let_be,
        ),
        holds={let_be.address: hold},
        scope=Scope(4000, 4000),
    )
    eu = Plan((of(edited, "shop-eu", "s1"), of(gone, "shop-eu", "gone")), scope=Scope(800, 800))
    toy = replace(planned(), scope=Scope(12, 12))
    entry = Tolerance("shop", "shelf", "let-*", ("title",), "2026-12-31", "sale week", PLACE)
    ended = Tolerance("shop-eu", "shelf", "gone", None, "2026-11-23", "photo shoot", PLACE)
    results = [
        result(shop, "shop", entry, days=9),
        result(eu, "shop-eu", ended, days=2),
        result(toy, "toy", days=8),
        failure_data("pim", "this", NOW, URL, "pim: 401, the token is not known"),
    ]
    return merged(results, ["shop", "shop-eu", "toy", "pim", "market"], NOW, URL)


def calm() -> DriftReport:
    return merged([result(Plan(scope=Scope(12, 12)), "shop")], ["shop"], NOW, URL)


def a_thousand(key: str = "s") -> DriftReport:
    """All different, long and hostile."""
    changes = tuple(
        of(
            drifted(title=f"{HOSTILE} {n} {'x' * 200}"),
            "shop",
            f"{key} {n:04}",
            link=f"https://x.example/)[@team](javascript:x)|{HOSTILE}",
        )
        for n in range(1000)
    )
    return merged([result(Plan(changes, scope=Scope(1000, 1000)), "shop", days=9)], [], NOW, URL)


def test_the_issue_as_people_see_it(markdown: SnapshotAssertion) -> None:
    """Heartbeat first, what could not be looked at, the counts, the ways on, then the details."""
    assert drift_issue(several()) == markdown


def test_the_calm_issue(markdown: SnapshotAssertion) -> None:
    """It still says when somebody last looked."""
    assert drift_issue(calm()) == markdown


def test_the_message(json_file: SnapshotAssertion) -> None:
    """A section a kind of drift, with links to the admin and to the run that saw it first."""
    assert json.dumps(message_of(several()), indent=2, ensure_ascii=False) + "\n" == json_file


def test_the_message_of_an_apply(json_file: SnapshotAssertion) -> None:
    """What did not go well, with its page in the admin."""
    plan = planned()
    addresses = {c.address.key: c.address for c in plan.changes}
    outcomes = [
        done(addresses["new"], "#1"),
        Outcome(addresses["moved"], Status.FAILED, message="<!channel> said no"),
        Outcome(addresses["foreign"], Status.HELD, message="adopt: it was made elsewhere"),
    ]
    told = applied_message(plan, outcomes, "toy", NOW, URL)

    assert json.dumps(told, indent=2, ensure_ascii=False) + "\n" == json_file


def test_the_headline_counts_and_names() -> None:
    """What drifted where, what waits, what nobody looked at."""
    report = several()

    assert report.headline == (
        "6 drifted in shop, shop-eu, toy · 4 stalled · market, pim were not looked at"
    )
    assert drift_title(report).startswith("Planogram: 6 drifted in ")
    assert report.resources == 4812
    assert [len(group.members) for group in report.groups] == [4, 1, 1]
    assert report.groups[0].targets == ["shop", "shop-eu"]


def test_a_target_that_handed_nothing_over_is_not_calm() -> None:
    """Nor is one that could not be looked at; nothing found on all of them is."""
    lost = merged([result(Plan(), "shop")], ["shop", "pim"], NOW, URL)
    dead = merged([failure_data("shop", "r", NOW, URL, "no answer")], ["shop"], NOW, URL)

    assert (calm().is_calm, lost.is_calm, dead.is_calm) == (True, False, False)
    assert "`pim` was **not looked at**: `its job ended early" in drift_issue(lost)
    assert calm().headline == "no drift"


@pytest.mark.parametrize("limit", [12_000, 60_000])
def test_a_thousand_drifts_fit_and_are_counted(limit: int) -> None:
    """Within the limit, tags closed, the counts true, nothing in it obeyed."""
    told = drift_issue(a_thousand(HOSTILE), limit)
    outside = out_of_code(told)

    assert len(told) <= limit
    assert "<summary>Drifted: 1,000</summary>" in told
    assert "| `shop` | 1,000 | 0 | 0 | 0 | 1,000 |" in told
    assert outside.count("<details") == outside.count("</details>") > 0
    assert not [mark for mark in MARKS if mark in outside]
    shown = told.count("- `shelf` · for 9 days")
    rest = re.search(r"… and ([\d,]+) more, not shown here", told)
    assert rest is not None
    assert shown + int(rest[1].replace(",", "")) == 1000


def test_a_thousand_alike_are_one_group() -> None:
    """With the first of them, and how many more."""
    changes = tuple(of(drifted(title="SALE"), "shop", f"s{n:04}") for n in range(1000))
    told = drift_issue(merged([result(Plan(changes), "shop")], [], NOW, URL))

    assert "- `shelf` × 1,000 · for 0 days" in told
    assert "… and 980 more" in told


def texts(message: Any) -> list[str]:
    """Every text object's text."""
    if isinstance(message, dict):
        here = [message["text"]] if isinstance(message.get("text"), str) else []
        return here + [t for value in message.values() for t in texts(value)]
    return [t for value in message for t in texts(value)] if isinstance(message, list) else []


@pytest.mark.parametrize("key", ["s", HOSTILE, "<!channel> @here <@U1> *b*"])
def test_a_message_keeps_to_slacks_limits_and_mentions_nobody(key: str) -> None:
    """1,000 drifts: 50 blocks, 3,000 characters, 150 in the header; links are ours alone."""
    message = message_of(a_thousand(key))
    blocks = message["blocks"]
    whole = "\n".join(texts(message))

    assert len(blocks) <= MOST_BLOCKS
    assert all(0 < len(text) <= MOST_CHARACTERS for text in texts(message))
    assert len(blocks[0]["text"]["text"]) <= MOST_IN_HEADER
    assert "1,000 drifted in shop" in blocks[0]["text"]["text"]
    assert "more kinds of drift" in whole
    assert set(re.findall(r"<([a-z]+://[^/|>]*)", whole)) <= {
        "https://x.example",
        "https://github.example",
    }
    assert not re.search(
        r"<(?!https://(x|github)\.example/[^|<>\s]*\|(admin|run|first seen)>)", whole
    )
    assert all(t["verbatim"] for b in blocks[1:-1] if (t := b.get("text")))


def test_an_apply_with_a_thousand_failures_keeps_to_them_too() -> None:
    """And says how many there are."""
    plan = many(1000, "x" * 300)
    failures = [
        Outcome(c.address, Status.FAILED, message=f"{HOSTILE} {'y' * 500}") for c in plan.changes
    ]
    message = applied_message(plan, failures, "toy", NOW, None)

    assert len(message["blocks"]) <= MOST_BLOCKS
    assert all(0 < len(text) <= MOST_CHARACTERS for text in texts(message))
    assert message["blocks"][0]["text"]["text"] == "Planogram applied to toy: 1000 failed"
    shown = sum(text.count("• *failed*") for text in texts(message))
    rest = sum(
        int(n.replace(",", "")) for t in texts(message) for n in re.findall(r"and ([\d,]+) more", t)
    )
    assert shown + rest == 1000


def test_where_git_is_behind_a_source_stands_in_the_issue() -> None:
    """Warnings of all targets, each once, at most twenty; they alone disturb nobody."""
    texts = tuple(f"git is behind https://cms.example.com/: term_{n:02}" for n in range(25))
    plan = Plan(scope=Scope(12, 12), warnings=texts)
    report = merged([result(plan, "shop"), result(plan, "eu")], ["shop", "eu"], NOW, URL)
    told = drift_issue(report)

    assert told.count("term_00") == 1
    assert "term_19" in told
    assert "term_20" not in told
    assert "… and 5 more" in told
    assert report.is_calm
