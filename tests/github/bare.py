"""The bare repository behind the emulation, by git's own plumbing."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_QUIET: Final = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
_GITHUB: Final = {"GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com"}
_FIELDS: Final = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"


class GitFailed(Exception):
    """A git command said no; the message is git's."""


@dataclass(frozen=True)
class Commit:
    """One commit as it is written in git."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: dict[str, str]
    committer: dict[str, str]
    message: str


@dataclass(frozen=True)
class FileChange:
    """One file that differs between two trees."""

    sha: str
    path: str
    status: str
    additions: int
    deletions: int
    patch: str


class Bare:
    """A bare repository at a path."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path) -> Bare:
        """An empty repository that answers as GitHub's do: any commit may be fetched by name."""
        git(path.parent, "init", "--quiet", "--bare", "--initial-branch=main", str(path))
        bare = cls(path)
        bare.git("config", "uploadpack.allowAnySHA1InWant", "true")
        bare.git("config", "http.receivepack", "true")
        bare.git("config", "gc.auto", "0")
        return bare

    def git(self, *words: str, text: str | None = None, env: Mapping[str, str] = {}) -> str:
        """What a git command prints."""
        return git(self.path, *words, text=text, env=env)

    def sha(self, revision: str) -> str | None:
        """The commit that a revision names, or nothing."""
        try:
            return self.git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except GitFailed:
            return None

    def tip(self, branch: str) -> str | None:
        """The commit at a branch's end."""
        return self.sha(f"refs/heads/{branch}")

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """References by name, whose name begins so."""
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        pairs = (line.split(" ") for line in lines)
        return {name: sha for name, sha in pairs if name.startswith(prefix)}

    def kind(self, sha: str) -> str | None:
        """`commit`, `tree`, `blob` or `tag`; nothing if there is no such object."""
        try:
            return self.git("cat-file", "-t", sha)
        except GitFailed:
            return None

    def move(self, ref: str, sha: str) -> None:
        """Let a reference point somewhere."""
        self.git("update-ref", ref, sha)

    def commit(self, revision: str) -> Commit:
        """A commit's parts."""
        text = self.git("show", "--no-patch", f"--format={_FIELDS}", revision)
        sha, tree, parents, *people, message = text.split("\0")
        author, committer = people[:3], people[3:]
        names = ("name", "email", "date")
        return Commit(
            sha,
            tree,
            tuple(parents.split()),
            dict(zip(names, author, strict=True)),
            dict(zip(names, committer, strict=True)),
            message.strip("\n"),
        )

    def between(self, base: str, head: str) -> list[str]:
        """Commits of the head that the base has not, the oldest first."""
        return self.git("rev-list", "--reverse", "--topo-order", f"{base}..{head}").split()

    def contains(self, branch: str, sha: str) -> bool:
        """Whether a commit is in a branch's history."""
        return self.is_ancestor(sha, f"refs/heads/{branch}")

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether one commit is in another's history."""
        try:
            self.git("merge-base", "--is-ancestor", older, newer)
        except GitFailed:
            return False
        return True

    def merge_base(self, base: str, head: str) -> str:
        """Where two histories part."""
        return self.git("merge-base", base, head)

    def changes(self, base: str, head: str) -> list[FileChange]:
        """The files that differ, as a pull request lists them."""
        lines = self.git("diff", "--raw", "--no-renames", "--abbrev=40", base, head).splitlines()
        return [self._change(base, head, line) for line in lines]

    def _change(self, base: str, head: str, line: str) -> FileChange:
        meta, path = line.split("\t")
        _, _, old, new, letter = meta.split(" ")
        counted = self.git("diff", "--numstat", "--no-renames", base, head, "--", path)
        plus, minus = (int(n) if n.isdigit() else 0 for n in counted.split("\t")[:2])
        patch = self.git("diff", "--no-renames", base, head, "--", path)
        status = {"A": "added", "D": "removed", "M": "modified", "T": "changed"}[letter]
        hunks = patch[patch.index("@@") :] if "@@" in patch else ""
        return FileChange(old if letter == "D" else new, path, status, plus, minus, hunks)

    def merged_tree(self, base: str, head: str) -> str | None:
        """The tree of both together, or nothing if they conflict."""
        try:
            return self.git("merge-tree", "--write-tree", base, head)
        except GitFailed:
            return None

    def commit_tree(self, tree: str, parents: list[str], message: str, author: str) -> str:
        """A new commit, made by GitHub for somebody."""
        arguments = [word for parent in parents for word in ("-p", parent)]
        env = _GITHUB | _author(author)
        return self.git("commit-tree", tree, *arguments, "-F", "-", text=message, env=env)

    def rebased(self, base: str, head: str) -> list[str]:
        """The head's commits anew on top of the base; always new commits, as GitHub makes them."""
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "tree"
            self.git("worktree", "add", "--quiet", "--detach", str(place), head)
            try:
                git(place, "rebase", "--quiet", "--no-ff", base, env=_GITHUB | _author("GitHub"))
                return self.between(base, git(place, "rev-parse", "HEAD"))
            finally:
                self.git("worktree", "remove", "--force", str(place))


def git(place: Path, *words: str, text: str | None = None, env: Mapping[str, str] = {}) -> str:
    """Run git somewhere, untouched by the machine's settings."""
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("GIT_DIR")}
    done = subprocess.run(
        ["git", "-C", str(place), *words],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env=surroundings | _QUIET | dict(env),
    )
    if done.returncode:
        raise GitFailed(f"git {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.rstrip("\n")


def _author(name: str) -> dict[str, str]:
    return {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": f"{name}@users.noreply.github.com"}
