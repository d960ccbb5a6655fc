"""An emulated GitHub: one repository, its REST API, its git, and its artifacts, on loopback."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.github import branches, gate, merging, smart_http
from tests.github.bare import Bare
from tests.github.blobs import Blobs
from tests.github.description import Description
from tests.github.faults import Fault, Faults
from tests.github.people import ACTIONS, EVERYTHING, VISITOR, Actor, Token, app, person
from tests.github.records import (
    Artifact,
    CheckRun,
    Comment,
    Issue,
    Pull,
    Push,
    Seen,
    Status,
    WorkflowRun,
)
from tests.github.refusals import Refusal, invalid
from tests.github.routes import account, actions, checks, comments, git, issues, pulls

OPERATIONS = (account, actions, checks, comments, git, issues, pulls)
"""Imported for what they enter into the table of routes."""
_VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class GitHub:
    """What a test holds in its hand: state to look at, and what people do on the website."""

    def __init__(self, bare: Bare, description: Description) -> None:
        self.bare, self.description = bare, description
        self.owner, self.name, self.default_branch = "acme", "catalog", "main"
        self.private = True
        self.actions_may_open_pulls = True
        self.protected: set[str] = set()
        """Branches that a workflow's token may not push."""
        self.collaborators: set[str] = set()
        self.web_url = "http://127.0.0.1"
        self.path = os.environ["PATH"]
        self.violations: list[str] = []
        self.seen: list[Seen] = []
        self.pushes: list[Push] = []
        """What came by HTTP or was merged; a push to the folder leaves no trace."""
        self.faults = Faults()
        self.tokens: dict[str, Token] = {}
        self.issues: dict[int, Issue] = {}
        self.comments: dict[int, Comment] = {}
        self.check_runs: dict[int, CheckRun] = {}
        self.statuses: list[Status] = []
        self.runs: dict[int, WorkflowRun] = {}
        self.artifacts: dict[int, Artifact] = {}
        self.workflows: dict[str, str] = {}
        """Workflow files that the repository itself does not hold, by name."""
        self.lock = RLock()
        self.blobs = Blobs(self)
        self._forks: dict[str, Bare] = {}
        self._ids = 1000
        self._later = timedelta()

    # Where it is

    @property
    def api_url(self) -> str:
        return self.web_url + gate.API

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def repo_url(self) -> str:
        return f"{self.api_url}/repos/{self.full_name}"

    @property
    def html_url(self) -> str:
        return f"{self.web_url}/{self.full_name}"

    def client(self, token: str) -> httpx.Client:
        """A client of the REST API; close it, or use it in a `with` block."""
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.repo_url, headers=headers, timeout=30)

    # Time and numbers

    def now(self) -> datetime:
        return datetime.now(UTC) + self._later

    def pass_time(self, span: timedelta) -> None:
        """Let time go by, for what expires."""
        self._later += span

    def next_id(self) -> int:
        self._ids += 1
        return self._ids

    # Tokens

    def token(self, permissions: Mapping[str, str]) -> str:
        """The token of a workflow's job, with exactly these permissions."""
        return self._issue(Token(f"ghs_{secrets.token_hex(16)}", ACTIONS, permissions, True))

    def app_token(
        self, slug: str = "planogram", permissions: Mapping[str, str] = EVERYTHING
    ) -> str:
        """The token of an app of our own."""
        return self._issue(Token(f"ghs_{secrets.token_hex(16)}", app(slug), permissions))

    def person(self, login: str, role: str = "write") -> str:
        """The token of a person: of one who may `write`, or of one who may `read` and comment."""
        if role == "write":
            self.collaborators.add(login)
        permissions = EVERYTHING if role == "write" else VISITOR
        return self._issue(Token(f"ghp_{secrets.token_hex(16)}", person(login), permissions))

    def _issue(self, token: Token) -> str:
        self.tokens[token.value] = token
        return token.value

    # What people do

    def commit(
        self, branch: str, files: Mapping[str, str | None], message: str = "Change", base: str = ""
    ) -> str:
        """Commit files to a branch (`None` deletes one); a new branch begins at `base` or main."""
        return branches.commit(self.bare, branch, files, message, base or self.default_branch)

    def fork(self, owner: str) -> Bare:
        """Somebody's own copy of the repository, to push to."""
        place = self.bare.path.parent / f"fork-of-{owner}"
        self.bare.git("clone", "--quiet", "--bare", str(self.bare.path), str(place))
        self._forks[owner] = Bare(place)
        return self._forks[owner]

    def open_issue(
        self, title: str, body: str | None, author: Actor, labels: list[str] | None = None
    ) -> Issue:
        """A new issue; issues and pull requests count together."""
        now, number = self.now(), max(self.issues, default=0) + 1
        issue = Issue(number, title, body, author, now, now, labels=labels or [])
        self.issues[number] = issue
        return issue

    def open_pull(
        self,
        head: str,
        base: str = "main",
        title: str = "A change",
        body: str | None = None,
        author: Actor | str = "alice",
        draft: bool = False,
    ) -> Issue:
        """Open a pull request; `head` is a branch, or `owner:branch` in a fork."""
        owner, _, branch = head.rpartition(":")
        owner = owner or self.owner
        sha, target = self._head_sha(owner, branch), self.bare.tip(base)
        self._check_pull(owner, branch, base, sha, target)
        who = author if isinstance(author, Actor) else person(author)
        issue = self.open_issue(title, body, who)
        issue.pull = Pull(base, branch, owner, "", draft)
        self.sync()
        return issue

    def write_comment(self, number: int, body: str, author: Actor | str) -> Comment:
        """A comment by anybody, such as one who copies our hidden header."""
        who = author if isinstance(author, Actor) else person(author)
        now = self.now()
        comment = Comment(self.next_id(), number, body, who, now, now)
        self.comments[comment.id] = comment
        return comment

    def merge(self, number: int, method: str = "merge", by: str = "alice") -> Push:
        """Press the button: `merge`, `squash` or `rebase`. Raises `Conflict`."""
        with self.lock:
            self.sync()
            push = merging.merge(self, self.issues[number], method, person(by))
            self.pushes.append(push)
            self.sync()
        return push

    def fail(
        self,
        refusal: Refusal | int,
        method: str | None = None,
        path: str = "",
        times: int = 1,
        after: bool = False,
    ) -> None:
        """Let the next requests that fit fail; a number is a status without further words."""
        if isinstance(refusal, int):
            refusal = Refusal(refusal, "Server Error")
        self.faults.add(Fault(refusal, method, path, times, after))

    # What workflows leave

    def start_run(
        self, workflow: str, event: str, branch: str | None, sha: str, actor: Actor, name: str = ""
    ) -> WorkflowRun:
        """A run that begins to exist."""
        number = 1 + sum(run.workflow == workflow for run in self.runs.values())
        now = self.now()
        run = WorkflowRun(
            self.next_id(), number, workflow, name or workflow, event, branch, sha, actor, now, now
        )
        self.runs[run.id] = run
        return run

    def store_artifact(self, run: int, name: str, content: bytes, days: int = 90) -> Artifact:
        """A run's artifact. Raises `ValueError` if the run has one of that name."""
        if any(one.run_id == run and one.name == name for one in self.artifacts.values()):
            raise ValueError("(409) Conflict: an artifact with this name already exists")
        expires = self.now() + timedelta(days=days)
        made = Artifact(self.next_id(), run, name, content, self.now(), expires)
        self.artifacts[made.id] = made
        return made

    # Looking

    def comments_of(self, number: int) -> list[Comment]:
        """An issue's comments, the oldest first."""
        return [one for one in self.comments.values() if one.number == number]

    def pulls(self) -> list[tuple[Issue, Pull]]:
        """The pull requests among the issues."""
        return [(issue, issue.pull) for issue in self.issues.values() if issue.pull]

    def pulls_at(self, sha: str) -> list[Issue]:
        """The open pull requests whose head is this commit; GitHub leaves out those of forks."""
        return [
            issue
            for issue, pull in self.pulls()
            if pull.sha == sha and issue.state == "open" and pull.owner == self.owner
        ]

    def workflow_files(self, revision: str = "") -> list[str]:
        """The workflow files that a commit (or the default branch) and the runner know."""
        at = revision or self.default_branch
        listed = self.bare.git("ls-tree", "--name-only", at, ".github/workflows/").split()
        return list(dict.fromkeys([*(Path(one).name for one in listed), *self.workflows]))

    def workflow_text(self, file: str, sha: str) -> str:
        """A workflow file at a commit, or as the runner has it."""
        if file in self.workflows:
            return self.workflows[file]
        return self.bare.git("show", f"{sha}:.github/workflows/{file}")

    def repository_of(self, owner: str, name: str) -> Path | None:
        """The folder of our repository or of a fork of it."""
        if name != self.name:
            return None
        holder = self.bare if owner == self.owner else self._forks.get(owner)
        return holder.path if holder else None

    # Keeping up with pushes

    def sync(self) -> None:
        """Look where branches are: pull requests follow theirs, as long as they are open."""
        with self.lock:
            for issue, pull in self.pulls():
                if issue.state == "open":
                    merging.follow(self, issue, pull, self._head_sha(pull.owner, pull.head))

    def fetch_head(self, pull: Pull, number: int, sha: str) -> None:
        """Give the head a reference of ours, wherever it comes from."""
        if pull.owner != self.owner:
            self.bare.git("fetch", "--quiet", str(self._forks[pull.owner].path), sha)
        self.bare.move(f"refs/pull/{number}/head", sha)

    def note_pushes(self, before: Mapping[str, str], actor: Actor) -> None:
        """Remember which branches a push by HTTP moved."""
        for name, sha in self.bare.refs("refs/heads/").items():
            if before.get(name) != sha:
                branch = name.removeprefix("refs/heads/")
                self.pushes.append(Push(branch, before.get(name, "0" * 40), sha, actor))

    def _head_sha(self, owner: str, branch: str) -> str | None:
        holder = self.bare if owner == self.owner else self._forks[owner]
        return holder.tip(branch)

    def _check_pull(
        self, owner: str, branch: str, base: str, sha: str | None, target: str | None
    ) -> None:
        for field, found in (("head", sha), ("base", target)):
            if found is None:
                raise invalid("PullRequest", field, "invalid")
        for issue, pull in self.pulls():
            same = (pull.owner, pull.head, pull.base) == (owner, branch, base)
            if same and issue.state == "open":
                words = f"A pull request already exists for {owner}:{branch}."
                raise _custom(words)
        if owner == self.owner and not self.bare.between(str(target), str(sha)):
            raise _custom(f"No commits between {base} and {branch}")

    # Serving

    def asgi(self) -> Starlette:
        """The app: the REST API below its prefix, git everywhere else."""

        async def api(request: Request) -> Response:
            return await gate.answer(self, request)

        async def repository(request: Request) -> Response:
            return await smart_http.answer(self, request)

        async def broken(request: Request, error: Exception) -> Response:
            self.violations.append(f"{request.method} {request.url.path}: {error!r}")
            return PlainTextResponse(repr(error), status_code=500)

        return Starlette(
            routes=[
                Route(f"{gate.API}/{{path:path}}", api, methods=_VERBS),
                Route("/{path:path}", repository, methods=["GET", "POST"]),
            ],
            exception_handlers={Exception: broken},
        )


def _custom(words: str) -> Refusal:
    error = {"resource": "PullRequest", "code": "custom", "message": words}
    return Refusal(422, "Validation Failed", [error])
