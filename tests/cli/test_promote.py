"""`planogram promote` as somebody runs it: what is printed, written and refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import planogram
from tests.promote.test_promote import DRESSES, OWN, STYLES, Desk

OTHERS = {
    "shop": {"provider": "saleor", "environment": "staging", "sandbox": True},
    "old": {"provider": "shopify", "environment": "staging", "sandbox": True, "retired": True},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    desk = Desk(tmp_path, "shopify")
    targets = json.loads(desk.read("targets.yaml")) | OTHERS
    desk.write(**{"targets.yaml": json.dumps(targets), "collections/styles.yaml": STYLES})
    return tmp_path


def test_it_tells_what_it_writes(folder: Path) -> None:
    """For people, and as exactly one object; a dry run leaves the files."""
    styles = folder / "desired" / "collections" / "styles.yaml"
    dry = planogram(folder, "promote", "staging", "production", "--dry-run")
    untouched = styles.read_text()
    told = json.loads(planogram(folder, "promote", "staging", "production", "--json").stdout)
    again = planogram(folder, "promote", "staging", "production")

    assert dry.returncode == 0, dry.stderr
    assert "git states, collection: 2 on staging alone, 0 alike, 0 differing" in dry.stdout
    assert "desired/collections/styles.yaml:2  targets: + production  (2 resources)" in dry.stdout
    assert "Promote: 2 would be stated for production, by 1 document\n" in dry.stdout
    assert untouched == STYLES
    assert told["promoted"][0]["addresses"] == [
        "production/collection/style-medina-sweater",
        "production/collection/style-zoe-coat",
    ]
    assert "targets: [staging, production]   # production follows" in styles.read_text()
    assert "Promote: nothing to promote" in again.stdout


def test_what_can_not_be_promoted_has_its_exit_code(folder: Path) -> None:
    """5 beside something that could, 1 alone."""
    collections = folder / "desired" / "collections"
    more = "  skirts: {title: Skirts, rules: {conditions: [{type: Skirts}]}}\n"
    (collections / "dresses.yaml").write_text(DRESSES + more)
    (collections / "own.yaml").write_text(OWN)
    some = planogram(folder, "promote", "staging", "production")
    none = planogram(folder, "promote", "staging", "production", "--json")

    assert some.returncode == 5, some.stderr
    assert "! desired/collections/dresses.yaml" in some.stdout
    assert "1 could not be promoted" in some.stdout
    assert 'title: staging "Dresses", production "All dresses"' in some.stdout
    assert none.returncode == 1
    assert json.loads(none.stdout)["problems"][0]["document"] == "desired/collections/dresses.yaml"


REFUSALS = [
    (("stagin", "production"), "there is no target called stagin · did you mean staging?"),
    (("staging", "prod"), "there is no target called prod"),
    (("staging", "staging"), "staging can not be promoted to itself"),
    (("staging", "shop"), "staging is a shopify target, and shop a saleor one"),
    (("staging", "old"), "old is retired"),
    (("staging", "production", "--kind", "colection"), "did you mean collection?"),
    (("staging", "production", "--only", "production/collection/x"), "it is not on staging"),
    (("staging", "production", "--only", "staging/collection/x"), "git states nothing"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSALS)
def test_refusals_say_why(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2, and no file is touched."""
    told = planogram(folder, "promote", *arguments)

    assert told.returncode == 2, told.stdout + told.stderr
    assert words in told.stderr
    assert (folder / "desired" / "collections" / "styles.yaml").read_text() == STYLES
