"""Runbooks are procedures that were run: every command block is run here, from the page itself.

A page begins in a clone of the living example with a bare remote. `<!-- begins: applied -->` says
that everything was applied before, `fresh` that nothing was. In a block, `# exits 11` behind a
command is its expected exit code. A `text` block after it is what the block prints: each of its
lines must be there, `…` standing for anything. `<!-- not run: why -->` excuses a block.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
PROCEDURES = [page for page in PAGES if page.name != "README.md"]

BLOCK = re.compile(
    r"(?:<!-- not run: (?P<why>[^>]+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL
)
LONGEST = 300
"""Seconds for a block: one that leaves something running on its output would never end."""

BEGINS = re.compile(r"<!-- begins: (fresh|applied) -->")


@dataclass(frozen=True)
class Block:
    commands: str
    shown: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """The blocks that are run, each with the lines that it is said to print."""
    found: list[Block] = []
    for match in BLOCK.finditer(text):
        if match["kind"] == "sh" and not match["why"]:
            found.append(Block(match["text"], ()))
        elif match["kind"] == "text" and found:
            found[-1] = Block(found[-1].commands, tuple(match["text"].splitlines()))
    return found


def script(commands: str) -> str:
    """The commands with `# exits N` turned into a check."""
    checked = re.sub(
        r"^(?P<command>.*\S)\s+# exits (?P<code>\d+)$",
        r"code=0; \g<command> || code=$?; [ $code -eq \g<code> ]",
        commands,
        flags=re.MULTILINE,
    )
    return f'set -euo pipefail\n{checked}\npwd > "$WHERE"'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the living example, shared through a bare remote."""
    folder = tmp_path / "catalog"
    shutil.copytree(ROOT / "desired", folder / "desired")
    (folder / ".gitignore").write_text(".planogram/\n")
    for command in (
        f"git init -q -b main {folder}",
        f"git init -q --bare -b main {tmp_path / 'remote.git'}",
        f"git -C {folder} remote add origin {tmp_path / 'remote.git'}",
        f"git -C {folder} config user.name Ada",
        f"git -C {folder} config user.email ada@example.com",
        f"git -C {folder} add -A",
        f"git -C {folder} commit -q -m begin",
        f"git -C {folder} push -q -u origin main",
    ):
        subprocess.run(command.split(), check=True, capture_output=True)
    return folder


def where(clone: Path) -> Path:
    """The folder that the block before ended in, as in one terminal."""
    told = clone.parent / "where"
    return Path(told.read_text().strip()) if told.exists() else clone


def run(commands: str, folder: Path) -> str:
    """What the commands print on stdout and stderr. They must succeed."""
    told = subprocess.run(
        ["bash", "-c", script(commands)],
        cwd=where(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=LONGEST,
        env=os.environ
        | {
            "WHERE": str(folder.parent / "where"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
    )
    assert told.returncode == 0, f"{commands}\nprinted:\n{told.stdout}"
    return told.stdout


def prints(output: str, line: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in line.strip().split("…"))
    return re.search(pattern, output) is not None


@pytest.mark.extended
@pytest.mark.parametrize("page", PROCEDURES, ids=lambda page: page.stem)
def test_a_runbook_runs(page: Path, clone: Path) -> None:
    """From its first block to its last, printing what it says it prints."""
    text = page.read_text()
    begins = BEGINS.search(text)
    assert begins is not None, "say <!-- begins: fresh --> or applied"
    if begins[1] == "applied":
        run("planogram apply --yes", clone)
    for block in blocks(text):
        output = run(block.commands, clone)
        missing = [line for line in block.shown if not prints(output, line)]

        assert missing == [], f"{block.commands}\nprinted:\n{output}"


@pytest.mark.parametrize("page", PROCEDURES, ids=lambda page: page.stem)
def test_a_runbook_has_something_to_run(page: Path) -> None:
    """And excuses at most two blocks, each with a reason."""
    excused = [match["why"] for match in BLOCK.finditer(page.read_text()) if match["why"]]

    assert blocks(page.read_text())
    assert len(excused) <= 2


def test_every_runbook_is_in_the_index() -> None:
    """The index leads to each page."""
    index = (ROOT / "docs" / "runbooks" / "README.md").read_text()

    assert [page.name for page in PROCEDURES if f"({page.name})" not in index] == []


def test_a_wrong_exit_code_or_output_is_seen(clone: Path) -> None:
    """The check is checked."""
    with pytest.raises(AssertionError):
        run("planogram validate # exits 3", clone)
    with pytest.raises(AssertionError):
        run("false", clone)

    assert not prints("one line\nanother", "one … another line")
    assert prints("one  line", "one … line")
