"""Documents that can not rot: what the program can say itself, it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from reconciler.cli.app import app
from reconciler.cli.reference import reference_pages
from reconciler.guards import GUARDS
from tests.conftest import ROOT

PAGES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md")) + sorted((ROOT / "providers").rglob("README.md"))


def test_reference_pages_are_what_the_program_says() -> None:
    """`planogram docs` would change nothing."""
    stale = [
        path
        for path, text in reference_pages(typer.main.get_command(app)).items()
        if not (ROOT / "docs" / path).exists() or (ROOT / "docs" / path).read_text() != text
    ]

    assert stale == []


def test_every_guard_says_what_why_and_what_instead() -> None:
    """The form of a guard's docstring."""
    incomplete = [
        name
        for name, guard in GUARDS.items()
        if not all(word in (guard.__doc__ or "") for word in ("Holds", "Why:", "Instead:"))
    ]

    assert incomplete == []


def test_every_policy_and_limit_is_explained() -> None:
    """The how-to names each option of targets.yaml."""
    from reconciler.intent.targets import Limits, Policy, TargetEntry

    told = (ROOT / "docs" / "targets.md").read_text()
    names = [*Policy.model_fields, *Limits.model_fields, *TargetEntry.model_fields]

    assert [name for name in names if f"`{name}`" not in told] == []


def test_every_exit_code_is_in_the_readme() -> None:
    """0, 1, 2, 3, 4, 5, 10, 11."""
    table = re.findall(r"^\| (\d+) \|", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert table == ["0", "1", "2", "3", "4", "5", "10", "11"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Relative links of a page point at files that are there."""
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_nothing_names_this_machine_or_an_index() -> None:
    """No absolute path, no package index, in anything that is committed."""
    import subprocess

    told = subprocess.run(
        ["git", "grep", "-nIE", r"(pypi|pythonhosted|npmjs)\.(org|com)|/(root|home)/[a-z]"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    ).stdout

    assert [line for line in told.splitlines() if "tests/test_docs.py" not in line] == []
