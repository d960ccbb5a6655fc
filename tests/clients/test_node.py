"""Node's own `fetch`, which takes the certificate to trust from NODE_EXTRA_CA_CERTS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Serving, serving

pytestmark = [
    pytest.mark.clients,
    pytest.mark.xdist_group("clients-node"),
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
]

FETCH = """
const body = JSON.stringify({query: "{ shop { name } }"});
const headers = {"Content-Type": "application/json"};
fetch(process.argv[1] + "/graphql/", {method: "POST", headers, body})
  .then(answer => answer.text())
  .then(console.log, failure => { console.error(failure.cause.code); process.exit(1); });
"""


@pytest.fixture(scope="module")
def market(workspace: Path) -> Iterator[Serving]:
    with serving(workspace, "market", tls=True) as market:
        yield market


def test_node_trusts_what_it_is_told_to(market: Serving) -> None:
    """The file that is named beside the address serves as it is."""
    told = _fetched(market, {"NODE_EXTRA_CA_CERTS": str(market.trusted)})

    assert json.loads(told.stdout)["data"] == {"shop": {"name": "Agent Market"}}


def test_node_trusts_nothing_else(market: Serving) -> None:
    """Without the file the certificate is nobody's."""
    told = _fetched(market, {})

    assert (told.returncode, told.stdout) == (1, "")
    assert "CERT" in told.stderr or "VERIFY" in told.stderr


def _fetched(market: Serving, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", "-e", FETCH, market.address],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], **environment},
    )
