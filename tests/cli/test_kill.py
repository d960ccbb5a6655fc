"""SIGKILL in the middle of an apply of 200 changes: the next one finishes, and doubles nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.workshop import Workshop, problems_of

TERMS = 200

TAXONOMY = (
    "targets: [market]\ntaxonomy: gsv_killed\nlabel: Killed\ninput: multiselect\nterms:\n"
    + ("".join(f"  term_{n:03}: {{label: Term {n:03}}}\n" for n in range(TERMS)))
)

CHOICES = """{attribute(slug:"gsv_killed"){choices(first:100%s){
  edges{node{name externalReference}} pageInfo{hasNextPage endCursor}}}}"""


@pytest.mark.long
@pytest.mark.parametrize("outcomes", [1, 40, 120])
def test_a_killed_apply_is_finished_by_the_next(tmp_path: Path, outcomes: int) -> None:
    """Killed after so many outcomes: all 200 values exist once, all are known to be ours, no
    cause is called drift, and nothing is left to do."""
    shop = Workshop(tmp_path, "saleor", "market")
    shop.write({"taxonomies/killed.yaml": TAXONOMY})
    shop.sandbox()
    _kill_after(outcomes, tmp_path)
    done = len(_values(shop))
    between = shop.plan()
    applied = shop.apply()

    assert done < TERMS, "it was killed too late to prove anything"
    assert not problems_of(applied)
    assert {change.cause.value for change in between.changes} <= {"intent"}
    assert not between.held
    assert Counter(_values(shop)) == {f"gsv_killed/term_{n:03}": 1 for n in range(TERMS)}
    assert shop.plan().is_empty
    assert {entry.origin.value for entry in shop.entries().values()} == {"created"}


def _kill_after(outcomes: int, folder: Path) -> None:
    command = [sys.executable, "-m", "reconciler.cli", "apply", "--yes"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        deadline = time.monotonic() + 60
        while _outcomes(folder) < outcomes and time.monotonic() < deadline:
            assert process.poll() is None, process.communicate()
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()

        assert process.returncode == -signal.SIGKILL


def _outcomes(folder: Path) -> int:
    journals = (folder / ".planogram" / "sandboxes" / "market" / "journal").glob("*.jsonl")
    return sum(path.read_text().count('"outcome"') for path in journals)


def _values(shop: Workshop) -> list[str]:
    """The references of all values, as raw requests tell."""
    found: list[str] = []
    after = ""
    with shop.served() as client:
        while True:
            answer = client.post("/graphql/", json={"query": CHOICES % after}).json()
            if answer["data"]["attribute"] is None:
                return []
            page = answer["data"]["attribute"]["choices"]
            found += [edge["node"]["externalReference"] for edge in page["edges"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = f",after:{json.dumps(page['pageInfo']['endCursor'])}"
