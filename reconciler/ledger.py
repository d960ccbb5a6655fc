"""The applied state: what we last wrote, per resource, in git.

A target's ledger is a commit under `refs/planogram/applied/<target>`, with one line a resource
in `<kind>/<two hex digits of sha256(key)>.jsonl`, the account's fingerprint in `account`, and in
`complete` the commit up to which all that was reviewed has been carried out.
Sandboxes keep theirs in a repository of their own, so that the user's refs are never touched.

Shards keep a commit cheap: with 100,000 rows only the shards that changed are written again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import ValidationError

from reconciler.journal import Remains, Row
from reconciler.model.address import Address, Key
from reconciler.model.change import Action
from reconciler.model.errors import LedgerUnavailable
from reconciler.model.outcome import Status
from reconciler.model.resource import Origin, Resource, State
from reconciler.model.spec import restore, stated
from reconciler.reftree import OURS, RefTree, fetch
from reconciler.repository import Repository

APPLIED: Final = "applied/"
_ACCOUNT: Final = "account"
_COMPLETE: Final = "complete"

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
    """One target's applied state. Changes are kept in memory until `commit`.

    account: the fingerprint of the account behind the target, once something was applied.
    complete: the commit of git up to which everything reviewed has been carried out.
    """

    repository: Repository
    target: str
    account: str | None = None
    complete: str | None = None
    entries: dict[tuple[str, Key], Entry] = field(default_factory=dict)
    _tree: RefTree = field(init=False)
    _dirty: set[Shard] = field(default_factory=set)
    _news: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tree = RefTree(self.repository, APPLIED + self.target, f"the ledger of {self.target}")

    @property
    def ref(self) -> str:
        return self._tree.ref

    @property
    def exists(self) -> bool:
        """Whether anything was ever applied to the target from here."""
        return self._tree.head is not None

    def fetch(self, *beside: str) -> None:
        """See what the remote has, of all that is kept about the target, and of other trees
        beside it. Raises `LedgerUnavailable` where the remote can not be reached."""
        fetch(self.repository, self._tree.what, self._tree.name, *beside)

    def load(self) -> Ledger:
        """Read the newest that is known: the local ref, or the remote's as it was last seen.

        Raises `LedgerUnavailable` where the two went different ways, or can not be read.
        """
        files = self._tree.load().files()
        self.entries.clear()
        self.account = files.pop(_ACCOUNT, "").strip() or None
        self.complete = files.pop(_COMPLETE, "").strip() or None
        for path, content in files.items():
            self._read_shard(path.split("/", 1)[0], content)
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

    def row(self, address: Address) -> Row | None:
        """What stands here of an address, as journals keep it."""
        entry = self.entries.get((address.kind, address.key))
        if entry is None:
            return None
        return {
            "spec": entry.spec,
            "remote": entry.remote,
            "origin": entry.origin.value,
            "intent": entry.intent,
        }

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
            self._news[_ACCOUNT] = f"{account}\n"

    def complete_up_to(self, commit: str) -> None:
        """All that was reviewed up to a commit has been carried out."""
        if self.complete != commit:
            self.complete = commit
            self._news[_COMPLETE] = f"{commit}\n"

    def commit(self, message: str) -> None:
        """Write what changed as one commit on top of the last one; nothing changed, no commit."""
        files = {**self._shards(), **self._news}
        if not files:
            return
        if not self.exists:
            files.setdefault(_ACCOUNT, f"{self.account or ''}\n")
        self._tree.commit(files, message)
        self._dirty.clear()
        self._news.clear()

    def push(self) -> None:
        """Publish the ref, unless somebody else moved it since it was fetched."""
        self._tree.push()

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

    def _shards(self) -> dict[str, str | None]:
        """The shards that changed, by path; None for one that has no row any more."""
        rows = self._rows_of(self._dirty)
        return {
            "/".join(shard) + ".jsonl": "".join(sorted(rows[shard])) if shard in rows else None
            for shard in self._dirty
        }

    def _rows_of(self, shards: set[Shard]) -> dict[Shard, list[str]]:
        rows: dict[Shard, list[str]] = {}
        for (kind, key), entry in self.entries.items():
            shard = _shard(kind, key)
            if shard in shards:
                rows.setdefault(shard, []).append(_line(key, entry))
        return rows


def ledgered_targets(repository: Repository) -> list[str]:
    """The targets of which something is managed here; an empty ledger is none."""
    return [
        ref.removeprefix(OURS + APPLIED)
        for ref in repository.refs(OURS + APPLIED)
        if any("/" in path for path in repository.paths(ref))
    ]


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
