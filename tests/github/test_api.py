"""The client: what is sent again and what is not, and how GitHub's words are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import anyio
import pytest

from reconciler.cli.github.job import Job
from reconciler.cli.github.publishing import _outcome
from reports.github.annotations import check
from reports.github.api import GitHub as Client
from reports.github.api import GitHubError, Refused, connect
from reports.github.issues import find, raise_issue, settle_issue
from reports.github.pulls import merged_as, merged_with, plans_of
from reports.github.sticky import Sticky, ours, stick
from tests.github.emulated import GitHub

T = TypeVar("T")

EVERYTHING = dict.fromkeys(
    ("contents", "pull-requests", "issues", "checks", "statuses", "actions"), "write"
)


def asked(github: GitHub, what: Callable[[Client], Awaitable[T]], **permissions: str) -> T:
    """What a job with these permissions (all, without any) is told."""
    token = github.token(permissions or EVERYTHING)

    async def run() -> T:
        async with connect(github.api_url, token, github.full_name) as client:
            return await what(client)

    return anyio.run(run)


EMPTY_ZIP = b"PK\x05\x06" + bytes(18)


@pytest.mark.parametrize("status", [502, 503, 429])
def test_reading_is_repeated(github: GitHub, status: int) -> None:
    """What can be sent twice is sent again where GitHub stumbles."""
    number = github.open_issue("x", None, github_author(github)).number
    github.fail(status, "GET", "/issues", times=2)

    assert asked(github, lambda client: client.get(f"issues/{number}"))["title"] == "x"


def github_author(github: GitHub) -> Any:
    from tests.github.people import person

    return person("alice")


def test_a_comment_is_not_written_twice(github: GitHub) -> None:
    """A 502 on a POST leaves open whether it was done: it is told, not repeated."""
    number = github.open_issue("x", None, github_author(github)).number
    github.fail(502, "POST", "/comments", times=1)

    with pytest.raises(GitHubError, match="502"):
        asked(github, partial(stick, number=number, sticky=Sticky("plan", "h", "b")))


def test_a_refusal_is_told_in_githubs_words(github: GitHub) -> None:
    """A token without the permission."""
    number = github.open_issue("x", None, github_author(github)).number

    with pytest.raises(Refused, match="Resource not accessible by integration") as refused:
        asked(
            github,
            partial(stick, number=number, sticky=Sticky("plan", "h", "b")),
            contents="read",
            issues="read",
        )
    assert refused.value.status == 403


def test_one_comment_a_name_whoever_else_writes(github: GitHub) -> None:
    """Ours is found among 150 of others, brought up to date, and another name is another one."""
    number = github.open_issue("x", None, github_author(github)).number
    for count in range(150):
        github.write_comment(number, Sticky("plan", "h", f"{count}").text([]), "mallory")
    for body in ("one", "two"):
        asked(github, partial(stick, number=number, sticky=Sticky("plan", "h", body)))
    asked(github, partial(stick, number=number, sticky=Sticky("outcome", "h", "three")))
    mine = [c.body for c in github.comments_of(number) if c.author.login != "mallory"]

    assert len(mine) == 2
    assert asked(github, partial(ours, number=number, name="plan"))["body"] == mine[0]  # type: ignore[index]
    assert "two" in mine[0]
    assert "one" not in mine[0].splitlines()[1]


def test_an_issue_is_opened_used_again_closed_and_reopened(github: GitHub) -> None:
    """One issue a subject, however often."""
    sticky = Sticky("ahead", "h", "b")

    async def life(client: Client) -> list[str]:
        states = []
        assert await settle_issue(client, "calm", sticky) is None
        for act in (raise_issue, raise_issue, settle_issue, raise_issue):
            row = await act(client, "t", sticky)
            assert row is not None
            states.append(f"{row['number']} {row['state']}")
        assert await find(client, "other") is None
        return states

    assert asked(github, life) == ["1 open", "1 open", "1 closed", "1 open"]


def test_two_hundred_notes_take_four_requests(github: GitHub) -> None:
    """Fifty a request; all of them stand at the check in the end."""
    head = github.bare.tip("main")
    notes = [
        {"path": "a", "start_line": n, "end_line": n, "annotation_level": "notice", "message": "m"}
        for n in range(1, 201)
    ]
    arguments = {"head": head, "title": "t", "summary": "s", "conclusion": "success"}
    asked(github, partial(check, notes=notes, **arguments))
    (made,) = github.check_runs.values()

    assert [note["start_line"] for note in made.annotations] == list(range(1, 201))
    assert len([s for s in github.seen if "/check-runs" in s.path]) == 4


def test_a_merge_is_found_though_the_index_is_behind(github: GitHub) -> None:
    """By the commit of its merge; a commit that is none of that is nobody's."""
    github.commit("topic", {"a": "b"})
    push = github.merge(github.open_pull("topic").number, "squash")
    pushed = github.commit("main", {"c": "d"})
    found = asked(github, partial(merged_as, commit=push.after, branch="main"))
    same = asked(github, partial(merged_with, commit=push.after, branch="main"))

    assert found == same
    assert found is not None
    assert asked(github, partial(merged_with, commit=pushed, branch="main")) is None


def test_a_forks_run_of_the_same_commit_is_not_the_reviewed_one(github: GitHub) -> None:
    """Anybody may open a pull request from a fork at our commit; ours keeps its plan."""
    head = github.commit("topic", {"a": "b"})
    push = github.merge(github.open_pull("topic").number, "squash")
    begin = partial(github.start_run, "plan.yml", "pull_request", "topic", head)
    ours = begin(github_author(github))
    github.store_artifact(ours.id, "planogram-plan", EMPTY_ZIP)
    theirs = begin(github_author(github))
    github.runs[theirs.id] = replace(theirs, head_owner="mallory")
    pull = asked(github, partial(merged_with, commit=push.after, branch="main"))

    assert pull is not None
    assert asked(github, partial(plans_of, pull=pull, workflow="plan.yml")).run == ours.id


def test_a_run_on_one_target_does_not_close_the_issue_of_another(github: GitHub) -> None:
    """A dispatch that names a target knows nothing of the others: they stay behind."""
    job = Job(
        "workflow_dispatch",
        {"inputs": {"target": "shop"}},
        github.full_name,
        "main",
        "1",
        f"{github.html_url}/actions/runs/1",
        github.api_url,
        github.token(EVERYTHING),
    )
    row = {"run_url": job.run_url, "is_complete": False}
    anyio.run(_outcome, replace(job, event={}), [{**row, "target": n} for n in ("shop", "market")])
    anyio.run(_outcome, job, [{**row, "target": "shop", "is_complete": True}])
    (issue,) = github.issues.values()

    assert issue.state == "open"
    assert issue.title == "Planogram: main is ahead of market"
