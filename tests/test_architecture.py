"""The house rules hold, and breaking one is seen."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCES = [
    path
    for folder in ("reconciler", "providers", "reports")
    for path in (ROOT / folder).rglob("*.py")
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_imports_go_down() -> None:
    """Every contract of the floors is kept."""
    told = lint_imports(ROOT)

    assert told.returncode == 0, told.stdout


@pytest.mark.long
def test_a_broken_floor_is_seen(tmp_path: Path) -> None:
    """The check is checked: a model that imports a workflow is found out."""
    for name in ("reconciler", "providers", "reports", "pyproject.toml"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(tmp_path)], check=True)
    broken = tmp_path / "reconciler" / "model" / "address.py"
    broken.write_text(broken.read_text() + "\nimport reconciler.workflow\n")

    assert lint_imports(tmp_path).returncode != 0


def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    return plain | {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module}


def ours(path: Path) -> set[str]:
    """Of these, the ones of this project."""
    roots = ("reconciler", "providers", "reports")
    return {name for name in imported(path) if name.split(".")[0] in roots}


@pytest.mark.parametrize("platform", ["shopify", "saleor", "plytix"])
def test_a_sandbox_shares_no_code_with_its_provider(platform: str) -> None:
    """Shared code is shared mistakes: a sandbox knows itself and the kit's sandbox and store."""
    folder = ROOT / "providers" / platform / "sandbox"
    allowed = (f"providers.{platform}.sandbox", "providers.kit.sandbox", "providers.kit.store")
    wrong = {
        str(path.relative_to(ROOT)): foreign
        for path in folder.rglob("*.py")
        if (foreign := {name for name in ours(path) if not name.startswith(allowed)})
    }

    assert wrong == {}


@pytest.mark.parametrize("platform", ["shopify", "saleor", "plytix"])
def test_a_provider_does_not_look_into_its_sandbox(platform: str) -> None:
    """Only the package's face hands it out."""
    folder = ROOT / "providers" / platform
    looking = [
        str(path.relative_to(ROOT))
        for path in folder.rglob("*.py")
        if "sandbox" not in path.parts and path != folder / "__init__.py"
        if any(f"providers.{platform}.sandbox" in name for name in ours(path))
    ]

    assert looking == []


def test_only_the_command_line_prints() -> None:
    """Everything else hands back values."""
    printing = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "cli" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "input")
    ]

    assert printing == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is(path: Path) -> None:
    """The first line of a module is a sentence about it."""
    assert ast.get_docstring(ast.parse(path.read_text())), path


def test_time_is_taken_from_the_event_loop_alone() -> None:
    """Nothing in kit, platforms or core sleeps or reads another clock, so that virtual time is
    true. A commit's date and the command line's one clock are a person's time."""
    allowed = {
        "reconciler/repository.py",
        "reconciler/cli/options.py",
        "providers/kit/retry.py",
    }
    clocks = ("time.time(", "time.monotonic(", "time.sleep(", "asyncio.sleep(", "datetime.now(")
    found = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(clock in path.read_text() for clock in clocks)
    }

    assert found == allowed
