"""Commits to branches of a bare repository, without a working copy."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.github.bare import Bare


def commit(
    bare: Bare, branch: str, files: Mapping[str, str | None], message: str, base: str
) -> str:
    """Write or delete files in one commit; the branch's new tip."""
    parent = bare.tip(branch) or bare.sha(base)
    with tempfile.TemporaryDirectory() as folder:
        env = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        if parent:
            bare.git("read-tree", parent, env=env)
        bare.git("update-index", "--index-info", text=_index(bare, files), env=env)
        tree = bare.git("write-tree", env=env)
    parents = ["-p", parent] if parent else []
    made = bare.git("commit-tree", tree, *parents, "-F", "-", text=message)
    bare.move(f"refs/heads/{branch}", made)
    return made


def _index(bare: Bare, files: Mapping[str, str | None]) -> str:
    return "".join(f"{_entry(bare, text)}\t{path}\n" for path, text in files.items())


def _entry(bare: Bare, text: str | None) -> str:
    if text is None:
        return f"0 {'0' * 40}"
    return f"100644 {bare.git('hash-object', '-w', '--stdin', text=text)}"
