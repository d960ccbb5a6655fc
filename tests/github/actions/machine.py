"""The machine that a job runs on: folders, variables, and a shell started as GitHub starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.github.actions.commands import FileCommandError, pairs

SHELLS: Final = {
    None: ("sh", ["bash", "-e", "{0}"]),
    "bash": ("sh", ["bash", "--noprofile", "--norc", "-eo", "pipefail", "{0}"]),
    "sh": ("sh", ["sh", "-e", "{0}"]),
    "python": ("py", [sys.executable, "{0}"]),
}
FILES: Final = ("ENV", "OUTPUT", "PATH", "STEP_SUMMARY", "STATE")
LONGEST: Final = 120.0
"""Seconds after which a step is ended, whatever the workflow says: tests must not hang."""


class TimedOut(Exception):
    """A script took longer than it may."""

    def __init__(self, log: str) -> None:
        super().__init__("timed out")
        self.log = log


@dataclass
class Machine:
    """A fresh machine. Nothing of the real one's settings is visible, but its programs are."""

    root: Path
    variables: Mapping[str, str]
    """What the machine itself sets, such as `GITHUB_SHA`."""
    env: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    masks: list[str] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        for folder in (self.workspace, self.temp, self.home):
            folder.mkdir(parents=True)

    @property
    def workspace(self) -> Path:
        return self.root / "work" / "catalog"

    @property
    def temp(self) -> Path:
        return self.root / "temp"

    @property
    def home(self) -> Path:
        return self.root / "home"

    def new_files(self) -> dict[str, Path]:
        """Empty files for a step's commands."""
        self._count += 1
        folder = self.temp / "_runner_file_commands"
        folder.mkdir(exist_ok=True)
        files = {name: folder / f"{name.lower()}_{self._count}" for name in FILES}
        for file in files.values():
            file.touch()
        return files

    def shell(
        self,
        script: str,
        shell: str | None,
        folder: Path,
        env: Mapping[str, str],
        seconds: float = LONGEST,
    ) -> tuple[int, str]:
        """Write the script to a file and run it; exit code and log. Raises `TimedOut`."""
        ending, words = SHELLS[shell]
        file = self.temp / f"script_{self._count}.{ending}"
        file.write_text(script, encoding="utf-8")
        command = [word.replace("{0}", str(file)) for word in words]
        return self.run(command, folder, env, seconds)

    def run(
        self,
        command: list[str],
        folder: Path,
        env: Mapping[str, str] = {},
        seconds: float = LONGEST,
    ) -> tuple[int, str]:
        """Run a program as a step would; both its outputs are one log."""
        with subprocess.Popen(
            command,
            cwd=folder,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process:
            try:
                log, _ = process.communicate(timeout=min(seconds, LONGEST))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise TimedOut(process.communicate()[0]) from None
        return process.returncode, log

    def environment(self, env: Mapping[str, str]) -> dict[str, str]:
        """All variables of a step; those of the machine cannot be replaced."""
        programs = [*self.paths[::-1], str(Path(sys.executable).parent), os.environ["PATH"]]
        return {
            "PATH": ":".join(programs),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "PIP_NO_INDEX": "1",
            **self.env,
            **env,
            **self.variables,
        }

    def take(self, files: Mapping[str, Path]) -> dict[str, str]:
        """Obey a step's files; its outputs. Raises `FileCommandError`."""
        self.env |= dict(self._allowed(_read(files["ENV"], "env")))
        self.paths += files["PATH"].read_text(encoding="utf-8").splitlines()
        return dict(_read(files["OUTPUT"], "output"))

    def _allowed(self, wanted: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        for name, value in wanted:
            if name == "NODE_OPTIONS" or name.startswith(("GITHUB_", "RUNNER_")):
                raise FileCommandError(f"Can't store {name} in GITHUB_ENV")
            yield name, value


def _read(file: Path, kind: str) -> Iterator[tuple[str, str]]:
    try:
        yield from pairs(file.read_text(encoding="utf-8"))
    except FileCommandError as error:
        words = f"Unable to process file command '{kind}' successfully. {error}"
        raise FileCommandError(words) from None
