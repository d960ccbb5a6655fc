"""The applied state: what we last wrote, per resource, in git. The one home of gitpython.

A target's ledger is a commit under `refs/planogram/applied/<target>`, with one line a resource
in `<kind>/<two hex digits of sha256(key)>.jsonl` and the account's fingerprint in `account`.
Sandboxes keep theirs in a repository of their own, so that the user's refs are never touched.

Shards keep a commit cheap: with 100,000 rows only the shards that changed are written again.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from git import Blob, GitCommandError, InvalidGitRepositoryError, NoSuchPathError, Repo
from pydantic import ValidationError

from reconciler.journal import Remains, Row
from reconciler.model.address import Address, Key
from reconciler.model.change import Action
from reconciler.model.errors import LedgerUnavailable
from reconciler.model.outcome import Status
from reconciler.model.resource import Origin, Resource, State
from reconciler.model.spec import restore, stated

APPLIED: Final = "refs/planogram/applied/"
_SEEN: Final = "refs/planogram/seen/"
_ACCOUNT: Final = "account"
_COMMITTER: Final = "Planogram <planogram@localhost>"

Shard = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger line: the spec as achieved, and how it came to be ours. `spec` is empty for a
    resource that we tried to create and of which nothing more is known. `maybe` are owned values
    by path that a write without an answer may have left."""

    spec: Row
    remote: str | None
    origin: Origin
    intent: str | None
    maybe: Row = field(default_factory=dict)


@dataclass
class Ledger:
    """One target's applied state. Changes are kept in memory until `commit`."""

    repo: Repo
    target: str
    remote: str | None = None
    account: str | None = None
    entries: dict[tuple[str, Key], Entry] = field(default_factory=dict)
    _head: str | None = None
    _dirty: set[Shard] = field(default_factory=set)
    _account_is_new: bool = False

    @property
    def ref(self) -> str:
        return APPLIED + self.target

    @property
    def exists(self) -> bool:
        """Whether anything was ever applied to the target from here."""
        return self._head is not None

    def fetch(self) -> None:
        """See what the remote has; the local ref stays where it is. No ref there is a first run.

        Raises `LedgerUnavailable` where the remote can not be reached.
        """
        if self.remote is None:
            return
        seen = _SEEN + self.target
        try:
            if not self.repo.git.ls_remote(self.remote, self.ref):
                self.repo.git.update_ref("-d", seen)
                return
            self.repo.git.fetch(self.remote, f"+{self.ref}:{seen}", "--no-tags", "--quiet")
        except GitCommandError as error:
            raise LedgerUnavailable(
                f"the ledger of {self.target} can not be fetched from {self.remote}:"
                f" {_words(error)} · check the connection and the token, then run it again"
            ) from error

    def load(self) -> Ledger:
        """Read the newest that is known: the local ref, or the remote's as it was last seen.

        Raises `LedgerUnavailable` where the two went different ways, or can not be read.
        """
        self._head = self._newest()
        self.entries.clear()
        if self._head is None:
            return self
        tree = self.repo.commit(self._head).tree
        self.account = _content(tree / _ACCOUNT).strip()
        for kind in tree.trees:
            for shard in kind.blobs:
                self._read_shard(kind.name, _content(shard))
        self.repo.git.clear_cache()  # ends the `git cat-file` that read the shards
        return self

    def state(self, specs: Mapping[str, type]) -> State:
        """The applied state, read back through today's specs. A row that no longer fits its spec
        counts as one of which nothing is known but its remote; one of a kind that is gone is left
        out."""
        result: dict[Address, Resource[Any]] = {}
        for (kind, key), entry in self.entries.items():
            if kind in specs:
                address = Address(self.target, kind, key)
                result[address] = Resource(
                    address,
                    _restored(specs[kind], entry.spec),
                    remote=entry.remote,
                    origin=entry.origin,
                    intent=entry.intent,
                    maybe=entry.maybe,
                )
        return result

    def record(self, resource: Resource[Any]) -> None:
        """Take a resource as applied, as it is."""
        origin = resource.origin or Origin.ADOPTED
        entry = Entry(stated(resource.spec), resource.remote, origin, resource.intent)
        self._put(resource.address, entry)

    def forget(self, address: Address) -> None:
        if self.entries.pop((address.kind, address.key), None):
            self._dirty.add(_shard(address.kind, address.key))

    def fold(self, rows: Iterable[Row]) -> None:
        """Take in outcome rows of a journal."""
        for row in rows:
            self._fold(Address.parse(row["outcome"]), row)

    def fold_remains(self, left: Remains) -> None:
        """Take in what a killed run left: its outcomes, and that it may have created what it
        was about to create."""
        self.fold(left.rows.values())
        for address, row in left.unanswered.items():
            self._fold_unknown(address, row, row["after"])

    def belongs_to(self, account: str) -> None:
        """Bind a new ledger to an account; a bound one stays bound."""
        if self.account is None:
            self.account = account
            self._account_is_new = True

    def commit(self, message: str) -> None:
        """Write what changed as one commit on top of the last one; nothing changed, no commit."""
        if not self._dirty and not self._account_is_new:
            return
        try:
            with TemporaryFile() as stream:
                stream.write(self._commit_stream(message))
                stream.seek(0)
                self.repo.git.fast_import("--quiet", "--date-format=raw", istream=stream)
        except GitCommandError as error:
            raise LedgerUnavailable(
                f"the ledger of {self.target} was moved by another run: {_words(error)}"
                " · run it again: what was written stands in the journal"
            ) from error
        self._head = self._sha(self.ref)
        self._dirty.clear()
        self._account_is_new = False

    def push(self) -> None:
        """Publish the ref, unless somebody else moved it since it was fetched."""
        known = self._sha(_SEEN + self.target) or ""
        has_news = self._head not in (None, known) and self._head == self._sha(self.ref)
        if self.remote is None or not has_news:
            return
        try:
            self.repo.git.push(
                self.remote,
                f"{self.ref}:{self.ref}",
                f"--force-with-lease={self.ref}:{known}",
                "--quiet",
                "--no-verify",
            )
        except GitCommandError as error:
            raise LedgerUnavailable(
                f"the ledger of {self.target} was not pushed to {self.remote}: {_words(error)}"
                " · it stands in the local ref: run apply again to push it"
            ) from error
        self.repo.git.update_ref(_SEEN + self.target, self._head)

    def _newest(self) -> str | None:
        local, seen = self._sha(self.ref), self._sha(_SEEN + self.target)
        if local is None or seen is None or local == seen:
            return local or seen
        base = self.repo.git.merge_base(local, seen, with_exceptions=False)
        if base == local:
            return seen
        if base == seen:
            return local
        raise LedgerUnavailable(
            f"the ledger of {self.target} here and on {self.remote} went different ways"
            f" · keep ours with: git branch lost {self.ref}"
            f" and take theirs with: git update-ref {self.ref} {_SEEN}{self.target};"
            " what only ours holds then shows as adoptions"
        )

    def _fold(self, address: Address, row: Row) -> None:
        before = self.entries.get((address.kind, address.key))
        status, action = Status(row["status"]), Action(row["action"])
        if row.get("unknown") is not None:
            self._fold_unknown(address, row, row["unknown"])
        elif status is Status.FAILED and row["remote"] and action is Action.CREATE:
            self._put(address, Entry({}, row["remote"], Origin.CREATED, row["intent"]))
        elif not (status.is_fine or status is Status.ALTERED):
            return
        elif row["spec"] is None:
            self.forget(address)
        else:
            keeps = before is not None and action is Action.UPDATE
            origin = before.origin if before and keeps else Origin(row["origin"])
            self._put(address, Entry(row["spec"], row["remote"], origin, row["intent"]))

    def _fold_unknown(self, address: Address, row: Row, after: Row) -> None:
        """A write of which it is not known whether it was carried out: a creation may have made
        the resource, anything else may have left the values that it was to write."""
        before = self.entries.get((address.kind, address.key))
        if before is not None:
            self._put(address, replace(before, maybe={**before.maybe, **after}))
        elif row["action"] == Action.CREATE:
            self._put(address, Entry({}, row["remote"], Origin.CREATED, row["intent"]))

    def _put(self, address: Address, entry: Entry) -> None:
        if self.entries.get((address.kind, address.key)) != entry:
            self.entries[address.kind, address.key] = entry
            self._dirty.add(_shard(address.kind, address.key))

    def _read_shard(self, kind: str, content: str) -> None:
        try:
            for line in filter(None, content.split("\n")):
                row = json.loads(line)
                self.entries[kind, row["key"]] = Entry(
                    row["spec"],
                    row["remote"],
                    Origin(row["origin"]),
                    row["intent"],
                    row.get("maybe") or {},
                )
        except (ValueError, KeyError) as error:
            raise LedgerUnavailable(
                f"the ledger of {self.target} can not be read: {error}"
                f" · look at it with: git show {self.ref}:{kind}"
            ) from error

    def _commit_stream(self, message: str) -> bytes:
        """The commit in `git fast-import`'s language: one process for any number of shards."""
        parts = [
            f"commit {self.ref}\n".encode(),
            f"committer {_COMMITTER} {int(time.time())} +0000\n".encode(),
            _data(message),
            f"from {self._head}\n".encode() if self._head else b"",
            b"M 100644 inline account\n" + _data(f"{self.account or ''}\n"),
        ]
        rows = self._rows_of(self._dirty)
        for shard in sorted(self._dirty):
            path = "/".join(shard) + ".jsonl"
            if lines := rows.get(shard):
                parts.append(f"M 100644 inline {path}\n".encode() + _data("".join(sorted(lines))))
            else:
                parts.append(f"D {path}\n".encode())
        return b"".join(parts)

    def _rows_of(self, shards: set[Shard]) -> dict[Shard, list[str]]:
        rows: dict[Shard, list[str]] = {}
        for (kind, key), entry in self.entries.items():
            shard = _shard(kind, key)
            if shard in shards:
                rows.setdefault(shard, []).append(_line(key, entry))
        return rows

    def _sha(self, ref: str) -> str | None:
        return self.repo.git.for_each_ref(ref, format="%(objectname)") or None


def repository_of(folder: Path) -> Repo | None:
    """The git repository that a folder lies in, if any."""
    try:
        return Repo(folder, search_parent_directories=True)
    except (InvalidGitRepositoryError, NoSuchPathError):
        return None


def own_repository(folder: Path) -> Repo:
    """A bare repository for ledgers alone, made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return Repo(folder) if (folder / "HEAD").exists() else Repo.init(folder, bare=True)


def remote_of(repo: Repo) -> str | None:
    """The remote that ledgers are shared through: `origin`, else the only one there is."""
    names = [remote.name for remote in repo.remotes]
    if "origin" in names:
        return "origin"
    return names[0] if len(names) == 1 else None


def ledgered_targets(repo: Repo) -> list[str]:
    """The targets of which something is managed here; an empty ledger is none."""
    refs = repo.git.for_each_ref(APPLIED, format="%(refname)").split()
    held = [ref for ref in refs if repo.git.ls_tree("-d", "--name-only", ref)]
    return [ref.removeprefix(APPLIED) for ref in held]


def _restored(spec_type: type, row: Row) -> Any:
    try:
        return restore(spec_type, row)
    except ValidationError:
        return spec_type()


def _shard(kind: str, key: Key) -> Shard:
    return kind, hashlib.sha256(key.encode()).hexdigest()[:2]


def _line(key: Key, entry: Entry) -> str:
    row = {
        "key": key,
        "spec": entry.spec,
        "remote": entry.remote,
        "origin": entry.origin.value,
        "intent": entry.intent,
    }
    if entry.maybe:
        row["maybe"] = entry.maybe
    return json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"


def _content(blob: Any) -> str:
    assert isinstance(blob, Blob)
    text: str = blob.data_stream.read().decode()
    return text


def _data(text: str) -> bytes:
    content = text.encode()
    return f"data {len(content)}\n".encode() + content + b"\n"


def _words(error: GitCommandError) -> str:
    return " ".join(str(error.stderr or error).replace("stderr:", "").split())[:300]
