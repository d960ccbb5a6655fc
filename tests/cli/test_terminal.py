"""On a terminal, `apply` shows the plan and asks; nothing is written without a yes."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest

from tests.workshop import Workshop

TAXONOMY = "targets: [market]\ntaxonomy: gsv_asked\nlabel: Asked\ninput: boolean\n"


def answered(folder: Path, answer: bytes) -> tuple[int, str]:
    """Exit code and screen of an apply on a terminal whose user answers so."""
    child, screen = pty.fork()
    if child == 0:  # The child becomes the command.
        os.chdir(folder)
        os.execv(sys.executable, [sys.executable, "-m", "reconciler.cli", "apply"])
    shown, asked, deadline = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([screen], [], [], 0.2)[0]:
            continue
        try:
            shown += os.read(screen, 65_536)
        except OSError:  # The child has closed the terminal.
            break
        if not asked and b"[y/n]" in shown:
            asked = os.write(screen, answer) > 0
    os.close(screen)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_apply_asks_and_does_what_it_is_told(tmp_path: Path) -> None:
    """No: exit 4, nothing written. Yes: done, and nothing is left."""
    shop = Workshop(tmp_path, "saleor", "market", {"create": "attributes"})
    shop.write({"taxonomies/asked.yaml": TAXONOMY})
    code, screen = answered(tmp_path, b"n\n")
    assert code == 4, screen
    assert "Carry out 1 change?" in screen
    assert not shop.plan().is_empty
    code, screen = answered(tmp_path, b"y\n")

    assert code == 0, screen
    assert "Apply: 1 done" in screen
    assert shop.plan().is_empty
