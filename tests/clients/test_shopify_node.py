"""npm `@shopify/graphql-client`, Shopify's own, against the served shop."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import serving

HERE = Path(__file__).parent / "node"
INSTALLED = HERE / "node_modules" / "@shopify" / "graphql-client"

pytestmark = [
    pytest.mark.clients,
    pytest.mark.xdist_group("clients-shopify-node"),
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(not INSTALLED.is_dir(), reason="`make test-clients` installs the client"),
]

Step = dict[str, Any]


@pytest.fixture(scope="module")
def address(workspace: Path) -> Iterator[str]:
    with serving(workspace, "shop") as shop:
        yield shop.address


@pytest.fixture(scope="module")
def session(address: str) -> dict[str, Step]:
    """What each step of the session was answered, by its name."""
    return _steps(address, "shpat_sandbox")


def _steps(address: str, token: str) -> dict[str, Step]:
    done = subprocess.run(
        ["node", "shopify.mjs", address, token],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    return {step["name"]: step for step in steps}


def test_products_are_listed_by_pages(session: dict[str, Step]) -> None:
    """A search, its second page from the cursor of the first, and what they cost."""
    pages = [session[name]["data"]["products"]["nodes"] for name in ("products", "next page")]
    handles = [product["handle"] for page in pages for product in page]

    assert len(set(handles)) == 6
    assert all("S226" in product["tags"] for page in pages for product in page)
    assert session["products"]["extensions"]["cost"]["throttleStatus"]["maximumAvailable"] == 2000


def test_a_search_that_is_passed_over_is_told(session: dict[str, Step]) -> None:
    """Everything is found, and a warning stands beside it."""
    told = session["unknown search field"]

    assert len(told["data"]["products"]["nodes"]) == 1
    assert told["extensions"]["search"][0]["warnings"][0]["code"] == "invalid_field"


def test_a_definition_and_its_values_are_written(session: dict[str, Step]) -> None:
    """User errors come as data, with field and code."""
    made = session["definition"]["data"]["metafieldDefinitionCreate"]
    value = session["set"]["data"]["metafieldsSet"]
    refused = session["no choice"]["data"]["metafieldsSet"]
    stale = session["made meanwhile"]["data"]["metafieldsSet"]

    assert (made["userErrors"], made["createdDefinition"]["key"]) == ([], "fit")
    assert (value["userErrors"], value["metafields"][0]["value"]) == ([], "Slim")
    assert refused["userErrors"][0]["field"] == ["metafields", "0", "value"]
    assert stale["userErrors"][0]["code"] == "STALE_OBJECT"


def test_a_collection_is_made(session: dict[str, Step]) -> None:
    """With a source of conditions."""
    payload = session["collection"]["data"]["collectionCreate"]

    assert payload == {
        "collection": {"handle": "by-node", "sources": [{"title": "Dresses"}]},
        "userErrors": [],
    }


def test_errors_of_the_request_reach_the_client(session: dict[str, Step]) -> None:
    """As its `errors`, in the vendor's words."""
    field = session["no such field"]["errors"]["graphQLErrors"][0]
    number = session["a number in letters"]["errors"]["graphQLErrors"][0]

    assert field["extensions"]["code"] == "undefinedField"
    assert number["extensions"]["problems"][0]["explanation"] == 'Could not coerce value "3" to Int'


def test_a_wrong_token_is_turned_away(address: str) -> None:
    """With 401, which the client tells by its number."""
    (step,) = _steps(address, "wrong").values()

    assert step["errors"]["networkStatusCode"] == 401
    assert "data" not in step
