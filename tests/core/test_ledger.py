"""The applied state in git: kept, read back, shared, never lost and never taken from others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from git import Repo

from reconciler.ledger import Entry, Ledger, ledgered_targets
from reconciler.model.errors import LedgerUnavailable
from reconciler.model.resource import Origin
from reconciler.repository import Repository, own_repository, repository_of
from tests.toy import KINDS, resource

SPECS = {kind.name: kind.spec for kind in KINDS}


def shelf(key: str, title: str = "A"):  # type: ignore[no-untyped-def]
    return replace(resource("shelf", key, title=title), origin=Origin.CREATED, intent="i")


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    return own_repository(tmp_path / "ledger.git")


@pytest.fixture
def shared(tmp_path: Path) -> tuple[Repository, Repository]:
    """Two clones of one bare remote, each with a commit so that they are alike real ones."""
    remote = Repo.init(tmp_path / "remote.git", bare=True)
    clones = [Repo.init(tmp_path / name) for name in ("one", "two")]
    for clone in clones:
        clone.create_remote("origin", str(remote.git_dir))
    one, two = (Repository(clone, "origin") for clone in clones)
    return one, two


def test_what_is_committed_is_read_back(repo: Repository) -> None:
    """Spec, remote, origin and intent survive; the state is made through today's specs."""
    ledger = Ledger(repo, "toy").load()
    ledger.belongs_to("account")
    ledger.record(shelf("a"))
    ledger.commit("first")
    again = Ledger(repo, "toy").load()

    assert again.account == "account"
    assert again.entries == {("shelf", "a"): Entry({"title": "A"}, "#a", Origin.CREATED, "i")}
    assert [r.spec.title for r in again.state(SPECS).values()] == ["A"]


def test_nothing_new_makes_no_commit(repo: Repository) -> None:
    """Recording what stands there already leaves the ref where it is."""
    ledger = Ledger(repo, "toy").load()
    ledger.record(shelf("a"))
    ledger.commit("first")
    before = repo.sha(ledger.ref)
    ledger.record(shelf("a"))
    ledger.commit("second")

    assert repo.sha(ledger.ref) == before


def test_only_shards_that_changed_are_written(repo: Repository) -> None:
    """One of 500 rows moves: one blob is new."""
    ledger = Ledger(repo, "toy").load()
    for number in range(500):
        ledger.record(shelf(f"s{number}"))
    ledger.commit("first")
    ledger.record(shelf("s7", "B"))
    ledger.commit("second")
    changed = repo.repo.git.diff("--name-only", f"{ledger.ref}~1", ledger.ref).splitlines()

    assert len(changed) == 1


def test_a_row_that_is_forgotten_leaves_no_empty_shard(repo: Repository) -> None:
    """The last row of a shard takes the file with it."""
    ledger = Ledger(repo, "toy").load()
    ledger.record(shelf("a"))
    ledger.commit("first")
    ledger.forget(shelf("a").address)
    ledger.commit("second")

    assert repo.paths(ledger.ref) == ["account"]


def test_a_row_that_no_longer_fits_its_spec_is_not_trusted(repo: Repository) -> None:
    """A changed spec cannot invent a difference: of such a row only the remote is known."""
    ledger = Ledger(repo, "toy").load()
    ledger.entries["shelf", "a"] = Entry({"title": 5}, "#a", Origin.CREATED, None)
    (row,) = ledger.state(SPECS).values()

    assert (row.remote, row.spec) == ("#a", SPECS["shelf"]())


def test_another_runs_ledger_is_not_overwritten(repo: Repository) -> None:
    """Two runs start from one state: the second to commit is told."""
    first, second = Ledger(repo, "toy").load(), Ledger(repo, "toy").load()
    first.record(shelf("a"))
    first.commit("first")
    second.record(shelf("b"))

    with pytest.raises(LedgerUnavailable, match="another run"):
        second.commit("second")


def test_the_users_own_refs_are_untouched(tmp_path: Path) -> None:
    """Ledgers live under refs/planogram and nowhere else: HEAD, branches, index, files stay."""
    repo = Repo.init(tmp_path)
    (tmp_path / "file").write_text("x")
    repo.index.add(["file"])
    repo.index.commit("a user's commit")
    before = repo.git.for_each_ref("refs/heads", "refs/tags"), repo.git.status("--porcelain")
    ours = repository_of(tmp_path)
    assert ours is not None
    ledger = Ledger(ours, "toy").load()
    ledger.record(shelf("a"))
    ledger.commit("first")

    assert before == (repo.git.for_each_ref("refs/heads", "refs/tags"), repo.git.status("-s"))
    assert ledgered_targets(ours) == ["toy"]


def test_a_ledger_is_shared_through_the_remote(shared: tuple[Repository, Repository]) -> None:
    """One clone pushes, the other fetches, goes on, and pushes in its turn."""
    one, two = shared
    here = Ledger(one, "toy")
    here.fetch()
    here.load().record(shelf("a"))
    here.commit("first")
    here.push()
    there = Ledger(two, "toy")
    there.fetch()
    there.load().record(shelf("b"))
    there.commit("second")
    there.push()
    here.fetch()

    assert sorted(here.load().entries) == [("shelf", "a"), ("shelf", "b")]


def test_a_push_never_overwrites_what_somebody_else_pushed(
    shared: tuple[Repository, Repository],
) -> None:
    """The lease is on what was fetched: the slower one is told, and both histories stay."""
    ledgers = [Ledger(clone, "toy") for clone in shared]
    for number, ledger in enumerate(ledgers):
        ledger.fetch()
        ledger.load().record(shelf(str(number)))
        ledger.commit("mine")
    ledgers[0].push()

    with pytest.raises(LedgerUnavailable, match="not pushed"):
        ledgers[1].push()
    ledgers[1].fetch()
    with pytest.raises(LedgerUnavailable, match="different ways"):
        ledgers[1].load()


def test_an_unpushed_ledger_is_kept(shared: tuple[Repository, Repository]) -> None:
    """The remote is behind: fetching does not throw the local rows away."""
    ledger = Ledger(shared[0], "toy")
    ledger.load().record(shelf("a"))
    ledger.commit("first")
    ledger.push()
    ledger.record(shelf("b"))
    ledger.commit("second")
    ledger.fetch()

    assert len(ledger.load().entries) == 2


def test_an_unreachable_remote_is_said(tmp_path: Path) -> None:
    """No ref is a first run; no answer is not."""
    repo = Repo.init(tmp_path / "clone")
    repo.create_remote("origin", str(tmp_path / "nowhere.git"))

    with pytest.raises(LedgerUnavailable, match="can not be fetched"):
        Ledger(Repository(repo, "origin"), "toy").fetch()
