"""`--report FILE`: what a plan or an apply aligned, written for machines and told in a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.carrying import Applied
from reconciler.cli import speech
from reconciler.model.errors import InvalidDesiredState
from reconciler.model.plan import Plan
from reports.alignment import applied_alignment, plan_alignment, refused_alignment, summary


@contextmanager
def reporting(file: Path | None) -> Iterator[None]:
    """A desired state that is not valid is reported too; the error goes on."""
    try:
        yield
    except InvalidDesiredState as error:
        if file is not None:
            _write(file, refused_alignment(error.problems))
        raise


def report_plan(file: Path | None, plan: Plan, *, quiet: bool) -> None:
    if file is not None:
        _told(file, plan_alignment(plan), quiet=quiet)


def report_applied(file: Path | None, applied: Applied, *, quiet: bool) -> None:
    if file is not None:
        data = applied_alignment(applied.plan, applied.outcomes, applied.warnings)
        _told(file, data, quiet=quiet)


def _told(file: Path, data: dict[str, Any], *, quiet: bool) -> None:
    _write(file, data)
    if not quiet:
        speech.stdout().print(f"{file}: {summary(data)}", markup=False, soft_wrap=True)


def _write(file: Path, data: dict[str, Any]) -> None:
    file.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
