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

ATTRIBUTES = 40
TERMS = 200


def taxonomy(slug: str) -> str:
    terms = "".join(f"  term_{n}: {{label: Term {n}}}\n" for n in range(TERMS // ATTRIBUTES))
    head = f"targets: [market]\ntaxonomy: {slug}\nlabel: Killed\ninput: multiselect\n"
    return f"{head}terms:\n{terms}"


SLUGS = [f"gsv_killed_{n:02}" for n in range(ATTRIBUTES)]

CHOICES = """{attributes(first: 100, where: {slug: {oneOf: %s}}) {edges {node {
  choices(first: 100) {edges {node {externalReference}}}}}}}"""


@pytest.mark.long
@pytest.mark.parametrize("outcomes", [1, 45, 120])
def test_a_killed_apply_is_finished_by_the_next(tmp_path: Path, outcomes: int) -> None:
    """Killed after so many of 240 outcomes: all values exist once, all are known to be ours, no
    cause is called drift, and nothing is left to do."""
    shop = Workshop(tmp_path, "saleor", "market", {"create": "attributes"})
    shop.write({f"taxonomies/{slug}.yaml": taxonomy(slug) for slug in SLUGS})
    shop.sandbox()
    _kill_after(outcomes, tmp_path)
    done = len(_values(shop))
    between = shop.plan()
    applied = shop.apply()
    wanted = {f"{slug}/term_{n}": 1 for slug in SLUGS for n in range(TERMS // ATTRIBUTES)}

    assert done < TERMS, "it was killed too late to prove anything"
    assert not problems_of(applied)
    assert {change.cause.value for change in between.changes} <= {"intent"}
    assert not between.held
    assert Counter(_values(shop)) == wanted
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
    with shop.served() as client:
        query = CHOICES % json.dumps(SLUGS)
        answer = client.post("/graphql/", json={"query": query}).json()
    return [
        choice["node"]["externalReference"]
        for edge in answer["data"]["attributes"]["edges"]
        for choice in edge["node"]["choices"]["edges"]
    ]
