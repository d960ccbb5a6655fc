"""References, commits, files and comparisons as GitHub answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.github.bare import Commit, FileChange
from tests.github.shapes.common import node

if TYPE_CHECKING:
    from tests.github.emulated import GitHub


def ref(github: GitHub, name: str, sha: str) -> dict[str, Any]:
    """A reference, and what it points at."""
    kind = github.bare.kind(sha)
    return {
        "ref": name,
        "node_id": node("Ref", name),
        "url": f"{github.repo_url}/git/{quote(name)}",
        "object": {"type": kind, "sha": sha, "url": f"{github.repo_url}/git/{kind}s/{sha}"},
    }


def commit(github: GitHub, one: Commit) -> dict[str, Any]:
    """A commit whose people have no account here."""
    url = f"{github.repo_url}/commits/{one.sha}"
    return {
        "url": url,
        "sha": one.sha,
        "node_id": node("Commit", one.sha),
        "html_url": f"{github.html_url}/commit/{one.sha}",
        "comments_url": f"{url}/comments",
        "commit": _as_written(github, one),
        "author": {},
        "committer": {},
        "parents": [_parent(github, sha) for sha in one.parents],
    }


def simple_commit(one: Commit) -> dict[str, Any]:
    """A commit as an event or a run holds it."""
    return {
        "id": one.sha,
        "tree_id": one.tree,
        "message": one.message,
        "timestamp": one.committer["date"],
        "author": {k: one.author[k] for k in ("name", "email")},
        "committer": {k: one.committer[k] for k in ("name", "email")},
    }


def file(github: GitHub, head: str, one: FileChange) -> dict[str, Any]:
    """A changed file."""
    path = quote(one.path)
    shape = {
        "sha": one.sha,
        "filename": one.path,
        "status": one.status,
        "additions": one.additions,
        "deletions": one.deletions,
        "changes": one.additions + one.deletions,
        "blob_url": f"{github.html_url}/blob/{head}/{path}",
        "raw_url": f"{github.html_url}/raw/{head}/{path}",
        "contents_url": f"{github.repo_url}/contents/{path}?ref={head}",
    }
    return shape | ({"patch": one.patch} if one.patch else {})


def branch(github: GitHub, name: str, sha: str) -> dict[str, Any]:
    """A branch that nothing protects."""
    url = f"{github.repo_url}/branches/{quote(name)}"
    return {
        "name": name,
        "commit": commit(github, github.bare.commit(sha)),
        "_links": {"self": url, "html": f"{github.html_url}/tree/{quote(name)}"},
        "protected": False,
        "protection": {"enabled": False},
        "protection_url": f"{url}/protection",
    }


def comparison(github: GitHub, basehead: str, base: str, head: str) -> dict[str, Any]:
    """What one commit has that another has not. Raises `GitFailed` if nothing joins them."""
    bare = github.bare
    parting = bare.merge_base(base, head)
    ahead, behind = bare.between(base, head), bare.between(head, base)
    web = f"{github.html_url}/compare/{basehead}"
    return {
        "url": f"{github.repo_url}/compare/{basehead}",
        "html_url": web,
        "permalink_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "base_commit": commit(github, bare.commit(base)),
        "merge_base_commit": commit(github, bare.commit(parting)),
        "status": _standing(bool(ahead), bool(behind)),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit(github, bare.commit(sha)) for sha in ahead],
        "files": [file(github, head, one) for one in bare.changes(parting, head)],
    }


def _standing(ahead: bool, behind: bool) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"


def _as_written(github: GitHub, one: Commit) -> dict[str, Any]:
    return {
        "url": f"{github.repo_url}/git/commits/{one.sha}",
        "author": one.author,
        "committer": one.committer,
        "message": one.message,
        "comment_count": 0,
        "tree": {"sha": one.tree, "url": f"{github.repo_url}/git/trees/{one.tree}"},
    }


def _parent(github: GitHub, sha: str) -> dict[str, Any]:
    return {
        "sha": sha,
        "url": f"{github.repo_url}/commits/{sha}",
        "html_url": f"{github.html_url}/commit/{sha}",
    }
