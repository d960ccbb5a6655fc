"""Git, read: files at a revision, a branch's own way, who wrote a line; and our own refs."""

from __future__ import annotations

from pathlib import Path

import pytest
from git import Repo

from reconciler.model.errors import LedgerUnavailable, Usage
from reconciler.model.resource import Authorship
from reconciler.reftree import RefTree, fetch
from reconciler.repository import Repository, repository_of


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with two commits on main, and a merged branch."""
    repo = Repo.init(tmp_path / "here", initial_branch="main")
    for number in (1, 2):
        write(repo, "desired/ä b.yaml", f"one: {number}\ntwo: 2\n", f"change {number}")
    found = repository_of(tmp_path / "here")
    assert found is not None
    return found


def write(repo: Repo, path: str, text: str, message: str) -> str:
    file = Path(repo.working_dir) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    repo.git.add("-A")
    repo.git.commit("-q", "-m", message)
    return str(repo.head.commit.hexsha)


def shared(tmp_path: Path, count: int) -> list[Repository]:
    """Clones of one bare remote."""
    remote = Repo.init(tmp_path / "remote.git", bare=True)
    clones = [Repo.init(tmp_path / str(number)) for number in range(count)]
    for clone in clones:
        clone.create_remote("origin", str(remote.git_dir))
    return [Repository(clone, "origin") for clone in clones]


def test_files_are_read_at_a_revision(repository: Repository) -> None:
    """As they were then, whatever stands in the working tree now, and below a folder alone."""
    write(repository.repo, "other/file", "x", "another folder")

    assert repository.files("HEAD~2", "desired") == {"desired/ä b.yaml": b"one: 1\ntwo: 2\n"}
    assert sorted(repository.files("HEAD")) == ["desired/ä b.yaml", "other/file"]
    assert repository.files("HEAD", "nowhere") == {}


def test_a_revision_that_is_none_is_said(repository: Repository) -> None:
    """With its name; one that looks like an option is a name too."""
    assert repository.resolve("main") == repository.sha("refs/heads/main")
    for wrong in ("nowhere", "--all", "HEAD:desired"):
        with pytest.raises(Usage, match="is no commit of this repository"):
            repository.resolve(wrong)


def test_a_branchs_own_way_leaves_out_what_was_merged(repository: Repository) -> None:
    """First parents, oldest first; a merge counts as one step."""
    repo = repository.repo
    start = repository.resolve("main")
    repo.git.checkout("-q", "-b", "side")
    write(repo, "side", "1", "on the side")
    write(repo, "side", "2", "on the side again")
    repo.git.checkout("-q", "main")
    write(repo, "main", "1", "on main")
    repo.git.merge("-q", "--no-ff", "side", "-m", "merge \x1f side")
    steps = repository.first_parents(start, "main")

    assert [step.subject for step in steps] == ["on main", "merge \x1f side"]
    assert [len(step.parents) for step in steps] == [1, 2]
    assert len(repository.first_parents(None, "main")) == 4


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\x0b", "\x0c", "\x1e"])
def test_what_only_looks_like_a_lines_end_stays_in_a_subject(
    repository: Repository, mark: str
) -> None:
    """A pull request's title becomes a subject; it must not stop every apply that reads it."""
    write(repository.repo, "main", "1", f"one{mark}line")
    step = repository.first_parents(None, "main")[-1]

    assert step.subject == f"one{mark}line"


def test_each_line_knows_its_author_and_commit(repository: Repository) -> None:
    """Of a line that is not committed yet, and of an unknown file, nobody is named."""
    first, second = (step.sha for step in repository.first_parents(None, "main"))
    path = Path(repository.root) / "desired" / "ä b.yaml"
    path.write_text(path.read_text() + "three: 3\n")
    told = repository.blame("desired/ä b.yaml")

    assert told == [Authorship("Somebody", second), Authorship("Somebody", first), None]
    assert repository.blame("nowhere") == []


def test_what_everybody_shares_is_made_anew_where_another_was_quicker(tmp_path: Path) -> None:
    """Two append to one file at once: both lines are there."""
    one, two = (RefTree(clone, "history", "the history") for clone in shared(tmp_path, 2))

    def line(text: str, first: RefTree | None = None):  # type: ignore[no-untyped-def]
        def change(tree: RefTree) -> dict[str, str | None]:
            if first is not None and not tree.files():
                first.share(line("one"), "one")
            return {"rows": tree.files().get("rows", "") + text + "\n"}

        return change

    two.share(line("two", first=one), "two")
    one.fetch()

    assert one.load().files() == {"rows": "one\ntwo\n"}


def test_all_that_is_kept_about_a_target_comes_in_one_request(tmp_path: Path) -> None:
    """Every tree of the target, and of no other; what the remote dropped is dropped."""
    one, two = shared(tmp_path, 2)
    for name in ("applied/shop", "frozen/shop", "applied/shop-eu"):
        RefTree(one, name, name).share(lambda tree: {"file": tree.name}, "made")
    fetch(two, "all", "applied/shop")
    seen = set(two.refs("refs/planogram/seen"))
    one.push(":refs/planogram/frozen/shop")
    fetch(two, "all", "applied/shop")

    assert seen == {"refs/planogram/seen/applied/shop", "refs/planogram/seen/frozen/shop"}
    assert set(two.refs("refs/planogram/seen")) == {"refs/planogram/seen/applied/shop"}


def test_an_unreachable_remote_is_said(tmp_path: Path) -> None:
    """With what was wanted and what to do."""
    repo = Repo.init(tmp_path / "clone")
    repo.create_remote("origin", str(tmp_path / "nowhere.git"))

    with pytest.raises(LedgerUnavailable, match="the history can not be fetched from origin"):
        fetch(Repository(repo, "origin"), "the history", "history")


def test_a_token_goes_to_its_own_server_alone(repository: Repository) -> None:
    """It stands in the environment of git's requests, in no file; other servers do not get it."""
    for url, is_sent in (("https://example.com/a/b", True), ("https://other.com/a/b", False)):
        repo = repository.repo
        if repo.remotes:
            repo.delete_remote(repo.remotes[0])
        repo.create_remote("origin", url)
        there = Repository(Repo(repo.working_dir), "origin")
        there.authenticate("secret", "https://example.com")
        environment = there.repo.git.environment()

        assert ("GIT_CONFIG_VALUE_0" in environment) is is_sent
        assert "secret" not in (Path(repo.git_dir) / "config").read_text()
