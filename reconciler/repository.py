"""Git, read and moved: the one home of gitpython.

Only plumbing is used, and nothing of the user's own is touched: no branch, no index, no working
tree, no configuration. What this project keeps in git stands under `refs/planogram/`.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from git import GitCommandError, InvalidGitRepositoryError, NoSuchPathError, Repo

from reconciler.model.errors import PlanogramError, Usage
from reconciler.model.resource import Authorship

COMMITTER_NAME: Final = "Planogram"
"""Who the commits of this program are by."""

_COMMITTER: Final = f"{COMMITTER_NAME} <planogram@localhost>"
_UNCOMMITTED: Final = "0" * 40


class GitFailed(PlanogramError):
    """Git refused, in its own words."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a history. `when` is its commit date in ISO 8601 with its offset."""

    sha: str
    parents: tuple[str, ...]
    author: str
    when: str
    subject: str


@dataclass(frozen=True)
class Repository:
    """A git repository, and the remote that it is shared through, if there is one."""

    repo: Repo
    remote: str | None = None

    @property
    def private_folder(self) -> Path:
        """The git directory, where files of ours are in nobody's way."""
        return Path(self.repo.common_dir)

    @property
    def root(self) -> Path:
        """The top of the working tree."""
        return Path(self.repo.working_dir)

    @property
    def is_shallow(self) -> bool:
        return (self.private_folder / "shallow").exists()

    @property
    def has_commits(self) -> bool:
        """Whether anything is checked out."""
        told = self.repo.git.rev_parse("--verify", "--quiet", "HEAD", with_exceptions=False)
        return bool(told)

    @property
    def user(self) -> str | None:
        """Who works here, as git is told (`user.name`)."""
        name = self.repo.git.config("--default", "", "user.name")
        return name or None

    # Reading

    def sha(self, ref: str) -> str | None:
        """What a full ref name points at."""
        return self.repo.git.for_each_ref(ref, format="%(objectname)") or None

    def refs(self, prefix: str) -> dict[str, str]:
        """Full ref name → sha, of all below a prefix."""
        told = self.repo.git.for_each_ref(prefix, format="%(objectname) %(refname)")
        return {name: sha for sha, name in (line.split(" ", 1) for line in told.splitlines())}

    def resolve(self, revision: str) -> str:
        """The commit that a revision names. Raises `Usage`."""
        try:
            return str(
                self.repo.git.rev_parse("--verify", "--end-of-options", f"{revision}^{{commit}}")
            )
        except GitCommandError as error:
            hint = " (the clone is shallow: fetch more of it)" if self.is_shallow else ""
            raise Usage(
                f"{revision} is no commit of this repository{hint} · check its name"
            ) from error

    def merge_base(self, one: str, other: str) -> str | None:
        """The newest commit that two histories share, or None: they share none, or the clone is
        too shallow to know."""
        found = self.repo.git.merge_base(one, other, with_exceptions=False)
        return str(found).split("\n")[0] or None

    def is_clean(self, folder: Path) -> bool:
        """Whether the working tree below a folder is what HEAD has."""
        told = self.repo.git.status("--porcelain", "--untracked-files=all", "--", str(folder))
        return not told

    def contains(self, newer: str, older: str) -> bool:
        """Whether a commit is the other or descends from it."""
        return self.merge_base(newer, older) == self.resolve(older)

    def files(self, revision: str, folder: str = "") -> dict[str, bytes]:
        """Path → content of all files below a folder at a revision; a link is its target's name."""
        below = ("--", folder) if folder else ()
        told = self.repo.git.ls_tree("-r", "-z", "--full-tree", revision, *below)
        rows = (row.split("\t", 1) for row in told.split("\0") if row)
        blobs = {path: meta.split()[2] for meta, path in rows if meta.split()[1] == "blob"}
        return dict(zip(blobs, self._contents(blobs.values()), strict=True))

    def paths(self, revision: str) -> list[str]:
        """The path of every file of a revision."""
        told = self.repo.git.ls_tree("-r", "-z", "--full-tree", "--name-only", revision)
        return [path for path in told.split("\0") if path]

    def first_parents(self, since: str | None, until: str, path: str = "") -> list[Commit]:
        """The commits that a branch went through after one (None: from its beginning), oldest
        first; of merges only their own side is followed. path: only those that moved it."""
        span = f"{since}..{until}" if since else until
        paths = [path] if path else []
        form = "%H%x1f%P%x1f%an%x1f%cI%x1f%s"
        told = self.repo.git.log(
            "--first-parent", "--reverse", f"--format={form}", span, "--", *paths
        )
        return [_commit(line) for line in told.split("\n") if line]  # a subject may hold U+2028

    def edited(self, folder: Path) -> dict[str, str | None]:
        """Path → text of the files below a folder that are not as HEAD has them; None for one
        that is gone."""
        told = self.repo.git.status(
            "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", str(folder)
        )
        paths = [row[3:] for row in told.split("\0") if row]
        return {path: _text(self.root / path) for path in paths}

    def blame(self, path: str, revision: str | None = None) -> list[Authorship | None]:
        """Who wrote each line of a file, in order; None for a line that is not committed, and
        for all of them where git does not know the file."""
        arguments = ["--line-porcelain", *([revision] if revision else []), "--", path]
        try:
            told = self.repo.git.blame(*arguments)
        except GitCommandError:
            return []
        return list(_authorships(told))

    # Moving refs of our own

    def commit_files(
        self, ref: str, parent: str | None, files: Mapping[str, str | None], message: str
    ) -> str:
        """Write files (None: remove one) on top of a parent as one commit of a ref; its name.

        One `git fast-import` for any number of files; it refuses to
        move a ref that is not at the parent. Raises `GitFailed`.
        """
        with TemporaryFile() as stream:
            stream.write(_commit_stream(ref, parent, files, message))
            stream.seek(0)
            self._run("fast_import", "--quiet", "--date-format=raw", istream=stream)
        made = self.sha(ref)
        assert made is not None
        return made

    def move(self, ref: str, sha: str | None) -> None:
        """Set a ref of ours, or remove it."""
        self._run("update_ref", *((ref, sha) if sha else ("-d", ref)))

    def fetch(self, *refspecs: str, prune: bool = True) -> None:
        """Raises `GitFailed` where the remote can not be reached."""
        if self.remote is not None:
            flags = ["--no-tags", "--quiet", "--no-write-fetch-head"] + (
                ["--prune"] if prune else []
            )
            self._run("fetch", *flags, self.remote, *refspecs)

    def push(self, *refspecs: str, leases: Mapping[str, str] = {}) -> None:
        """Push, unless a leased ref (name → sha, or "" for none) was moved meanwhile. Raises
        `GitFailed`."""
        if self.remote is not None:
            held = [f"--force-with-lease={ref}:{sha}" for ref, sha in leases.items()]
            self._run("push", "--quiet", "--no-verify", *held, self.remote, *refspecs)

    def authenticate(self, token: str, server: str) -> None:
        """Use a token for this process's requests to a server, without storing it anywhere."""
        url = self.repo.remote(self.remote).url if self.remote else ""
        if url.startswith(f"{server}/"):
            basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
            self.repo.git.update_environment(
                GIT_CONFIG_COUNT="1",
                GIT_CONFIG_KEY_0=f"http.{server}/.extraheader",
                GIT_CONFIG_VALUE_0=f"AUTHORIZATION: basic {basic}",
            )

    def _contents(self, shas: Iterable[str]) -> list[bytes]:
        contents = [self.repo.odb.stream(bytes.fromhex(sha)).read() for sha in shas]
        self.repo.git.clear_cache()  # ends the `git cat-file` that read them
        return contents

    def _run(self, command: str, *arguments: str, **options: object) -> None:
        try:
            getattr(self.repo.git, command)(*arguments, **options)
        except GitCommandError as error:
            raise GitFailed(words(error)) from error


def repository_of(folder: Path) -> Repository | None:
    """The git repository that a folder lies in, if any, with the remote it is shared through:
    `origin`, else the only one there is."""
    try:
        repo = Repo(folder, search_parent_directories=True)
    except (InvalidGitRepositoryError, NoSuchPathError):
        return None
    return Repository(repo, _shared_through(repo))


def own_repository(folder: Path) -> Repository:
    """A bare repository for our refs alone, made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Repo(folder) if (folder / "HEAD").exists() else Repo.init(folder, bare=True)
    return Repository(made)


def words(error: GitCommandError) -> str:
    """What git said, on one line."""
    return " ".join(str(error.stderr or error).replace("stderr:", "").split())[:300]


def _text(path: Path) -> str | None:
    return path.read_bytes().decode() if path.is_file() else None


def _shared_through(repo: Repo) -> str | None:
    names = [remote.name for remote in repo.remotes]
    if "origin" in names:
        return "origin"
    return names[0] if len(names) == 1 else None


def _commit(line: str) -> Commit:
    sha, parents, author, when, subject = line.split("\x1f", 4)
    return Commit(sha, tuple(parents.split()), author, when, subject)


def _authorships(porcelain: str) -> Iterator[Authorship | None]:
    """`git blame --line-porcelain`: a header, `key value` lines, then the line after a tab."""
    commit, author = "", ""
    for line in porcelain.split("\n"):
        if line.startswith("\t"):
            yield None if commit == _UNCOMMITTED else Authorship(author, commit)
            commit = ""
        elif not commit:
            commit = line.split(" ", 1)[0]
        elif line.startswith("author "):
            author = line.removeprefix("author ")


def _commit_stream(
    ref: str, parent: str | None, files: Mapping[str, str | None], message: str
) -> bytes:
    """A commit in `git fast-import`'s language."""
    parts = [
        f"commit {ref}\n".encode(),
        f"committer {_COMMITTER} {int(time.time())} +0000\n".encode(),
        _data(message),
        f"from {parent}\n".encode() if parent else b"",
    ]
    for path, content in sorted(files.items()):
        if content is None:
            parts.append(f"D {path}\n".encode())
        else:
            parts.append(f"M 100644 inline {path}\n".encode() + _data(content))
    return b"".join(parts)


def _data(text: str) -> bytes:
    content = text.encode()
    return f"data {len(content)}\n".encode() + content + b"\n"
