"""Events as GitHub delivers them: a name and a payload in its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.github.people import DEPENDABOT, Actor, person
from tests.github.records import Push
from tests.github.shapes import pulls
from tests.github.shapes.common import repository, user
from tests.github.shapes.git import simple_commit

if TYPE_CHECKING:
    from tests.github.emulated import GitHub


@dataclass(frozen=True)
class Event:
    """Something that happened, and what a workflow sees of it."""

    name: str
    payload: Mapping[str, Any]
    ref: str
    """What `github.ref` is."""
    sha: str
    """What is checked out by default."""
    head_sha: str
    """What checks and runs are filed under."""
    head_branch: str | None
    actor: Actor
    trusted: bool = True
    """Pull requests of forks and of Dependabot are not: no secrets, and a token that reads."""
    run: int | None = None
    """A run that waits for the runner, made by a dispatch through the API."""

    @property
    def filtered_ref(self) -> str:
        """What the filters of `on` look at: for a pull request, the branch that it goes to."""
        if self.name == "pull_request":
            return f"refs/heads/{self.payload['pull_request']['base']['ref']}"
        return self.ref


def pull_request(
    github: GitHub, number: int, action: str = "opened", sender: str | None = None
) -> Event:
    """A pull request was opened, or `synchronize`d by a push, or closed."""
    github.sync()
    issue = github.issues[number]
    assert issue.pull is not None, f"#{number} is no pull request"
    assert issue.pull.merge_sha, f"#{number} conflicts: GitHub starts no workflow"
    actor = person(sender) if sender else issue.author
    payload = {
        "action": action,
        "number": number,
        "pull_request": pulls.full(github, issue),
    } | _ends(github, actor)
    return Event(
        "pull_request",
        payload,
        f"refs/pull/{number}/merge",
        issue.pull.merge_sha,
        issue.pull.sha,
        issue.pull.head,
        actor,
        issue.pull.owner == github.owner and actor.login != DEPENDABOT.login,
    )


def push(github: GitHub, moved: Push) -> Event:
    """A branch moved."""
    ref, bare = f"refs/heads/{moved.branch}", github.bare
    is_new = set(moved.before) == {"0"}
    brought = [moved.after] if is_new else bare.between(moved.before, moved.after)
    payload = {
        "ref": ref,
        "before": moved.before,
        "after": moved.after,
        "created": is_new,
        "deleted": False,
        "forced": not is_new and not bare.is_ancestor(moved.before, moved.after),
        "compare": f"{github.html_url}/compare/{moved.before[:12]}...{moved.after[:12]}",
        "commits": [simple_commit(bare.commit(sha)) for sha in brought],
        "head_commit": simple_commit(bare.commit(moved.after)),
        "pusher": {"name": moved.actor.login, "email": "somebody@example.com"},
    } | _ends(github, moved.actor)
    return Event("push", payload, ref, moved.after, moved.after, moved.branch, moved.actor)


def pushed(github: GitHub, branch: str, before: str, by: str = "alice") -> Event:
    """A branch moved by a push to the folder; it is now where it is."""
    after = github.bare.tip(branch)
    assert after is not None, f"there is no branch {branch}"
    return push(github, Push(branch, before, after, person(by)))


def workflow_dispatch(
    github: GitHub,
    inputs: Mapping[str, Any] | None = None,
    branch: str | None = None,
    by: str = "alice",
) -> Event:
    """Somebody pressed "Run workflow"."""
    return _on_branch(
        github,
        "workflow_dispatch",
        branch or github.default_branch,
        {"inputs": dict(inputs or {})},
        person(by),
    )


def dispatched(github: GitHub, run: int) -> Event:
    """The dispatch that the API was asked for: its run waits."""
    waiting = github.runs[run]
    assert waiting.head_branch is not None
    payload = {"inputs": dict(waiting.inputs)}
    event = _on_branch(
        github, "workflow_dispatch", waiting.head_branch, payload, waiting.actor, waiting.head_sha
    )
    return Event(**(vars(event) | {"run": run}))


def schedule(github: GitHub, cron: str) -> Event:
    """The hour struck; nobody did it, so that the repository's owner is named."""
    actor = person(github.owner)
    return _on_branch(github, "schedule", github.default_branch, {"schedule": cron}, actor)


def _on_branch(
    github: GitHub,
    name: str,
    branch: str,
    payload: dict[str, Any],
    actor: Actor,
    sha: str | None = None,
) -> Event:
    ref = f"refs/heads/{branch}"
    at = sha or github.bare.tip(branch)
    assert at is not None, f"there is no branch {branch}"
    whole = payload | {"ref": ref} | _ends(github, actor)
    return Event(name, whole, ref, at, at, branch, actor)


def _ends(github: GitHub, actor: Actor) -> dict[str, Any]:
    return {"repository": repository(github), "sender": user(github, actor)}
