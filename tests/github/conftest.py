"""An emulated GitHub with one commit, served on loopback, and a runner for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from tests.github.bare import Bare
from tests.github.description import FILE, Description, load
from tests.github.doors import Doors, opened
from tests.github.emulated import GitHub
from tests.github.runner import Runner
from tests.github.smart_http import protect

_IDENTITY = tuple(product(("AUTHOR", "COMMITTER"), ("NAME", "EMAIL")))


@pytest.fixture(autouse=True)
def _not_on_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a machine that is itself a runner of GitHub's reaches a test."""
    for name in list(os.environ):
        if name == "CI" or name.startswith(("GITHUB_", "ACTIONS_", "RUNNER_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def description() -> Description:
    """GitHub's OpenAPI description, read once."""
    if not FILE.is_file():
        pytest.skip(f"{FILE.name} is not beside the checkout (../shared/schemas)")
    return load()


@pytest.fixture(scope="session")
def one_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository with one commit on main, to be copied."""
    made = Bare.create(tmp_path_factory.mktemp("template") / "catalog.git")
    protect(made.path)
    tree = made.git("mktree", text="")
    people = {f"GIT_{role}_{field}": "somebody@example.com" for role, field in _IDENTITY}
    made.move("refs/heads/main", made.git("commit-tree", tree, "-m", "Begin", env=people))
    return made.path


@pytest.fixture
def bare(one_commit: Path, tmp_path: Path) -> Bare:
    """The repository behind a test's GitHub."""
    return Bare(Path(shutil.copytree(one_commit, tmp_path / "catalog.git")))


@pytest.fixture(scope="session")
def doors() -> Iterator[Doors]:
    """The addresses on loopback, the same for all tests of a process."""
    with opened() as made:
        yield made


@pytest.fixture
def github(bare: Bare, description: Description, doors: Doors) -> Iterator[GitHub]:
    """The emulation; a request or an answer that GitHub's description forbids fails the test."""
    made = GitHub(bare, description)
    with doors.showing(made):
        yield made

    assert made.violations == []


@pytest.fixture
def runner(github: GitHub, tmp_path: Path) -> Runner:
    """A runner that takes the workflow files from the event's commit."""
    folder = tmp_path / "machines"
    folder.mkdir()
    return Runner(github, folder)
