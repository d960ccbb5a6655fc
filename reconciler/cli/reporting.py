"""`--report` and `--image-report`: what a plan or an apply came to, for machines, and in a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.carrying import Applied
from reconciler.cli import speech
from reconciler.cli.composition import Workspace
from reconciler.model.errors import InvalidDesiredState
from reconciler.model.plan import Plan
from reports.alignment import applied_alignment, plan_alignment, refused_alignment, summary

if TYPE_CHECKING:
    from reconciler.cli.imaging import ImageReport


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


def images_of(
    workspace: Workspace, targets: Sequence[str], out: Path | None, mapping: Path | None
) -> ImageReport | None:
    """The report that `--image-report` asks for. Raises `Usage` where it is not clear of what."""
    if out is None and mapping is None:
        return None
    from reconciler.cli.imaging import image_report

    return image_report(workspace, targets, out, mapping)


def _told(file: Path, data: dict[str, Any], *, quiet: bool) -> None:
    _write(file, data)
    if not quiet:
        speech.stdout().print(f"{file}: {summary(data)}", markup=False, soft_wrap=True)


def _write(file: Path, data: dict[str, Any]) -> None:
    file.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
