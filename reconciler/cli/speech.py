"""What is said where: reports on stdout, progress and errors on stderr, JSON alone on stdout."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.text import Text

from reconciler.model.errors import InvalidDesiredState, PlanogramError
from reconciler.provider import PlatformError
from reports.data import problems_data
from reports.view import clean


def stdout() -> Console:
    """Rich obeys NO_COLOR and a stdout that is no terminal by itself."""
    return Console(highlight=False)


def stderr() -> Console:
    return Console(stderr=True, highlight=False)


def warn(text: str) -> None:
    """What went wrong beside the matter, on stderr."""
    stderr().print(Text(clean(f"! {text}"), "yellow"), soft_wrap=True)


def print_json(data: Any) -> None:
    """The one JSON object of a command. What a terminal would obey is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    sys.stdout.write(_SUSPECT.sub(_escaped, text) + "\n")


_SUSPECT: Final = re.compile(r"[^\n\x20-\x7e]")
"""What may be something else than a plain character."""


def _escaped(found: re.Match[str]) -> str:
    return found[0] if clean(found[0]) == found[0] else f"\\u{ord(found[0]):04x}"


def is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextmanager
def told_plainly(*, as_json: bool, stopped: str = "stopped") -> Iterator[None]:
    """Errors end the command with their words and their exit code, never with a traceback.

    stopped: what is said when somebody interrupts it.
    """
    try:
        yield
    except (PlanogramError, PlatformError, OSError) as error:
        code = error.exit_code if isinstance(error, PlanogramError) else 1
        if as_json:
            print_json({"error": _error_data(error), "exit_code": code})
        else:
            _print_error(error)
        raise typer.Exit(code) from error
    except KeyboardInterrupt:
        stderr().print(stopped)
        raise typer.Exit(130) from None


class Bar:
    """A bar on stderr, or a spinner without a total; nothing where that is no terminal, or where
    it never began: what is held has its outcome without a beginning."""

    _task: TaskID | None = None

    def __init__(self, *, quiet: bool) -> None:
        console = stderr()
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._task: TaskID | None = None

    def begin(self, text: str, total: int | None = None) -> None:
        self._bar.start()
        self._task = self._bar.add_task(text, total=total)

    def advance(self) -> None:
        if self._task is not None:
            self._bar.advance(self._task)

    def end(self) -> None:
        self._bar.stop()


@contextmanager
def progress(*, quiet: bool) -> Iterator[Bar]:
    bar = Bar(quiet=quiet)
    try:
        yield bar
    finally:
        bar.end()


def _print_error(error: Exception) -> None:
    console = stderr()
    if isinstance(error, InvalidDesiredState):
        for problem in error.problems:
            console.print(Text(clean(str(problem)), "red"), soft_wrap=True)
        count = len(error.problems)
        console.print(Text(f"{count} problem{'s' if count != 1 else ''}: nothing was done", "bold"))
    else:
        console.print(Text(clean(f"error: {error}"), "red"), soft_wrap=True)


def _error_data(error: Exception) -> dict[str, Any]:
    data: dict[str, Any] = {"message": str(error), "kind": type(error).__name__}
    if isinstance(error, InvalidDesiredState):
        data["problems"] = problems_data(error.problems)
    return data
