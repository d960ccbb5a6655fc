"""`planogram sandbox serve` as somebody runs it: a process, and the lines it says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Serving:
    """address: where it serves; trusted: the certificate to trust, of one that serves by HTTPS."""

    process: subprocess.Popen[str]
    address: str
    trusted: Path | None = None

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


@contextmanager
def serving(folder: Path, target: str, *, tls: bool = False) -> Iterator[Serving]:
    """The sandbox of a target of the workspace in this folder."""
    command = [sys.executable, "-m", "reconciler.cli", "sandbox", "serve", target]
    command += ["--tls"] if tls else []
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            served = Serving(process, process.stdout.readline().strip())
            served.trusted = Path(process.stdout.readline().strip()) if tls else None
            yield served
        finally:
            process.terminate()
