"""PyPI `plytix-pim-client`, the one client of Plytix that others wrote and keep up. What it rests
on is older than what Planogram rests on, so it has a Python of its own (`make test-clients`)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.serving import serving

PYTHON = ROOT / ".venv" / "clients" / "bin" / "python"

pytestmark = [
    pytest.mark.clients,
    pytest.mark.xdist_group("clients-plytix"),
    pytest.mark.skipif(not PYTHON.exists(), reason="make test-clients makes .venv/clients"),
]


@pytest.fixture(scope="module")
def seen(workspace: Path) -> Any:
    """What the client saw of the served account."""
    with serving(workspace, "pim") as account:
        visit = subprocess.run(
            [PYTHON, Path(__file__).parent / "plytix_visit.py"],
            capture_output=True,
            text=True,
            timeout=120,
            env={
                "PATH": os.environ["PATH"],
                "PLYTIX_PIM_BASE_URL": account.address,
                "PLYTIX_AUTH_BASE_URL": account.address,
                "PLYTIX_API_KEY": "sandbox",
                "PLYTIX_API_PASSWORD": "sandbox",
            },
        )
    assert visit.returncode == 0, visit.stderr
    return json.loads(visit.stdout.splitlines()[-1])  # Its log goes there too.


def test_attributes(seen: Any) -> None:
    """Made, renamed and read: the label comes of the first name, and stays."""
    assert (seen["attribute"]["label"], seen["attribute"]["options"]) == ("fit", ["Slim", "Wide"])
    assert (seen["renamed"], seen["attribute read"]) == ("How it fits", "fit")


def test_products(seen: Any) -> None:
    """Made, changed, found whatever the case; what is no option is refused."""
    assert seen["product"] == ["VISIT-1", "A visitor's shoe", "Draft"]
    assert seen["value"] == "Wide"
    assert seen["found"] == [["VISIT-1", {"fit": "Wide"}]]
    assert "['Round'] are not a valid values for How it fits attribute." in seen["no option"]


def test_assets_and_links(seen: Any) -> None:
    """Uploaded by URL; again it is a conflict that names the asset. Linked to a gallery and as a
    thumbnail, and unlinked from both at once."""
    assert seen["asset"] == ["visitor.jpg", "jpg", 0]
    assert seen["asset id"] in seen["again"]
    assert (seen["linked"], seen["held"], seen["assets"]) == (
        [True, True],
        ["visitor.jpg"],
        ["visitor.jpg"],
    )
    assert (seen["unlinked"], seen["unlinked twice"]) == (True, False)


def test_categories_and_relations(seen: Any) -> None:
    """Put into a category; related to another product twice over, and no more."""
    assert (seen["category"], seen["in category"]) == (["Visitors", ["Visitors"]], True)
    assert (seen["related"], seen["unrelated"]) == ([[True, 2]], True)


def test_what_is_deleted_is_gone(seen: Any) -> None:
    """Of each sort; what is not there is none, and no error."""
    assert seen["gone"] == [True, True, True, None]
