"""The merge button's three ways, and how open pull requests follow their branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.github.people import Actor
from tests.github.records import Issue, Pull, Push

if TYPE_CHECKING:
    from tests.github.emulated import GitHub


class Conflict(Exception):
    """The two sides change the same lines."""


def merge(github: GitHub, issue: Issue, method: str, by: Actor) -> Push:
    """Merge for good: the base branch moves, the pull request remembers how."""
    pull = issue.pull
    assert pull is not None, f"#{issue.number} is no pull request"
    assert issue.state == "open", f"#{issue.number} is closed"
    before = github.bare.tip(pull.base)
    assert before is not None
    after, landed = _METHODS[method](github, issue, pull, before, by)
    github.bare.move(f"refs/heads/{pull.base}", after)
    _close(github, issue, pull, by, after, landed)
    return Push(pull.base, before, after, by)


def follow(github: GitHub, issue: Issue, pull: Pull, sha: str | None) -> None:
    """See where head and base are now: a deleted head closes, a base that holds it merges."""
    base = github.bare.tip(pull.base)
    if sha is None:
        issue.state, issue.closed = "closed", github.now()
    elif sha != pull.sha or not pull.base_sha:
        pull.sha, pull.base_sha = sha, base or ""
        github.fetch_head(pull, issue.number, sha)
        _try_out(github, issue, pull, base)
    elif base and base != pull.tried:
        _try_out(github, issue, pull, base)


def _try_out(github: GitHub, issue: Issue, pull: Pull, base: str | None) -> None:
    """Make the commit that workflows of a pull request check out."""
    assert base is not None
    if github.bare.is_ancestor(pull.sha, base):
        landed = tuple(github.bare.between(pull.base_sha, pull.sha))
        _close(github, issue, pull, issue.author, base, landed)
        return
    tree = github.bare.merged_tree(base, pull.sha)
    pull.merge_sha, pull.tried = None, base
    if tree:
        message = f"Merge {pull.sha} into {base}"
        pull.merge_sha = github.bare.commit_tree(tree, [base, pull.sha], message, "GitHub")
        github.bare.move(f"refs/pull/{issue.number}/merge", pull.merge_sha)


def _close(
    github: GitHub, issue: Issue, pull: Pull, by: Actor, sha: str, landed: tuple[str, ...]
) -> None:
    issue.state, issue.closed, issue.closed_by = "closed", github.now(), by
    issue.updated = github.now()
    pull.merged_at, pull.merged_by, pull.merge_sha = github.now(), by, sha
    pull.landed = landed


def _merge(
    github: GitHub, issue: Issue, pull: Pull, base: str, by: Actor
) -> tuple[str, tuple[str, ...]]:
    words = f"Merge pull request #{issue.number} from {pull.owner}/{pull.head}\n\n{issue.title}"
    tree, brought = _tree(github, base, pull), github.bare.between(base, pull.sha)
    after = github.bare.commit_tree(tree, [base, pull.sha], words, by.login)
    return after, (*brought, after)


def _squash(
    github: GitHub, issue: Issue, pull: Pull, base: str, by: Actor
) -> tuple[str, tuple[str, ...]]:
    brought = github.bare.between(base, pull.sha)
    points = "\n\n".join(f"* {github.bare.commit(sha).message}" for sha in brought)
    words = f"{issue.title} (#{issue.number})\n\n{points}"
    after = github.bare.commit_tree(_tree(github, base, pull), [base], words, by.login)
    return after, (after,)


def _rebase(
    github: GitHub, issue: Issue, pull: Pull, base: str, by: Actor
) -> tuple[str, tuple[str, ...]]:
    _tree(github, base, pull)
    landed = tuple(github.bare.rebased(base, pull.sha))
    return landed[-1], landed


def _tree(github: GitHub, base: str, pull: Pull) -> str:
    tree = github.bare.merged_tree(base, pull.sha)
    if tree is None:
        raise Conflict(f"{pull.head} conflicts with {pull.base}")
    return tree


_METHODS = {"merge": _merge, "squash": _squash, "rebase": _rebase}
