"""Files under one ref of ours: read, committed together, shared with a lease.

What this project keeps in git (the ledger, journals, history, freezes) is such a tree. The local
ref is what was done here, `refs/planogram/seen/…` what the remote was last seen to have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.model.errors import LedgerUnavailable
from reconciler.repository import GitFailed, Repository

OURS: Final = "refs/planogram/"
_SEEN: Final = "refs/planogram/seen/"

ATTEMPTS: Final = 10
"""How often what is shared is made anew on top of another's; many targets may end at once."""

Files = Mapping[str, str | None]
"""Path → text, or None for a file that is to go."""


@dataclass
class RefTree:
    """The files under `refs/planogram/<name>`. `what` says in messages what they are."""

    repository: Repository
    name: str
    what: str
    head: str | None = None
    _paths: dict[str, str] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        return OURS + self.name

    @property
    def seen(self) -> str:
        return _SEEN + self.name

    def fetch(self) -> None:
        """See what the remote has; the local ref stays where it is. No ref there is a first run.

        Raises `LedgerUnavailable` where the remote can not be reached.
        """
        fetch(self.repository, self.what, self.name)

    def load(self) -> RefTree:
        """Take the newest that is known: the local ref, or the remote's as it was last seen.

        Raises `LedgerUnavailable` where the two went different ways.
        """
        self.head = self._newest()
        return self

    def files(self, folder: str = "") -> dict[str, str]:
        """Path → text of all files, or of those below a folder."""
        if self.head is None:
            return {}
        found = self.repository.files(self.head, folder)
        return {path: content.decode() for path, content in found.items()}

    def commit(self, files: Files, message: str) -> None:
        """Write files as one commit on top of what was loaded. Raises `LedgerUnavailable` where
        another run moved the ref meanwhile."""
        try:
            self.head = self.repository.commit_files(self.ref, self.head, files, message)
        except GitFailed as error:
            raise LedgerUnavailable(
                f"{self.what} was moved by another run: {error}"
                " · run it again: what was written stands in the journal"
            ) from error

    def push(self) -> None:
        """Publish the ref, unless somebody else moved it since it was fetched."""
        known = self.repository.sha(self.seen) or ""
        has_news = self.head not in (None, known) and self.head == self.repository.sha(self.ref)
        if self.repository.remote is None or not has_news:
            return
        try:
            self.repository.push(f"{self.ref}:{self.ref}", leases={self.ref: known})
        except GitFailed as error:
            raise LedgerUnavailable(
                f"{self.what} was not pushed to {self.repository.remote}: {error}"
                " · it stands in the local ref: run it again to push it"
            ) from error
        self.repository.move(self.seen, self.head)

    def share(self, change: Callable[[RefTree], Files], message: str) -> None:
        """Change what everybody shares: fetch, change, push; again where somebody was quicker.

        For files that nobody's run depends on (history, freezes), whose change can be made anew
        on top of another's. Raises `LedgerUnavailable`.
        """
        for attempt in range(1, ATTEMPTS + 1):
            self.fetch()
            self._take_theirs()
            files = change(self)
            if not files:
                return
            self.commit(files, message)
            try:
                self.push()
                return
            except LedgerUnavailable:
                if attempt == ATTEMPTS:
                    raise

    def _take_theirs(self) -> None:
        """What stands here alone was never shared: it is made anew on top of theirs."""
        theirs = self.repository.sha(self.seen)
        if self.repository.remote is not None and theirs is not None:
            self.repository.move(self.ref, theirs)
        self.load()

    def _newest(self) -> str | None:
        local, seen = self.repository.sha(self.ref), self.repository.sha(self.seen)
        if local is None or seen is None or local == seen:
            return local or seen
        base = self.repository.merge_base(local, seen)
        if base == local:
            return seen
        if base == seen:
            return local
        raise LedgerUnavailable(
            f"{self.what} here and on {self.repository.remote} went different ways"
            f" · keep ours with: git branch lost {self.ref}"
            f" and take theirs with: git update-ref {self.ref} {self.seen};"
            " what only ours holds then shows as adoptions"
        )


def fetch(repository: Repository, what: str, *names: str) -> None:
    """See what the remote has of several trees (a name may hold one `*`), in one request.

    Raises `LedgerUnavailable` where the remote can not be reached.
    """
    # A ref that is asked for by its full name and is not there is an error to git; one that a
    # pattern does not find is not. `[` and `?` mean nothing in a refspec, so `*` must serve.
    specs = [f"+{OURS}{_pattern(name)}:{_SEEN}{_pattern(name)}" for name in names]
    try:
        repository.fetch(*specs)
    except GitFailed as error:
        raise LedgerUnavailable(
            f"{what} can not be fetched from {repository.remote}: {error}"
            " · check the connection and the token, then run it again"
        ) from error


def _pattern(name: str) -> str:
    """`applied/shop` → `*/shop`, which finds every tree of a target in one request."""
    return name if "*" in name else "*/" + name.rsplit("/", 1)[-1] if "/" in name else name + "*"
