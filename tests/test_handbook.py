"""The handbook says what the workflow files and the command line say, so that it can not rot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import typer
from ruamel.yaml import YAML

from reconciler.cli.app import app
from tests.conftest import ROOT

HANDBOOK = (ROOT / "docs" / "handbook.md").read_text()
FLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PAGES = [ROOT / "docs" / "handbook.md", *sorted((ROOT / "docs" / "runbooks").glob("*.md"))]

SHOPS: Final = {"SHOP_ADMIN_TOKEN", "MARKET_TOKEN", "PIM_API_KEY", "PIM_API_PASSWORD"}
"""What the handbook calls shops."""

Row = tuple[str, ...]


def table(heading: str) -> set[Row]:
    """The rows of the table whose first line begins so."""
    _, _, rest = HANDBOOK.partition(f"| {heading} |")
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return {tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines}


def jobs() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Workflow, job, and what the job says, with the permissions that it inherits."""
    for path in FLOWS:
        content = YAML(typ="safe").load(path.read_text())
        for name, job in content["jobs"].items():
            yield path.stem, name, {"permissions": content["permissions"], **job}


def secrets(job: Mapping[str, Any]) -> str:
    named = set(re.findall(r"secrets\.(\w+)", str(job)))
    shops = ["shops"] if named >= SHOPS else []
    return ", ".join([*shops, *sorted(named - SHOPS if shops else named)]) or "–"


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_job_stands_with_its_permissions_environment_and_secrets() -> None:
    """As the workflow files have them; no job more, no job less."""
    told = {
        (
            flow,
            name,
            ", ".join(f"{what}: {level}" for what, level in job["permissions"].items()),
            job.get("environment", "–"),
            secrets(job),
        )
        for flow, name, job in jobs()
    }

    assert table("workflow | job | permissions | environment | secrets") == told


def test_every_environment_stands_with_its_secrets() -> None:
    """Those that workflows name, each with what is read from it besides shops' tokens."""
    rows = {row[0].strip("`"): row[1] for row in table("environment | secrets | protect it by")}
    named = {job["environment"] for _, _, job in jobs() if "environment" in job}
    lacking = [
        (job["environment"], secret)
        for _, _, job in jobs()
        if "environment" in job
        for secret in set(re.findall(r"secrets\.(\w+)", str(job))) - SHOPS
        if f"`{secret}`" not in rows[job["environment"]]
    ]

    assert set(rows) == named
    assert lacking == []


def test_every_command_says_what_it_needs() -> None:
    """The commands that the program has."""
    group = typer.main.get_command(app)
    told = {
        name
        for row in table("command | reads | writes | token | on GitHub")
        for name in re.findall(r"`([\w-]+)`", row[0])
    }

    assert told == set(getattr(group, "commands", {}))


def test_every_variable_of_the_shops_is_named() -> None:
    """In words, where the table says shops."""
    assert [name for name in SHOPS if f"`{name}`" not in HANDBOOK] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_into_pages_find_their_heading(page: Path) -> None:
    """`page.md#heading`."""
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text())
    lost = [
        f"{name}#{anchor}"
        for name, anchor in links
        if anchor not in anchors((page.parent / name) if name else page)
    ]

    assert lost == []
