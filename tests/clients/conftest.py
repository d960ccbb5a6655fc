"""A fresh market for each module of tests, as a process of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The living example's targets, and nothing wanted of them."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "desired").mkdir()
    shutil.copy(ROOT / "desired" / "targets.yaml", folder / "desired")
    return folder
