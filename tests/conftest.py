"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credential, git setting or colour of the machine reaches a test."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "SHOP_", "MARKET_", "PIM_", "CMS_")) or name == "NO_COLOR":
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "somebody@example.com")


def _extension(ending: str) -> type[SingleFileSnapshotExtension]:
    class Extension(SingleFileSnapshotExtension):
        _write_mode = WriteMode.TEXT
        file_extension = ending

    return Extension


@pytest.fixture
def markdown(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """A snapshot that is a real `.md` file, so that a reviewer sees it drawn."""
    return snapshot.use_extension(_extension("md"))


@pytest.fixture
def text(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """A snapshot that is a `.txt` file."""
    return snapshot.use_extension(_extension("txt"))


@pytest.fixture
def json_file(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """A snapshot that is a `.json` file."""
    return snapshot.use_extension(_extension("json"))
