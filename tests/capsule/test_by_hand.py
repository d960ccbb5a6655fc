"""What people do to a capsule's files by hand, and how commands answer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from reconciler.cli.app import app
from tests.capsule.example import RECORD, picture, record, state

CPI = str(RECORD["cpi"])
TARGETS = "shop: {provider: shopify, environment: staging, sandbox: true}\n"
RULES = "targets: [shop]\ncapsule: S226\n"


class Folder:
    """A repository with one capsule of one product, as it is committed."""

    def __init__(self, root: Path) -> None:
        self.root, self.capsule = root, root / "desired" / "capsules" / "S226"
        self.state = self.capsule / "state" / "product_state_S226.json"
        self.write(root / "desired" / "targets.yaml", TARGETS)
        self.write(self.capsule / "capsule.yaml", RULES)
        self.write(self.state, json.dumps(state(RECORD), indent=2) + "\n")
        self.git("init", "-q")
        self.git("add", ".")
        somebody = ("-c", "user.name=a", "-c", "user.email=a@b.example")
        self.git(*somebody, "commit", "-qm", "the capsule")

    def git(self, *words: str) -> None:
        subprocess.run(["git", *words], cwd=self.root, check=True)

    @staticmethod
    def write(path: Path, content: str | bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words), catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path)


def test_a_promoted_swatch_that_is_renamed_is_promoted_anew(folder: Folder) -> None:
    """The manifest names a file that is gone, which ends every plan; the steps that mend it go."""
    swatch = folder.capsule / "assets" / "swatches" / f"S226_{CPI}.png"
    folder.write(swatch, picture())
    folder.run("capsule", "register-swatches", "S226")
    folder.run("capsule", "promote-swatches", "S226")
    swatch.rename(swatch.with_name(f"S226_{CPI}_swatch.png"))
    broken = folder.run("validate")
    told = folder.run("capsule", "doctor", "S226")
    registered = folder.run("capsule", "register-swatches", "S226")
    promoted = folder.run("capsule", "promote-swatches", "S226")

    assert broken.exit_code == 3
    assert told.exit_code == 1
    assert f"S226_{CPI}.png of {CPI} is not there" in told.stderr
    assert (registered.exit_code, promoted.exit_code) == (0, 0), registered.output
    assert folder.run("validate").exit_code == 0


MOVED: list[tuple[str, Callable[[], str], str]] = [
    (
        "identity",
        lambda: json.dumps(state(record(cpi="1-2")), indent=2),
        "IDENTITY_IMMUTABLE: cpi was '8301-000001' and is '1-2' · put it back",
    ),
    (
        "comma",
        lambda: json.dumps(state(RECORD), indent=2).replace('"capsule": "S226",', '"capsule": ""'),
        "product_state_S226.json:3:3  is no JSON: Expecting ',' delimiter · correct it there, or",
    ),
    (
        "spelling",
        lambda: json.dumps(state(record(promotion__lockd=True)), indent=2),
        "FIELDS_ARE_SPELT: promotion.lockd is no field of the schema · did you mean locked?",
    ),
]


@pytest.mark.parametrize(("name", "text", "told"), MOVED, ids=[row[0] for row in MOVED])
@pytest.mark.parametrize("command", ["validate", "plan", "apply --yes"])
def test_a_state_that_was_edited_wrongly_is_told_before_anything_else(
    folder: Folder, name: str, text: Callable[[], str], told: str, command: str
) -> None:
    """Against what is committed too: no edit gives a product another identity."""
    assert folder.run("validate").exit_code == 0
    folder.write(folder.state, text())
    result = folder.run(*command.split())

    assert result.exit_code == 3, result.output
    assert told in result.stderr
